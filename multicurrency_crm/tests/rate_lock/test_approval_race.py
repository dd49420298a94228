"""Two managers, two connections, one request."""

from psycopg2.errors import SerializationFailure

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

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
