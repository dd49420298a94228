"""Statements of made-up entries, verified and ready to be sent."""

from datetime import date

from ..ledger.ledger_common import LedgerCommon


class StatementCommon(LedgerCommon):
    """A customer in dollars and pounds, whose pounds paid its dollars."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls._create_user(
            "statement_seller", "sales_team.group_sale_salesman"
        )
        cls.finance = cls._create_user(
            "statement_finance", "multicurrency_crm.group_finance"
        )
        cls.buyer.write({"email": "accounts@buyer.example", "user_id": cls.seller.id})

    @classmethod
    def _create_user(cls, login, *groups):
        user = cls.env["res.users"].create(
            {
                "name": login.replace("_", " ").title(),
                "login": login,
                "password": login,
                "email": f"{login}@quay.example",
                "company_id": cls.books.id,
                "company_ids": [(6, 0, cls.books.ids)],
                "group_ids": [
                    (6, 0, [cls.env.ref(g).id for g in ("base.group_user", *groups)])
                ],
            }
        )
        return user

    @classmethod
    def _create_customer_user(cls, login, partner):
        contact = cls.env["res.partner"].create(
            {
                "name": login.replace("_", " ").title(),
                "email": f"{login}@buyer.example",
                "parent_id": partner.id,
            }
        )
        return cls.env["res.users"].create(
            {
                "partner_id": contact.id,
                "login": login,
                "password": login,
                "company_id": cls.books.id,
                "company_ids": [(6, 0, cls.books.ids)],
                "group_ids": [(6, 0, cls.env.ref("base.group_portal").ids)],
            }
        )

    @classmethod
    def _sell(cls, partner=None):
        """Invoices and payments of January 2026: USD 1,100 on the 10th paid with GBP
        800 on the 20th, USD 500 due on 14 January, USD 60 of money that isn't
        allocated, USD 250 due in February."""
        partner = partner or cls.buyer
        first = cls._invoice(1100.0, cls.usd, "2026-01-10", partner_id=partner.id)
        pounds = cls._pay(800.0, cls.gbp, "2026-01-20", partner=partner)
        cls._match(first, pounds)
        cls._invoice(
            500.0, cls.usd, "2025-12-20", due="2026-01-14", partner_id=partner.id
        )
        cls._invoice(
            250.0, cls.usd, "2026-01-28", due="2026-02-27", partner_id=partner.id
        )
        cls._pay(60.0, cls.usd, "2026-01-25", partner=partner)
        return first

    @classmethod
    def _state(cls, partners=None, start="2026-01-01", end="2026-01-31"):
        return cls.env["customer.statement"]._make(
            partners or cls.buyer, date.fromisoformat(start), date.fromisoformat(end)
        )

    @classmethod
    def _verified(cls, partners=None):
        statements = cls._state(partners)
        for statement in statements:
            statement.with_user(cls.finance).action_verify()
        return statements

    def _run_send_job(self):
        self.env["customer.statement"].with_user(
            self.env.ref("base.user_root")
        )._cron_send()
        self.env.invalidate_all()
