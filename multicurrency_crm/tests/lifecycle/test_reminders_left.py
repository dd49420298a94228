"""Who leaves, who cannot be written to, and who cannot read."""

import random
from datetime import timedelta

from odoo.tests import tagged
from odoo.tools import SQL

from ...engine.suggestions import expect_reorder
from .reminder_common import TODAY, ReminderCommon


@tagged("post_install", "-at_install")
class TestRemindersLeft(ReminderCommon):
    def test_a_contact_without_an_address_is_told_of(self):
        template = self.env["mail.template"].create(
            {
                "name": "About to expire",
                "model_id": self.env["ir.model"]._get_id("sale.order"),
                "subject": "Your quotation",
                "body_html": "<p>It expires.</p>",
                "use_default_to": False,
                "partner_to": "{{ object.partner_id.id }}",
            }
        )
        self.customer.email = "buyer@customer.example"
        contact = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": self.customer.id, "user_id": self.seller.id}
        )
        self._create_rule(steps=[{"how": "mail", "template_id": template.id}])
        order = self._send_quotation()
        order.partner_id = contact
        contact.email = False
        self._remind()
        line = self.env["customer.reminder.line"].search([])
        self.assertTrue(line.is_skipped)
        self.assertFalse(
            self.env["mail.mail"].search([("subject", "=", "Your quotation")])
        )

    def test_what_is_handed_over_can_be_read(self):
        other = self._hire(
            "reminded_reader",
            "sales_team.group_sale_salesman,multicurrency_crm.group_user",
        )
        steps = [
            {},
            {"days": 1, "who": "user", "user_id": other.id, "is_handed_over": True},
        ]
        self._create_rule(steps=steps)
        order = self._send_quotation()
        self._remind()
        activity = self._list_activities(order)
        self._remind(1)
        self.assertEqual(activity.user_id, other)
        self.assertEqual(
            (activity.res_model, activity.res_id), ("res.partner", self.customer.id)
        )

    def test_an_archived_customer_is_closed(self):
        self._create_rule(steps=[{}, {"days": 1, "who": "leader"}])
        order = self._send_quotation()
        self._remind()
        self.customer.active = False
        self._remind(1)
        self.assertEqual(self.Reminder.search([]).state, "gone")
        self.assertFalse(self._list_activities(order))

    def test_who_comes_back_has_done_nothing(self):
        self._create_rule()
        order = self._send_quotation()
        self._remind()
        self.seller.action_archive()
        self.seller.action_unarchive()
        self._remind(1)
        self.assertEqual(self.Reminder.search([]).state, "open")
        self.assertEqual(self._list_activities(order).user_id, self.seller)

    def test_who_is_archived_by_a_write_is_represented(self):
        self._create_rule()
        order = self._send_quotation()
        self._remind()
        self.seller.active = False
        self._remind(1)
        self.assertEqual(self._list_activities(order).user_id, self.leader)
        self.assertEqual(self.Reminder.search([]).state, "open")

    def test_the_next_order_is_what_the_engine_says(self):
        dice = random.Random(23)
        rule = self._create_rule("reorder_expected", on=False)
        Source = self.env["customer.reminder.source"]
        for _round in range(20):
            count = dice.randint(2, 20)
            days = {
                TODAY + timedelta(dice.randint(-300, 30)) for _order in range(count)
            }
            self.env.cr.execute("DELETE FROM customer_milestone")
            self.env["customer.milestone"].sudo()._create_guarded(
                [self._prepare_order(number, day) for number, day in enumerate(days)]
            )
            self.env.flush_all()
            query = Source._get_facts_query(rule)
            rows = self.env.execute_query(SQL("SELECT fact_date FROM (%s) q", query))
            told = expect_reorder(days, TODAY)
            self.assertEqual(rows, [(told.expected,)] if told else [])

    def _prepare_order(self, number, day):
        return {
            "partner_id": self.customer.id,
            "company_id": self.company.id,
            "kind": "order",
            "date": day,
            "res_model": "sale.order",
            "res_id": 900000 + number,
        }
