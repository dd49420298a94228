from base64 import b64decode
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import islice

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from ...engine.history_fields import (
    DAYS,
    KINDS,
    NUMBERS,
    fold_header,
    get_fingerprint,
    guess_kind,
    list_missing,
    match_columns,
)
from ...providers.errors import ProviderError
from ...providers.spreadsheets import (
    Answer,
    Unreadable,
    Unsettled,
    day_of,
    identifier_of,
    number_of,
    open_book,
    read_table,
)
from ..rates.sentences import say

#: Rows that are staged in one statement.
STAGED = 1000
#: Letters of a cell that are kept.
KEPT = 2000
#: What a column's reading answers the reader.
ANSWERS = {
    "point": Answer(point="."),
    "comma": Answer(point=","),
    "day": Answer(order="dmy"),
    "month": Answer(order="mdy"),
    "year": Answer(order="ymd"),
}
#: Fields whose cells are names: no digit may be lost.
IDENTIFIERS = ("document", "ref", "vat", "phone", "zip")
#: Choices for a whole file that the next one with its headers takes over.
REMEMBERED = ("open_currency", "rows_are", "sign")


class CustomerImport(models.Model):
    """How a file is read: its sheet, headers and columns; its rows, which are kept as
    they are before anybody judges them."""

    _inherit = "customer.import"

    # === READING === #

    def action_read(self):
        """Read the headers of the file, and propose what its columns are.

        :return: True
        :raises AccessError: not finance
        :raises UserError: there is no file, or it can't be read
        """
        for record in self:
            record._check_finance()
            record._check_open()
            # sudo: nobody writes by hand what was read
            record.sudo()._read_headers()
        return True

    def _open_table(self):
        """Open the file of this import at the chosen sheet.

        :return: ``Table`` of the reader
        :raises UserError: it can't be read
        """
        self.ensure_one()
        content = b64decode(self.with_context(bin_size=False).file or b"")
        if not content:
            raise UserError(self.env._("There is no file yet, or it was erased."))
        answers = {
            column.number - 1: ANSWERS[column.reading]
            for column in self.column_ids
            if column.reading
        }
        try:
            book = open_book(
                content,
                encoding=self.encoding or None,
                delimiter=self.delimiter or None,
            )
            if self.sheet_number > len(book.sheets):
                raise UserError(
                    self.env._(
                        "The file has no sheet %(number)s, but %(count)s.",
                        number=self.sheet_number,
                        count=len(book.sheets),
                    )
                )
            return read_table(
                book,
                self.sheet_number - 1,
                header=self.header_row or None,
                answers=answers,
                known=self._is_header,
            )
        except ProviderError as error:
            raise UserError(say(self.env, error)) from error

    @api.model
    def _is_header(self, text):
        """Return whether a text is the header of something that is known here."""
        return any(match_columns(kind, [text])[0] for kind in KINDS)

    def _read_headers(self):
        table = self._open_table()
        titles = [column.title or column.technical for column in table.columns]
        layout = self.env["customer.import.layout"]._recall(
            self.company_id, get_fingerprint(titles)
        )
        kind = self.kind or layout.kind or guess_kind(titles)
        if layout and layout.kind == kind:
            known = layout.columns
            matched = [known.get(fold_header(title), [None, None]) for title in titles]
        else:
            layout = layout.browse()
            matched = [[field, None] for field in match_columns(kind, titles)]
        choices = layout.choices or {}
        self.column_ids.unlink()
        self.env["customer.import.column"]._create_guarded(
            self._prepare_column_vals(table, titles, matched)
        )
        self._write_guarded(
            {
                "kind": kind,
                "remarks": self._list_remarks(table),
                "state": "read",
                "is_staged": False,
                **{name: choices[name] for name in REMEMBERED if choices.get(name)},
            }
        )

    def _prepare_column_vals(self, table, titles, matched):
        """Prepare the lines of the columns of a table.

        :param matched: [[standard field or None, how it is read or None]]
        """
        kinds = {
            "text": self.env._("text"),
            "number": self.env._("numbers"),
            "date": self.env._("days"),
            "identifier": self.env._("numbers that are names"),
            "empty": self.env._("nothing"),
            "open": self.env._("can be read in two ways"),
        }
        return [
            {
                "import_id": self.id,
                "number": column.index + 1,
                "title": title or column.letter,
                "sample": format_list(
                    self.env, [str(cell)[:40] for cell in column.evidence.samples[:3]]
                ),
                "content": kinds[column.kind],
                "field": field,
                "reading": reading,
            }
            for column, title, (field, reading) in zip(
                table.columns, titles, matched, strict=True
            )
        ]

    def _list_remarks(self, table):
        """Write what the reader has to say of a file, a line each."""
        remarks = [*table.book.remarks, *table.remarks]
        lines = [self._explain_remark(remark, table) for remark in remarks]
        if table.book.encoding:
            lines.insert(0, self.env._("Encoding: %(name)s.", name=table.book.encoding))
        if len(table.book.sheets) > 1:
            names = [sheet.name for sheet in table.book.sheets]
            lines.insert(
                0,
                self.env._("Sheets: %(names)s.", names=format_list(self.env, names)),
            )
        return "\n".join(dict.fromkeys(lines))

    def _explain_remark(self, remark, table=None):
        """Write a remark of the reader in the language of the environment, with its
        place."""
        sentence = say(self.env, remark)
        if remark.row is None:
            return sentence
        letter = ""
        if remark.column is not None and table:
            letter = table.columns[remark.column].letter
        return self.env._(
            "%(cell)s: %(sentence)s", cell=f"{letter}{remark.row}", sentence=sentence
        )

    # === STAGING === #

    def _get_matched(self):
        """Return the matched columns.

        :return: {index in the file: (standard field, how it is read or False)}
        :raises UserError: one that is needed isn't there
        """
        matched = {
            column.number - 1: (column.field, column.reading)
            for column in self.column_ids
            if column.field
        }
        fields = [field for field, _reading in matched.values()]
        missing = list_missing(self.kind, fields)
        if missing:
            names = dict(
                self.column_ids._fields["field"]._description_selection(self.env)
            )
            wanted = [
                format_list(self.env, [names[one] for one in choices], style="or")
                for choices in missing
            ]
            raise UserError(
                self.env._(
                    "No column is matched with %(fields)s: choose it in the list of "
                    "columns.",
                    fields=format_list(self.env, wanted),
                )
            )
        return matched

    def _stage(self, job):
        """Keep the rows of the file as they are, in parts.

        :param job: ``ScheduledJob``
        :return: False where the file can't be read: the check has ended then
        """
        try:
            table = self._open_table()
            matched = self._get_matched()
            rows = table.rows()
            while part := list(islice(rows, STAGED)):
                values = [self._prepare_row_vals(table, matched, row) for row in part]
                values = [vals for vals in values if vals]
                if not job.do(partial(self._stage_part, values), self, count=0):
                    if job.has_collided():
                        job.set_aside()
                        return False
                    raise UserError(self._explain_failure(job.error))
        except (ProviderError, UserError) as error:
            said = say(self.env, error)
            job.do(partial(self._end_check, said), self, count=0)
            return False
        return job.do(self._finish_staging, self, count=0)

    def _stage_part(self, values):
        """Keep some rows, unless a job that was killed has kept them already."""
        self.lock_for_update()
        last = self._find_last_row()
        self.env["customer.import.row"]._insert(
            [vals for vals in values if vals["row_number"] > last]
        )

    def _find_last_row(self):
        rows = self.env["customer.import.row"]._read_group(
            [("import_id", "=", self.id)], [], ["row_number:max"]
        )
        return rows[0][0] or 0

    def _finish_staging(self):
        self.lock_for_update()
        count = self.env["customer.import.row"].search_count(
            [("import_id", "=", self.id)]
        )
        self._write_guarded(
            {"is_staged": True, "total": count, "looked_at": 0, "last_id": 0}
        )

    def _prepare_row_vals(self, table, matched, row):
        """Prepare the values of a row as it is kept; None of one that says nothing."""
        values, problems = {}, {}
        for index, (field, reading) in matched.items():
            value = self._read_cell(table.columns[index], field, reading, row, problems)
            if value not in (None, ""):
                values[field] = value
        if row.kind not in ("data", "continuation"):
            problems = {}
        elif not values and not problems:
            return None
        raw = [None if cell is None else str(cell)[:KEPT] for cell in row.cells]
        return {
            "import_id": self.id,
            "company_id": self.company_id.id,
            "row_number": row.number,
            "sheet": table.book.sheets[table.sheet].name or None,
            "raw": raw,
            "values": {**values, "row_kind": row.kind},
            "problems": problems or None,
            "name": values.get("name") or values.get("ref") or values.get("email"),
            "document": values.get("document"),
        }

    def _read_cell(self, column, field, reading, row, problems):
        """Return a cell as it is kept; what can't be read is noted.

        :param dict problems: {field: sentence}, added to
        :return: str or None
        """
        cell = row.cells[column.index] if column.index < len(row.cells) else None
        answer = ANSWERS.get(reading) or Answer()
        if field in NUMBERS:
            value = number_of(column.evidence.numbers, cell, point=answer.point)
        elif field in DAYS:
            value = day_of(column.evidence.dates, cell, order=answer.order)
        elif field in IDENTIFIERS:
            value = identifier_of(cell)
        else:
            value = None if cell is None else str(cell).strip()
        place = f"{column.letter}{row.number}"
        if isinstance(value, Unsettled):
            problems[field] = self.env._(
                "%(cell)s: “%(text)s” can be read as %(readings)s. Choose how its "
                "column is read.",
                cell=place,
                text=value.text,
                readings=format_list(
                    self.env, [str(one) for one in value.readings], style="or"
                ),
            )
            return None
        if isinstance(value, Unreadable):
            problems[field] = self.env._(
                "%(cell)s: %(sentence)s",
                cell=place,
                sentence=say(self.env, value.remark),
            )
            return None
        if isinstance(value, Decimal | date):
            return str(value)
        return value and value[:KEPT]

    # === WHAT IS REMEMBERED === #

    def _remember_layout(self):
        """Have the next file with these headers matched as this one was."""
        titles = self.column_ids.mapped("title")
        self.env["customer.import.layout"]._remember(
            self.company_id,
            get_fingerprint(titles),
            self.kind,
            {
                fold_header(column.title): [
                    column.field or None,
                    column.reading or None,
                ]
                for column in self.column_ids
            },
            {name: self[name] for name in REMEMBERED if self[name]},
        )
