"""Two colleagues who note a follow-up at once, on connections of their own."""

from unittest.mock import patch

import psycopg2

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.lifecycle.customer_follow_up import Spoken
from ..rate_lock.race_common import RaceCase


@tagged("post_install", "-at_install")
class TestTwoFollowUpsAtOnce(RaceCase):
    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            company = self._env(cr).company
            self.was_followed = company.lifecycle_followed
            company.lifecycle_followed = True

    def _take_away(self):
        with self.registry.cursor() as cr:
            env = self._env(cr)
            partner = env["res.partner"].browse(self.partner)
            mine = [("partner_id", "=", self.partner)]
            partner.activity_ids.unlink()
            env["customer.follow.up"].search(mine).message_id.unlink()
            env["customer.life"].search(mine).unlink()
            env["customer.life.run"].search([]).unlink()
            env.company.lifecycle_followed = self.was_followed
            env.registry.clear_cache()
        return super()._take_away()

    def _begin(self, cr, number):
        """Have a colleague look at the customer."""
        env = self._env(cr, self.managers[number])
        partner = env["res.partner"].browse(self.partner)
        partner.activity_ids.mapped("date_deadline")

        def note():
            day = fields.Date.add(env.company._get_today(), days=number + 1)
            said = Spoken("phone", "interested", f"By {number}", next_date=day)
            return env["customer.follow.up"]._note(partner, said)

        return note

    @mute_logger("odoo.sql_db")
    def _race(self):
        with self.registry.cursor() as first, self.registry.cursor() as second:
            notes = [self._begin(first, 0), self._begin(second, 1)]
            notes[0]()
            first.commit()
            with self.assertRaises(psycopg2.errors.SerializationFailure):
                notes[1]()
            second.rollback()
        with self.registry.cursor() as again:  # as Odoo tries it again
            self._begin(again, 1)()

    def test_noting_waits_for_no_night(self):
        with self.registry.cursor() as cr:
            self._env(cr)["customer.life"]._take_run(self._env(cr).company)
        with self.registry.cursor() as night, self.registry.cursor() as day:
            env = self._env(night)
            Milestone = type(env["customer.milestone"])
            noted = []

            def gather(*_args):
                day.execute("SET LOCAL lock_timeout = '2s'")
                noted.append(self._begin(day, 0)())
                day.commit()

            with patch.object(Milestone, "_gather", gather):
                env["customer.life"]._begin(env.company)
            self.assertEqual(len(noted), 1)

    def _follow(self, is_followed):
        with self.registry.cursor() as cr:
            self._env(cr).company.lifecycle_followed = is_followed

    def test_both_are_kept_and_one_contact_is_planned(self):
        for expected, is_followed in ((2, True), (4, True), (6, False), (8, False)):
            self._follow(is_followed)
            self._race()
            with self.registry.cursor() as cr:
                env = self._env(cr)
                rows = env["customer.follow.up"].search(
                    [("partner_id", "=", self.partner)]
                )
                self.assertEqual(len(rows), expected)
                self.assertEqual(len(rows.activity_id), 1)
                partner = env["res.partner"].browse(self.partner)
                self.assertEqual(partner.activity_ids, rows.activity_id)
                if is_followed:
                    life = env["customer.life"]._find(partner, env.company)
                    planned = rows.activity_id.date_deadline
                    self.assertEqual(life.next_contact_date, planned)

    @mute_logger("odoo.sql_db")
    def test_two_clicks_at_once_note_once(self):
        with self.registry.cursor() as cr:
            Make = self._env(cr, self.managers[0])["customer.follow.up.make"]
            made = {"partner_id": self.partner, "kind": "phone", "outcome": "reached"}
            dialog = Make.create(made).id
        with self.registry.cursor() as first, self.registry.cursor() as second:
            clicks = [
                self._env(cr, self.managers[0])[Make._name].browse(dialog)
                for cr in (first, second)
            ]
            self.assertEqual([click.is_noted for click in clicks], [False, False])
            clicks[0].action_apply()
            first.commit()
            with self.assertRaises(psycopg2.errors.SerializationFailure):
                clicks[1].action_apply()
            second.rollback()
        with self.registry.cursor() as again:
            env = self._env(again, self.managers[0])
            env[Make._name].browse(dialog).action_apply()
            noted = env["customer.follow.up"].search_count(
                [("partner_id", "=", self.partner)]
            )
            self.assertEqual(noted, 1)
