from odoo import Command, fields
from odoo.tests import new_test_user, tagged

from ..common import MultiCurrencyCommon, TourCase


@tagged("post_install", "-at_install")
class TestMainRoad(MultiCurrencyCommon, TourCase):
    """The whole road in a real browser, by someone who sells and invoices."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._load_chart()
        cls._disable_pricelists()
        cls._set_rate(cls.usd, fields.Date.today(), 0.14)
        cls.product.name = "Tour Pump"
        new_test_user(
            cls.env,
            "trader",
            groups="base.group_user,sales_team.group_sale_salesman_all_leads,"
            "account.group_account_invoice,base.group_partner_manager,"
            "base.group_multi_currency,multicurrency_crm.group_user",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def _walk(self):
        self.start_tour("/odoo", "multicurrency_crm_main_road", login="trader")
        customer = self.env["res.partner"].search([("name", "=", "Tour Trading")])
        order = self.env["sale.order"].search([("partner_id", "=", customer.id)])
        invoice = order.invoice_ids
        self.assertEqual(order.currency_id, self.usd)
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.rate_lock_state, "used")
        self.assertEqual(invoice.state, "posted")
        self.assertTrue(invoice.rate_locked)
        self.assertEqual(invoice.rate_lock_id, order.rate_lock_id)
        self.assertAlmostEqual(sum(invoice.line_ids.mapped("balance")), 0.0)
        return invoice

    def test_under_a_policy(self):
        """What guards figures lets a form save."""
        self.env["credit.policy"].create(
            {"name": "Everybody", "company_id": self.company.id}
        )
        self._walk()

    def test_booked_at_market(self):
        invoice = self._walk()
        self.assertFalse(invoice.booked_at_lock)

    def test_booked_at_the_lock(self):
        self.company.lock_booking = "locked"
        invoice = self._walk()
        self.assertTrue(invoice.booked_at_lock)
        self.assertAlmostEqual(invoice.invoice_currency_rate, 0.14)
        self.assertAlmostEqual(abs(invoice.amount_total_signed), 1000.0)
