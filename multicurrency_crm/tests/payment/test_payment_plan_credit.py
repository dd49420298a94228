"""What a plan secures doesn't count as exposure, and nobody secures less unasked."""

from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..credit.credit_common import TODAY, CreditCommon
from .plan_common import plan_lines


@tagged("post_install", "-at_install")
class TestPaymentPlanCredit(CreditCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.buyer = cls._customer()
        cls.seller.group_ids |= cls.env.ref("multicurrency_crm.group_user")

    def _planned(self, *lines, amount=1000.0):
        order = self._order_of(self.buyer, amount, user_id=self.seller.id)
        order.payment_plan_ids = plan_lines(*lines)
        return order

    def test_a_deposit_secures_itself_until_it_is_late(self):
        order = self._planned((0.3, "order", 5), (0.7, "arrival", 0))
        order.action_confirm()
        self.assertEqual(self._parts(self.buyer), {"undelivered": 700.0})
        order.payment_plan_ids[0].action_invoice_deposit()
        deposit = order.payment_plan_ids.deposit_move_id
        deposit.action_post()
        # the deposit is owed by its invoice, the rest is ordered
        self.assertEqual(
            sum(self._parts(self.buyer).values()), 1000.0, self._parts(self.buyer)
        )
        late = self._planned(
            (
                0.3,
                "date",
                0,
                {"asks_deposit": True, "date_expected": TODAY - timedelta(days=1)},
            ),
            (0.7, "order", 0),
        )
        late.payment_plan_ids[1].asks_deposit = False
        late.action_confirm()
        self.assertEqual(late.payment_plan_open_share, 1.0)

    def test_a_letter_of_credit_and_documents(self):
        order = self._planned(
            (0.5, "shipment", 60, {"method": "lc"}),
            (0.3, "bill_of_lading", 0, {"method": "dp"}),
            (0.2, "invoice", 30, {"method": "oa"}),
        )
        order.action_confirm()
        self.assertEqual(self._parts(self.buyer), {"undelivered": 350.0})

    def test_securing_less_is_checked(self):
        self._limit(self.buyer, 800.0)
        order = self._planned(
            (0.15, "order", 5),
            (0.15, "arrival", 0, {"method": "lc"}),
            (0.7, "arrival", 0),
        )
        order.action_confirm()
        self.assertEqual(self._parts(self.buyer), {"undelivered": 700.0})
        deposit, credit, _rest = order.payment_plan_ids.with_user(self.seller)
        for change in (
            lambda: deposit.write({"asks_deposit": False}),
            lambda: credit.write({"method": "oa"}),
            lambda: credit.unlink(),
        ):
            with self.assertRaises(UserError) as stopped:
                change()
            self.assertRegex(str(stopped.exception), "over the limit")
        self.assertTrue(order.payment_plan_ids[0].asks_deposit)

    def test_without_a_plan_payment_terms_secure(self):
        self.terms.credit_security = "letter_of_credit"
        order = self._order_of(self.buyer, 100.0, payment_term_id=self.terms.id)
        order.action_confirm()
        self.assertEqual(self._total(self.buyer), 0.0)
        with self.assertRaises(UserError):
            self._limit(self.buyer, 50.0)
            order.with_user(self.seller).payment_plan_ids = plan_lines(
                (1.0, "invoice", 30, {"method": "oa"})
            )

    def test_the_day_on_which_money_is_expected(self):
        order = self._planned((1.0, "arrival", 0))
        order.payment_plan_ids.date_expected = TODAY + timedelta(days=40)
        order.action_confirm()
        move = order._create_invoices()
        move.action_post()
        self._assess(self.buyer)
        move.invalidate_recordset()
        self.assertEqual(move.credit_expected_on, TODAY + timedelta(days=40))
