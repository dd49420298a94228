"""Two people, two connections, one limit."""

from psycopg2.errors import SerializationFailure

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..rate_lock.race_common import RaceCase


@tagged("post_install", "-at_install")
class TestCreditRace(RaceCase):
    """A limit of 1,000, and two orders of 600 that each fit alone."""

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = self._env(cr)
            self.policy = env["credit.policy"].create({"name": "Raced"}).id
            limit = env["credit.limit"].create(
                {
                    "partner_id": self.partner,
                    "amount": 1000.0,
                    "currency_id": self.currency.id,
                }
            )
            limit.action_approve()
            self.limit = limit.id
            self.orders = [self._quote(env, 600.0).id for _n in range(2)]

    def _take_away(self):
        with self.registry.cursor() as cr:
            env = self._env(cr)
            env["credit.policy"].browse(self.policy).unlink()
            env["credit.account"].search([("partner_id", "=", self.partner)]).unlink()
            limit = env["credit.limit"].browse(self.limit)
            limit.message_ids.unlink()
            env.flush_all()
            cr.execute("DELETE FROM credit_limit WHERE id = %s", [self.limit])
            env.invalidate_all()
        return super()._take_away()

    def _confirm(self, cr, number):
        order = self._env(cr)["sale.order"].browse(self.orders[number])
        order.action_confirm()
        order.env.flush_all()

    @mute_logger("odoo.sql_db")
    def test_two_orders_cannot_both_slip_under_one_limit(self):
        with self.registry.cursor() as mine, self.registry.cursor() as yours:
            self._env(yours)["sale.order"].browse(self.orders).mapped("state")
            self._confirm(mine, 0)
            mine.commit()
            with self.assertRaises(SerializationFailure):
                self._confirm(yours, 1)
            yours.rollback()
            # what Odoo's retry then finds
            with self.assertRaisesRegex(UserError, "over the limit"):
                self._confirm(yours, 1)
            yours.rollback()

    @mute_logger("odoo.sql_db")
    def test_the_list_swallows_no_retry(self):
        with self.registry.cursor() as mine, self.registry.cursor() as yours:
            orders = self._env(yours)["sale.order"].browse(self.orders[1:])
            orders.mapped("state")
            self._confirm(mine, 0)
            mine.commit()
            with self.assertRaises(SerializationFailure):
                orders.action_confirm_selected()
            yours.rollback()

    @mute_logger("odoo.sql_db")
    def test_what_comes_on_top_races_too(self):
        """A confirmed order grows while another is confirmed."""
        with self.registry.cursor() as mine, self.registry.cursor() as yours:
            self._confirm(mine, 0)
            mine.commit()
            self._env(yours)["sale.order"].browse(self.orders).mapped("state")
            order = self._env(mine)["sale.order"].browse(self.orders[0])
            order.order_line.price_unit = 900.0
            order.env.flush_all()
            mine.commit()
            with self.assertRaises(SerializationFailure):
                self._confirm(yours, 1)
            yours.rollback()
