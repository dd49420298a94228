from decimal import Decimal

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date, formatLang

from ...engine.history import (
    Part,
    Reading,
    fold,
    get_distance,
    get_implied_rate,
    group_parts,
    list_fitting,
    read_once,
    read_rate,
)
from ...engine.history_fields import is_settled, is_vendor, read_sign
from .customer_import_checking import RowError, RowLeftOut

#: What balances without a document are known by.
BALANCE = "opening balance"


class CustomerImport(models.Model):
    """Open items and balances: what customers owe, document by document."""

    _inherit = "customer.import"

    def _gather_items(self, facts):
        """Gather what was judged before, and in which currency amounts are meant."""
        facts.extra["known"] = self._find_known_here()
        facts.extra["open_in"] = self._find_open_currency(facts)

    def _gather_balances(self, facts):
        self._gather_items(facts)

    def _judge_items(self, rows, facts):
        """Judge rows of open items.

        :return: {id of a row: values}
        """
        known = self._find_known_elsewhere(rows)
        facts.extra["elsewhere"] = known
        if self.rows_are != "documents":
            facts.extra.setdefault("groups", self._group_rows())
        return self._judge_each(rows, facts, self._judge_item)

    def _judge_balances(self, rows, facts):
        return self._judge_items(rows, facts)

    def _judge_item(self, row, values, facts):
        """Judge one row.

        :return: values of the row
        :raises RowError: with what is wrong
        """
        if reason := self._explain_left_out(row, values):
            return {"state": "skip", "message": reason}
        notes = []
        amount = self._get_open_amount(row, values, facts, notes)
        if not amount:
            return {"state": "skip", "message": self.env._("Nothing is open.")}
        partner_id = self._find_customer(values, facts)
        currency = self._find_currency(values, facts)
        document = (values.get("document") or "").strip()
        if not document:
            if self.kind == "items":
                raise RowError(self.env._("No document number."))
            document = self.env._("Opening balance")
        key = BALANCE if self.kind == "balances" else fold(document)
        vals = {
            "partner_id": partner_id,
            "currency_id": currency.id,
            "document": document,
            "document_key": key,
            "date": self._get_day(values, "date"),
            **self._convert_item(values, amount, currency, facts, notes),
        }
        vals["due"] = self._get_due(values, notes)
        same = partner_id, key, currency.id
        if known := self._explain_known(same, facts):
            return {**vals, "state": "duplicate", "message": known}
        facts.extra["known"][same] = self.env._(
            "Row %(row)s has this document, too.", row=row.row_number
        )
        return {**vals, "state": "create", "message": "\n".join(notes) or None}

    def _explain_left_out(self, row, values):
        """Return why a row is left out, or False."""
        if is_vendor(values.get("role", "")):
            return self.env._("A vendor: %(name)s.", name=values.get("name", ""))
        if is_settled(values.get("status", "")):
            return self.env._("“%(status)s”: nothing is open.", status=values["status"])
        return False

    # === AMOUNTS === #

    def _get_open_amount(self, row, values, facts, notes):
        """Return what a row, or the document that begins in it, has open: above 0 the
        customer owes it.

        :return: Decimal; 0 of a row that is part of another one's document
        """
        group = facts.extra.get("groups", {}).get(row.id)
        if group is None:
            return self._read_amount(values)
        if group["first"] != row.id:
            raise RowLeftOut(
                self.env._("Part of the document in row %(row)s.", row=group["row"])
            )
        if group["amount"] is None:
            raise RowError(
                self.env._(
                    "Its rows give different amounts, and which is meant can't be "
                    "told: choose lines that add up, or a document each."
                )
            )
        if group["count"] > 1:
            notes.append(self.env._("%(count)s rows.", count=group["count"]))
        return group["amount"]

    def _read_amount(self, values):
        """Return what one row says is open, with its sign; Decimal."""
        debit = self._get_number(values, "debit")
        credit = self._get_number(values, "credit")
        amount = self._get_number(values, "open")
        if amount is None and (debit is not None or credit is not None):
            amount = (debit or 0) - (credit or 0)
        if amount is None:
            amount = self._get_number(values, "amount")
        if amount is None:
            raise RowError(self.env._("No amount."))
        amount = Decimal(amount)
        if read_sign(values.get("kind", "")) == -1 and amount > 0:
            amount = -amount
        return -amount if self.sign == "owing" else amount

    def _group_rows(self):
        """Group the rows of this file by document.

        :return: {id of a row: {"first": id, "row": number, "count": , "amount": }}
        """
        rows = self.env["customer.import.row"].search(
            [("import_id", "=", self.id)], order="id"
        )
        numbers, parts = {}, []
        for row in rows:
            if row.problems or self._explain_no_data(row.values):
                continue
            numbers[row.id] = row.row_number
            try:
                amount = self._read_amount(row.values)
            except RowError:
                amount = None
            document = fold(row.values.get("document", ""))
            parts.append(Part(row.id, document, amount))
        found = {}
        for group in group_parts(parts):
            amount = read_once(group)
            if self.rows_are == "lines":
                known = [part.amount for part in group if part.amount is not None]
                amount = sum(known, Decimal()) if known else None
            first = group[0].key
            shared = {"first": first, "row": numbers[first], "count": len(group)}
            for part in group:
                found[part.key] = {**shared, "amount": amount}
        return found

    def _convert_item(self, values, amount, currency, facts, notes):
        """Return what a row has open in its currency and in company currency.

        :param Decimal amount: as the file has it
        :return: values ``amount``, ``booked``, ``rate_distance``
        :raises RowError: no rate is known, or the two don't belong together
        """
        own = self.company_currency_id
        spot = self._get_spot(currency, self.date, facts)
        written = self._get_number(values, "rate")
        rate = read_rate(written, spot) if written and currency != own else spot
        booked = self._get_number(values, "booked")
        if facts.extra["open_in"] == "company" and currency != own:
            booked, amount = amount, rate and amount * rate
        elif currency == own:
            booked = amount
        elif booked is None:
            booked = rate and amount / rate
        else:
            booked = abs(booked) if amount > 0 else -abs(booked)
        if not rate and (amount is None or booked is None):
            raise RowError(
                self.env._(
                    "No exchange rate of %(currency)s is known on %(date)s.",
                    currency=currency.name,
                    date=format_date(self.env, self.date),
                )
            )
        exact = Decimal(amount)
        rounded = self._round_item(exact, currency, notes)
        distance = get_distance(get_implied_rate(exact, Decimal(booked)), spot)
        self._note_distance(distance, notes)
        return {
            "amount": float(rounded),
            "booked": own.round(float(booked)),
            "rate_distance": distance and float(distance),
        }

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

    def _note_distance(self, distance, notes):
        """Say where a row was booked at a rate far from the day's."""
        if distance is not None and abs(float(distance)) > self.rate_tolerance:
            notes.append(
                self.env._(
                    "The rate that it implies is %(percent)s%% off the day's.",
                    percent=formatLang(self.env, abs(100 * float(distance)), digits=1),
                )
            )

    def _get_due(self, values, notes):
        """Return when a row is due: as it says, else on its own day."""
        due = self._get_day(values, "due")
        if due:
            return due
        day = self._get_day(values, "date")
        if self.kind == "items":
            notes.append(self.env._("No due date: due on its own day."))
        return day or self.date

    def _find_open_currency(self, facts):
        """Find in which currency open amounts are meant, where nobody has said it.

        :return: 'document' or 'company'
        :raises UserError: both can be meant
        """
        if self.open_currency:
            return self.open_currency
        fields = {column.field for column in self.column_ids}
        if not {"open", "amount"} <= fields or "booked" in fields:
            return "document"
        fitting = list_fitting(self._list_readings(facts))
        if len(fitting) == 1:
            return fitting.pop()
        if not fitting:
            return "document"
        raise UserError(
            self.env._(
                "Are open amounts in the currency of their row, or in company "
                "currency? Both fit: say which under Open Amounts Are In."
            )
        )

    def _list_readings(self, facts):
        """Return what rows in other currencies say beside each other.

        :return: [:class:`Reading`]
        """
        rows = self.env["customer.import.row"].search(
            [("import_id", "=", self.id), ("problems", "=", False)]
        )
        found = []
        for row in rows:
            amount = self._get_number(row.values, "amount")
            open_amount = self._get_number(row.values, "open")
            if not amount or not open_amount or self._explain_left_out(row, row.values):
                continue
            try:
                currency = self._find_currency(row.values, facts)
            except RowError:
                continue
            spot = self._get_spot(currency, self.date, facts)
            if currency != self.company_currency_id and spot:
                found.append(Reading(open_amount, amount, spot))
        # with no foreign row there is no question
        return found or [Reading(Decimal(1), Decimal(1), Decimal(10))]

    # === KNOWN ALREADY === #

    def _find_known_here(self):
        """Find the documents of rows of this file that were judged before.

        :return: {(partner's id, key, currency's id): why it is a duplicate}
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT partner_id, document_key, currency_id, row_number
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

    def _find_known_elsewhere(self, rows):
        """Find the documents of rows that other imports have brought in, or that are in
        the books.

        :return: {(partner's id, key, currency's id): why it is a duplicate}
        """
        documents = [row.document for row in rows if row.document]
        keys = [fold(document) for document in documents]
        keys += [BALANCE] if self.kind == "balances" else []
        return {
            **self._find_in_books(documents, keys),
            **self._find_in_imports(keys),
        }

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

    def _find_in_books(self, documents, keys):
        """Find invoices of these numbers: as they are called, or by their reference."""
        if self.kind != "items":
            return {}
        self.env["account.move"].flush_model(
            ["name", "ref", "state", "partner_id", "company_id", "move_type"]
        )
        rows = self.env.execute_query(
            SQL(
                """SELECT p.commercial_partner_id, m.name, m.ref, m.currency_id
                     FROM account_move m JOIN res_partner p ON p.id = m.partner_id
                    WHERE m.company_id = %(company)s AND m.state = 'posted'
                      AND m.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                      AND (m.name = ANY(%(names)s) OR m.ref = ANY(%(names)s))""",
                company=self.company_id.id,
                names=documents,
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
