"""The job: whom it reminds of what, once."""

from datetime import date, timedelta

from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .reminder_common import TODAY, ReminderCommon


@tagged("post_install", "-at_install")
class TestReminders(ReminderCommon):
    # === ONCE === #

    def test_a_fact_reminds_once(self):
        """odoo/odoo #27665: a new activity at each run."""
        rule, order = self._create_rule(), self._send_quotation()
        self._remind()
        activity = self._list_activities(order)
        self.assertEqual(activity.user_id, self.seller)
        self.assertEqual(activity.date_deadline, TODAY)
        self.assertEqual(activity.summary, rule.name)
        self.assertIn("USD 2,000.00", self._quote_note(activity))
        for _again in range(3):
            self._remind()
        self.assertEqual(self._list_activities(order), activity)
        reminder = self.Reminder.search([("rule_id", "=", rule.id)])
        self.assertEqual(len(reminder), 1)
        self.assertEqual(reminder.state, "open")
        self.assertEqual(reminder.partner_id, self.customer)
        self.assertEqual(reminder.user_id, self.seller)
        self.assertEqual(reminder.deadline, TODAY)
        overdue = [("rule_id", "=", rule.id), ("deadline", "<", "2026-11-18")]
        self.assertFalse(self.Reminder.search(overdue))
        overdue = [("rule_id", "=", rule.id), ("deadline", "<=", "2026-11-18")]
        self.assertEqual(self.Reminder.search(overdue), reminder)

    def _quote_note(self, activity):
        return str(activity.note)

    @classmethod
    def _send_quotation(cls, ends=0, partner=None, **values):
        values.setdefault("currency_id", cls.usd.id)
        return super()._send_quotation(ends, partner, **values)

    def test_done_stays_done(self):
        """odoo/odoo #268206: a scheduled job makes an activity anew that is done."""
        self._create_rule(steps=[{}, {"days": 1, "who": "leader"}])
        order = self._send_quotation()
        self._remind()
        self._list_activities(order).action_done()
        self._remind()
        self._remind(1)
        self.assertFalse(self._list_activities(order))
        self.assertEqual(self.Reminder.search([]).state, "done")

    def test_a_deleted_activity_stays_away(self):
        self._create_rule(steps=[{}, {"days": 1, "who": "leader"}])
        order = self._send_quotation()
        self._remind()
        self._list_activities(order).unlink()
        self._remind(1)
        self._remind(1)
        self.assertFalse(self._list_activities(order, archived=True))
        self.assertEqual(self.Reminder.search([]).state, "done")

    def test_another_day_is_another_fact(self):
        self._create_rule()
        order = self._send_quotation()
        self._remind()
        self._list_activities(order).action_done()
        self._remind()
        order.validity_date = TODAY + timedelta(days=1)
        self._remind(1)
        self.assertEqual(len(self._list_activities(order)), 1)

    # === SETTLED === #

    def test_what_is_settled_is_closed_quietly(self):
        self._create_rule(steps=[{}, {"days": 3, "who": "leader"}])
        confirmed, cancelled, kept = [self._send_quotation() for _ in range(3)]
        self._remind()
        confirmed.action_confirm()
        cancelled._action_cancel()
        messages = kept.message_ids + confirmed.message_ids + cancelled.message_ids
        self._remind(1)
        self.assertFalse(self._list_activities(confirmed, archived=True))
        self.assertFalse(self._list_activities(cancelled, archived=True))
        self.assertEqual(len(self._list_activities(kept)), 1)
        states = {one.res_id: one.state for one in self.Reminder.search([])}
        expected = {confirmed.id: "gone", cancelled.id: "gone", kept.id: "open"}
        self.assertEqual(states, expected)
        now = kept.message_ids + confirmed.message_ids + cancelled.message_ids
        self.assertEqual(now, messages)

    def test_what_is_settled_is_closed_though_the_rule_is_off(self):
        rule, order = self._create_rule(), self._send_quotation()
        self._remind()
        rule.action_switch_off()
        order._action_cancel()
        later = self._send_quotation(1)
        self._remind(1)
        self.assertFalse(self._list_activities(order))
        self.assertFalse(self._list_activities(later))
        self.assertEqual(self.Reminder.search([]).state, "gone")

    # === DAYS === #

    def test_the_look_back_bounds_what_is_old(self):
        self._create_rule(look_back=5)
        old, recent = self._send_quotation(-6), self._send_quotation(-5)
        coming = self._send_quotation(1)
        self._remind()
        self.assertFalse(self._list_activities(old))
        self.assertTrue(self._list_activities(recent))
        self.assertFalse(self._list_activities(coming))

    def test_nobody_is_reminded_before_what_is_over(self):
        self._create_rule(days=3, direction="before")
        over, today = self._send_quotation(-1), self._send_quotation(0)
        soon, later = self._send_quotation(3), self._send_quotation(4)
        self._remind()
        found = [bool(self._list_activities(o)) for o in (over, today, soon, later)]
        self.assertEqual(found, [False, True, True, False])

    def test_a_holiday_moves_the_reminder_to_the_next_working_day(self):
        """odoo/odoo #3452: deadlines in working days."""
        self._create_rule()
        friday = date(2026, 11, 20)
        self._take_leave(date(2026, 11, 19), friday)
        order = self._send_quotation(1)
        for day in (19, 20, 21, 22):
            self._go_to(date(2026, 11, day))
            self._remind()
            self.assertFalse(self._list_activities(order), day)
        self._remind(1)
        self.assertEqual(self.today, date(2026, 11, 23))
        self.assertEqual(len(self._list_activities(order)), 1)
        self._remind(1)
        self.assertEqual(len(self._list_activities(order)), 1)

    def test_half_a_day_off_is_worked(self):
        leave = self._take_leave(TODAY, TODAY)
        calendar = self.company._get_working_calendar()
        self.assertFalse(calendar.is_working(TODAY))
        leave.date_to = leave.date_from.replace(hour=12)
        calendar = self.company._get_working_calendar()
        self.assertTrue(calendar.is_working(TODAY))
        self.assertFalse(calendar.is_working(date(2026, 11, 21)))

    def test_leave_of_one_colleague_is_no_holiday(self):
        self._take_leave(TODAY, TODAY, self.seller)
        self.assertTrue(self.company._get_working_calendar().is_working(TODAY))

    def test_working_days_count_to_the_deadline(self):
        self._take_leave(date(2026, 11, 19), date(2026, 11, 19))
        self._create_rule(steps=[{"deadline_days": 2}])
        order = self._send_quotation()
        self._remind()
        deadline = self._list_activities(order).date_deadline
        self.assertEqual(deadline, date(2026, 11, 23))

    # === ESCALATION === #

    def test_day_3_self_day_5_leader_day_7_hand_over(self):
        """CordysCRM #1932."""
        self._create_rule(
            steps=[
                {"days": 3},
                {"days": 5, "who": "leader"},
                {"days": 7, "who": "leader", "is_handed_over": True},
            ]
        )
        order = self._send_quotation()
        self._remind()  # Wednesday
        held = {}
        for number in range(1, 13):
            self._remind(1)
            users = self._list_activities(order).mapped("user_id.login")
            held[number] = sorted(users)
        seller, leader = self.seller.login, self.leader.login
        # Monday, Wednesday, Friday: weekends don't count
        self.assertEqual(held[4], [])
        self.assertEqual(held[5], [seller])
        self.assertEqual(held[6], [seller])
        self.assertEqual(held[7], [leader, seller])
        self.assertEqual(held[8], [leader, seller])
        self.assertEqual(held[9], [leader])
        self.assertEqual(held[12], [leader])
        activities = self._list_activities(order)
        self.assertEqual(len(activities), 2)
        reminder = self.Reminder.search([])
        self.assertEqual(reminder.step, 3)
        self.assertFalse(reminder.next_on)
        self.assertEqual(len(reminder.line_ids), 3)

    def test_done_by_one_is_done_by_all(self):
        self._create_rule(steps=[{}, {"who": "leader"}])
        order = self._send_quotation()
        self._remind()
        mine = self._list_activities(order).filtered(
            lambda one: one.user_id == self.seller
        )
        self.assertEqual(len(self._list_activities(order)), 2)
        mine.with_user(self.seller).action_done()
        self._remind()
        self.assertFalse(self._list_activities(order))

    # === WHO === #

    def test_the_customers_salesperson_where_the_document_has_none(self):
        self._create_rule()
        order = self._send_quotation()
        order.user_id = False
        self._remind()
        self.assertEqual(self._list_activities(order).user_id, self.seller)

    def test_who_is_absent_is_represented_by_the_leader(self):
        self._take_leave(TODAY, TODAY, self.seller)
        self._create_rule()
        order = self._send_quotation()
        self._remind()
        self.assertEqual(self._list_activities(order).user_id, self.leader)

    def test_who_left_is_represented_by_the_leader(self):
        self._create_rule()
        order = self._send_quotation()
        self.seller.active = False
        self._remind()
        self.assertEqual(self._list_activities(order).user_id, self.leader)

    def test_who_leaves_leaves_the_reminder_to_the_leader(self):
        self._create_rule()
        order = self._send_quotation()
        self._remind()
        self.seller.action_archive()
        self.assertFalse(self._list_activities(order), "Odoo deletes them")
        self._remind(1)
        activity = self._list_activities(order)
        self.assertEqual(activity.user_id, self.leader)
        reminder = self.Reminder.search([])
        self.assertEqual((reminder.state, reminder.user_id), ("open", self.leader))
        self._remind(1)
        self.assertEqual(self._list_activities(order), activity)
        self.assertEqual(len(self._find_mails(self.leader)), 1)

    def test_a_reminder_is_no_appointment(self):
        call = self.env.ref("mail.mail_activity_data_call")
        self._create_rule(steps=[{"activity_type_id": call.id}])
        self._send_quotation()
        self._remind()
        self._follow()
        self.assertFalse(self._get_life().next_contact_date)

    def test_a_rule_whose_steps_were_deleted_reminds_nobody(self):
        rule = self._create_rule()
        rule.step_ids.unlink()
        self._send_quotation()
        self._remind()
        self.assertFalse(self.Reminder.search([]))

    def test_who_works_elsewhere_is_represented(self):
        self._create_rule()
        order = self._send_quotation()
        everybody = self.seller + self.leader
        everybody.write(
            {
                "company_ids": [Command.set(self.other_company.ids)],
                "company_id": self.other_company.id,
            }
        )
        self._remind()
        self.assertEqual(self._list_activities(order).user_id, self.manager)

    def test_finance_before_who_is_more(self):
        clerk = self._hire(
            "reminded_clerk",
            "account.group_account_invoice,multicurrency_crm.group_finance",
        )
        self._create_rule(steps=[{"who": "finance"}])
        order = self._send_quotation()
        self._remind()
        # the clerk doesn't read orders: the customer has the activity
        self.assertFalse(self._list_activities(order))
        self.assertEqual(self._list_activities(self.customer).user_id, clerk)

    def test_one_colleague(self):
        self._create_rule(steps=[{"who": "user", "user_id": self.leader.id}])
        order = self._send_quotation()
        self._remind()
        self.assertEqual(self._list_activities(order).user_id, self.leader)

    # === MAILS === #

    def test_one_mail_a_colleague_and_day(self):
        self._create_rule()
        self._create_rule("milestone", milestone_kind="quotation", name="Quoted")
        for _number in range(3):
            self._send_quotation()
        self._remind()
        [mail] = self._find_mails(self.seller)
        self.assertEqual(mail.body_html.count("<li"), 3)
        self.assertIn("/mail/view?model=sale.order", mail.body_html)
        self._remind()
        self.assertEqual(self._find_mails(self.seller), mail)

    def test_in_the_language_of_who_is_reminded(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.seller.lang = "zh_CN"
        rule = self._create_rule()
        rule.with_context(lang="zh_CN").name = "报价即将到期"
        order = self._send_quotation()
        self._remind()
        self.assertEqual(self._list_activities(order).summary, "报价即将到期")
        self.assertIn("报价即将到期", self._find_mails(self.seller).body_html)

    def test_a_mail_alone_makes_no_activity(self):
        self._create_rule(steps=[{"how": "digest"}])
        order = self._send_quotation()
        self._remind()
        self.assertFalse(self._list_activities(order))
        self.assertEqual(len(self._find_mails(self.seller)), 1)
        self.assertEqual(self.Reminder.search([]).state, "done")

    def test_a_name_is_text_in_a_mail(self):
        self.customer.name = "<img src=x> & Sons"
        self._create_rule()
        order = self._send_quotation()
        self._remind()
        for html in (
            self._find_mails(self.seller).body_html,
            self._list_activities(order).note,
        ):
            self.assertNotIn("<img", html)

    def _create_template(self, model="sale.order"):
        return self.env["mail.template"].create(
            {
                "name": "Kind word",
                "model_id": self.env["ir.model"]._get_id(model),
                "subject": "Your quotation",
                "body_html": "<p>It expires soon.</p>",
                "partner_to": "{{ object.partner_id.id }}",
            }
        )

    def test_mails_to_customers_are_capped_and_never_sent_twice(self):
        template = self._create_template()
        step = {"how": "mail", "template_id": template.id}
        self._create_rule(steps=[step], mail_cap=2)
        self.customer.email = "buyer@customer.example"
        for _number in range(5):
            self._send_quotation()
        mails = [("subject", "=", "Your quotation")]
        Mail = self.env["mail.mail"]
        sent = []
        for _day in range(3):
            self._remind()
            self._remind()
            sent.append(Mail.search_count(mails))
            self._remind(1 if self.today.weekday() < 4 else 3)
        self.assertEqual(sent, [2, 4, 5])
        self._remind(1)
        self.assertEqual(Mail.search_count(mails), 5)
        self.assertEqual(set(self.Reminder.search([]).mapped("state")), {"done"})

    def test_a_customer_without_an_address_is_told_of(self):
        template = self._create_template()
        self._create_rule(steps=[{"how": "mail", "template_id": template.id}])
        self._send_quotation()
        self._remind()
        line = self.env["customer.reminder.line"].search([])
        self.assertTrue(line.is_skipped)
        self.assertIn("no e-mail address", self._find_mails(self.seller).body_html)
        self._remind()
        self.assertEqual(len(self._find_mails(self.seller)), 1)

    # === COMPANIES === #

    def test_a_company_reminds_of_its_own(self):
        self._load_chart(self.other_company)
        rule = self._create_rule(on=False)
        other = rule.copy({"company_id": self.other_company.id})
        other.action_switch_on()
        order = self._send_quotation()
        self._remind()
        self.assertFalse(self._list_activities(order))

    def test_a_branchs_documents_count_for_its_main_company(self):
        branch = self._found_branch("Harbour Ningbo")
        self.seller.company_ids |= branch
        self._create_rule()
        order = self._send_quotation(company_id=branch.id)
        self._remind()
        self.assertEqual(self._list_activities(order).user_id, self.seller)
        reminder = self.Reminder.search([])
        self.assertEqual(reminder.company_id, self.company)
        self.assertEqual(reminder.branch_id, branch)

    # === FAILURES === #

    @mute_logger("odoo.addons.multicurrency_crm.models.common.scheduled_job")
    def test_a_rule_that_fails_keeps_no_other_from_reminding(self):
        broken = self._create_rule("no_contact")
        self.env.cr.execute(
            "UPDATE customer_reminder_rule SET partner_domain = %s WHERE id = %s",
            ["[('gone', '=', 1)]", broken.id],
        )
        broken.invalidate_recordset()
        self._create_rule()
        order = self._send_quotation()
        self._remind()
        self.assertEqual(len(self._list_activities(order)), 1)

    # === COST === #

    def _count_queries(self, count):
        for _number in range(count):
            self._send_quotation()
        self._go_to(TODAY)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.Reminder._cron_remind()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_many_cost_as_many_queries_as_few(self):
        self._create_rule(steps=[{}, {"who": "leader"}, {"how": "digest"}])
        self._count_queries(3)
        few = self._count_queries(3)
        many = self._count_queries(40)
        self.assertLessEqual(many, few + 10)

    def test_nothing_configured_costs_one_query(self):
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.Reminder._cron_remind()
