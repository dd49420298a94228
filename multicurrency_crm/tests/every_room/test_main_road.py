from odoo import Command, fields
from odoo.tests import Form, new_test_user, tagged

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

    def test_under_an_agreement_with_a_cap(self):
        customer = self.env["res.partner"].create({"name": "Agreed Trading"})
        customer.with_company(self.company).preferred_currency_id = self.usd
        agreement = agree(self, customer, 500.0)
        self.start_tour("/odoo", "multicurrency_crm_agreed_road", login="trader")
        self.assertEqual(agreement.order_ids.invoice_ids.state, "posted")
        self.assertAlmostEqual(agreement.amount_drawn, 140.85)


def agree(case, customer, cap):
    """An agreement with a customer in dollars at 7.10, up to a cap."""
    today = case.company._get_today()
    agreement = case.env["fx.rate.lock"].create(
        {
            "kind": "agreement",
            "company_id": case.company.id,
            "partner_id": customer.id,
            "currency_id": case.usd.id,
            "quoted_rate": "7.10",
            "date_end": fields.Date.add(today, days=60),
            "amount_cap": cap,
        }
    )
    agreement.action_activate()
    return agreement


@tagged("post_install", "-at_install")
class TestQuotedInTheForm(MultiCurrencyCommon):
    """A quotation is made in its form, whatever is agreed with the customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._disable_pricelists()
        cls._set_rate(cls.usd, fields.Date.today(), 0.14)
        cls.seller = cls._create_salesperson("form_seller")
        cls.customer.with_company(cls.company).preferred_currency_id = cls.usd

    def _quote(self, quantity=1):
        orders = self.env["sale.order"].with_user(self.seller)
        with Form(orders.with_company(self.company)) as form:
            form.partner_id = self.customer
            with form.order_line.new() as line:
                line.product_id = self.product
                line.product_uom_qty = quantity
        return form.record

    def test_up_to_a_cap(self):
        for cap in (0.0, 500.0):
            with self.subTest(cap=cap):
                agreement = agree(self, self.customer, cap)
                order = self._quote()
                self.assertEqual(order.rate_lock_id.sudo(), agreement)
                self.assertAlmostEqual(order.order_line.price_unit, 140.85, 2)
                order.action_confirm()
                agreement._release("next")

    def test_more_than_is_left(self):
        agreement = agree(self, self.customer, 500.0)
        order = self._quote(10)
        self.assertEqual(order.rate_lock_id.sudo(), agreement)
        self.assertIn("500.00 USD is left", order.lock_room_note)

    def test_nothing_is_left(self):
        agree(self, self.customer, 140.85)
        self._quote().action_confirm()
        self.assertFalse(self._quote().rate_lock_id)

    def test_under_a_policy(self):
        self.env["credit.policy"].create(
            {"name": "Everybody", "company_id": self.company.id}
        )
        agreement = agree(self, self.customer, 500.0)
        order = self._quote()
        self.assertEqual(order.rate_lock_id.sudo(), agreement)
        order.action_confirm()
