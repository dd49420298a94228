"""Two colleagues who note the same call at once, on connections of their own."""

import psycopg2

from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.collection.collection_call import Word
from ..rate_lock.race_common import RaceCase


@tagged("post_install", "-at_install")
class TestTwoNoteAtOnce(RaceCase):
    def _take_away(self):
        with self.registry.cursor() as cr:
            env = self._env(cr)
            mine = [("partner_id", "=", self.partner)]
            env["collection.account"].search(mine).unlink()
            env["collection.call"].search(mine).unlink()
            env.registry.clear_cache()
        return super()._take_away()

    def _begin(self, cr, number):
        """Have a colleague look at the customer, and know what was noted last."""
        env = self._env(cr, self.managers[number])
        partner = env["res.partner"].browse(self.partner)
        Call = env["collection.call"]
        known = Call._find_account(partner, env.company).last_call_id.sudo(False)

        def note():
            word = Word("again", f"By {number}")
            return Call._note(partner, env.company, word, known)

        return note

    def _count(self):
        with self.registry.cursor() as cr:
            calls = self._env(cr)["collection.call"].search(
                [("partner_id", "=", self.partner)]
            )
            return calls.mapped("note")

    @mute_logger("odoo.sql_db")
    def _race(self):
        """Both have opened their dialogs; one is faster, Odoo retries the other."""
        with self.registry.cursor() as first, self.registry.cursor() as second:
            notes = [self._begin(first, 0), self._begin(second, 1)]
            notes[0]()
            first.commit()
            with self.assertRaises(psycopg2.errors.SerializationFailure):
                notes[1]()
            second.rollback()

    def test_a_first_call(self):
        self._race()
        self.assertEqual(self._count(), ["By 0"])

    def test_a_later_call(self):
        with self.registry.cursor() as cr:
            self._begin(cr, 0)()
        self._race()
        self.assertEqual(self._count(), ["By 0", "By 0"])

    def test_who_is_retried_finds_the_other(self):
        with self.registry.cursor() as cr:
            env = self._env(cr, self.managers[1])
            nothing = env["collection.call"]
        with self.registry.cursor() as cr:
            self._begin(cr, 0)()
        with self.registry.cursor() as cr:
            env = self._env(cr, self.managers[1])
            partner = env["res.partner"].browse(self.partner)
            call = env["collection.call"]._note(
                partner, env.company, Word("again", "Late"), nothing.with_env(env)
            )
            self.assertFalse(call)
        self.assertEqual(self._count(), ["By 0"])
