"""Customers who owe dollars, pounds and yen, and colleagues who call them."""

from datetime import date

from odoo import Command
from odoo.tests import new_test_user

from ...models.collection.collection_call import Word
from ..ledger.ledger_common import LedgerCommon

SELLER = "sales_team.group_sale_salesman,multicurrency_crm.group_user"
FINANCE = "account.group_account_invoice,multicurrency_crm.group_finance"

#: Monday
TODAY = date(2026, 3, 2)


class CallCommon(LedgerCommon):
    """Euro books: 1.1 dollars, 0.9 pounds and 160 yen a euro. On 2 March 2026 the buyer
    owes USD 700 and GBP 90 that are overdue, and USD 250 that aren't."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls._colleague("call_seller", SELLER)
        cls.clerk = cls._colleague("call_clerk", FINANCE)
        cls.second_clerk = cls._colleague("call_second", FINANCE)
        cls.buyer.write({"user_id": cls.seller.id, "phone": "+1 555 0100"})
        cls.old = cls._invoice(500.0, cls.usd, "2025-12-20", due="2026-01-14")
        cls.late = cls._invoice(200.0, cls.usd, "2026-02-01", due="2026-03-01")
        cls.pounds = cls._invoice(90.0, cls.gbp, "2026-01-05", due="2026-02-04")
        cls.later = cls._invoice(250.0, cls.usd, "2026-02-20", due="2026-03-20")
        cls.env.flush_all()

    @classmethod
    def _colleague(cls, login, groups, company=None):
        company = company or cls.books
        return new_test_user(
            cls.env,
            login,
            groups=f"base.group_user,{groups}",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    def _as(self, records, user, company=None):
        company = company or self.books
        return records.with_user(user).with_context(allowed_company_ids=company.ids)

    def _note(self, user=None, partner=None, *, known=None, **said):
        """Note a call of today."""
        said.setdefault("outcome", "again")
        Call = self._as(self.env["collection.call"], user or self.clerk)
        partner = (partner or self.buyer).with_env(Call.env)
        if moves := said.get("moves"):
            said["moves"] = moves.with_env(Call.env)
        return Call._note(partner, self.books, Word(**said), known)

    def _account(self, partner=None):
        return self.env["collection.account"]._find(partner or self.buyer, self.books)

    def _rows(self, user=None, domain=()):
        """{(customer, code): row} of the list of calls."""
        Today = self._as(self.env["collection.today"], user or self.clerk)
        self.env.invalidate_all()
        return {
            (row.partner_id.name, row.currency_id.name): row
            for row in Today.search(list(domain))
        }
