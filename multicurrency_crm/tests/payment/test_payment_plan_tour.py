from odoo.tests import tagged

from ..common import TourCase
from .plan_common import PlanCommon


@tagged("post_install", "-at_install")
class TestPaymentPlanTour(PlanCommon, TourCase):
    """Plan, deposit, shipment and rest: in a real browser."""

    def test_from_the_deposit_to_the_rest(self):
        self.seller.group_ids |= self.env.ref("account.group_account_invoice")
        order = self._ordered()
        self.start_tour(
            f"/odoo/sales/{order.id}",
            "multicurrency_crm_payment_plan",
            login=self.seller.login,
        )
        deposit, rest = order.payment_plan_ids
        self.assertEqual((rest.fired_on, rest.ticked_by_id), (self.today, self.seller))
        self.assertEqual(rest.date_due, self._days(60))
        deposit.deposit_move_id.action_post()
        self._pay(3000.0, deposit.deposit_move_id)
        invoice = self._invoice_rest(order)
        self.assertEqual(invoice.invoice_date_due, self._days(60))
        self.start_tour(
            "/odoo/payment-plans",
            "multicurrency_crm_payment_plan_rest",
            login=self.seller.login,
        )
        self._pay(7000.0, invoice)
        self.assertEqual(rest.state, "received")
