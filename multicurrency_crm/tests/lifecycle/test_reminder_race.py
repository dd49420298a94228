"""Two workers on the job of reminders at once, on connections of their own."""

from unittest.mock import patch

import psycopg2

from odoo import Command
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ...engine.working_calendar import WorkingCalendar
from ..rate_lock.race_common import RaceCase


@tagged("post_install", "-at_install")
class TestTwoWorkersRemind(RaceCase):
    def setUp(self):
        self.enterContext(patch.object(WorkingCalendar, "is_working", lambda *_: True))
        super().setUp()
        with self.registry.cursor() as cr:
            env = self._env(cr)
            order = self._quote(env, 9.0)
            order.write({"state": "sent", "validity_date": env.company._get_today()})
            rule = env["customer.reminder.rule"].create(
                {
                    "name": "Expires today",
                    "event": "quotation_ending",
                    "partner_domain": str([("id", "=", self.partner)]),
                    "step_ids": [Command.create({}), Command.create({"who": "leader"})],
                }
            )
            rule.action_switch_on()
            self.order, self.rule = order.id, rule.id

    def _take_away(self):
        with self.registry.cursor() as cr:
            env = self._env(cr)
            env["sale.order"].browse(self.order).activity_ids.unlink()
            cr.execute(
                SQL("DELETE FROM customer_reminder WHERE rule_id = %s", self.rule)
            )
            env.invalidate_all()
            env["customer.reminder.rule"].browse(self.rule).unlink()
            job = env.ref("multicurrency_crm.ir_cron_customer_reminder")
            cr.execute("DELETE FROM ir_cron_trigger WHERE cron_id = %s", [job.id])
        return super()._take_away()

    def _begin(self, env):
        rule = env["customer.reminder.rule"].browse(self.rule).sudo()
        calendar = env.company._get_working_calendar()
        env["customer.reminder"]._begin(rule, calendar)
        env.flush_all()

    def _step(self, env):
        reminders = env["customer.reminder"].search([("rule_id", "=", self.rule)])
        reminders.sudo()._take_steps()
        env.flush_all()

    @mute_logger("odoo.sql_db")
    def _race(self, work):
        """Have one worker do what another has begun to look at."""
        with self.registry.cursor() as first, self.registry.cursor() as second:
            second.execute("SELECT 1 FROM res_partner LIMIT 1")
            work(self._env(first))
            first.commit()
            with self.assertRaises(psycopg2.errors.SerializationFailure):
                work(self._env(second))
            second.rollback()
        with self.registry.cursor() as again:  # as the job tries it again
            work(self._env(again))

    def test_a_fact_is_remembered_once_and_told_once(self):
        self._race(self._begin)
        with self.registry.cursor() as cr:
            Reminder = self._env(cr)["customer.reminder"]
            mine = [("rule_id", "=", self.rule)]
            self.assertEqual(Reminder.search_count(mine), 1)
        self._race(self._step)
        with self.registry.cursor() as cr:
            env = self._env(cr)
            reminder = env["customer.reminder"].search(mine)
            self.assertEqual(reminder.step, 2)
            self.assertEqual(len(reminder.line_ids), 2)
            order = env["sale.order"].browse(self.order)
            self.assertEqual(len(order.activity_ids), 2)
