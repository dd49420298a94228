from decimal import Decimal

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_date, format_list

from ...engine.history import fold
from ...engine.history_ages import Age, read_ages, share_out
from ...engine.history_fields import is_total, list_ages
from ...providers.spreadsheets import currency_mark

#: What the parts of a row aren't: it is open by age.
OF_WHOLE = ("amount", "debit", "credit", "quantity", "price")
#: What stands between what something is known by, and its age: no document has it.
BY_AGE = "\x1f"
#: What sums of ages may be off: less than half of a cent.
NEAR = Decimal("0.005")


class CustomerImport(models.Model):
    """Ageing lists: what a row has open at each age becomes an item, so that our ageing
    on the opening date has the file's columns."""

    _inherit = "customer.import"

    # === COLUMNS === #

    def _check_ages(self):
        """:raises UserError: columns of ages aren't in order, or overlap"""
        columns = self.column_ids.filtered(lambda one: one.field == "age")
        ages = self._find_ages()
        doubted = columns.filtered(lambda one: one.number - 1 not in ages)
        if doubted:
            raise UserError(
                self.env._(
                    "Which days columns of ages hold has to be told by their headers, "
                    "and by their order (%(columns)s): have them mean nothing, or "
                    "mend their headers.",
                    columns=format_list(self.env, doubted.mapped("title")),
                )
            )

    def _find_ages(self):
        """Find which ages columns are.

        :return: {index in the file: :class:`Age`}
        """
        columns = self.column_ids.filtered(lambda one: one.field == "age")
        columns = columns.sorted("number")
        ages = read_ages(columns.mapped("title"))
        return {
            column.number - 1: age
            for column, age in zip(columns, ages, strict=True)
            if age
        }

    def _find_left_ages(self):
        """Return whether columns are ages by their headers, and left out."""
        fields = [column.field or None for column in self.column_ids]
        titles = self.column_ids.mapped("title")
        return "age" not in fields and any(list_ages(titles, fields))

    def _list_age_remarks(self, named, matched):
        """Return what is said of a file with columns of ages.

        :param named: headers
        :param matched: [(standard field or None, how it is read)] of its columns
        :return: sentences
        """
        fields = [field for field, _how in matched]
        titles = [
            title for title, one in zip(named, fields, strict=True) if one == "age"
        ]
        if titles:
            return [
                self.env._(
                    "Open by age (%(ages)s): each becomes an item that is as late on "
                    "the opening date, in the middle of its days. To have balances due "
                    "on the opening date instead, have these columns mean nothing.",
                    ages=format_list(self.env, titles),
                )
            ]
        if self.kind == "balances" and any(list_ages(named, fields)):
            return [self._explain_ages_left()]
        return []

    def _explain_ages_left(self):
        return self.env._(
            "Its ages are left out: the balance is due on the opening date."
        )

    # === STAGING === #

    def _part_by_age(self, vals, row, ages):
        """Part a row as it is kept into its ages.

        :param dict vals: of the row, with ``values["ages"]``: {index in the file, as
            text: amount}
        :param row: of the reader
        :param ages: as :meth:`_find_ages` returns them
        :return: [values of a row]
        """
        said = vals["values"].pop("ages", {})
        is_data = row.kind in ("data", "continuation")
        if not ages or not is_data or vals["problems"]:
            return [vals]
        values = vals["values"]
        amounts = {int(index): Decimal(text) for index, text in said.items()}
        amounts = {index: amount for index, amount in amounts.items() if amount}
        found, total = sum(amounts.values(), Decimal()), self._get_total(values)
        if total is not None and abs(found - total) >= NEAR:
            wrong = {"age": self._explain_ages_off(found, total)}
            return [{**vals, "problems": wrong}]
        if values.get("due") or not amounts:
            # a due date says it better than ages
            return [{**vals, "values": {**values, "open": str(found)}}]
        shares = self._share_booked(values, list(amounts.values()))
        parts = []
        for (index, amount), booked in zip(amounts.items(), shares, strict=True):
            its = self._prepare_age_values(values, ages[index], amount, booked)
            its["age"] |= {"column": index + 1, "count": len(amounts)}
            if mark := currency_mark(row.cells[index]):
                its["marks"] = {"open": mark}
            parts.append({**vals, "values": its})
        return parts

    def _prepare_age_values(self, values, age, amount, booked):
        """Prepare what the part of a row says that has an age.

        :param Decimal amount, booked: of the part; None: not said in company currency
        """
        apart = (*OF_WHOLE, "booked", "marks")
        kept = {name: one for name, one in values.items() if name not in apart}
        own = {"booked": str(booked)} if booked is not None else {}
        return {
            **kept,
            **own,
            "open": str(amount),
            "age": {"first": age.first, "last": age.last, "kind": age.kind},
        }

    def _get_total(self, values):
        """Return what the ages of a row are to come to, or None: no column says it. An
        item's amount may be that of its document, of which less is open."""
        if values.get("open"):
            return self._get_number(values, "open")
        if self.kind == "balances" and self._has_movement(values):
            debit = self._get_number(values, "debit") or Decimal()
            return debit - (self._get_number(values, "credit") or Decimal())
        column = self.column_ids.filtered(lambda one: one.field == "amount")
        if self.kind == "balances" or is_total(column.title or ""):
            return self._get_number(values, "amount")
        return None

    def _share_booked(self, values, amounts):
        """Return what the parts of a row are in company currency; None each where the
        row doesn't say it."""
        booked = self._get_number(values, "booked")
        nothing = [None] * len(amounts)
        if booked is None:
            return nothing
        rounding = Decimal(repr(self.company_currency_id.rounding))
        return share_out(booked, amounts, rounding) or nothing

    def _explain_ages_off(self, found, total):
        """Say that the ages of a row, which come to what was found, don't come to its
        total."""
        return self.env._(
            "Its ages come to %(sum)s, and its total is %(total)s: "
            "%(difference)s apart.",
            sum=f"{found:f}",
            total=f"{total:f}",
            difference=f"{abs(found - total):f}",
        )

    # === JUDGING === #

    def _gather_ages(self, facts):
        """Gather whether rows are parted by age: then the age of each is what is open.

        :raises UserError: rows are lines of documents, too
        """
        facts.extra["left_ages"] = self._find_left_ages()
        fields = facts.extra["fields"]
        if "age" not in fields:
            return
        if self.rows_are != "documents":
            raise UserError(
                self.env._(
                    "What is open by age is read where each row is a document: choose "
                    "that under Rows Are, or have the columns of ages mean nothing."
                )
            )
        fields -= {"age", *OF_WHOLE}
        fields.add("open")

    def _get_age(self, values):
        """Return the age of what a row has open, or None."""
        said = values.get("age")
        return said and Age(said["first"], said["last"], said["kind"])

    def _name_age(self, age):
        """Return what an age is called, in the language of the environment."""
        if age.kind == "not_due":
            return self.env._("not due yet")
        if age.kind == "unallocated":
            return self.env._("not matched with a document")
        if age.last is None:
            return self.env._("over %(days)s days", days=age.first - 1)
        return self.env._("%(first)s to %(last)s days", first=age.first, last=age.last)

    def _call_by_age(self, name, values):
        """Return what an item is called that is part of a row: with its age."""
        age = self._get_age(values)
        if not age or (values.get("document") and values["age"]["count"] == 1):
            return name
        return self.env._("%(name)s, %(age)s", name=name, age=self._name_age(age))

    def _get_age_key(self, key, values):
        """Return by what an item is known: its age beside, where others of its row have
        others."""
        age = self._get_age(values)
        if not age or (values.get("document") and values["age"]["count"] == 1):
            return key
        return f"{key}{BY_AGE}{age.code}"

    def _get_key_of_all(self, key):
        """Return by what all ages of an item are known together."""
        return (key or "").partition(BY_AGE)[0]

    def _list_age_keys(self, rows):
        """Return by what the ages of documents of some rows are known."""
        aged = [row for row in rows if row.document and row.values.get("age")]
        return [self._get_age_key(fold(row.document), row.values) for row in aged]

    def _note_due_by_age(self, age, notes):
        """Return when an item is due of which only its age is known, and say so."""
        due = age.get_due(self.date)
        notes.append(
            self.env._(
                "By its age (%(age)s): taken as due on %(date)s.",
                age=self._name_age(age),
                date=format_date(self.env, due),
            )
        )
        return due
