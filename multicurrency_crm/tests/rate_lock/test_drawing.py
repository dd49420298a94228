from datetime import timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .agreement_common import AgreementCommon
from .common import TODAY


@tagged("post_install", "-at_install")
class TestDrawing(AgreementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement = cls._agree(cap=1000)

    def _taken(self):
        lock = self.agreement
        return lock.amount_reserved, lock.amount_drawn, lock.amount_available

    def test_reserved_when_sent_drawn_when_confirmed(self):
        order = self._create_quotation(price=100)
        self.assertEqual(self._taken(), (0, 0, 1000))
        self._send(order)
        self.assertEqual(self._taken(), (300, 0, 700))
        order.action_confirm()
        self.assertEqual(self._taken(), (0, 300, 700))
        order.order_line.product_uom_qty = 4
        self.assertEqual(self._taken(), (0, 400, 600))
        order._action_cancel()
        self.assertEqual(self._taken(), (0, 0, 1000))

    def test_a_reservation_ends_with_the_quotation(self):
        order = self._create_quotation(price=100)
        self._send(order)
        with freeze_time(f"{order.validity_date + timedelta(days=1)} 04:00:00"):
            self.env["fx.rate.lock"]._cron_expire_locks()
            self.assertEqual(self._taken(), (0, 0, 1000))

    def test_more_than_is_left(self):
        first, second = (self._create_quotation(price=200) for _ in range(2))
        first.action_confirm()
        self.assertIn("400.00", second.lock_room_note)
        with (
            self.assertRaisesRegex(UserError, "400.00 USD is left"),
            self.cr.savepoint(),
        ):
            second.action_confirm()
        with self.assertRaises(AccessError):
            second.with_user(self.user)._allow_overdraw("please")
        second._allow_overdraw("the last of the season")
        second.action_confirm()
        self.assertEqual(self._taken(), (0, 1200, 0))
        self.assertIn("season", self.agreement.message_ids[0].body)

    def test_a_confirmed_order_grows_within_the_cap(self):
        order = self._create_quotation(price=100)
        order.action_confirm()
        with self.assertRaisesRegex(UserError, "second quotation"), self.cr.savepoint():
            order.order_line.product_uom_qty = 11
        order.order_line.product_uom_qty = 10
        self.assertEqual(self._taken(), (0, 1000, 0))

    def test_down_payments_never_add(self):
        order = self._create_quotation(price=200)
        order.action_confirm()
        wizard = self.env["sale.advance.payment.inv"].create(
            {
                "advance_payment_method": "percentage",
                "amount": 30,
                "sale_order_ids": [Command.set(order.ids)],
            }
        )
        wizard._create_invoices(order).action_post()
        self.assertEqual(self._taken(), (0, 600, 400))
        self.assertAlmostEqual(self.agreement.amount_open, 420, 2)
        order.order_line.filtered(
            lambda line: not line.is_downpayment
        ).qty_delivered = 3
        order._create_invoices(final=True).action_post()
        self.assertEqual(self._taken(), (0, 600, 400))
        self.assertAlmostEqual(self.agreement.amount_open, 0, 2)

    def test_cancelled_keeps_what_was_invoiced(self):
        order = self._create_quotation(price=200)
        order.action_confirm()
        order.order_line.qty_delivered = 1
        order.order_line.product_id.invoice_policy = "delivery"
        invoice = order._create_invoices()
        invoice.invoice_line_ids.quantity = 1
        invoice.action_post()
        order._action_cancel()
        self.assertEqual(self._taken(), (0, 200, 800))
        invoice.button_draft()
        self.assertEqual(self._taken(), (0, 0, 1000))

    def _refund(self, invoice, price=None, quantity=None):
        refund = invoice._reverse_moves([{"invoice_date": TODAY}])
        for line in refund.invoice_line_ids:
            line.update(
                {
                    "price_unit": price or line.price_unit,
                    "quantity": quantity or line.quantity,
                }
            )
        refund.action_post()
        return refund

    def test_a_return_gives_back_a_rebate_does_not(self):
        order = self._create_quotation(price=100)
        invoice = self._invoice(order)
        order.order_line.qty_delivered = 3
        invoice.action_post()
        self._refund(invoice, price=10)
        self.assertEqual(self._taken(), (0, 300, 700))
        order.order_line.qty_delivered = 2
        self._refund(invoice, quantity=1)
        self.assertEqual(self._taken(), (0, 300, 700), "it is ordered still")
        order.order_line.product_uom_qty = 2
        self.assertEqual(self._taken(), (0, 200, 800))

    def test_a_rebate_gives_back_by_setting(self):
        self.company.lock_rebate_returns = True
        order = self._create_quotation(price=100)
        invoice = self._invoice(order)
        order.order_line.qty_delivered = 3
        invoice.action_post()
        self._refund(invoice, price=10)
        self.assertEqual(self._taken(), (0, 270, 730))

    def test_untaxed_amounts_draw(self):
        self.agreement._release("replaced")
        agreement = self._agree(cap=1000, cap_basis="untaxed")
        order = self._create_quotation(price=100)
        order.order_line.tax_ids = self.env["account.tax"].create(
            {"name": "10 %", "amount": 10, "company_id": self.company.id}
        )
        self.assertTrue(order.amount_tax)
        order.action_confirm()
        self.assertEqual(agreement.amount_drawn, order.amount_untaxed)

    def test_worth_today(self):
        order = self._create_quotation(price=100)
        order.action_confirm()
        worth = 300 * (float("7.1234") - 7.0)
        self.assertAlmostEqual(self.agreement.mark_to_market, worth, 2)
        self.assertAlmostEqual(self.agreement.rate_deviation, 7.1234 / 7.0 - 1, 10)
