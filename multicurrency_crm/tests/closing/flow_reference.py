"""What a flow table should say, written slowly: all lines and all matches of a company,
forward from their dates. Shares nothing with the addon's code."""

from collections import Counter, defaultdict
from datetime import timedelta

from ..ledger.ledger_reference import ZERO, Ledger, exact

SIDES = {"asset_receivable": "receivable", "liability_payable": "payable"}


class WholeLedger(Ledger):
    """Customers' and suppliers' items alike, and money."""

    @staticmethod
    def _list_receivables(move, sign):
        return [
            line
            for line in move.line_ids
            if line.account_id.account_type in SIDES
            and (line.balance > 0) == (sign > 0)
            and line.balance
        ]


class FlowReference:
    """How cash, receivables and payables of a company and its branches went."""

    def __init__(self, companies, accounts):
        self.env = companies.env
        self.ledger = WholeLedger(companies, accounts)
        self.kinds = {
            account.id: SIDES.get(account.account_type, "cash") for account in accounts
        }
        self.exchanges = (
            self.env["account.partial.reconcile"].search([]).exchange_move_id
        )
        self.moves = defaultdict(list)
        for item in self.ledger.items.values():
            if self.kinds[item.account_id] == "cash":
                move = self.env["account.move.line"].browse(item.id).move_id
                self.moves[move].append(item)

    def flow(self, first, last):
        """{(kind, currency's id): figures by name}, from a day to another."""
        found = defaultdict(Counter)
        before = first - timedelta(days=1)
        for item in self.ledger.items.values():
            kind = self.kinds[item.account_id]
            sign = -1 if kind == "payable" else 1
            figures = found[kind, item.currency_id]
            for name, day in (("opening", before), ("closing", last)):
                figures[name] += sign * self.ledger.get_residual(item, day)[0]
            if kind != "cash" and first <= item.date <= last:
                came = item.came if item.nature == "payment" else item.amount
                figures[self._name(item)] += sign * came
                figures["other"] += sign * (item.amount - came)
        self._add_matches(found, first, last)
        self._add_entries(found, first, last)
        return {
            key: {name: amount for name, amount in figures.items() if amount}
            for key, figures in found.items()
            if any(figures.values())
        }

    @staticmethod
    def _name(item):
        if item.nature == "payment":
            return "received" if item.came < 0 else "paid_out"
        names = {"invoice": "invoiced", "credit_note": "credited"}
        return names.get(item.nature, "other")

    def _add_matches(self, found, first, last):
        for match in self.ledger.matches:
            if not first <= match.date <= last:
                continue
            for line_id, amount in (
                (match.debit_id, -match.debit),
                (match.credit_id, match.credit),
            ):
                item = self.ledger.items.get(line_id)
                if item:
                    kind = self.kinds[item.account_id]
                    sign = -1 if kind == "payable" else 1
                    found[kind, item.currency_id]["exchanged"] += sign * amount

    def _add_entries(self, found, first, last):
        for move, items in self.moves.items():
            nets = Counter()
            for item in items:
                if first <= item.date <= last:
                    nets[item.currency_id] += item.amount
            nets = {key: net for key, net in nets.items() if net}
            changes = min(nets.values(), default=0) < 0 < max(nets.values(), default=0)
            is_money = (
                move.origin_payment_id
                or move.statement_line_id
                or move.journal_id.type in ("bank", "cash", "credit")
            )
            is_exchange = move in self.exchanges
            for currency_id, net in nets.items():
                name = "received" if net > 0 else "paid_out"
                if is_exchange or not (changes or is_money):
                    name = "other"
                elif changes:
                    name = "exchanged"
                found["cash", currency_id][name] += net

    def get_booked(self, day, account_ids):
        """{(account's id, currency's id): what is open, as it was booked} of what is
        matched."""
        found = Counter()
        for item in self.ledger.items.values():
            if item.account_id not in account_ids or item.nature == "exchange":
                continue
            residual, booked = self.ledger.get_residual(item, day)
            if residual:
                found[item.account_id, item.currency_id] += booked
        return {key: amount for key, amount in found.items() if amount}

    def get_ledger(self, day):
        """{account's id: its balance in company currency}"""
        found = Counter()
        for item in self.ledger.items.values():
            if item.date <= day:
                found[item.account_id] += item.booked
        return {key: amount for key, amount in found.items() if amount}


def read(flow):
    """What a table says, as the reference does."""
    names = ("opening", "invoiced", "credited", "received", "paid_out", "exchanged")
    found = {}
    for line in flow.line_ids:
        digits = line.currency_id.decimal_places
        figures = {
            name: exact(round(line[name], digits))
            for name in (*names, "other", "closing")
        }
        if figures := {name: amount for name, amount in figures.items() if amount}:
            found[line.kind, line.currency_id.id] = figures
    return found


__all__ = ["ZERO", "FlowReference", "exact", "read"]
