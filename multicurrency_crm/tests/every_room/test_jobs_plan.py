"""The job that looks at payment plans: tried as every job is."""

from odoo import Command
from odoo.tests import tagged

from .test_jobs import JobCase, JobTests


@tagged("post_install", "-at_install")
class TestFollowPlans(JobTests, JobCase):
    """Three orders with a plan, which nobody has looked at tonight."""

    job, model = "ir_cron_follow_payment_plans", "sale.order"
    method = "_follow_plans_tonight"

    def _prepare(self, env):
        product = env["product.product"].create({"name": "Planned", "type": "service"})
        line = {"product_id": product.id, "price_unit": 100.0, "tax_ids": []}
        orders = env["sale.order"].create(
            [
                {
                    "partner_id": self.partner,
                    "order_line": [Command.create(dict(line))],
                    "payment_plan_ids": [
                        Command.create({"percentage": 1.0, "trigger": "order"})
                    ],
                }
                for _number in range(3)
            ]
        )
        orders.action_confirm()
        return orders

    def _count_done(self, order):
        return int(bool(order.plan_followed_on))

    def _remove(self, env):
        orders = env["sale.order"].browse(self.ids)
        product = orders.order_line.product_id
        orders._action_cancel()
        orders.unlink()
        product.unlink()
