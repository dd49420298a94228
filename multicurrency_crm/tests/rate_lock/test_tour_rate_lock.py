from datetime import timedelta

from odoo import Command, fields
from odoo.tests import new_test_user, tagged

from ..common import MultiCurrencyCommon, TourCase


@tagged("post_install", "-at_install")
class TestTourRateLock(MultiCurrencyCommon, TourCase):
    """A locked rate from the quotation to the credit note, in a real browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._load_chart()
        cls.today = fields.Date.today()
        cls._set_rate(cls.usd, cls.today, 1 / 7.1234)
        cls.seller = new_test_user(
            cls.env,
            "lock_trader",
            groups="base.group_user,sales_team.group_sale_salesman_all_leads,"
            "account.group_account_invoice,base.group_multi_currency,"
            "multicurrency_crm.group_user",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.order = cls._create_order(
            currency_id=cls.usd.id,
            user_id=cls.seller.id,
            validity_date=cls.today + timedelta(days=10),
        )

    def _walk(self):
        self.start_tour(
            f"/odoo/sales/{self.order.id}",
            "multicurrency_crm_rate_lock",
            login="lock_trader",
        )
        lock = self.order.rate_lock_id
        self.assertEqual(lock.user_id, self.seller)
        self.assertEqual(lock.date_end, self.order.validity_date)
        self.assertEqual(self.order.rate_lock_state, "used")
        moves = self.order.invoice_ids.sorted("id")
        self.assertEqual(moves.mapped("move_type"), ["out_invoice", "out_refund"])
        self.assertEqual(set(moves.mapped("state")), {"posted"})
        self.assertEqual(moves.rate_lock_id, lock)
        self.assertAlmostEqual(sum(moves.line_ids.mapped("balance")), 0.0)
        return moves

    def test_booked_at_market(self):
        moves = self._walk()
        self.assertFalse(any(moves.mapped("booked_at_lock")))

    def test_booked_at_the_lock(self):
        self.company.lock_booking = "locked"
        moves = self._walk()
        self.assertTrue(all(moves.mapped("booked_at_lock")))
        for move in moves:
            self.assertAlmostEqual(move.invoice_currency_rate, 1 / 7.1234)

    def test_who_is_refused_asks_in_the_dialog(self):
        lock = self.env["fx.rate.lock"].create(
            {
                "kind": "agreement",
                "company_id": self.company.id,
                "partner_id": self.order.partner_id.id,
                "currency_id": self.usd.id,
                "quoted_rate": "7.1",
                "date_start": self.today,
                "date_end": self.today + timedelta(days=30),
                "amount_cap": 1000.0,
            }
        )
        lock.action_activate()
        order = self._create_order(
            currency_id=self.usd.id, user_id=self.seller.id, order_line=[]
        )
        self.assertEqual(order.rate_lock_id, lock)
        order.order_line = [
            Command.create({"product_id": self.product.id, "price_unit": 5000.0})
        ]
        self.start_tour(
            f"/odoo/sales/{order.id}",
            "multicurrency_crm_overdraw_ask",
            login="lock_trader",
        )
        asked = self.env["fx.rate.approval"].search([("order_id", "=", order.id)])
        self.assertEqual((asked.kind, asked.state), ("overdraw", "requested"))
        self.assertEqual(asked.requested_by, self.seller)
