"""Two people, two connections, one quotation: the database decides, once."""

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api, fields
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import SQL, mute_logger


@tagged("post_install", "-at_install")
class TestLockRace(BaseCase):
    """On connections of their own, so what they commit is taken away again."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        with self.registry.cursor() as cr:
            env = self._env(cr)
            currency = env["res.currency"].with_context(active_test=False)
            self.currency = currency.search(
                [("id", "!=", env.company.currency_id.id)], limit=1
            )
            self.was_active = self.currency.active
            self.currency.active = True
            partner = env["res.partner"].create({"name": "Raced for"})
            rate = env["res.currency.rate"].create(
                {
                    "currency_id": self.currency.id,
                    "company_id": env.company.id,
                    "name": fields.Date.today(),
                    "rate": 2.0,
                }
            )
            order = env["sale.order"].create(
                {"partner_id": partner.id, "currency_id": self.currency.id}
            )
            self.ids = (order.id, partner.id, rate.id)
        self.addCleanup(self._take_away)

    def _env(self, cr):
        return api.Environment(cr, SUPERUSER_ID, {})

    def _order(self, cr):
        return self._env(cr)["sale.order"].browse(self.ids[0])

    def _take_away(self):
        order_id, partner_id, rate_id = self.ids
        with self.registry.cursor() as cr:
            env = self._env(cr)
            locks = env["fx.rate.lock"].search([("partner_id", "=", partner_id)])
            env["sale.order"].browse(order_id).unlink()
            locks.message_ids.unlink()
            # what was promised stays; what was tried here goes past the ORM
            cr.execute(
                SQL("DELETE FROM fx_rate_lock WHERE partner_id = %s", partner_id)
            )
            env["res.partner"].browse(partner_id).unlink()
            env["res.currency.rate"].browse(rate_id).unlink()
            self.currency.with_env(env).active = self.was_active

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
                [("partner_id", "=", self.ids[1])]
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
