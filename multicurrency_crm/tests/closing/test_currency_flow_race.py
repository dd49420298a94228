from datetime import date

import psycopg2

from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ..rate_lock.race_common import RaceCase

#: days of which nobody else makes a table
DAYS = date(1990, 1, 1), date(1990, 1, 7)


@tagged("post_install", "-at_install")
class TestTwoAtOnce(RaceCase):
    """Two people who know nothing of each other, on connections of their own."""

    def _take_away(self):
        with self.registry.cursor() as cr:
            flows = self._find(cr)
            flows.message_ids.unlink()
            flows.env.flush_all()
            # what was verified stays; what was tried here goes past the ORM
            cr.execute(SQL("DELETE FROM currency_flow WHERE id = ANY(%s)", flows.ids))
        return super()._take_away()

    def _find(self, cr):
        return self._env(cr)["currency.flow"].search([("date_from", "=", DAYS[0])])

    def _make(self, cr):
        env = self._env(cr)
        flow = env["currency.flow"]._make(env.company, *DAYS)
        env.flush_all()
        return flow

    @mute_logger("odoo.sql_db")
    def test_of_the_same_days_one_table_stands(self):
        with self.registry.cursor() as first, self.registry.cursor() as second:
            # both have begun to read
            self.assertFalse(self._find(first))
            self.assertFalse(self._find(second))
            self._make(first)
            first.commit()
            with self.assertRaises(psycopg2.errors.UniqueViolation):
                self._make(second)
            second.rollback()
            self.assertEqual(len(self._find(second)), 1)

    @mute_logger("odoo.sql_db")
    def test_one_verifies(self):
        with self.registry.cursor() as cr:
            self._make(cr)
        with self.registry.cursor() as first, self.registry.cursor() as second:
            flows = [self._find(cr) for cr in (first, second)]
            self.assertEqual([flow.state for flow in flows], ["draft", "draft"])
            flows[0].action_verify()
            first.commit()
            with self.assertRaises(psycopg2.errors.SerializationFailure):
                flows[1].action_verify()
                flows[1].env.flush_all()
            second.rollback()
            self.assertEqual(self._find(second).state, "verified")
