"""Two people, two connections, one agreement: only one gets the last of its cap."""

from psycopg2.errors import SerializationFailure

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .race_common import RaceCase


@tagged("post_install", "-at_install")
class TestAgreementRace(RaceCase):
    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = self._env(cr)
            self.agreement = self._agree(env, 1000.0).id
            self.orders = [self._quote(env, 700.0).id for _n in range(2)]

    def _confirm(self, cr, number):
        env = self._env(cr)
        env["sale.order"].browse(self.orders[number]).action_confirm()
        env.flush_all()

    def _lock(self, cr):
        return self._env(cr)["fx.rate.lock"].browse(self.agreement)

    @mute_logger("odoo.sql_db")
    def test_two_orders_take_the_last_of_a_cap(self):
        with self.registry.cursor() as mine, self.registry.cursor() as yours:
            # both see room for 700
            self.assertEqual(self._lock(yours).amount_available, 1000.0)
            self._confirm(mine, 0)
            mine.commit()
            with self.assertRaises(SerializationFailure):
                self._confirm(yours, 1)
            yours.rollback()
            # what Odoo's retry then finds
            with self.assertRaisesRegex(UserError, "300.*is left.*second quotation"):
                self._confirm(yours, 1)
            yours.rollback()
            lock = self._lock(yours)
            self.assertEqual((lock.amount_drawn, lock.amount_available), (700, 300))
            states = [
                self._env(yours)["sale.order"].browse(order).state
                for order in self.orders
            ]
            self.assertEqual(states, ["sale", "draft"])

    @mute_logger("odoo.sql_db")
    def test_confirming_while_it_ends(self):
        with self.registry.cursor() as mine, self.registry.cursor() as yours:
            self.assertEqual(self._lock(yours).state, "active")
            self._lock(mine)._release("another one")
            mine.commit()
            with self.assertRaises(SerializationFailure):
                self._confirm(yours, 1)
            yours.rollback()
            self._confirm(yours, 1)
            order = self._env(yours)["sale.order"].browse(self.orders[1])
            self.assertFalse(order.locked_rate)
            yours.rollback()


@tagged("post_install", "-at_install")
class TestAgreementKnown(RaceCase):
    """Everybody knows of an agreement once it is made, whoever quoted meanwhile."""

    def _takes(self):
        """Return whether a new quotation takes an agreement, and forget it."""
        with self.registry.cursor() as cr:
            return bool(self._quote(self._env(cr), 100.0).rate_lock_id)

    def test_quoted_before_it_is_committed(self):
        self.assertFalse(self._takes())
        with self.registry.cursor() as cr:
            self._agree(self._env(cr), 1000.0)
            self.assertFalse(self._takes(), "not there yet")
            self.assertTrue(self._quote(self._env(cr), 100.0).rate_lock_id)
            self.assertFalse(self._takes())
        self.assertTrue(self._takes())

    def test_quoted_by_who_began_before(self):
        with self.registry.cursor() as yours:
            self._env(yours)["res.partner"].browse(self.partner).name  # noqa: B018
            with self.registry.cursor() as cr:
                self._agree(self._env(cr), 1000.0)
            # what is remembered is empty now, and this is the first to ask
            self.assertFalse(self._quote(self._env(yours), 100.0).rate_lock_id)
            self.assertFalse(self._quote(self._env(yours), 100.0).rate_lock_id)
        self.assertTrue(self._takes())

    def test_nothing_is_known_of_what_was_rolled_back(self):
        with self.registry.cursor() as cr:
            self._agree(self._env(cr), 1000.0)
            self.assertTrue(self._quote(self._env(cr), 100.0).rate_lock_id)
            cr.rollback()
            self.assertFalse(self._quote(self._env(cr), 100.0).rate_lock_id)
        self.assertFalse(self._takes())
