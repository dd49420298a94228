import re

from odoo import models
from odoo.exceptions import UserError

from ..common.workbook import MoneyWorkbook

#: Width of a column, in letters.
WIDTH = 18


def name_columns(reason, number, titles):
    """Have a reason name columns by their headers: in another table their cells stand
    elsewhere.

    >>> name_columns("B4: unknown", 4, ["Customer", "Currency"])
    'Currency: unknown'

    :param str reason: names cells of its row by letters and number
    :param int number: of its row
    :param titles: headers, in the order of the file
    """

    def name(found):
        column = 0
        for letter in found[1]:
            column = 26 * column + ord(letter) - ord("A") + 1
        title = titles[column - 1] if column <= len(titles) else ""
        return title or found[0]

    # what a cell says isn't a cell: only what stands before a colon
    pattern = rf"(?m)(?<![^\s(])([A-Z]{{1,3}}){number}(?=\s?[:：])"
    return re.sub(pattern, name, reason or "")


class CustomerImport(models.Model):
    """The workbook of rows to mend."""

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

    # === MAKING === #

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
            reason = name_columns(row.message, row.row_number, titles[1:])
            for column, text in enumerate([reason, *(row.raw or [])]):
                book.write_text(sheet, number, column, text)
        sheet.set_column(0, 0, 3 * WIDTH)
        sheet.set_column(1, max(len(titles) - 1, 1), WIDTH)
        sheet.freeze_panes(1, 1)
        book.close()
        return book.get_content()

    def _get_rows_name(self):
        stem = (self.file_name or "").rpartition(".")[0] or self.file_name
        return self.env._("%(file)s, to mend.xlsx", file=stem)
