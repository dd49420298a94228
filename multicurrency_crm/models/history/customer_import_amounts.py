from decimal import Decimal

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...engine.history import fold
from ...engine.history_fields import (
    is_known_state,
    is_neutral,
    is_settled,
    is_void,
    read_side,
    read_sign,
)
from ...engine.history_ledger import Posting, read_ledger
from .customer_import_checking import RowError


class CustomerImport(models.Model):
    """What a row has open: by its balance, its debit and credit, or its amount, with
    the sign that its columns give it."""

    _inherit = "customer.import"

    def _read_amount(self, values, facts):
        """Return what one row says is open, with its sign; Decimal.

        :raises RowError: it says no amount, or not who owes it
        """
        amount = self._read_signed(values, "open", facts)
        moved = self._read_movement(values, facts)
        is_running = facts.extra.get("balance") == "running"
        if not is_running:
            self._check_said_open(values, amount, moved, facts)
        if amount is None or moved and is_running:
            amount = moved
        if amount is None:
            amount = self._turn(values, self._multiply(values), facts)
        if amount is None:
            raise RowError(self.env._("No amount."))
        amount = Decimal(amount)
        return -amount if self.sign == "owing" else amount

    def _check_said_open(self, values, amount, moved, facts):
        """Check what a row says is open of what it moves.

        :param amount, moved: Decimal or None
        :raises RowError: it says nothing where other rows do, or its state says another
        """
        if amount is None and moved and facts.extra.get("has_open"):
            is_line = values.get("row_kind") == "continuation"
            raise RowError(
                self.env._(
                    "It isn't said what is open of %(amount)s: enter 0 where nothing "
                    "is, or have the column of open amounts mean nothing.",
                    amount=f"{moved:f}",
                ),
                # a further line is open with its document
                None if is_line else "open",
            )
        status = values.get("status") or ""
        if amount and self._is_paid(status):
            raise RowError(
                self.env._(
                    "“%(status)s” says that nothing is open, and %(amount)s are: mend "
                    "one of them, or have its column mean nothing.",
                    status=status,
                    amount=f"{amount:f}",
                ),
                "status",
            )

    @api.model
    def _is_paid(self, status):
        """Return whether a state says that a document counted, and is settled."""
        return bool(status) and is_settled(status) and not is_void(status)

    def _has_said(self, name):
        """Return whether any row says something: a column that is empty throughout, as
        in a template, says nothing.

        :param str name: what is kept in the values of rows
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT 1 FROM customer_import_row
                    WHERE import_id = %s AND jsonb_exists(values, %s)
                      AND values->>'row_kind' IN ('data', 'continuation') LIMIT 1""",
                self.id,
                name,
            )
        )
        return bool(rows)

    def _read_movement(self, values, facts):
        """Return debit less credit, else the amount; None of neither."""
        if self._has_movement(values):
            debit = self._get_number(values, "debit")
            credit = self._get_number(values, "credit")
            return (debit or Decimal()) - (credit or Decimal())
        return self._read_signed(values, "amount", facts)

    @api.model
    def _has_movement(self, values):
        return bool(values.get("debit") or values.get("credit"))

    def _read_signed(self, values, name, facts):
        """Return an amount with the sign that side and kind give it."""
        return self._turn(values, self._get_number(values, name), facts)

    def _turn(self, values, amount, facts):
        """Return an amount with the sign of its side, else of its kind.

        :param amount: Decimal or None
        :raises RowError: it isn't said who owes it
        """
        if not amount:
            return amount
        if "side" in facts.extra.get("fields", ()):
            return self._turn_by_side(values, amount)
        kind = (values.get("kind") or "").strip()
        if amount < 0 or not kind or is_neutral(kind):
            return amount
        if self._has_movement(values) and self._read_movement(values, facts):
            # debit and credit have said it
            return amount
        sign = read_sign(kind)
        if sign is None:
            raise RowError(
                self.env._(
                    "It isn't known whether “%(kind)s” is owed by the customer: write "
                    "Invoice or Credit Note into that cell.",
                    kind=kind,
                ),
                "kind",
            )
        return sign * amount

    def _turn_by_side(self, values, amount):
        """Return an amount with the sign of its side: on the credit side above 0 is
        what is owed to the customer, below 0 what takes from that."""
        text = values.get("side") or ""
        side = read_side(text)
        if not side:
            raise RowError(
                self.env._(
                    "“%(text)s” says neither debit nor credit, and the amount isn't 0.",
                    text=text,
                ),
                "side",
            )
        return side * amount

    def _check_status(self, values):
        """:raises RowError: it isn't known what the state of a row says of what is
        owed, or whether who is named is a customer"""
        self._check_role(values)
        status = values.get("status") or ""
        if not is_known_state(status, is_past=self.kind == "past"):
            raise RowError(
                self.env._(
                    "It isn't known whether anything counts that is “%(status)s”: "
                    "write Open or Paid into that cell.",
                    status=status,
                ),
                "status",
            )

    @api.model
    def _multiply(self, values):
        """Return what a line comes to by its quantity and price, or None."""
        price = self._get_number(values, "price")
        quantity = self._get_number(values, "quantity")
        if price is None:
            return None
        return price * (Decimal(1) if quantity is None else quantity)

    # === BALANCES THAT RUN === #

    def _gather_ledger(self, facts):
        """Gather whether balances beside amounts run on, and which rows only repeat
        one: ``facts.extra["balance"]``, ``facts.extra["carried"]``.

        :raises UserError: both can be meant
        """
        fields = facts.extra["fields"]
        has_sides = bool({"debit", "credit"} & fields)
        if "open" not in fields or not has_sides and "amount" not in fields:
            return
        is_list = self.kind == "balances"
        found = read_ledger(self._list_postings(facts), is_list)
        if found.balance != "open":
            # no kind turns a balance that runs
            found = read_ledger(self._list_postings(facts, is_running=True), is_list)
        reading = found.balance
        if not has_sides:
            reading = reading or "open"
            if reading == "running" and not found.is_proven:
                reading = None
        if reading is None:
            raise UserError(
                self.env._(
                    "Is a balance what is open of its row, or what all rows so far "
                    "come to? The rows don't prove it: have either the balance or the "
                    "amounts beside it mean nothing in the list of columns."
                )
            )
        facts.extra["carried"] = found.carried
        facts.extra["balance"] = reading

    def _list_postings(self, facts, is_running=False):
        """Return what rows move, and the balances beside that.

        :param bool is_running: their signs are their own, whatever kind a row is
        :return: [:class:`Posting`]
        """
        rows = self.env["customer.import.row"].search_fetch(
            [("import_id", "=", self.id)], ["values"], order="id"
        )
        found = []
        for row in rows:
            values = row.values
            if self._explain_no_data(values):
                continue
            who = next(filter(None, map(values.get, ("ref", "vat", "name"))), "")
            account = fold(who), fold(values.get("currency"))
            try:
                moved = self._read_movement(values, facts)
                said = {**values, "kind": ""} if is_running else values
                balance = self._read_signed(said, "open", facts)
            except RowError:
                continue
            found.append(Posting(row.id, account, moved or Decimal(), balance))
        return found
