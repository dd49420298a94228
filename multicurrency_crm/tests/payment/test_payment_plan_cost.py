"""What plans cost: nothing where there is none, and no more queries for more rows."""

from odoo import Command
from odoo.tests import tagged

from .plan_common import PlanCommon


@tagged("post_install", "-at_install")
class TestPaymentPlanCost(PlanCommon):
    def _count(self, do):
        """:return: queries that something takes, all that waits for it included"""
        self._end()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        do()
        self._end()
        return self.env.cr.sql_log_count - before

    def _live(self):
        """The life of an order without plan, and what each step takes."""
        order = self._create_order(currency_id=self.usd.id)
        counts = {"confirm": self._count(order.action_confirm)}
        move = self.env["account.move"]

        def invoice():
            nonlocal move
            move = order._create_invoices()
            move.invoice_date = self.today

        counts["invoice"] = self._count(invoice)
        counts["post"] = self._count(move.action_post)
        counts["pay"] = self._count(lambda: self._pay(280.0, move))
        line = order.order_line[0]
        counts["write"] = self._count(lambda: line.write({"product_uom_qty": 3}))
        counts["copy"] = self._count(order.copy)
        return counts

    def test_an_order_without_plan_costs_nothing(self):
        self._live()
        self._live()
        before = self._live()
        self._ordered()
        self._live()
        self.assertEqual(self._live(), before)

    def test_many_plans_are_followed_by_as_many_queries_as_few(self):
        def make(count):
            orders = self.env["sale.order"]
            for _number in range(count):
                order = self._ordered()
                order.payment_plan_ids[0].action_invoice_deposit()
                orders |= order
            orders.invoice_ids.invoice_date = self.today
            orders.invoice_ids.action_post()
            return orders

        few, many = make(2), make(8)
        self.env["payment.plan"]._follow(few | many)
        Plan = self.env["payment.plan"]
        asked = self._count(lambda: Plan._follow(many))
        self.assertLessEqual(asked, self._count(lambda: Plan._follow(few)))

    def test_lists_ask_as_often_for_many_as_for_few(self):
        self._planned(*[(0.1, "order", 0)] * 10)
        few = self._planned().payment_plan_ids
        many = self.env["payment.plan"].search([])
        names = ["display_name", "may_tick", "may_invoice", "open", "partner_id"]
        self.assertLessEqual(
            self._count(lambda: many.read(names)), self._count(lambda: few.read(names))
        )

    def test_a_template_of_nobody_costs_nothing_either(self):
        before = [self._count(self._create_order) for _turn in range(3)][-1]
        self.env["payment.plan.template"].create(
            {
                "name": "Whole",
                "line_ids": [Command.create({"percentage": 1.0, "trigger": "order"})],
            }
        )
        after = [self._count(self._create_order) for _turn in range(3)][-1]
        self.assertEqual(after, before)
