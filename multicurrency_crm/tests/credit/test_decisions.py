"""One asks, another decides: what broke it elsewhere, on limits, grades, documents."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .credit_common import DAY, TODAY, CreditCommon


@tagged("post_install", "-at_install")
class TestCreditDecisions(CreditCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.buyer = cls._customer()
        cls.assistant = cls._create_salesperson(
            "credit_assistant", "sales_team.group_sale_salesman_all_leads"
        )

    def _draft(self, user=None, **values):
        limit = self.env["credit.limit"].with_user(user or self.clerk)
        return limit.create(
            {
                "partner_id": self.buyer.id,
                "company_id": self.company.id,
                "amount": 1000.0,
                "currency_id": self.cny.id,
                "date_start": TODAY,
                **values,
            }
        )

    def _counting(self, day):
        lines = self.env["credit.limit"]._find_lines(self.buyer, self.company, day)
        line = lines.get(self.buyer.id)
        return line and line.amount

    # === 15, 2.1: DEFAULTS === #

    def test_15_2_1_a_personal_default_approves_no_review(self):
        self._limit(self.buyer, 100.0)
        order = self._order_of(self.buyer, 60_000.0, user_id=self.seller.id)
        mine = self.env["ir.default"].with_user(self.seller)
        mine.set("credit.review", "state", "approved", user_id=True)
        mine.set("credit.review", "approved_amount", 60_000.0, user_id=True)
        own = order.with_user(self.seller)
        own.action_request_credit_review()
        self.assertEqual(order.sudo().credit_review_ids.state, "requested")
        with self.assertRaises(UserError), self.cr.savepoint():
            own.action_confirm()
        self.assertEqual(order.state, "draft")

    def test_15_2_1_a_context_approves_no_limit(self):
        keys = {"default_state": "approved", "default_requested_by": 2}
        limit = self._draft()
        limit = limit.with_context(**keys).copy(
            {"kind": "temporary", "date_end": TODAY}
        )
        self.assertEqual(limit.state, "draft")
        self.assertEqual(limit.requested_by, self.clerk)

    def test_15_2_1_a_copy_is_asked_for_by_who_copies(self):
        limit = self._draft(self.decider)
        key = {
            "default_requested_by": self.second.id,
            "default_requested_on": "2026-01-01",
        }
        copy = limit.with_context(**key).copy()
        self.assertEqual(copy.requested_by, self.decider)
        with self.assertRaisesRegex(AccessError, "another credit manager"):
            copy.action_approve()

    def test_15_2_1_values_of_a_decision_are_refused(self):
        for values in ({"state": "approved"}, {"requested_by": self.second.id}):
            with self.assertRaises(AccessError), self.cr.savepoint():
                self._draft(**values)
            with self.assertRaises(AccessError), self.cr.savepoint():
                self._draft().sudo().write(values)

    def test_to_write_what_is_there_changes_nothing(self):
        limit = self._draft()
        limit.write({"state": "draft", "amount": 1000.0, "requested_by": self.clerk.id})
        self.assertTrue(limit.requested_on)

    # === 15, 1: SUDO === #

    def test_15_1_sudo_makes_nobody_a_decider(self):
        limit = self._draft()
        grade = (
            self.env["credit.manual.grade"]
            .with_user(self.clerk)
            .create(
                {
                    "partner_id": self.buyer.id,
                    "company_id": self.company.id,
                    "grade": "b",
                    "reason": "Known",
                    "date_end": TODAY,
                }
            )
        )
        for record in (limit, grade):
            for user in (self.clerk, self.seller):
                with self.assertRaises(AccessError):
                    record.with_user(user).sudo().action_approve()
            record.with_user(self.decider).sudo().action_approve()
            self.assertEqual(record.state, "approved")

    def test_refused_with_a_reason(self):
        limit = self._draft()
        action = limit.with_user(self.decider).action_refuse()
        Dialog = self.env[action["res_model"]].with_user(self.decider)
        dialog = Dialog.with_context(**action["context"]).create({"reason": "Too much"})
        self.assertIn(self.buyer.name, dialog.subject)
        dialog.action_apply()
        self.assertEqual((limit.state, limit.decision_reason), ("refused", "Too much"))
        self.assertEqual(limit.decided_by, self.decider)
        self.assertIsNone(self._counting(TODAY))
        with self.assertRaisesRegex(UserError, "decided already"):
            limit.with_user(self.second).action_approve()

    def test_the_dialog_refuses_decisions_only(self):
        dialog = (
            self.env["decision.refuse"]
            .with_user(self.decider)
            .create(
                {"res_model": "res.partner", "res_ids": self.buyer.ids, "reason": "x"}
            )
        )
        with self.assertRaisesRegex(UserError, "nothing here"):
            dialog.action_apply()

    def test_withdrawn_by_who_asked(self):
        limit = self._draft()
        self.assertTrue(limit.activity_ids)
        with self.assertRaises(AccessError):
            limit.with_user(self.decider).action_withdraw()
        limit.action_withdraw()
        self.assertFalse(limit.activity_ids)
        with self.assertRaisesRegex(UserError, "requested anew"):
            limit.with_user(self.decider).action_approve()
        limit.action_request()
        limit.with_user(self.decider).action_approve()
        self.assertEqual(self._counting(TODAY), 1000.0)

    # === 15, 2.8: WHO IS ASKED === #

    def test_15_2_8_who_is_asked_may_decide(self):
        """An assistant asks for an order whose salesperson is a credit manager."""
        self._limit(self.buyer, 100.0)
        order = self._order_of(self.buyer, 500.0, user_id=self.decider.id)
        order.with_user(self.assistant).action_request_credit_review()
        asked = order.sudo().credit_review_ids.activity_ids.user_id
        self.assertIn(self.second, asked)
        self.assertNotIn(self.decider, asked)
        order.sudo().credit_review_ids.with_user(self.second).action_approve()

    def test_15_2_8_nobody_may_decide(self):
        """The one who asks is told so at once, and what to do."""
        self._limit(self.buyer, 100.0)
        self._leave_only(self.decider)
        order = self._order_of(self.buyer, 500.0, user_id=self.decider.id)
        answer = order.with_user(self.assistant).action_request_credit_review()
        self.assertEqual(answer["tag"], "display_notification")
        self.assertIn("ask an administrator", answer["params"]["message"])
        review = order.sudo().credit_review_ids
        self.assertEqual(review.state, "requested")
        self.assertFalse(review.activity_ids)
        self.assertIn("Nobody", order.activity_ids.summary)

    def test_15_2_8_a_cap_that_is_too_low_decides_nothing(self):
        self._leave_only(self.decider)
        self.decider.with_company(self.company).sudo().credit_cap = 10.0
        limit = self._draft()
        self.assertEqual(limit.activity_ids.user_id, self.clerk)
        self.assertIn("Nobody", limit.activity_ids.summary)

    def test_15_2_8_archived_and_absent_are_left_out(self):
        self.second.sudo().active = False
        limit = self._draft()
        self.assertIn(self.decider, limit.activity_ids.user_id)
        self.assertNotIn(self.second, limit.activity_ids.user_id)
        third = self._create_salesperson(
            "credit_third", "multicurrency_crm.group_credit_manager"
        )
        self.decider.sudo().write(
            {"out_of_office_from": "2020-01-01 00:00:00"}  # and nobody knows until when
        )
        limit.action_withdraw()
        limit.action_request()
        self.assertIn(third, limit.activity_ids.user_id)
        self.assertNotIn(self.decider, limit.activity_ids.user_id)

    def test_15_2_8_a_bypass_ends_the_request(self):
        self._limit(self.buyer, 100.0)
        order = self._order_of(self.buyer, 500.0, user_id=self.seller.id)
        order.with_user(self.seller).action_request_credit_review()
        asked = order.sudo().credit_review_ids
        passer = self._create_salesperson(
            "credit_passer",
            "sales_team.group_sale_salesman_all_leads,"
            "multicurrency_crm.group_credit_bypass",
        )
        order.with_user(passer).action_confirm()
        self.assertEqual(asked.state, "expired")
        self.assertFalse(asked.activity_ids)

    def _leave_only(self, user):
        group = self.env.ref("multicurrency_crm.group_credit_manager")
        for other in group.all_user_ids - user:
            if other.company_id == self.company:
                other.sudo().active = False
            else:
                other.sudo().company_ids -= self.company

    # === 15, 2.10: DATES, AND WHAT WAS ASKED === #

    def test_15_2_10_exactly_what_was_asked_is_approved(self):
        limit = self._draft()
        limit.amount = 9_000_000.0
        with self.assertRaisesRegex(UserError, "requested anew"):
            limit.with_user(self.decider).action_approve()
        self.assertFalse(limit.activity_ids)
        limit.action_request()
        self.assertIn(self.decider, limit.activity_ids.user_id)
        limit.with_user(self.decider).action_approve()
        self.assertEqual(self._counting(TODAY), 9_000_000.0)

    def _revise(self, limit, amount, start):
        draft = self.env["credit.limit"].browse(
            limit.with_user(self.clerk).action_revise()["res_id"]
        )
        draft.with_user(self.clerk).write({"amount": amount, "date_start": start})
        draft.with_user(self.clerk).action_request()
        draft.with_user(self.decider).action_approve()
        return draft

    def test_15_2_10_a_revision_to_come_leaves_today_alone(self):
        limit = self._limit(self.buyer, 1000.0)
        later = self._revise(limit, 300.0, TODAY + 10 * DAY)
        self.assertEqual(limit.state, "approved")
        self.assertEqual(self._counting(TODAY), 1000.0)
        self.assertEqual(self._counting(TODAY + 9 * DAY), 1000.0)
        self.assertEqual(self._counting(TODAY + 10 * DAY), 300.0)
        self.assertEqual(later.state, "approved")

    def test_15_2_10_ending_the_revision_brings_the_limit_back(self):
        limit = self._limit(self.buyer, 1000.0)
        later = self._revise(limit, 300.0, TODAY + 10 * DAY)
        later.with_user(self.decider).action_end()
        for day in (0, 10, 400):
            self.assertEqual(self._counting(TODAY + day * DAY), 1000.0)
        self.assertEqual((limit.state, later.state), ("approved", "superseded"))

    def test_15_2_10_what_counts_can_be_ended_and_revised_meanwhile(self):
        limit = self._limit(self.buyer, 1000.0)
        later = self._revise(limit, 300.0, TODAY + 10 * DAY)
        now = self._revise(limit, 2000.0, TODAY)
        self.assertEqual(self._counting(TODAY), 2000.0)
        self.assertEqual(self._counting(TODAY + 10 * DAY), 300.0)
        self.assertEqual(limit.state, "superseded")
        later.with_user(self.decider).action_end()
        self.assertEqual(self._counting(TODAY + 10 * DAY), 2000.0)
        now.with_user(self.decider).action_end()
        self.assertIsNone(self._counting(TODAY))

    def test_15_2_10_ended_meanwhile_the_revision_still_comes(self):
        limit = self._limit(self.buyer, 1000.0)
        self._revise(limit, 300.0, TODAY + 10 * DAY)
        limit.with_user(self.decider).action_end()
        self.assertIsNone(self._counting(TODAY))
        self.assertEqual(self._counting(TODAY + 10 * DAY), 300.0)

    def test_15_2_10_the_night_says_what_the_dates_say(self):
        limit = self._limit(self.buyer, 1000.0)
        self._revise(limit, 300.0, TODAY + timedelta(days=1))
        with freeze_time(TODAY + timedelta(days=1)):
            self.env["credit.assessment"]._cron_assess()
        self.assertEqual(limit.state, "superseded")

    # === ACROSS COMPANIES === #

    def test_a_manager_of_another_company_decides_nothing(self):
        stranger = new_test_user(
            self.env,
            "credit_stranger",
            groups="multicurrency_crm.group_credit_manager,base.group_user",
            company_id=self.other_company.id,
            company_ids=[Command.set(self.other_company.ids)],
        )
        limit = self._draft()
        self.assertNotIn(stranger, limit.activity_ids.user_id)
        with self.assertRaises(AccessError):
            limit.with_user(stranger).sudo().action_approve()
