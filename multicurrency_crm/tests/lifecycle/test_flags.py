"""Who is lost, won back or went on, from documents and what was said."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .follow_up_common import FollowUpCommon


@tagged("post_install", "-at_install")
class TestCustomerFlags(FollowUpCommon):
    def _open(self, days, partner, lost=None):
        lead = self._open_lead(days, partner)
        if lost is not None:
            lead.action_set_lost()
            lead.date_closed = fields.Datetime.now() - timedelta(days=lost)
        return lead

    def _say(self, partner, days):
        moment = fields.Datetime.now() - timedelta(days=days)
        return self._note(partner, moment=moment)

    def _create(self, name):
        return self.env["res.partner"].create({"name": name, "is_company": True})

    def test_lost_is_who_lost_the_last_opportunity_and_never_ordered(self):
        older, newer, at_once, spoken = map(self._create, "ABCD")
        self._open(20, older, lost=0)
        self._open(5, older)
        self._open(20, newer)
        self._open(5, newer, lost=2)
        self._open(0, at_once, lost=0)
        self._open(9, spoken, lost=1)
        self._say(spoken, 0)
        self._follow()
        for partner, expected in (
            (older, False),
            (newer, True),
            (at_once, True),
            (spoken, True),
        ):
            self.assertEqual(self._get_life(partner).is_lost, expected, partner.name)

    def test_who_was_spoken_with_all_along_is_not_won_back(self):
        silent, spoken = map(self._create, "AB")
        for partner in (silent, spoken):
            self._order(800, partner)
            for days in range(790, 9, -30):
                if partner == spoken or days == 790:
                    self._say(partner, days)
            self._order(2, partner)
        self._follow()
        self.assertTrue(self._get_life(silent).is_won_back)
        self.assertFalse(self._get_life(spoken).is_won_back)

    def test_from_the_last_stage_nobody_goes_on(self):
        customer, Span = self._create("A"), self.env["customer.stage.interval"]
        self._order(20, customer)
        self._order(10, customer)
        self._follow()
        mine = [("partner_id", "=", customer.id)]
        found = dict(Span._read_group(mine, ["stage"], ["went_on:avg"]))
        self.assertEqual(found["ordered"], 1)
        self.assertEqual(found["quoting"], 1)
        self.assertIn(found["repeat"], (None, False))
        [(share,)] = Span._read_group(mine, [], ["went_on:avg"])
        self.assertEqual(share, 1)

    def test_what_is_to_come_proves_nothing_before_its_day(self):
        customer = self._create("A")
        invoice = self._invoice(self._order(9, customer), -200)
        self._invoice(self._order(8, self._create("B")), 3)
        self._follow()
        self.assertIn("invoice", self._kinds(customer))
        life = self._get_life(customer)
        self.assertEqual(life.stage, "ordered")
        self.assertEqual(life.last_fact_date, self._days_ago(9))
        self.env["customer.milestone"].search(
            [("kind", "=", "invoice"), ("res_id", "=", invoice.id)]
        )._write_guarded({"date": self.today})
        self._follow_turn()
        self.assertEqual(life.stage, "invoiced")

    def _follow_turn(self):
        """Have the night look at each customer, without looking at documents."""
        self.env.flush_all()
        self.Life.search([])._look()
        self.env.invalidate_all()

    # === ROWS === #

    def test_a_first_word_makes_a_lead_at_once(self):
        customer = self._create("A")
        row = self._say(customer, 3)
        life = self._get_life(customer)
        self.assertEqual((life.stage, life.stage_since), ("lead", self._days_ago(3)))
        self._follow()
        self.assertEqual((life.stage, life.stage_since), ("lead", self._days_ago(3)))
        row.message_id.unlink()
        self._follow_turn()
        self._follow()
        self.assertFalse(
            life.exists() and life.last_contact_date, "nothing was said any more"
        )

    def test_a_row_of_which_nothing_is_left_goes(self):
        customer = self._create("A")
        lead = self._open(9, customer)
        self._follow()
        self.assertEqual(self._get_life(customer).stage, "lead")
        lead.unlink()
        self._follow()
        self.assertFalse(self._get_life(customer))
        self._follow()
        self.assertFalse(self._get_life(customer), "no row for what is void")
