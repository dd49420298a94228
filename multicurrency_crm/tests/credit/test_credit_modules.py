"""Where money, or a promise to pay, comes in through modules that needn't be
installed."""

from odoo import Command
from odoo.tests import tagged

from .credit_common import CreditModuleCommon


@tagged("post_install", "-at_install")
class TestCreditCashOnDelivery(CreditModuleCommon):
    """``delivery``: the order is confirmed with a promise to pay."""

    needed = ("delivery.carrier", "allow_cash_on_delivery")

    def test_it_is_confirmed_and_recorded(self):
        order = self._order_of(self.buyer, 5000.0, user_id=self.seller.id)
        transaction = self._transaction(
            order, 5000.0, "pending", code="custom", custom_mode="cash_on_delivery"
        )
        transaction._post_process()
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.credit_check_state, "review")
        review = order.credit_review_ids
        self.assertEqual(review.state, "requested")
        self.assertEqual(review.activity_ids.user_id, self.decider | self.second)


@tagged("post_install", "-at_install")
class TestCreditTill(CreditModuleCommon):
    """``point_of_sale``: what was paid at the till counts as paid."""

    needed = ("account.move", "pos_order_ids")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        checks = cls.policy.check_ids.filtered(lambda c: c.reason == "over_limit")
        checks.post_strength = "review"
        cls.config = cls.env["pos.config"].create(
            {"name": "Counter", "company_id": cls.company.id}
        )
        receivable = cls.buyer.property_account_receivable_id
        cls.paid, cls.later = cls.env["pos.payment.method"].create(
            [
                {
                    "name": "Card",
                    "journal_id": cls.bank.id,
                    "receivable_account_id": receivable.id,
                    "company_id": cls.company.id,
                },
                {
                    "name": "On account",
                    "split_transactions": True,
                    "receivable_account_id": receivable.id,
                    "company_id": cls.company.id,
                },
            ]
        )
        cls.config.payment_method_ids = cls.paid | cls.later
        cls.config.open_ui()

    def _sold(self, amount, later=0.0):
        """An invoice of something sold at the till, paid but for ``later``."""
        order = self.env["pos.order"].create(
            {
                "session_id": self.config.current_session_id.id,
                "company_id": self.company.id,
                "partner_id": self.buyer.id,
                "amount_total": amount,
                "amount_tax": 0.0,
                "amount_paid": amount,
                "amount_return": 0.0,
                "lines": [
                    Command.create(
                        {
                            "product_id": self.product.id,
                            "price_unit": amount,
                            "qty": 1,
                            "price_subtotal": amount,
                            "price_subtotal_incl": amount,
                        }
                    )
                ],
            }
        )
        for method, part in ((self.paid, amount - later), (self.later, later)):
            if part:
                order.add_payment(
                    {
                        "pos_order_id": order.id,
                        "payment_method_id": method.id,
                        "amount": part,
                    }
                )
        order.state = "paid"
        order.action_pos_order_invoice()
        return order.account_move

    def test_paid_at_the_till(self):
        invoice = self._sold(5000.0)
        self.assertEqual(invoice.state, "posted")
        self.assertFalse(invoice.credit_review_ids)
        self.assertEqual(invoice.credit_check_state, "ok")

    def test_the_unpaid_rest_is_recorded(self):
        invoice = self._sold(5000.0, later=2000.0)
        self.assertEqual(invoice.state, "posted")
        review = invoice.credit_review_ids
        self.assertEqual((review.state, review.excess), ("requested", 1000.0))
