from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL, format_date

from ...engine.history import fold
from ...engine.history_fields import (
    is_neutral,
    is_settled,
    is_vendor,
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
        self._gather_ledger(facts)
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
        facts.extra["elsewhere"] = self._find_known_elsewhere(rows, facts)
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
        amount = self._get_open_amount(row, values, facts, notes)
        if not amount:
            return {"state": "skip", "message": self.env._("Nothing is open.")}
        self._check_status(values)
        partner_id = self._find_customer(values, facts)
        currency = self._find_currency(values, facts)
        document, key = self._read_number(values)
        vals = {
            "partner_id": partner_id,
            "currency_id": currency.id,
            "document": document,
            "document_key": key,
            "date": self._get_day(values, "date"),
            **self._convert_item(values, amount, currency, facts, notes),
        }
        if not vals["amount"]:
            # less than the smallest unit of its currency
            return {"state": "skip", "message": "\n".join(notes)}
        vals["due"] = self._get_due(values, partner_id, facts, notes)
        self._note_days(vals["date"], vals["due"], self.date, notes)
        vals["disputed"] = self._is_disputed(values, notes)
        if amount < 0:
            self._note_credit(values, facts, notes)
        same = partner_id, key, currency.id
        if known := self._explain_known(same, facts):
            return {**vals, "state": "duplicate", "message": known}
        facts.extra["known"][same] = self.env._(
            "Row %(row)s has this document, too.", row=row.row_number
        )
        return {**vals, "state": "create", "message": "\n".join(notes) or None}

    def _explain_left_out(self, row, values, facts):
        """Return why a row is left out, or False."""
        if is_vendor(values.get("role", "")):
            return self.env._("A vendor: %(name)s.", name=values.get("name", ""))
        if is_settled(values.get("status", "")):
            return self.env._("“%(status)s”: nothing is open.", status=values["status"])
        if is_neutral(values.get("kind", "")):
            return self.env._("“%(kind)s” is owed by nobody.", kind=values["kind"])
        if row.id in facts.extra.get("carried", ()):
            return self.env._("The balance of the row above, carried over.")
        # what says how much is open knows better
        if values.get("settled") and "open" not in facts.extra.get("fields", ()):
            return self.env._(
                "Settled on %(date)s: nothing is open.",
                date=format_date(self.env, values["settled"]),
            )
        return False

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
            return document or self.env._("Opening balance"), BALANCE
        if not document:
            raise RowError(self._explain_no_number(values))
        return document, fold(document)

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

    def _is_disputed(self, values, notes):
        """Return whether a row is disputed; None where it isn't."""
        flag = read_flag(values.get("disputed", ""))
        if flag is None:
            notes.append(
                self.env._(
                    "“%(text)s” is neither yes nor no: it isn't taken for disputed.",
                    text=values["disputed"],
                )
            )
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
        rate = self._read_own_rate(values, currency, spot, notes)
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
        distance = self._judge_distance(exact, Decimal(booked), currency, spot, notes)
        return {
            "amount": float(rounded),
            "booked": own.round(float(booked)),
            "rate_distance": distance and float(distance),
        }

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

    def _find_known_here(self):
        """Find the documents of rows of this file that were judged before.

        :return: {(partner's id, key, currency's id): why it is a duplicate}
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT COALESCE(partner_id, -head_id), document_key, currency_id,
                          row_number
                     FROM customer_import_row
                    WHERE import_id = %s AND state = 'create' AND id <= %s""",
                self.id,
                self.last_id,
            )
        )
        return {
            row[:3]: self.env._("Row %(row)s has this document, too.", row=row[3])
            for row in map(tuple, rows)
        }

    def _find_known_elsewhere(self, rows, facts):
        """Find the documents of rows that other imports have brought in, or that are in
        the books.

        :return: {(partner's id, key, currency's id): why it is a duplicate}
        """
        if "books" not in facts.extra:
            facts.extra["books"] = self._find_in_books()
        keys = [fold(row.document) for row in rows if row.document]
        keys += [BALANCE] if self.kind == "balances" else []
        return {**facts.extra["books"], **self._find_in_imports(keys)}

    def _find_in_imports(self, keys):
        rows = self.env.execute_query(
            SQL(
                """SELECT r.partner_id, r.document_key, r.currency_id, i.file_name
                     FROM customer_import_row r
                     JOIN customer_import i ON i.id = r.import_id
                    WHERE r.company_id = %s AND r.document_key = ANY(%s)
                      AND i.id != %s AND i.kind = %s
                      AND (r.state = 'done'
                           OR r.state = 'create' AND i.state = 'publishing')""",
                self.company_id.id,
                keys,
                self.id,
                self.kind,
            )
        )
        return {
            tuple(row[:3]): self.env._("Brought in with %(file)s.", file=row[3])
            for row in rows
        }

    def _find_in_books(self):
        """Find invoices of the numbers of this file: as they are called, or by their
        reference, in whatever case, width and blanks.

        :return: {(partner's id, folded number, currency's id): why it is a duplicate}
        """
        if self.kind != "items":
            return {}
        documents = self.env.execute_query(
            SQL(
                """SELECT DISTINCT document FROM customer_import_row
                    WHERE import_id = %s AND document IS NOT NULL""",
                self.id,
            )
        )
        self.env["account.move"].flush_model(
            ["name", "ref", "state", "partner_id", "company_id", "move_type"]
        )
        keys = {fold(document) for (document,) in documents}
        asked = ["".join(key.split()).lower() for key in keys]
        rows = self.env.execute_query(
            SQL(
                """SELECT p.commercial_partner_id, m.name, m.ref, m.currency_id
                     FROM account_move m JOIN res_partner p ON p.id = m.partner_id
                    WHERE m.company_id = %s AND m.state = 'posted'
                      AND m.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                      AND (%s = ANY(%s) OR %s = ANY(%s))""",
                self.company_id.id,
                *(self._fold_in_sql("name"), asked, self._fold_in_sql("ref"), asked),
            )
        )
        found = {}
        for partner_id, name, reference, currency_id in rows:
            for text in (name, reference):
                if fold(text) in keys:
                    found[partner_id, fold(text), currency_id] = self.env._(
                        "It is in the books as %(name)s.", name=name
                    )
        return found

    @api.model
    def _fold_in_sql(self, column):
        """Return a column of entries as :func:`fold` compares it, without blanks."""
        return SQL(
            r"lower(regexp_replace(normalize(%s, NFKC), '\s', '', 'g'))",
            SQL.identifier("m", column),
        )
