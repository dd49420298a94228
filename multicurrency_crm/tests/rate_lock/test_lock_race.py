"""Two people, two connections, one quotation: the database decides, once."""

from psycopg2.errors import SerializationFailure

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .race_common import RaceCase


@tagged("post_install", "-at_install")
class TestLockRace(RaceCase):
    """On connections of their own, so what they commit is taken away again."""

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            self.order = self._quote(self._env(cr), 100.0).id

    def _order(self, cr):
        return self._env(cr)["sale.order"].browse(self.order)

    @mute_logger("odoo.sql_db")
    def test_two_lock_one_quotation(self):
        with self.registry.cursor() as mine, self.registry.cursor() as yours:
            self.assertFalse(self._order(yours).rate_locked)  # both see it unlocked
            self._order(mine).action_lock_rate()
            mine.commit()
            with self.assertRaises(SerializationFailure):
                order = self._order(yours)
                order.action_lock_rate()
                order.env.flush_all()
            yours.rollback()
            # what Odoo's retry then finds
            with self.assertRaisesRegex(UserError, "already locked"):
                self._order(yours).action_lock_rate()
            locks = self._env(yours)["fx.rate.lock"].search(
                [("partner_id", "=", self.partner)]
            )
            self.assertEqual(len(locks), 1)

    @mute_logger("odoo.sql_db")
    def test_confirming_while_it_is_released(self):
        with self.registry.cursor() as cr:
            self._order(cr).action_lock_rate()
        with self.registry.cursor() as mine, self.registry.cursor() as yours:
            self.assertTrue(self._order(yours).rate_locked)
            self._order(mine)._release_rate("Changed our mind")
            mine.commit()
            with self.assertRaises(SerializationFailure):
                order = self._order(yours)
                order.action_confirm()
                order.env.flush_all()
            yours.rollback()
