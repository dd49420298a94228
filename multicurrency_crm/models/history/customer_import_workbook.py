from odoo import api, models
from odoo.exceptions import UserError

from ...engine.history_fields import KINDS, list_template
from ..common.workbook import MoneyWorkbook
from .customer_import import KIND_NAMES

#: Width of a column, in letters.
WIDTH = 18


class CustomerImport(models.Model):
    """Workbooks: templates to start from, and rows to mend."""

    _inherit = "customer.import"

    # === ACTIONS === #

    def action_download_rows(self):
        """Download the rows with errors and the duplicates, with the reason of each: to
        be mended there, and loaded again.

        :return: action
        """
        self.ensure_one()
        self._check_finance()
        if not self.error_count and not self.duplicate_count:
            raise UserError(self.env._("No row is to be mended."))
        return {
            "type": "ir.actions.act_url",
            "url": f"/multicurrency_crm/import_rows.xlsx?ids={self.id}",
            "target": "download",
        }

    def action_download_template(self):
        """Download a template of what this import holds.

        :return: action
        """
        kind = self[:1].kind or "items"
        return {
            "type": "ir.actions.act_url",
            "url": f"/multicurrency_crm/import_template.xlsx?kind={kind}",
            "target": "download",
        }

    @api.model
    def get_import_templates(self):
        """Return the templates, one a kind, in the user's language.

        :return: [{"label": , "template": address}]
        """
        names = dict(self._fields["kind"]._description_selection(self.env))
        return [
            {
                "label": names[kind],
                "template": f"/multicurrency_crm/import_template.xlsx?kind={kind}",
            }
            for kind, _name in KIND_NAMES
        ]

    # === MAKING === #

    @api.model
    def _make_template(self, kind):
        """Make a template: its headers are known again, in English and Chinese.

        :param str kind: of what is brought in
        :return: bytes
        """
        is_chinese = (self.env.lang or "").startswith("zh")
        book = MoneyWorkbook()
        sheet = book.add_worksheet()
        headers = list_template(kind, is_chinese)
        for column, header in enumerate(headers):
            book.write_text(sheet, 0, column, header, book.head)
        sheet.set_column(0, max(len(headers) - 1, 0), WIDTH)
        sheet.freeze_panes(1, 0)
        book.close()
        return book.get_content()

    @api.model
    def _get_template_name(self, kind):
        names = dict(self._fields["kind"]._description_selection(self.env))
        return f"{names[kind]}.xlsx"

    @api.model
    def _is_kind(self, kind):
        """Return whether there is such a kind of history."""
        return kind in KINDS

    def _make_rows_workbook(self):
        """Make the workbook of the rows to mend, as they were in the file.

        :return: bytes
        """
        self.ensure_one()
        self.check_access("read")
        rows = self.env["customer.import.row"].search(
            [("import_id", "=", self.id), ("state", "in", ("error", "duplicate"))]
        )
        book = MoneyWorkbook()
        sheet = book.add_worksheet()
        titles = [self.env._("Reason"), *self.column_ids.mapped("title")]
        for column, title in enumerate(titles):
            book.write_text(sheet, 0, column, title, book.head)
        for number, row in enumerate(rows, start=1):
            for column, text in enumerate([row.message, *(row.raw or [])]):
                book.write_text(sheet, number, column, text)
        sheet.set_column(0, 0, 3 * WIDTH)
        sheet.set_column(1, max(len(titles) - 1, 1), WIDTH)
        sheet.freeze_panes(1, 1)
        book.close()
        return book.get_content()

    def _get_rows_name(self):
        stem = (self.file_name or "").rpartition(".")[0] or self.file_name
        return self.env._("%(file)s, to mend.xlsx", file=stem)
