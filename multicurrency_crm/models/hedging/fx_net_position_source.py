from collections.abc import Iterator

from odoo import api, models
from odoo.fields import Domain

from ...engine.net_position import Flow

LIQUID = ("asset_cash", "liability_credit_card")
OWED = {"asset_receivable": "receivable", "liability_payable": "payable"}
SIGN = {"sell": -1, "buy": 1}


class FxNetPositionSource(models.AbstractModel):
    """Where the net position takes its figures: ledger, contracts, orders.

    Amounts are in the foreign currency, positive where money comes in. Each source
    asks the database once, for all companies.
    """

    _name = "fx.net.position.source"
    _description = "Sources of the Net Position"

    @api.model
    def _gather_flows(self, companies) -> Iterator[tuple[int, Flow]]:
        """All that makes up the position of some companies; add sources here.

        :return: (company id, ``Flow`` of a currency's id)
        """
        yield from self._gather_balances(companies)
        yield from self._gather_open_items(companies)
        yield from self._gather_forwards(companies)
        yield from self._gather_orders(companies)

    @api.model
    def _get_foreign_domain(self, companies):
        """What is in another currency than its company's."""
        return Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("currency_id", "!=", company.currency_id.id)
            for company in companies
        )

    # === LEDGER === #

    @api.model
    def _get_transit_accounts(self, companies):
        """Accounts of money on its way between invoice and bank: outstanding receipts
        and payments, suspense, transfers. A payment that isn't matched with the bank
        yet, and a bank line that isn't matched with its invoice, count there, so that
        together with bank and receivables nothing counts twice."""
        chain = companies.parent_ids
        journals = self.env["account.journal"].search(
            [
                ("company_id", "in", chain.ids),
                ("type", "in", ("bank", "cash", "credit")),
            ]
        )
        methods = (
            journals.inbound_payment_method_line_ids
            | journals.outbound_payment_method_line_ids
        )
        accounts = (
            methods.payment_account_id
            | journals.suspense_account_id
            | chain.transfer_account_id
        )
        return accounts.filtered(
            lambda account: account.account_type not in (*LIQUID, *OWED)
        )

    @api.model
    def _get_posted_domain(self, companies):
        posted = Domain("parent_state", "=", "posted")
        return posted & self._get_foreign_domain(companies)

    @api.model
    def _get_kind_domain(self, kind, companies):
        """The journal items of a component."""
        posted = self._get_posted_domain(companies)
        if kind == "bank":
            return posted & Domain("account_id.account_type", "in", LIQUID)
        if kind == "in_transit":
            accounts = self._get_transit_accounts(companies)
            return posted & Domain("account_id", "in", accounts.ids)
        types = [of for of, owed in OWED.items() if owed == kind]
        return (
            posted
            & Domain("account_id.account_type", "in", types)
            & Domain("reconciled", "=", False)
        )

    @api.model
    def _gather_balances(self, companies):
        """Money that is in the bank, or on its way there."""
        for kind in ("bank", "in_transit"):
            groups = self.env["account.move.line"]._read_group(
                self._get_kind_domain(kind, companies),
                ["company_id", "currency_id"],
                ["amount_currency:sum"],
            )
            for company, currency, amount in groups:
                yield company.id, Flow(currency.id, None, kind, amount)

    @api.model
    def _gather_open_items(self, companies):
        """What customers owe, and what is owed to suppliers, by due date."""
        for kind in OWED.values():
            groups = self.env["account.move.line"]._read_group(
                self._get_kind_domain(kind, companies),
                ["company_id", "currency_id", "date_maturity:day"],
                ["amount_residual_currency:sum"],
            )
            for company, currency, due, amount in groups:
                yield company.id, Flow(currency.id, due or None, kind, amount)

    # === CONTRACTS === #

    @api.model
    def _gather_forwards(self, companies):
        """Active contracts: what is sold goes out on the value date."""
        groups = self.env["fx.forward"]._read_group(
            [("company_id", "in", companies.ids), ("state", "=", "active")],
            ["company_id", "currency_id", "side", "value_date:day"],
            ["amount:sum"],
        )
        for company, currency, side, due, amount in groups:
            yield company.id, Flow(currency.id, due, "forward", SIGN[side] * amount)
