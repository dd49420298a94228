from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL, format_date

from ...engine.history import fold
from ...engine.history_fields import (
    is_neutral,
    is_settled,
    is_vendor,
    is_void,
    read_flag,
)
from .customer_import_checking import RowError, RowLeftOut

#: Smallest units of a currency that an amount may have: 200 of these, which is what an
#: entry holds, still add up exactly.
MOST_UNITS = 40_000_000_000_000
#: What balances without a document are known by.
BALANCE = "opening balance"


class CustomerImport(models.Model):
    """Open items and balances: what customers owe, document by document."""

    _inherit = "customer.import"

    def _gather_items(self, facts):
        """Gather what was judged before, and in which currency amounts are meant."""
        facts.extra["known"] = self._find_known_here()
        facts.extra["fields"] = set(self.column_ids.filtered("field").mapped("field"))
        self._gather_ages(facts)
        is_open = "open" in facts.extra["fields"]
        facts.extra["has_open"] = is_open and self._has_said("open")
        self._gather_ledger(facts)
        self._check_money_columns(facts)
        facts.extra["open_in"] = self._find_open_in(facts)
        facts.extra["terms"] = {
            fold(term.name): term
            for term in self.env["account.payment.term"].search(
                self.env["account.payment.term"]._check_company_domain(self.company_id)
            )
        }
        facts.extra["terms_of"] = self._find_terms_of_customers()

    def _gather_balances(self, facts):
        self._gather_items(facts)

    def _judge_items(self, rows, facts):
        """Judge rows of open items.

        :return: {id of a row: values}
        """
        keys = [fold(row.document) for row in rows if row.document]
        keys += [BALANCE] if self.kind == "balances" else []
        keys += self._list_age_keys(rows)
        facts.extra["elsewhere"] = self._find_known_elsewhere(keys, facts)
        if self.rows_are != "documents":
            facts.extra.setdefault("groups", self._group_rows(facts))
        return self._judge_each(rows, facts, self._judge_item)

    def _judge_balances(self, rows, facts):
        return self._judge_items(rows, facts)

    def _judge_item(self, row, values, facts):
        """Judge one row.

        :return: values of the row
        :raises RowError: with what is wrong
        """
        notes = []
        values = self._complete_line(row, values, facts)
        if reason := self._explain_left_out(row, values, facts):
            return self._leave_out(row, values, facts, reason)
        amount = facts.attempt(self._get_open_amount, row, values, facts, notes)
        if amount is not None and not amount:
            facts.check()
            return {"state": "skip", "message": self.env._("Nothing is open.")}
        vals = self._read_item(values, amount, facts, notes)
        if not vals["amount"]:
            # less than the smallest unit of its currency
            return {"state": "skip", "message": "\n".join(notes)}
        partner_id, key = vals["partner_id"], vals["document_key"]
        currency_id = vals["currency_id"]
        self._note_days(vals["date"], vals["due"], self.date, notes)
        self._note_settled_later(values, notes)
        vals["disputed"] = self._is_disputed(row, values, facts, notes)
        if amount < 0:
            self._note_credit(values, facts, notes)
        same = partner_id, key, currency_id
        if double := self._judge_double(same, vals, values, facts):
            return {**vals, **double}
        self._note_known(same, vals, row, facts)
        return {**vals, "state": "create", "message": "\n".join(notes) or None}

    def _read_item(self, values, amount, facts, notes):
        """Read all that a row says of an item.

        :param amount: as the file has it; Decimal, None where it can't be read
        :return: values of the row
        :raises RowError: something can't be read; ``facts.wrong`` has all of it
        """
        facts.attempt(self._check_status, values)
        currency = facts.attempt(self._find_currency, values, facts)
        number = facts.attempt(self._read_number, values)
        partner_id = facts.attempt(self._find_customer, values, facts)
        converted = due = None
        if amount is not None and currency:
            args = values, amount, currency, facts, notes
            converted = facts.attempt(self._convert_item, *args)
        if partner_id and (not converted or converted["amount"]):
            due = facts.attempt(self._get_due, values, partner_id, facts, notes)
        facts.check()
        return {
            "partner_id": partner_id,
            "currency_id": currency.id,
            "document": number[0],
            "document_key": number[1],
            "date": self._get_day(values, "date"),
            "due": due,
            **converted,
        }

    def _explain_left_out(self, row, values, facts):
        """Return why a row is left out, or False."""
        if is_vendor(values.get("role", "")):
            return self.env._("A vendor: %(name)s.", name=values.get("name", ""))
        if self._is_settled(values, facts):
            return self.env._("“%(status)s”: nothing is open.", status=values["status"])
        if is_neutral(values.get("kind", "")):
            return self.env._("“%(kind)s” is owed by nobody.", kind=values["kind"])
        if row.id in facts.extra.get("carried", ()):
            return self.env._("The balance of the row above, carried over.")
        if self._is_settled_on_day(values, facts):
            return self.env._(
                "Settled on %(date)s: nothing is open.",
                date=format_date(self.env, values["settled"]),
            )
        return False

    def _is_settled(self, values, facts):
        """Return whether the state of a row says that nothing is open of it, and its
        balance doesn't say another."""
        status = values.get("status") or ""
        if not is_settled(status):
            return False
        if is_void(status) or facts.extra.get("balance") == "running":
            return True
        return not self._get_number(values, "open")

    def _is_settled_on_day(self, values, facts):
        """Return whether a row was settled on the opening date: what is paid later, or
        is to be, is open on it. What says how much is open knows better."""
        day = self._get_day(values, "settled")
        is_said = facts.extra.get("has_open") or values.get("open")
        return bool(day) and day <= self.date and not is_said

    def _note_settled_later(self, values, notes):
        """Say of what is settled after the opening date that it was open on it."""
        day = self._get_day(values, "settled")
        if day and day > self.date:
            notes.append(
                self.env._(
                    "Settled on %(date)s, after the opening date: it is open on it.",
                    date=format_date(self.env, day),
                )
            )

    def _leave_out(self, row, values, facts, reason):
        """Return the values of a row that is left out: with what it came to, where that
        can be read, so that it can be compared.

        :raises RowLeftOut: it is part of the document in another row
        """
        vals, notes = {"state": "skip", "message": reason}, [reason]
        try:
            amount = self._get_open_amount(row, values, facts, notes)
            currency = self._find_currency(values, facts)
        except RowLeftOut:
            raise
        except RowError:
            return vals
        vals["message"] = "\n".join(notes)
        amount = currency.round(float(amount))
        return {**vals, "amount": amount, "currency_id": currency.id}

    def _read_number(self, values):
        """Return the number of a row's document, and what it is known by.

        :raises RowError: an item has none
        """
        document = (values.get("document") or "").strip()
        if self.kind == "balances":
            name = document or self.env._("Opening balance")
            return self._call_by_age(name, values), self._get_age_key(BALANCE, values)
        if not document:
            raise RowError(self._explain_no_number(values))
        key = self._get_age_key(fold(document), values)
        return self._call_by_age(document, values), key

    def _explain_no_number(self, values):
        """Return what is wrong with a row without a number."""
        if values.get("row_kind") == "continuation":
            return self.env._(
                "A further line of the document above: say under Rows Are what lines "
                "come to."
            )
        return self.env._("No document number.")

    # === AMOUNTS === #

    def _note_credit(self, values, facts, notes):
        """Ask of what is owed to a customer whether it is meant: nothing but its sign
        says so."""
        said = {"kind", "debit", "credit", "side"} & facts.extra["fields"]
        if not said and self.sign == "owed":
            notes.append(
                self.env._(
                    "Below 0: an advance or credit of the customer, or an error?"
                )
            )

    def _is_disputed(self, row, values, facts, notes):
        """Return whether a row is disputed; None where it isn't."""
        flag = read_flag(values.get("disputed", ""))
        if flag is None:
            sentence = self.env._(
                "“%(text)s” is neither yes nor no: it isn't taken for disputed.",
                text=values["disputed"],
            )
            text = values["disputed"]
            self._note_left_out(row, "disputed", text, facts, notes, sentence)
        if not flag:
            return None
        notes.append(
            self.env._(
                "Disputed: %(reason)s.",
                reason=values.get("reason") or self.env._("no reason given"),
            )
        )
        return True

    def _convert_item(self, values, amount, currency, facts, notes):
        """Return what a row has open in its currency and in company currency.

        :param Decimal amount: as the file has it
        :return: values ``amount``, ``booked``, ``rate_distance``
        :raises RowError: no rate is known, or the two don't belong together
        """
        own = self.company_currency_id
        spot = self._get_spot(currency, self.date, facts)
        rate = self._read_item_rate(values, currency, facts, notes)
        if facts.extra["open_in"] == "company" and currency != own:
            booked = amount
            amount = self._restate_open(values, booked, currency, rate, notes)
        elif currency == own:
            booked = amount
        else:
            booked = self._read_booked(values, amount, currency, spot, facts)
            if booked is None:
                booked = rate and amount / rate
        if not rate and (amount is None or booked is None):
            raise RowError(
                self.env._(
                    "No exchange rate of %(currency)s is known on %(date)s.",
                    currency=currency.name,
                    date=format_date(self.env, self.date),
                )
            )
        exact = Decimal(amount)
        self._note_more_open(values, exact, facts, notes)
        self._check_size(exact, currency)
        self._check_size(Decimal(booked), own)
        rounded = self._round_item(exact, currency, notes)
        distance = self._judge_distance(
            exact, Decimal(booked), currency, self.date, facts, notes
        )
        return {
            "amount": float(rounded),
            "booked": own.round(float(booked)),
            "rate_distance": distance and float(distance),
        }

    def _read_item_rate(self, values, currency, facts, notes):
        """Return the rate of an item, as :meth:`_read_own_rate` does; None of one that
        can't be read, where what it is in company currency is said."""
        try:
            return self._read_own_rate(values, currency, self.date, facts, notes)
        except RowError:
            if not values.get("booked"):
                raise
            return None

    def _check_size(self, amount, currency):
        """:raises RowError: an amount is so large that it can't be added up to the
        smallest unit of its currency"""
        if abs(amount) / Decimal(repr(currency.rounding)) > MOST_UNITS:
            raise RowError(
                self.env._(
                    "%(amount)s %(currency)s is more than can be kept to the cent.",
                    amount=f"{amount:f}",
                    currency=currency.name,
                )
            )

    def _round_item(self, exact, currency, notes):
        """Return an amount in smallest units of its currency; say where it was rounded.

        :return: Decimal
        """
        rounded = Decimal(repr(currency.round(float(exact))))
        if abs(exact - rounded) > Decimal("1e-9"):
            notes.append(
                self.env._(
                    "%(amount)s is rounded to %(rounded)s.",
                    amount=f"{exact:f}",
                    rounded=currency._format_amount(float(rounded)),
                )
            )
        return rounded

    def _note_rate_of_one(self, currency, notes):
        notes.append(
            self.env._(
                "Rate 1.00: the old system's books were in %(currency)s. The rate of "
                "the opening date counts.",
                currency=currency.name,
            )
        )

    # === KNOWN ALREADY === #

    @api.model
    def _fold_in_sql(self, column):
        """Return a column of entries as :func:`fold` compares it, without blanks."""
        return SQL(
            r"lower(regexp_replace(normalize(%s, NFKC), '\s', '', 'g'))",
            SQL.identifier("m", column),
        )
