import re

from odoo import models
from odoo.exceptions import UserError

from ...engine.history_fields import KINDS, SCALED
from ...engine.history_templates import get_header
from ..common.workbook import MoneyWorkbook
from .customer_import_documents import INHERITED
from .customer_import_reading import WHO

#: Width of a column, in letters.
WIDTH = 18
#: What a row that goes on has from the one above.
FROM_ABOVE = ("document", *WHO, *INHERITED)


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
        """Make the workbook of the rows to mend, as they were in the file, each with
        what rows above have said for it.

        :return: bytes
        """
        self.ensure_one()
        self.check_access("read")
        rows, above = self._list_rows_to_mend()
        columns = self.column_ids.sorted("number")
        cells, added = self._complete_cells(rows, above, columns)
        is_chinese = (self.env.lang or "").startswith("zh")
        titles = [self.env._("Reason")]
        titles += [column._get_scaled_title() for column in columns]
        titles += [get_header(field, is_chinese, self.kind) for field in added]
        book = MoneyWorkbook()
        sheet = book.add_worksheet()
        for column, title in enumerate(titles):
            book.write_text(sheet, 0, column, title, book.head)
        # a row of the file may be several items, and is mended once
        for number, same in enumerate(rows.grouped("row_number").values(), start=1):
            row = same[0]
            reasons = dict.fromkeys(filter(None, same.mapped("message")))
            reason = name_columns("\n".join(reasons), row.row_number, titles[1:])
            for column, text in enumerate([reason, *cells[row.id]]):
                book.write_text(sheet, number, column, text)
        sheet.set_column(0, 0, 3 * WIDTH)
        sheet.set_column(1, max(len(titles) - 1, 1), WIDTH)
        sheet.freeze_panes(1, 1)
        book.close()
        return book.get_content()

    def _list_rows_to_mend(self):
        """List the rows with errors and the duplicates, with all rows that are brought
        in with them or not at all: those of their document, of their customer.

        :return: (``customer.import.row`` in the order of the file, {row's id: id of the
            row above that says what it leaves out})
        """
        Row = self.env["customer.import.row"]
        mine = [("import_id", "=", self.id)]
        bad = Row.search([*mine, ("state", "in", ("error", "duplicate"))])
        found = set(bad.ids)
        if self.kind == "customers":
            above, heads = {}, self._find_heads()
            found |= {heads[one] for one in bad.ids if one in heads}
            found |= {one for one, head in heads.items() if head in found}
        else:
            above = self._find_rows_above(found)
        return Row.search([*mine, ("id", "in", list(found))]), above

    def _find_rows_above(self, found):
        """Find which rows go on with the document of a row above.

        :param found: {row's id}; the other rows of their documents are added
        :return: {row's id: id of the row with the number of its document}
        """
        above = {}
        lines, groups = self._list_groups()
        for group in groups:
            if self.rows_are == "documents":
                # documents of a row each: only what continues a row belongs to it
                group = [
                    part
                    for at, part in enumerate(group)
                    if not at or lines[part.key].values["row_kind"] == "continuation"
                ]
            ids, head = {part.key for part in group}, None
            if ids & found:
                found |= ids
            for part in group:
                if not part.document and head:
                    above[part.key] = head
                head = part.key if part.document else head
        return above

    def _complete_cells(self, rows, above, columns):
        """Return what rows say, each for itself: by themselves they would be taken for
        rows of whatever stands above them.

        :param rows, above: as of :meth:`_list_rows_to_mend`
        :param columns: ``customer.import.column``
        :return: ({row's id: [text]}, [fields of which columns are added behind])
        """
        # no amount is said by another row, and several columns may be ages of one
        places = {
            one.field: at
            for at, one in enumerate(columns)
            if one.field and one.field not in SCALED
        }
        said = [name for name in KINDS[self.kind] if name not in {*places, *SCALED}]
        added = dict.fromkeys(
            name for row in rows for name in said if (row.values or {}).get(name)
        )
        width = len(columns)
        places |= {field: width + at for at, field in enumerate(added)}
        found = {}
        for row in rows:
            cells = list(row.raw or ())
            # a row may have more cells than the table has columns
            cells += [None] * (width + len(added) - len(cells))
            inherited = found.get(above.get(row.id), ())
            for field, at in places.items():
                if cells[at] not in (None, ""):
                    continue
                cells[at] = (row.values or {}).get(field)
                if cells[at] is None and inherited and field in FROM_ABOVE:
                    cells[at] = inherited[at]
            found[row.id] = cells
        return found, list(added)

    def _get_rows_name(self):
        stem = (self.file_name or "").rpartition(".")[0] or self.file_name
        return self.env._("%(file)s, to mend.xlsx", file=stem)
