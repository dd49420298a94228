"""Two managers, two connections, one request; and a cron that is killed."""

from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.rate_lock import fx_rate_lock_expiry
from .race_common import RaceCase


@tagged("post_install", "-at_install")
class TestApprovalRace(RaceCase):
    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = self._env(cr)
            order = self._quote(env, 100.0)
            lock = order._lock_rate(quoted=("9", "unit_per_company"))
            self.order, self.approval = order.id, lock.approval_ids.id

    def _decide(self, cr, number):
        env = self._env(cr, self.managers[number])
        return env["fx.rate.approval"].browse(self.approval)

    @mute_logger("odoo.sql_db")
    def test_two_decide_one_request(self):
        with self.registry.cursor() as mine, self.registry.cursor() as yours:
            self.assertEqual(self._decide(yours, 1).state, "requested")
            self._decide(mine, 0).action_approve()
            mine.commit()
            with self.assertRaises(SerializationFailure):
                refused = self._decide(yours, 1)
                refused._refuse("no")
                refused.env.flush_all()
            yours.rollback()
            # what Odoo's retry then finds
            with self.assertRaisesRegex(UserError, "decided already"):
                self._decide(yours, 1)._refuse("no")
            yours.rollback()
            approval = self._decide(yours, 1)
            self.assertEqual(approval.state, "approved")
            self.assertEqual(approval.decided_by.id, self.managers[0])
            self.assertEqual(approval.order_id.locked_rate, 9.0)

    @mute_logger("odoo.sql_db")
    def test_approving_while_it_is_cancelled(self):
        with self.registry.cursor() as mine, self.registry.cursor() as yours:
            self.assertEqual(self._decide(yours, 0).state, "requested")
            self._env(mine)["sale.order"].browse(self.order)._action_cancel()
            mine.commit()
            with self.assertRaises(SerializationFailure):
                approved = self._decide(yours, 0)
                approved.action_approve()
                approved.env.flush_all()
            yours.rollback()
            with self.assertRaisesRegex(UserError, "decided already"):
                self._decide(yours, 0).action_approve()


@tagged("post_install", "-at_install")
class TestKilledCron(RaceCase):
    def setUp(self):
        super().setUp()
        over = fields.Date.today() - timedelta(days=3)
        with self.registry.cursor() as cr:
            env = self._env(cr)
            orders = [self._quote(env, 100.0) for _n in range(3)]
            locks = env["fx.rate.lock"].concat(
                *(order._lock_rate() for order in orders)
            )
            env.flush_all()
            # the days go by
            cr.execute(
                "UPDATE fx_rate_lock SET date_start = %s, date_end = %s WHERE id IN %s",
                (over, over, tuple(locks.ids)),
            )
            self.locks = locks.ids

    def _states(self):
        with self.registry.cursor() as cr:
            locks = self._env(cr)["fx.rate.lock"].browse(self.locks)
            return sorted(locks.mapped("state"))

    def test_what_was_done_stays_and_the_rest_follows(self):
        Lock = self.registry["fx.rate.lock"]
        close, done = Lock._close_ended, []

        def close_some(locks):
            if len(done) == 2:
                raise KeyboardInterrupt  # the server stops
            done.append(locks.ids)
            return close(locks)

        with (
            patch.object(fx_rate_lock_expiry, "CRON_BATCH", 1),
            patch.object(Lock, "_close_ended", close_some),
            self.assertRaises(KeyboardInterrupt),
            self.registry.cursor() as cr,
        ):
            self._env(cr)["fx.rate.lock"]._cron_expire_locks()
        self.assertEqual(self._states(), ["active", "expired", "expired"])
        with self.registry.cursor() as cr:
            self._env(cr)["fx.rate.lock"]._cron_expire_locks()
        self.assertEqual(self._states(), ["expired"] * 3)
        with self.registry.cursor() as cr:
            env = self._env(cr)
            env["fx.rate.lock"]._cron_expire_locks()
            for order in env["sale.order"].search([("partner_id", "=", self.partner)]):
                told = order.message_ids.filtered(lambda note: "ended on" in note.body)
                self.assertEqual(len(told), 1, "told once")
