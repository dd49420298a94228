"""What a revaluation should have booked, written slowly: each item and each match, and
Odoo's own conversion. Shares nothing with the addon's code but the rates."""

from collections import Counter

from ..ledger.ledger_reference import ZERO, Ledger, exact


class Reference:
    """What one company's items were worth on any day."""

    def __init__(self, company, accounts):
        self.company = company
        self.books = company.currency_id
        self.env = company.env
        self.ledger = Ledger(company, accounts)
        self.groups = {account.id: account.internal_group for account in accounts}
        self.currencies = {}

    def get_closing(self, item, day, method, short):
        """:param short: ``timedelta`` in which what is due is short-term"""
        foreign, booked = self.ledger.get_residual(item, day)
        if not foreign:
            return ZERO
        currency = self.env["res.currency"].browse(item.currency_id)
        spot = exact(currency._convert(float(foreign), self.books, self.company, day))
        if method == "losses" and item.due > day + short:
            return min(booked, spot)
        return spot

    def get_adjustments(self, day, method, short):
        """{('asset' or 'liability', currency's id): closing less booked} of items"""
        found = Counter()
        for item in self.ledger.items.values():
            if item.currency_id == self.books.id:
                continue
            booked = self.ledger.get_residual(item, day)[1]
            gained = self.get_closing(item, day, method, short) - booked
            found[self.groups[item.account_id], item.currency_id] += gained
        return {key: gained for key, gained in found.items() if gained}
