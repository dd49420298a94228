"""Each event: what it finds, and what settles it."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged
from odoo.tools import SQL

from ...models.lifecycle.customer_follow_up import Spoken
from .reminder_common import ReminderCommon


@tagged("post_install", "-at_install")
class TestReminderSources(ReminderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._clock.stop()
        cls.today = cls.company._get_today()
        cls._go_to(cls.today)

    def setUp(self):
        super().setUp()
        self._go_to(self._to_day(fields.Datetime.now()))

    def _find(self, event, **values):
        """:return: [(model, id, days ago)] of the facts of an event"""
        rule = self._create_rule(event, on=False, **values)
        self.env.flush_all()
        query = self.env["customer.reminder.source"]._get_facts_query(rule)
        rows = self.env.execute_query(
            SQL("SELECT res_model, res_id, fact_date FROM (%s) q ORDER BY 2, 3", query)
        )
        return [(model, res_id, (self.today - day).days) for model, res_id, day in rows]

    def test_every_event_can_be_asked(self):
        labels = self.Rule._fields["event"].get_values(self.env)
        for event in labels:
            with self.subTest(event=event):
                values = {"milestone_kind": "order"} if event == "milestone" else {}
                self.assertIsInstance(self._find(event, **values), list)

    def test_a_quotation_without_an_answer(self):
        order = self._quote(9)
        self.assertFalse(self._find("quotation_unanswered"))
        order.state = "sent"
        expected = [("sale.order", order.id, 9)]
        self.assertEqual(self._find("quotation_unanswered"), expected)
        self.env["customer.follow.up"]._note(
            order, Spoken("phone", "interested", "Asks for a week")
        )
        expected = [("sale.order", order.id, 0)]
        self.assertEqual(self._find("quotation_unanswered"), expected)
        order.action_confirm()
        self.assertFalse(self._find("quotation_unanswered"))

    def test_a_rate_that_moved(self):
        order = self._quote(3, currency_id=self.usd.id)
        order.state = "sent"
        self.assertFalse(self._find("rate_moved"))
        self._set_rate(self.usd, str(self.today), 0.14 * 1.03)
        expected = [("sale.order", order.id, 3)]
        self.assertEqual(self._find("rate_moved", rate_move=0.02), expected)
        self.assertFalse(self._find("rate_moved", rate_move=0.05))
        order.action_lock_rate()
        self.assertFalse(self._find("rate_moved", rate_move=0.02))

    def test_a_lock_that_ends(self):
        order = self._quote(currency_id=self.usd.id)
        order.action_lock_rate()
        lock = order.rate_lock_id
        days = (self.today - lock.date_end).days
        expected = [("fx.rate.lock", lock.id, days)]
        self.assertEqual(self._find("lock_ending"), expected)
        self.assertFalse(self._find("agreement_ending"))
        # the company's own setting has reminded of it
        lock._remind_of_end()
        self.assertFalse(self._find("lock_ending"))

    def test_an_invoice_that_is_due(self):
        """WukongCRM compares a column with itself: nothing is ever overdue."""
        invoice = self._invoice(self._order(20), 20)
        days = (self.today - invoice.invoice_date_due).days
        expected = [("account.move", invoice.id, days)]
        self.assertEqual(self._find("payment_due"), expected)
        self._pay(invoice, amount=500.0)
        self.assertEqual(self._find("payment_due"), expected)
        invoice._write_guarded({"credit_disputed_since": self.today})
        self.assertFalse(self._find("payment_due"))
        invoice._write_guarded({"credit_disputed_since": False})
        self._pay(invoice)
        self.assertFalse(self._find("payment_due"))

    def test_a_reversed_invoice_is_due_no_longer(self):
        invoice = self._invoice(self._order(20), 20)
        self._take_back(invoice)
        self.assertFalse(self._find("payment_due"))

    def test_a_customer_nobody_spoke_with(self):
        self._follow()
        self.assertFalse(self._find("no_contact"))
        self.env["customer.follow.up"]._note(
            self.customer,
            Spoken(
                "phone",
                "interested",
                moment=fields.Datetime.now() - timedelta(days=70),
                next_date=self.today + timedelta(days=2),
            ),
        )
        me = self.customer.id
        self.assertEqual(self._find("no_contact"), [("res.partner", me, 70)])
        self.assertEqual(self._find("next_contact"), [("res.partner", me, -2)])
        rule = self._create_rule("no_contact", days=60)
        self._remind()
        if self.company._get_working_calendar().is_working(self.today):
            [activity] = self._list_activities(self.customer).filtered(
                lambda one: one.summary == rule.name
            )
            self.assertEqual(activity.user_id, self.seller)

    def test_the_next_order(self):
        for days in (100, 70, 30):
            self._order(days)
        self._follow()
        # the days between are 30 and 40: the middle is 35
        expected = [("res.partner", self.customer.id, 30 - 35)]
        self.assertEqual(self._find("reorder_expected"), expected)

    def test_two_orders_are_no_habit(self):
        for days in (100, 70):
            self._order(days)
        self._follow()
        self.assertFalse(self._find("reorder_expected"))

    def test_a_milestone(self):
        order = self._order(4)
        self._follow()
        milestone = self.Milestone.search([("kind", "=", "order")])
        expected = [("customer.milestone", milestone.id, 4)]
        self.assertEqual(self._find("milestone", milestone_kind="order"), expected)
        order._action_cancel()
        self._follow()
        self.assertFalse(self._find("milestone", milestone_kind="order"))

    def test_a_credit_limit(self):
        limit = self.env["credit.limit"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "kind": "temporary",
                "amount": 1000.0,
                "currency_id": self.cny.id,
                "date_start": self.today,
                "date_end": self.today + timedelta(days=40),
                "review_date": self.today + timedelta(days=10),
            }
        )
        self.assertFalse(self._find("limit_review"))
        self.env.cr.execute(
            SQL("UPDATE credit_limit SET state = 'approved' WHERE id = %s", limit.id)
        )
        limit.invalidate_recordset()
        self.assertEqual(self._find("limit_review"), [("credit.limit", limit.id, -10)])
        self.assertEqual(self._find("limit_ending"), [("credit.limit", limit.id, -40)])

    # === CUSTOMERS MOVE === #

    def test_who_is_merged_is_reminded_of_once(self):
        twin = self.env["res.partner"].create(
            {"name": "Customer Ltd", "is_company": True, "user_id": self.seller.id}
        )
        for partner in (self.customer, twin):
            self.env["customer.follow.up"]._note(
                partner,
                Spoken(
                    "phone",
                    "interested",
                    moment=fields.Datetime.now() - timedelta(days=70),
                ),
            )
        rule = self._create_rule("no_contact", days=60)
        self._begin(rule)
        self.assertEqual(len(rule.search([]).ids), 1)
        self.assertEqual(self.Reminder.search_count([]), 2)
        wizard = self.env["base.partner.merge.automatic.wizard"].create(
            {
                "dst_partner_id": self.customer.id,
                "partner_ids": [(6, 0, (self.customer | twin).ids)],
            }
        )
        wizard.action_merge()
        self.env.invalidate_all()
        reminders = self.Reminder.search([])
        self.assertEqual(reminders.partner_id, self.customer)
        self._begin(rule)
        still_open = self.Reminder.search([("state", "=", "open")])
        self.assertEqual(still_open.res_id, self.customer.id)
        self.assertEqual(self.Reminder.search_count([]), 2)

    def _begin(self, rule):
        self.env.flush_all()
        self.Reminder._begin(rule.sudo(), self.company._get_working_calendar())
        self.env.invalidate_all()
