"""An exporter with books in yuan, and bank accounts in four currencies."""

from datetime import date

from odoo import Command
from odoo.tests import new_test_user

from ..common import MultiCurrencyCommon
from .forward_common import ForwardCommon

#: the day on which money is changed, unless a test says another one
DAY = "2026-11-20"
NOON = f"{DAY} 04:00:00"


class ConversionSetUp:
    """Accounts that a company chooses, its journals, and conversions themselves."""

    @classmethod
    def _choose_accounts(cls, company, **choices):
        """Choose what a conversion needs besides Odoo's exchange accounts."""
        make = cls.env(context={**cls.env.context, "allowed_company_ids": company.ids})[
            "account.account"
        ].create
        names = (
            ("conversion_charges_account_id", "Bank charges", "660301", "expense"),
            ("forward_result_account_id", "From forwards", "611101", "income_other"),
            ("forward_carried_account_id", "Derivatives", "110101", "asset_current"),
        )
        for name, label, code, kind in names:
            account = make({"name": label, "code": code, "account_type": kind})
            company[name] = account
        company.write(choices)

    @classmethod
    def _open_account(cls, code, currency, company, **values):
        return cls.env["account.journal"].create(
            {
                "name": f"Bank {code}",
                "code": code,
                "type": "bank",
                "company_id": company.id,
                "currency_id": currency.id,
                **values,
            }
        )


class ConversionCommon(ConversionSetUp, MultiCurrencyCommon):
    money = "CNY"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.home, cls.kwd = cls._activate(cls.money, "KWD")
        cls.books = cls._create_company("Harbour Works", cls.home)
        cls.env.user.company_ids |= cls.books
        cls.env.user.company_id = cls.books
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": cls.books.ids}
        )
        cls._load_chart(cls.books)
        cls.books = cls.books.with_env(cls.env)
        cls._choose_accounts(cls.books)
        foreign = [one for one in (cls.usd, cls.eur, cls.jpy, cls.kwd, cls.cny)]
        cls.banks = {
            one.name: cls._open_account(f"B{one.name}", one, cls.books)
            for one in foreign
            if one != cls.home
        }
        cls.banks[cls.money] = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.books.id)],
            order="id",
            limit=1,
        )
        cls.general = cls.books._get_conversion_journal()
        cls.dealer = cls.env["res.partner"].create({"name": "Bank of the Harbour"})

    @classmethod
    def _price(cls, currency, price, day=DAY, company=None):
        """Type what a unit of a currency costs in company currency."""
        return cls._set_rate(currency, day, 1 / price, company or cls.books)

    @classmethod
    def _convert(cls, sold, bought, post=True, **values):
        """A conversion between two of the bank accounts, by their currencies' codes."""
        conversion = cls.env["fx.conversion"].create(
            {
                "date": DAY,
                "journal_from_id": cls.banks[sold].id,
                "journal_to_id": cls.banks[bought].id,
                **values,
            }
        )
        if post:
            conversion.action_post()
        return conversion

    @classmethod
    def _contract(
        cls, amount, quoted, side="sell", currency=None, activate=True, **values
    ):
        """A forward of the company, active as a rule."""
        forward = cls.env["fx.forward"].create(
            {
                "company_id": cls.books.id,
                "counterparty_id": cls.dealer.id,
                "side": side,
                "currency_id": (currency or cls.usd).id,
                "amount": amount,
                "quoted_rate": quoted,
                "trade_date": "2026-08-20",
                "value_date": DAY,
                **values,
            }
        )
        if activate:
            forward.action_activate()
        return forward

    @classmethod
    def _clerk(cls, login, **values):
        """Somebody of finance, without rights of Odoo's own accounting."""
        return new_test_user(
            cls.env,
            login,
            groups="base.group_user,multicurrency_crm.group_finance",
            company_id=cls.books.id,
            company_ids=[Command.set(cls.books.ids)],
            **values,
        )

    def _booked(self, move):
        """{account's name: (balance, amount in currency, currency)} of an entry."""
        return {
            line.account_id.name: (
                line.balance,
                line.amount_currency,
                line.currency_id.name,
            )
            for line in move.line_ids
        }

    def _balances(self, move):
        return sorted((line.account_id.name, line.balance) for line in move.line_ids)

    def _nets(self, *moves):
        """{(account, currency): (balance, amount in currency)} that isn't zero."""
        found = {}
        for line in self.env["account.move"].concat(*moves).line_ids:
            key = line.account_id.id, line.currency_id.id
            balance, amount = found.get(key, (0.0, 0.0))
            found[key] = balance + line.balance, amount + line.amount_currency
        return {
            key: pair for key, pair in found.items() if any(round(n, 6) for n in pair)
        }

    def assertBalanced(self, move):
        """Each line, and their sum, is a round amount of company currency."""
        lines = move.line_ids
        self.assertTrue(self.home.is_zero(sum(lines.mapped("balance"))))
        for line in lines:
            self.assertEqual(line.balance, self.home.round(line.balance))

    assertRefused = ForwardCommon.assertRefused

    @staticmethod
    def _day(text):
        return date.fromisoformat(text)
