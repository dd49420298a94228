import re
from decimal import Decimal

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from ...engine.history import fold
from ...engine.history_fields import list_fields
from ...engine.history_money import (
    Beside,
    Line,
    find_doubtful,
    find_movements,
    is_opening,
    is_tax,
)
from ...providers.currency_marks import codes_in_header, without_code
from ...providers.history import find_layout
from ...providers.spreadsheets import Unsettled, number_of

#: Columns of numbers that mean nothing and are kept with their rows.
MOST_BESIDE = 12
#: What a column is that is left out on purpose.
NOTHING = "nothing"
#: Fields that say what is owed, and what says it of the same thing.
RIVALS = {
    "open": ("open",),
    "sides": ("debit", "credit"),
    "amount": ("amount", "open", "debit", "credit", "paid"),
    "price": ("amount", "open", "debit", "credit", "paid"),
    "past": ("amount",),
}

_CENTS = re.compile(r"-?[0-9.,' ]*[.,][0-9]{1,2}")
#: Headers of amounts that leave open whether tax is in them.
PLAIN = ("amount", "金额", "原币金额", "line total", "total price")


class CustomerImport(models.Model):
    """Columns of money: what is paid or taxed of an amount, and that none is left out
    unasked that may be what is owed."""

    _inherit = "customer.import"

    # === HEADERS === #

    def _plain_titles(self, titles):
        """Return headers without the currency that they name. Of two columns that are
        the same otherwise, one names company currency: it is what the other comes to.

        :param titles: headers
        """
        own = self.company_currency_id.name
        plain = [without_code(title) for title in titles]
        codes = [codes_in_header(title) for title in titles]
        found = []
        for place, title in enumerate(plain):
            fields = list_fields(title)
            is_value = codes[place] == {own} and any(
                fields & list_fields(other) and codes[at] != {own}
                for at, other in enumerate(plain)
            )
            is_money = fields & {*RIVALS["amount"], "booked"}
            known = title if is_money else titles[place]
            found.append(f"{title} (本币)" if is_value and is_money else known)
        return found

    @api.model
    def _match_flags(self, table, matched):
        """Return what columns are by what is in them, too: one that would be what is
        paid and has no numbers says whether anything is; one that would be tax numbers
        and has amounts is tax.

        :param matched: [(standard field or None, how it is read)]
        """
        fields = [field for field, _how in matched]
        if "vat" in fields:
            at = fields.index("vat")
            samples = table.columns[at].evidence.samples
            if samples and all(_CENTS.fullmatch(str(cell).strip()) for cell in samples):
                matched = [*matched[:at], [None, None], *matched[at + 1 :]]
        if "paid" not in fields:
            return matched
        at = fields.index("paid")
        if table.columns[at].kind not in ("text", "date"):
            return matched
        field = None if "status" in fields else "status"
        return [*matched[:at], [field, None], *matched[at + 1 :]]

    # === STAGING === #

    @api.model
    def _read_beside(self, table, matched, row):
        """Return the numbers of a row in columns that mean nothing.

        :return: {"beside": {number of a column: amount}}, or {} of none
        """
        found = {}
        columns = [
            column
            for column in table.columns
            if (column.kind in ("number", "open") or is_tax(column.title))
            and column.title
            and column.index not in matched
        ]
        for column in columns[:MOST_BESIDE]:
            cell = row.cells[column.index] if column.index < len(row.cells) else None
            value = number_of(column.evidence.numbers, cell)
            if isinstance(value, Unsettled):
                # whichever it is, it isn't nothing
                value = value.readings[0]
            if isinstance(value, Decimal) and value:
                found[str(column.index + 1)] = str(value)
        return {"beside": found} if found else {}

    def _settle_amount(self, values, problems):
        """Have the amount of a row include the tax that its file has apart, and what is
        open of it be without what was paid.

        :param dict values: of the row, changed
        :param dict problems: {field: sentence}, added to
        """
        amount = self._get_number(values, "amount")
        tax, paid = (self._get_number(values, name) for name in ("tax", "paid"))
        if amount is None or "open" in values:
            return
        if tax:
            if amount and tax * amount < 0:
                problems["tax"] = self.env._(
                    "The tax %(tax)s has another sign than its amount %(amount)s.",
                    tax=f"{tax:f}",
                    amount=f"{amount:f}",
                )
            amount += tax
            values["amount"] = str(amount)
        if paid is None:
            return
        if paid * amount < 0 or abs(paid) > abs(amount):
            problems["paid"] = self.env._(
                "%(paid)s are paid of %(amount)s: what is open can't be told. Have the "
                "row say it in a column of open amounts.",
                paid=f"{paid:f}",
                amount=f"{amount:f}",
            )
            return
        values["open"] = str(amount - paid)

    # === WHAT MAY NOT BE LEFT OUT === #

    def _check_money_columns(self, facts):
        """:raises UserError: a column that means nothing may be what is owed"""
        columns = self._list_beside()
        if not columns or not self._has_said("beside"):
            return
        basis, header = self._find_basis(facts)
        rows = self.env["customer.import.row"].search_fetch(
            [("import_id", "=", self.id)], ["values"], order="id"
        )
        rows = rows.filtered(lambda row: not self._explain_no_data(row.values))
        if basis == "open":
            self._check_movements(columns, rows)
        asked = self._list_asked(columns, RIVALS[basis], header)
        rivals = {one.number for one in asked if one.is_rival}
        lines, scales = [], self._find_scales()
        for row in rows:
            counted = self._get_counted(row.values, basis)
            beside = self._get_beside(row.values, scales)
            # a row without what counts may have it in another column
            if counted is not None or rivals & beside.keys():
                lines.append(Line(counted or Decimal(), beside))
        found = find_doubtful(asked, lines, basis, self._is_gross(header))
        if found:
            raise UserError(self._ask_for_money(found, header, basis))

    def _list_asked(self, columns, rivals, header):
        """Return columns as they are asked about: of two balances of one header,
        somebody has chosen already.

        :param rivals: fields of what counts
        :param header: of what counts
        :return: [:class:`Beside`]
        """
        titles = self.column_ids.mapped("title")
        plain = dict(zip(titles, self._plain_titles(titles), strict=True))
        return [
            Beside(
                column.number,
                column.title,
                bool(list_fields(plain[column.title]) & {*rivals})
                and not is_opening(column.title, titles),
            )
            for column in columns
            if fold(column.title) != fold(header) or "debit" in rivals
        ]

    def _list_beside(self):
        """Return the columns of numbers that somebody has neither matched nor left out
        on purpose; none of a program whose columns are known."""
        program = find_layout(self.column_ids.mapped("title"))
        if program and {"amount", "open"} & set(program.columns.values()):
            return self.column_ids.browse()
        return self.column_ids.filtered(lambda one: not one.field)

    def _find_basis(self, facts):
        """Return by what it is told what a row has open, and the header that says so.

        :return: (key of :data:`RIVALS`, header)
        """
        title_of = {one.field: one.title for one in self.column_ids if one.field}
        if self.kind == "past":
            return "past", title_of.get("amount", "")
        is_running = facts.extra.get("balance") == "running"
        if facts.extra.get("has_open") and "open" in title_of and not is_running:
            return "open", title_of["open"]
        if {"debit", "credit"} & title_of.keys():
            return "sides", title_of.get("debit") or title_of["credit"]
        name = "amount" if "amount" in title_of else "price"
        return name, title_of.get(name, "")

    @api.model
    def _is_gross(self, title):
        """Return whether the header of an amount says more than that it is one: tax is
        in it."""
        folded = fold(without_code(title))
        if re.search(r"\bincl|含税", folded) and not re.search("不含税", folded):
            return True
        is_net = is_tax(folded) or re.search(r"\bnet\b|sub ?total|不含税|未税", folded)
        return not is_net and folded not in PLAIN

    def _get_counted(self, values, basis):
        """Return what counts of a row, without its sign; None where it says nothing."""
        if basis == "sides":
            debit = self._get_number(values, "debit") or Decimal()
            return debit - (self._get_number(values, "credit") or Decimal())
        if basis == "price":
            return self._multiply(values)
        return self._get_number(values, "open" if basis == "open" else "amount")

    def _find_scales(self):
        """Find by what the amounts of columns are multiplied.

        :return: {number of a column: int}
        """
        return {one.number: one._get_scale() or 1 for one in self.column_ids}

    @api.model
    def _get_beside(self, values, scales):
        """Return the numbers of a row in columns that mean nothing.

        :param scales: as of :meth:`_find_scales`
        :return: {number of a column: Decimal}
        """
        return {
            int(number): Decimal(text) * scales.get(int(number), 1)
            for number, text in values.get("beside", {}).items()
        }

    def _check_movements(self, columns, rows):
        """:raises UserError: what is taken for open is a balance that runs on by what
        other columns move"""
        fields = set(self.column_ids.filtered("field").mapped("field"))
        if {"amount", "debit", "credit"} & fields:
            return
        said, scales = [], self._find_scales()
        for row in rows:
            values = row.values
            who = next(filter(None, map(values.get, ("ref", "vat", "name"))), "")
            account = fold(who), fold(values.get("currency"))
            balance = self._get_number(values, "open")
            said.append((row.id, account, balance, self._get_beside(values, scales)))
        # those without a number add nothing
        used = {number for *_row, beside in said for number in beside}
        beside = [
            Beside(column.number, column.title)
            for column in columns
            if column.number in used
        ]
        found = find_movements(beside, said, self.kind == "balances")
        if found:
            titles = [self._quote(one.title) for one in found]
            raise UserError(
                self.env._(
                    "The balance runs on from row to row, by %(columns)s: what is open "
                    "of a row is what these move. Say in the list of columns which is "
                    "Debit Side, Credit Side or Amount; or that they mean Nothing.",
                    columns=format_list(self.env, titles),
                )
            )

    def _ask_for_money(self, found, header, basis):
        """Return a question about columns that mean nothing.

        :param found: [:class:`Beside`]
        :param header: of what counts
        :param basis: key of :data:`RIVALS`
        """
        titles = format_list(self.env, [self._quote(one.title) for one in found])
        if any(one.is_rival for one in found) and header:
            return self.env._(
                "“%(header)s” counts, and %(columns)s may be what counts as well: say "
                "in the list of columns which it is, and have the others mean Nothing. "
                "Where each is owed in another currency, bring the file in once for "
                "each.",
                header=header,
                columns=titles,
            )
        if basis == "price":
            return self.env._(
                "What is owed would be quantity × price, without %(columns)s: have a "
                "column of the file say what each row comes to, or say in the list of "
                "columns that they mean Nothing.",
                columns=titles,
            )
        return self.env._(
            "“%(header)s” would be owed as a whole, and %(columns)s left out. Say in "
            "the list of columns what they are (Paid of It, Tax on Top of the "
            "Amount …), or that they mean Nothing.",
            header=header,
            columns=titles,
        )

    @api.model
    def _quote(self, text):
        return f"“{text}”"
