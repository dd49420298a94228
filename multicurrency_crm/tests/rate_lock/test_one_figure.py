"""One figure a deal: what an opportunity expects, what its button says of its orders,
and what the orders say; where two differ by right, both are named with rate and day."""

from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged
from odoo.tools import format_date

from .common import LATER, RateLockCommon

WON = date(2026, 12, 14)


@tagged("post_install", "-at_install")
class TestOneFigure(RateLockCommon):
    """7.1234 when the rate is locked, 7.0021 when it is ordered, 6.5 when it is won."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_rate(cls.usd, WON, 1 / 6.5)
        cls.customer.preferred_currency_id = cls.usd
        cls.won_stage = cls.env["crm.stage"].create({"name": "Won", "is_won": True})

    def setUp(self):
        super().setUp()
        self.lead = self.env["crm.lead"].create(
            {
                "name": "Pumps",
                "type": "opportunity",
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "expected_revenue_customer": 77_000.0,
            }
        )

    def _quote(self, price=77_000.0, **values):
        return self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "opportunity_id": self.lead.id,
                "validity_date": "2026-12-31",
                "order_line": [
                    Command.create({"product_id": self.product.id, "price_unit": price})
                ],
                **values,
            }
        )

    def _confirm_and_win(self, *orders):
        with freeze_time(f"{LATER} 04:00:00"):
            for order in orders:
                order.action_confirm()
        with freeze_time(f"{WON} 04:00:00"):
            self.lead.stage_id = self.won_stage
            self.lead.invalidate_recordset()

    def test_the_button_says_what_the_order_says(self):
        order = self._quote()
        order.action_lock_rate()
        self._confirm_and_win(order)
        self.assertEqual(order.amount_untaxed_company, 548_501.80)  # 77,000 × 7.1234
        self.assertEqual(self.lead.sale_amount_total, 548_501.80)
        self.assertEqual(self.lead.expected_revenue, 500_500.00)  # 77,000 × 6.5
        note = self.lead.orders_note
        for said in (
            "500,500.00 CNY at 1 USD = 6.5000 CNY",
            format_date(self.env, WON),
            "548,501.80 CNY untaxed, at 1 USD = 7.1234 CNY (locked, ",
            format_date(self.env, order.rate_lock_id.rate_date),
        ):
            self.assertIn(said, note)
        self.assertIn("548,501.80 CNY", order.company_amount_note)
        self.assertIn("1 USD = 7.1234 CNY (locked", order.company_amount_note)

    def test_two_orders_at_two_rates(self):
        locked, open_one = self._quote(40_000.0), self._quote(37_000.0)
        locked.action_lock_rate()
        self._confirm_and_win(locked, open_one)
        amounts = [locked.amount_untaxed_company, open_one.amount_untaxed_company]
        self.assertEqual(amounts, [284_936.00, 259_077.70])
        self.assertEqual(self.lead.sale_amount_total, sum(amounts))
        self.assertIn("7.1234 CNY (locked", self.lead.orders_note)
        self.assertIn("7.0021 CNY (", self.lead.orders_note)

    def test_one_figure_needs_no_note(self):
        order = self._quote()
        order.action_lock_rate()
        order.action_confirm()
        self.lead.stage_id = self.won_stage
        self.assertEqual(self.lead.expected_revenue, self.lead.sale_amount_total)
        self.assertFalse(self.lead.orders_note)

    def test_while_it_is_open_it_says_that_it_floats(self):
        order = self._quote()
        order.action_lock_rate()
        order.action_confirm()
        with freeze_time(f"{LATER} 04:00:00"):
            self.env["crm.lead"]._float_revenues(self.company, self.usd)
            self.lead.invalidate_recordset()
            self.assertIn("follows the market", self.lead.orders_note)

    def test_orders_in_the_company_s_currency_are_odoo_s(self):
        self.lead.revenue_currency_id = False
        order = self._quote(1_000.0, currency_id=self.cny.id)
        order.action_confirm()
        self.assertEqual(self.lead.sale_amount_total, 1_000.0)
        self.assertFalse(self.lead.orders_note)

    def test_an_opportunity_of_another_company_s_books(self):
        """What the order says is in its own books; it is converted from there."""
        order = self._quote()
        order.action_lock_rate()
        order.action_confirm()
        self.lead.company_id = False
        lead = self.lead.with_company(self.other_company)
        self._set_rate(self.cny, "2026-01-01", 7.0, self.other_company)
        lead.invalidate_recordset()
        expected = order.company_currency_id._convert(
            548_501.80, self.usd, self.company, order._get_rate_date()
        )
        self.assertAlmostEqual(lead.sale_amount_total, expected, 2)
