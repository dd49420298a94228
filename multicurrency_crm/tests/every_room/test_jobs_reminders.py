"""The job of reminders: tried as every job is."""

from unittest.mock import patch

from odoo import Command, fields
from odoo.tests import tagged
from odoo.tools import SQL

from ...engine.working_calendar import WorkingCalendar
from ...models.lifecycle import customer_reminder_taking
from .test_jobs import JobCase, JobTests


@tagged("post_install", "-at_install")
class TestRemind(JobTests, JobCase):
    """Three quotations that expire today, on a day on which the company works."""

    job, model = "ir_cron_customer_reminder", "customer.reminder"
    method = "_take_steps"

    def setUp(self):
        # be it a Sunday
        self.enterContext(patch.object(WorkingCalendar, "is_working", lambda *_: True))
        super().setUp()
        self.enterContext(patch.object(customer_reminder_taking, "CHUNK", 1))

    def _prepare(self, env):
        orders = env["sale.order"].concat(*(self._quote(env, 9.0) for _ in range(3)))
        orders.write({"state": "sent", "validity_date": env.company._get_today()})
        rule = env["customer.reminder.rule"].create(
            {
                "name": "Expires today",
                "event": "quotation_ending",
                "partner_domain": str([("id", "=", self.partner)]),
                "step_ids": [Command.create({"how": "activity"})],
            }
        )
        rule.action_switch_on()
        self.orders, self.rule = orders.ids, rule.id
        Reminder = env["customer.reminder"]
        Reminder._begin(rule.sudo(), env.company._get_working_calendar())
        return Reminder.search([("rule_id", "=", rule.id)], order="id")

    def _count_done(self, reminder):
        made = reminder.env["mail.activity"].search(
            [
                ("res_model", "=", reminder.target_model),
                ("res_id", "=", reminder.target_id),
            ]
        )
        self.assertEqual(len(reminder.line_ids), len(made))
        self.assertEqual(reminder.step, len(made))
        return len(made)

    def _remove(self, env):
        orders = env["sale.order"].browse(self.orders)
        orders.activity_ids.unlink()
        env.cr.execute(
            SQL("DELETE FROM customer_reminder WHERE rule_id = %s", self.rule)
        )
        env.cr.execute(
            SQL(
                "DELETE FROM mail_mail WHERE create_date >= %s AND state = 'outgoing'",
                fields.Date.today(),
            )
        )
        env.invalidate_all()
        env["customer.reminder.rule"].browse(self.rule).unlink()
