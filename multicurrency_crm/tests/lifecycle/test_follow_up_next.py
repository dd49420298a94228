"""Who is asked for the next contact, and for which day."""

from datetime import date

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import freeze_time, new_test_user, tagged

from .follow_up_common import SELLER, FollowUpCommon


@tagged("post_install", "-at_install")
class TestFollowUpNext(FollowUpCommon):
    # === BY WHOM === #

    def test_who_cant_do_it_isnt_asked(self):
        portal = new_test_user(
            self.env,
            "next_portal",
            groups="base.group_portal",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        gone = self._colleague("next_gone", SELLER)
        gone.active = False
        elsewhere = self._colleague("next_elsewhere", SELLER, self.other_company)
        clerk = self._colleague("next_clerk", "account.group_account_invoice")
        mails = self.env["mail.mail"].search_count([])
        for user, document in (
            (portal, self.customer),
            (gone, self.customer),
            (self.env.ref("base.user_root"), self.customer),
            (elsewhere, self.customer),
            (elsewhere, self.lead),
            (clerk, self.lead),
            (self.second, self.lead),
        ):
            with (
                self.subTest(user.login, document=document.display_name),
                self.assertRaises(UserError) as refused,
            ):
                self._note(document, next_date=self.today, next_user=user)
            self.assertIn(document.display_name, str(refused.exception))
            self.assertNotIn(user.name, str(refused.exception), "not theirs to read")
        self.assertFalse((self.customer | self.lead.partner_id).activity_ids)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        self.assertFalse(self.FollowUp.search([("partner_id", "=", self.customer.id)]))

    def test_who_can_is(self):
        for user, document in ((self.second, self.customer), (self.head, self.lead)):
            with self.subTest(user.login):
                row = self._note(document, next_date=self.today, next_user=user)
                self.assertEqual(row.activity_id.user_id, user)

    def test_of_a_branch(self):
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company.id}
        )
        there = self._colleague("next_branch", SELLER, branch)
        row = self._note(next_date=self.today, next_user=there)
        self.assertEqual(row.activity_id.user_id, there)
        with self.assertRaises(UserError):
            self._note(self.lead, next_date=self.today, next_user=there)

    def test_a_salesperson_of_another_company_isnt_asked(self):
        away = self._colleague("next_away", SELLER, self.other_company)
        self.customer.user_id = away
        row = self._note(user=self.head, next_date=self.today)
        self.assertEqual(row.activity_id.user_id, self.head)

    def test_where_nothing_is_planned_nobody_is_asked(self):
        portal = new_test_user(self.env, "next_nothing", groups="base.group_portal")
        row = self._note(next_user=portal)
        self.assertFalse(row.activity_id)

    # === WHEN === #

    def test_ones_own_today_is_no_past(self):
        self.company.partner_id.tz = "Asia/Shanghai"
        self.seller.tz = "America/Los_Angeles"
        with freeze_time("2026-03-02 20:00:00"):  # the 3rd in Shanghai
            self.assertEqual(str(self.company._get_today()), "2026-03-03")
            row = self._note(next_date=date(2026, 3, 2))
            self.assertEqual(row.next_date, date(2026, 3, 2))
            with self.assertRaises(UserError):
                self._note(next_date=date(2026, 3, 1))
            self.seller.tz = "Asia/Shanghai"
            with self.assertRaises(UserError):
                self._note(next_date=date(2026, 3, 2))

    def test_east_of_the_company_its_today_is_none_either(self):
        self.company.partner_id.tz = "America/Los_Angeles"
        self.seller.tz = "Asia/Shanghai"
        with freeze_time("2026-03-02 20:00:00"):  # the 3rd in Shanghai
            row = self._note(next_date=date(2026, 3, 2))
            self.assertEqual(row.next_date, date(2026, 3, 2))

    # === DONE === #

    def test_what_was_due_is_done_by_what_is_said(self):
        due = self._note(next_date=self.today).activity_id
        self._note(outcome="reached")
        self.assertFalse(due.active)
        self.assertTrue(due.date_done)

    def test_what_is_to_come_stays(self):
        planned = self._note(next_date=self._days_ago(-3)).activity_id
        self._note(outcome="reached")
        self.assertTrue(planned.active)

    def test_what_is_done_is_seen_at_once(self):
        later = self._days_ago(-9)
        self._note(next_date=self.today)
        self.lead.activity_schedule(
            "mail.mail_activity_data_call", later, user_id=self.seller.id
        )
        life = self._get_life()
        self.assertEqual(life.next_contact_date, self.today)
        self.customer.activity_ids.with_user(self.seller).action_done()
        self.assertEqual(self._get_life().next_contact_date, later)

    def test_where_nobody_is_followed_nothing_is_looked_at(self):
        self.company.lifecycle_followed = False
        planned = self._note(next_date=self.today).activity_id
        planned.with_user(self.seller).action_done()
        self.assertFalse(self._get_life())

    def test_many_are_left_to_the_night(self):
        self._follow()
        partners = self.env["res.partner"].create(
            [{"name": f"Many {number}"} for number in range(21)]
        )
        calls = self.env["mail.activity"]
        for partner in partners:
            calls |= partner.activity_schedule(
                "mail.mail_activity_data_call", self.today, user_id=self.seller.id
            )
        self.assertEqual(calls._find_contacted(), set())
        self.assertEqual(len(calls[:20]._find_contacted()), 20)
