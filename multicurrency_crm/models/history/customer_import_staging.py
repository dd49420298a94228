from datetime import date
from decimal import Decimal
from functools import partial
from itertools import islice

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_list, formatLang

from ...engine.history_fields import (
    DAYS,
    MANY,
    NUMBERS,
    SCALED,
    get_named,
    list_missing,
)
from ...engine.history_notes import read_moment
from ...providers.errors import ProviderError
from ...providers.spreadsheets import (
    Answer,
    Unreadable,
    Unsettled,
    amount_of,
    currency_mark,
    day_of,
    is_dash,
    name_of,
    text_of,
)
from ..rates.sentences import say
from .customer_import_money import NOTHING
from .customer_import_reading import ANSWERS, WHO

#: Rows that are staged in one statement.
STAGED = 1000
#: Letters of a cell that are kept.
KEPT = 2000
#: Fields that are called something, and how long that is at most: more is a text.
CALLED = (
    *("name", "ref", "vat", "document", "contact", "parent", "first_name", "last_name"),
    *("position", "city"),
)
LONGEST = 200
#: Fields whose cells are names: no digit may be lost.
IDENTIFIERS = ("document", "ref", "vat", "phone", "contact_phone", "zip")


class CustomerImport(models.Model):
    """The rows of a file, kept as they are before anybody judges them."""

    _inherit = "customer.import"

    # === STAGING === #

    def _get_matched(self):
        """Return the matched columns.

        :return: {index in the file: (standard field, how it is read or False, by what
            its amounts are multiplied)}
        :raises UserError: one that is needed isn't there
        """
        matched = {
            column.number - 1: (
                column.field,
                column.reading,
                column._get_scale() if column.field in SCALED else 1,
            )
            for column in self.column_ids
            if column.field and column.field != NOTHING
        }
        if asked := self._explain_lost():
            raise UserError(asked)
        fields = [field for field, *_how in matched.values()]
        missing = list_missing(self.kind, fields)
        if missing:
            raise UserError(self._name_missing(missing))
        if asked := self._ask_for_hidden():
            raise UserError(asked)
        return matched

    def _stage(self, job):
        """Keep the rows of the file as they are, in parts.

        :param job: ``ScheduledJob``
        :return: False where the file can't be read: the check has ended then
        """
        try:
            table = self._open_table()
            matched = self._get_matched()
            self._check_scales()
            self._check_ages()
            rows, head, ages = table.rows(), {}, self._find_ages()
            while part := list(islice(rows, STAGED)):
                found = [
                    (row, self._prepare_row_vals(table, matched, row, head))
                    for row in part
                ]
                values = [
                    vals
                    for row, whole in found
                    if whole
                    for vals in self._part_by_age(whole, row, ages)
                ]
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
        self._note_totals()
        count = self.env["customer.import.row"].search_count(
            [("import_id", "=", self.id)]
        )
        self._write_guarded(
            {"is_staged": True, "total": count, "looked_at": 0, "last_id": 0}
        )

    def _prepare_row_vals(self, table, matched, row, head):
        """Prepare the values of a row as it is kept; None of one that says nothing.

        :param dict head: what the last row that names a customer says of it; changed
        """
        values, problems = self._read_values(table, matched, row)
        if row.kind not in ("data", "continuation"):
            problems = {}
        elif not values and not problems:
            return None
        else:
            self._name_customer(values, row, head)
            problems |= self._list_row_problems(row)
            self._settle_amount(values, problems)
        problems |= self._list_long(values, row)
        raw = [None if cell is None else str(cell)[:KEPT] for cell in row.cells]
        return {
            "import_id": self.id,
            "company_id": self.company_id.id,
            "row_number": row.number,
            "sheet": table.book.sheets[table.sheet].name or None,
            "raw": raw,
            "values": {
                **values,
                **self._read_marks(matched, row, values),
                **self._read_moment(matched, row),
                **self._read_beside(table, matched, row),
                **self._read_said(table, row),
                "row_kind": self._get_row_kind(row),
            },
            "problems": problems or None,
            "name": values.get("name") or values.get("ref") or values.get("email"),
            "email": " ".join(
                values[name] for name in ("email", "contact_email") if values.get(name)
            )
            or None,
            "document": values.get("document"),
        }

    def _read_values(self, table, matched, row):
        """Read what the matched columns of a row say.

        :return: ({standard field: text}, {field: what is wrong with its cell})
        """
        values, problems = {}, {}
        for index, (field, reading, scale) in matched.items():
            value = self._read_cell(table.columns[index], field, reading, row, problems)
            if value in (None, ""):
                continue
            if scale != 1:
                value = str(Decimal(value) * scale)
            if field in MANY:
                values.setdefault(f"{field}s", {})[str(index)] = value
            else:
                values[field] = value
        return values, problems

    @api.model
    def _read_marks(self, matched, row, values):
        """Return what stands for a currency beside the amounts of a row.

        :return: {"marks": {standard field: "€"}}, or {} of none
        """
        marks = {
            field: currency_mark(row.cells[index])
            for index, (field, *_how) in matched.items()
            if field in NUMBERS and values.get(field) and index < len(row.cells)
        }
        marks = {field: mark for field, mark in marks.items() if mark}
        return {"marks": marks} if marks else {}

    def _read_moment(self, matched, row):
        """Return the time that stands behind the day of a follow-up.

        :return: {"time": "14:30:00", "offset": minutes ahead of UTC, None of one that
            isn't said}, or {} of none
        """
        if self.kind != "notes":
            return {}
        for index, (field, *_how) in matched.items():
            cell = row.cells[index] if index < len(row.cells) else None
            found = read_moment(str(cell)) if field == "date" and cell else None
            if found:
                return {"time": found[0].isoformat(), "offset": found[1]}
        return {}

    def _name_customer(self, values, row, head):
        """Have a row that names no customer be of the one above it: of the row that it
        continues, or of the caption of its group."""
        if self.kind == "customers":
            return
        named = {name: values[name] for name in WHO if name in values}
        if row.kind == "continuation" and not named:
            values.update(head)
        elif not named and row.caption:
            values["name"] = get_named(row.caption)
        else:
            head.clear()
            head.update(named)

    def _list_long(self, values, row):
        """Cut what is too long for a name: a whole text in its cell, or letters of
        which no column was made.

        :param dict values: of the row; changed
        :return: {standard field: sentence}
        """
        names = dict(self.column_ids._fields["field"]._description_selection(self.env))
        problems = {}
        for field in CALLED:
            text = values.get(field) or ""
            if len(text) <= LONGEST:
                continue
            values[field] = f"{text[:LONGEST]}…"
            problems[field] = self.env._(
                "Row %(row)s: %(count)s letters are no %(field)s, but a text. Shorten "
                "it, or have its column mean something else.",
                row=row.number,
                count=formatLang(self.env, len(text), digits=0),
                field=names[field],
            )
        # a customer of whom only the name is known looks like a caption
        is_said = row.kind in ("data", "continuation") or self.kind == "customers"
        return problems if is_said else {}

    def _list_row_problems(self, row):
        """Return what is wrong with a row as a whole: it has more cells than columns.

        :return: {"row": sentence} or {}
        """
        said = [one for one in row.remarks if one.code == "more_cells"]
        return {"row": say(self.env, said[0])} if said else {}

    def _read_cell(self, column, field, reading, row, problems):
        """Return a cell as it is kept; what can't be read is noted.

        :param dict problems: {field: sentence}, added to
        :return: str or None
        """
        value = self._read_value(column, field, reading, row)
        place = f"{column.letter}{row.number}"
        # of several columns that are one field, each may have one
        name = f"{field} {place}" if field in MANY else field
        if isinstance(value, Unsettled):
            problems[name] = self.env._(
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
            problems[name] = self.env._(
                "%(cell)s: %(sentence)s",
                cell=place,
                sentence=say(self.env, value.remark),
            )
            return None
        if isinstance(value, Decimal | date):
            return str(value)
        return value and value[:KEPT]

    @api.model
    def _read_value(self, column, field, reading, row):
        """Return what a cell holds, as its field is read.

        :return: Decimal, date, str, None; ``Unsettled`` or ``Unreadable``
        """
        cell = row.cells[column.index] if column.index < len(row.cells) else None
        answer = ANSWERS.get(reading) or Answer()
        if field in NUMBERS:
            value = amount_of(column.evidence.numbers, cell, point=answer.point)
            if value is None and field == "open" and is_dash(cell):
                # how spreadsheets write 0; an empty cell says nothing
                return Decimal(0)
            return value
        if field in DAYS:
            return day_of(column.evidence.dates, cell, order=answer.order)
        if field in IDENTIFIERS or field == "name" and not isinstance(cell, str):
            return name_of(cell)
        return text_of(cell)
