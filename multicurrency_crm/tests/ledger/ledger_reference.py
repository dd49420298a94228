"""What was open, and what a statement says, written slowly: all items and all matches
of a database, forward from their dates. Shares nothing with the addon's code."""

from collections import Counter, defaultdict
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

ZERO = Decimal(0)
INVOICES = ("out_invoice", "out_receipt", "in_invoice", "in_receipt")
CREDIT_NOTES = ("out_refund", "in_refund")
MONEY = ("payment", "advance")


class Item(NamedTuple):
    """A journal item, as it was posted."""

    id: int
    company_id: int
    account_id: int
    customer_id: int  # the commercial partner
    currency_id: int
    date: object
    due: object
    nature: str  # its kind, but for what depends on a day
    amount: Decimal
    booked: Decimal
    came: Decimal  # the amount without what a payment wrote off


class Match(NamedTuple):
    """What a match takes from a debit and a credit, on a day."""

    date: object
    debit_id: int
    credit_id: int
    booked: Decimal
    debit: Decimal  # in the currency of the debit
    credit: Decimal  # in that of the credit


def exact(amount):
    return Decimal(str(amount or 0.0))


class Ledger:
    """All that is posted on some accounts of some companies, and how it is matched."""

    def __init__(self, companies, accounts):
        env = companies.env
        env.flush_all()
        env.invalidate_all()
        self.books = companies[:1].currency_id
        lines = env["account.move.line"].search(
            [("parent_state", "=", "posted"), ("company_id", "in", companies.ids)],
            order="id",
        )
        partials = env["account.partial.reconcile"].search([], order="id")
        exchanges = partials.exchange_move_id
        self.items = {
            line.id: self._read_item(line, exchanges)
            for line in lines
            if line.account_id in accounts
        }
        self.matches = [
            Match(
                max(partial.debit_move_id.date, partial.credit_move_id.date),
                partial.debit_move_id.id,
                partial.credit_move_id.id,
                exact(partial.amount),
                exact(partial.debit_amount_currency),
                exact(partial.credit_amount_currency),
            )
            for partial in partials
        ]

    def _read_item(self, line, exchanges):
        amount = exact(line.amount_currency)
        nature = self._get_nature(line, exchanges)
        came = amount
        sign = 1 if amount > 0 else -1
        alone = self._list_receivables(line.move_id, line.balance)
        if nature == "payment" and len(alone) == 1:
            payment, bank = (
                line.move_id.origin_payment_id,
                line.move_id.statement_line_id,
            )
            if payment.currency_id == line.currency_id:
                came = exact(payment.amount) * sign
            money, other = bank.amount, bank.currency_id
            if bank.foreign_currency_id:
                money, other = bank.amount_currency, bank.foreign_currency_id
            if other == line.currency_id and 0 < abs(money) < abs(amount):
                came = exact(abs(money)) * sign
        return Item(
            line.id,
            line.company_id.id,
            line.account_id.id,
            line.partner_id.commercial_partner_id.id,
            line.currency_id.id,
            line.date,
            line.date_maturity or line.date,
            nature,
            amount,
            exact(line.balance),
            came,
        )

    @staticmethod
    def _list_receivables(move, sign):
        """Items of an entry on receivables, above 0 or below it as ``sign`` is."""
        return [
            line
            for line in move.line_ids
            if line.account_id.account_type == "asset_receivable"
            and (line.balance > 0) == (sign > 0)
            and line.balance
        ]

    def _get_nature(self, line, exchanges):
        move = line.move_id
        foreign = line.currency_id != line.company_id.currency_id
        if move in exchanges or (foreign and not line.amount_currency):
            return "exchange"
        if move.move_type in INVOICES:
            return "invoice"
        if move.move_type in CREDIT_NOTES:
            return "credit_note"
        payment, bank = move.origin_payment_id, move.statement_line_id
        if payment or bank:
            comes = payment.payment_type == "inbound" or bank.amount > 0
            others = self._list_receivables(move, -line.balance)
            if comes == (line.amount_currency > 0) and any(
                other.partner_id == line.partner_id for other in others
            ):
                return "entry"  # written off on the customer's own account
            return "payment"
        return "entry"

    # === OPEN ITEMS === #

    def get_residual(self, item, day):
        """(open, open in the books) at the end of a day; nothing before its own."""
        if item.date > day:
            return ZERO, ZERO
        amount, booked = item.amount, item.booked
        for match in self.matches:
            if match.date > day:
                continue
            if match.debit_id == item.id:
                amount -= match.debit
                booked -= match.booked
            if match.credit_id == item.id:
                amount += match.credit
                booked += match.booked
        return amount, booked

    def get_kind(self, item, day):
        if item.nature != "payment":
            return item.nature
        whole = self.get_residual(item, day)[0] == item.amount
        return "advance" if whole else "payment"

    def get_state(self, item, day):
        """Whether an item is open in its own currency, or why in the books only."""
        if self.get_residual(item, day)[0]:
            return "open"
        later = any(
            match.date > day
            and (
                (match.debit_id == item.id and not match.debit)
                or (match.credit_id == item.id and not match.credit)
            )
            for match in self.matches
        )
        return "realised_later" if later else "to_clear"

    def find_open(self, day, customer_id=None):
        """{id: (kind, due, open, open in the books, state)}"""
        found = {}
        for item in self.items.values():
            residual, booked = self.get_residual(item, day)
            if customer_id not in (None, item.customer_id):
                continue
            if residual or booked:
                found[item.id] = (
                    self.get_kind(item, day),
                    item.due,
                    residual,
                    booked,
                    self.get_state(item, day),
                )
        return found

    # === STATEMENTS === #

    def get_balance(self, customer_id, day):
        """What the ledger has on the customer's accounts, in company currency."""
        return sum(
            item.booked
            for item in self.items.values()
            if item.customer_id == customer_id and item.date <= day
        )

    def state(self, customer_id, first, last):
        """{currency's id: figures by name} of a customer, from a day to another."""
        found = defaultdict(Counter)
        own = [item for item in self.items.values() if item.customer_id == customer_id]
        before = first - timedelta(days=1)
        for item in own:
            figures = found[item.currency_id]
            opening, opening_booked = self.get_residual(item, before)
            closing, closing_booked = self.get_residual(item, last)
            figures["opening"] += opening
            figures["opening_booked"] += opening_booked
            figures["closing"] += closing
            figures["closing_booked"] += closing_booked
            if not closing:
                figures["booked_only"] += closing_booked
            if first <= item.date <= last:
                figures[self._get_name(item)] += abs_of(item)
                if item.nature == "payment":
                    figures["other"] += item.amount - item.came
            figures["rows"] += bool(
                opening
                or opening_booked
                or closing
                or closing_booked
                or first <= item.date <= last
            )
        self._add_matches(found, customer_id, first, last)
        return {key: figures for key, figures in found.items() if figures["rows"]}

    @staticmethod
    def _get_name(item):
        if item.nature == "payment":
            return "paid" if item.came < 0 else "refunded"
        return {"invoice": "invoiced", "credit_note": "credited"}.get(
            item.nature, "other"
        )

    def _add_matches(self, found, customer_id, first, last):
        for match in self.matches:
            if not first <= match.date <= last:
                continue
            debit = self.items.get(match.debit_id)
            credit = self.items.get(match.credit_id)
            if not debit or not credit:  # of another company, or on another account
                continue
            inside = debit.customer_id == credit.customer_id
            name = "settled_elsewhere" if inside else "other"
            if debit.customer_id == customer_id:
                found[debit.currency_id][name] -= match.debit
            if credit.customer_id == customer_id:
                found[credit.currency_id][name] += match.credit

    def age(self, customer_id, day, bounds=(30, 60, 90)):
        """{currency's id: {age or 'unallocated': open}}; money and credits apart."""
        found = defaultdict(Counter)
        for item in self.items.values():
            residual = self.get_residual(item, day)[0]
            if item.customer_id != customer_id or not residual:
                continue
            late = (day - item.due).days
            if residual < 0 or item.nature == "payment":
                name = "unallocated"
            elif late <= 0:
                name = "not_due"
            elif late <= bounds[0]:
                name = "days_30"
            elif late <= bounds[1]:
                name = "days_60"
            elif late <= bounds[2]:
                name = "days_90"
            else:
                name = "older"
            found[item.currency_id][name] += residual
        return found

    def value(self, closing, rate):
        """An amount at ``rate`` units for 1 of the books, rounded as these are."""
        step = Decimal(1).scaleb(-self.books.decimal_places)
        return (closing / exact(rate)).quantize(step, ROUND_HALF_UP)


def abs_of(item):
    """What a figure takes of an item: credit notes and money that came in are shown as
    positive amounts."""
    lowers = item.nature == "credit_note" or (
        item.nature == "payment" and item.came < 0
    )
    return -item.came if lowers else item.came
