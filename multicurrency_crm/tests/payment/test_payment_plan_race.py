"""Two people at once: each fact once."""

import psycopg2

from odoo import Command, fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..rate_lock.race_common import RaceCase


@tagged("post_install", "-at_install")
class TestTwoTickAtOnce(RaceCase):
    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = self._env(cr)
            order = self._quote(env, 100.0)
            order.payment_plan_ids = [
                Command.create({"percentage": 1.0, "trigger": "arrival"})
            ]
            order.action_confirm()
            self.plan = order.payment_plan_ids.id

    def _tick(self, cr, user, day):
        env = self._env(cr, user)
        file = env["ir.attachment"].create({"name": "mail.txt", "raw": b"Arrived"})
        env["payment.plan"].browse(self.plan)._tick(day, file)
        env.flush_all()

    @mute_logger("odoo.sql_db")
    def test_one_comes_through(self):
        today = fields.Date.today()
        first, second = (fields.Date.subtract(today, days=days) for days in (3, 5))
        with self.registry.cursor() as late, self.registry.cursor() as early:
            late.execute("SELECT 1 FROM payment_plan LIMIT 1")
            self._tick(early, self.managers[0], first)
            early.commit()
            with self.assertRaises(psycopg2.errors.SerializationFailure):
                self._tick(late, self.managers[1], second)
            late.rollback()
        with self.registry.cursor() as cr:
            plan = self._env(cr)["payment.plan"].browse(self.plan)
            self.assertEqual(plan.fired_on, first)
            self.assertEqual(plan.ticked_by_id.id, self.managers[0])
