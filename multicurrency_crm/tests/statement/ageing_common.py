from odoo import Command
from odoo.tests import new_test_user

from ..ledger.ledger_common import LedgerCommon


class AgeingCommon(LedgerCommon):
    """A buyer who owes dollars, yen and dinars; the dollar falls in the end of
    February. Due dates: 31 January, 14 February, 20 January."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_rate(cls.kwd, "2026-01-01", 0.34, cls.books)
        cls._set_rate(cls.usd, "2026-02-25", 1.25, cls.books)
        cls.seller = cls._make_user("ageing_seller", "sales_team.group_sale_salesman")
        cls.finance = cls._make_user(
            "ageing_finance",
            "multicurrency_crm.group_finance,account.group_account_invoice",
        )
        cls.germany = cls.env.ref("base.de")
        cls.buyer.write({"user_id": cls.seller.id, "country_id": cls.germany.id})
        cls.dollars = cls._invoice(1100.0, cls.usd, "2026-01-10", due="2026-01-31")
        cls.yen = cls._invoice(160000.0, cls.jpy, "2026-01-15", due="2026-02-14")
        cls.dinars = cls._invoice(34.017, cls.kwd, "2026-01-20")
        cls._match(cls.dollars, cls._pay(330.0, cls.usd, "2026-02-10"))
        cls.advance = cls._pay(55.0, cls.usd, "2026-02-20")

    @classmethod
    def _make_user(cls, login, groups, companies=None):
        companies = companies or cls.books
        return new_test_user(
            cls.env,
            login,
            groups=f"base.group_user,{groups}",
            company_id=companies[0].id,
            company_ids=[Command.set(companies.ids)],
        )

    @classmethod
    def _ageing(cls, day=None, user=None, of=None):
        cls.env.flush_all()
        cls.env.invalidate_all()
        Ageing = cls.env["customer.ageing"].with_context(ageing_date=day, ageing_of=of)
        return Ageing.with_user(user or cls.env.user)

    def _rows(self, day, currency=None, **scope):
        """{document: (age, open, booked, at spot, unrealised)} at the end of a day."""
        rows = self._ageing(day, **scope).search(
            [("currency_id", "=", currency.id)] if currency else []
        )
        return {
            row.document: (row.age, row.amount, row.booked, row.value, row.unrealised)
            for row in rows
        }
