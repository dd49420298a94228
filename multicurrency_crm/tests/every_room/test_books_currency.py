from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from ..credit.credit_common import CreditCommon


@tagged("post_install", "-at_install")
class TestBooksCurrency(CreditCommon):
    """Stored figures don't outlive the currency in which they are (odoo/odoo#217917,
    odoo/odoo#17802)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fresh = cls.env["res.company"].create(
            {"name": "Books to Come", "currency_id": cls.usd.id}
        )

    def _assert_refused(self, *patterns):
        with self.assertRaises(UserError) as caught:
            self.fresh.currency_id = self.cny
        for pattern in ("Books to Come keeps figures in USD", *patterns):
            self.assertRegex(str(caught.exception), pattern)
        self.assertEqual(self.fresh.currency_id, self.usd)

    def test_nothing_kept(self):
        self.fresh.currency_id = self.cny
        self.assertEqual(self.fresh.currency_id, self.cny)

    def test_the_same_currency(self):
        self._create_lead()
        self.fresh.write({"name": "Books That Came", "currency_id": self.usd.id})
        self.assertEqual(self.fresh.name, "Books That Came")

    def _create_lead(self):
        return self.env["crm.lead"].create(
            {
                "name": "Pumps",
                "company_id": self.fresh.id,
                "revenue_currency_id": self.eur.id,
                "expected_revenue_customer": 10.0,
            }
        )

    def test_fetched_and_named_rates(self):
        """USD → CNY would be 50.28, where 7.0909 is right."""
        provider = self.env["fx.rate.provider"].create(
            {"name": "ECB", "service": "ecb", "company_ids": self.fresh.ids}
        )
        self.env.cr.execute(
            """INSERT INTO res_currency_rate
                      (name, rate, currency_id, company_id, fx_provider_id)
               VALUES ('2026-03-02', 7.09, %s, %s, %s)""",
            [self.cny.id, self.fresh.id, provider.id],
        )
        self.env["fx.rate.named"].create(
            {
                "company_id": self.fresh.id,
                "currency_id": self.eur.id,
                "kind": "tax",
                "rate": 0.9,
                "date": "2026-03-02",
            }
        )
        self._assert_refused(
            r"1 × Currency Rate: stop their providers",
            r"1 × .*: delete them, and fetch",
        )

    def test_promises_forwards_limits_and_orders(self):
        values = {"company_id": self.fresh.id, "currency_id": self.eur.id}
        partner = self._customer()
        self.env["fx.rate.lock"].create(
            {
                **values,
                "kind": "agreement",
                "partner_id": partner.id,
                "quoted_rate": "1.1",
                "date_end": "2027-01-31",
            }
        )
        self.env["credit.limit"].create(
            {**values, "partner_id": partner.id, "amount": 10.0}
        )
        self._create_lead()
        self.env["sale.order"].create(
            {**values, "partner_id": partner.id, "keep_currency": True}
        )
        self._assert_refused(
            "1 × Rate Lock", "1 × Credit Limit", "1 × Sales Order", "1 × Lead"
        )

    def test_in_the_form(self):
        self._create_lead()
        with self.assertRaises(UserError), Form(self.fresh) as form:
            form.currency_id = self.cny
