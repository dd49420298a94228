"""An exporter's banks: accounts in dollars and yuan, and what comes in on them."""

from odoo import Command
from odoo.tests import new_test_user

from ..ledger.ledger_common import LedgerCommon


class BankCommon(LedgerCommon):
    """An exporter with books in yuan, and prices as people read them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.books = cls._create_company("Harbour Works", cls.cny)
        cls._work_in(cls.books)
        cls._load_chart(cls.books)
        cls.books = cls.books.with_env(cls.env)
        cls.income = cls._find_account("income")
        cls.general = cls._find_journal("general")
        cls.bank = cls._find_journal("bank")
        cls.dollars = cls._open_account(cls.usd, "USDB")
        cls.buyer = cls._customer("Northwind Traders Ltd")
        cls.receivable = cls.buyer.property_account_receivable_id
        cls.cost = cls._find_account("expense")
        cls.books.write(
            {
                "receipt_charge_share": 0.01,
                "receipt_charge_amount": 50.0,
                "receipt_charge_currency_id": cls.usd.id,
                "receipt_charge_account_id": cls.cost.id,
            }
        )

    @classmethod
    def _open_account(cls, currency, code, company=None):
        """A bank's journal in a currency."""
        return cls.env["account.journal"].create(
            {
                "name": f"Bank in {currency.name}",
                "code": code,
                "type": "bank",
                "currency_id": currency.id,
                "company_id": (company or cls.books).id,
            }
        )

    @classmethod
    def _price(cls, currency, day, price, company=None):
        """Type what a unit of a currency costs in company currency."""
        return cls._set_rate(currency, day, 1 / price, company or cls.books)

    @classmethod
    def _come(cls, amount, day, journal=None, text="", **values):
        """A line of a bank's statement, as somebody enters or an importer makes it.

        :return: its ``bank.receipt``
        """
        line = cls.env["account.bank.statement.line"].create(
            {
                "journal_id": (journal or cls.dollars).id,
                "date": day,
                "amount": amount,
                "payment_ref": text or "Credit",
                **values,
            }
        )
        return cls.env["bank.receipt"]._find_of(line)

    @classmethod
    def _clerk(cls, login, *groups, company=None):
        """Somebody of finance, with Odoo's Invoicing."""
        company = company or cls.books
        names = ("base.group_user", "multicurrency_crm.group_finance")
        return new_test_user(
            cls.env,
            login,
            groups=",".join((*names, *(groups or ["account.group_account_invoice"]))),
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    @classmethod
    def _items(cls, *moves):
        """What documents have on receivables."""
        lines = cls.env["account.move.line"]
        for move in moves:
            lines |= move.line_ids.filtered(
                lambda line: line.account_id.account_type == "asset_receivable"
            )
        return lines

    @classmethod
    def _pays(cls, receipt, *invoices, charges=0.0, partner=None, **options):
        """Match a receipt with all that is open of invoices."""
        items = cls._items(*invoices)
        amounts = {item: item.amount_residual_currency for item in items}
        return receipt._allocate(
            partner or cls.buyer, amounts, charges=charges, **options
        )

    def _booked(self, *moves):
        """{account: balance} of entries, without what is nil."""
        found = {}
        for line in self.env["account.move"].concat(*moves).line_ids:
            name = line.account_id.account_type
            found[name] = round(found.get(name, 0.0) + line.balance, 2)
        return {name: balance for name, balance in found.items() if balance}
