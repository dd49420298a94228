"""Two credit managers, two connections, one customer."""

from psycopg2.errors import SerializationFailure

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..rate_lock.race_common import RaceCase


@tagged("post_install", "-at_install")
class TestCreditLimitRace(RaceCase):
    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = self._env(cr)
            values = {
                "partner_id": self.partner,
                "currency_id": self.currency.id,
                "amount": 100.0,
            }
            self.limits = env["credit.limit"].create([values, values]).ids

    def _take_away(self):
        with self.registry.cursor() as cr:
            env = self._env(cr)
            limits = env["credit.limit"].browse(self.limits)
            limits.message_ids.unlink()
            cr.execute("DELETE FROM credit_limit WHERE id = ANY(%s)", [self.limits])
            env.invalidate_all()
        return super()._take_away()

    def _approve(self, cr, number):
        env = self._env(cr, self.managers[number])
        env["credit.limit"].browse(self.limits[number]).action_approve()
        env.flush_all()

    @mute_logger("odoo.sql_db")
    def test_two_limits_of_one_kind(self):
        with self.registry.cursor() as mine, self.registry.cursor() as yours:
            yours.execute("SELECT count(*) FROM credit_limit")  # both see two drafts
            self._approve(mine, 0)
            mine.commit()
            with self.assertRaises(SerializationFailure):
                self._approve(yours, 1)
            yours.rollback()
            # what Odoo's retry then finds
            with self.assertRaisesRegex(UserError, "revise that limit"):
                self._approve(yours, 1)
            yours.rollback()
