"""Rates that are locked by themselves on sending."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import END, LATER, TODAY
from .sending_common import SendingCommon

QUOTATION_REPORT = "sale.action_report_saleorder"


@tagged("post_install", "-at_install")
class TestSending(SendingCommon):
    def test_as_installed_nothing_is_locked(self):
        order = self._own(self.user)
        self._send(order)
        self.assertEqual(order.state, "sent")
        order.action_confirm()
        self.assertFalse(order.rate_lock_id)

    def test_sent_means_locked(self):
        self.company.lock_timing = "send"
        order = self._own(self.user)
        action = order.action_quotation_send()
        self.assertLockedToday(order)  # before the dialog renders anything
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.order_line.price_unit, 100.0)
        lock = order.rate_lock_id
        self.assertEqual((lock.state, lock.date_end), ("active", END))
        self.assertEqual(lock.user_id, self.user)
        self.assertEqual(action["context"]["default_res_ids"], order.ids)
        self._send(order)
        self.assertEqual((order.state, order.rate_lock_id), ("sent", lock))

    def test_the_document_says_what_was_locked(self):
        self.company.lock_timing = "send"
        self.customer.print_rate_lock = True
        order = self._own(self.user)
        order.action_quotation_send()
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            QUOTATION_REPORT, order.ids
        )
        self.assertIn("1 USD = 7.1234 CNY", html.decode())

    def test_marked_as_sent(self):
        self.company.lock_timing = "send"
        order = self._own(self.user)
        order.action_quotation_sent()
        self.assertLockedToday(order)

    def test_another_template_with_the_quotation(self):
        """The action "Send an email" of the list, and of one order: whichever template
        carries the quotation has it locked first."""
        self.company.lock_timing = "send"
        orders = self._own(self.user) | self._own(self.user)
        action = orders.with_context(hide_default_template=True).action_quotation_send()
        self.assertFalse(any(orders.mapped("rate_locked")))
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.user)
            .with_context(**action["context"])
            .create({"template_id": self.quotation_mail.id})
        )
        self.assertEqual(composer.composition_mode, "mass_mail")
        self.assertFalse(any(orders.mapped("rate_locked")))
        composer._action_send_mail()
        for order in orders:
            self.assertLockedToday(order)

    def test_a_mail_without_the_quotation_locks_nothing(self):
        self.company.lock_timing = "send"
        order = self._own(self.user)
        template = self.env["mail.template"].create(
            {
                "name": "Greetings",
                "model_id": self.env["ir.model"]._get_id("sale.order"),
                "body_html": "<p>Hello</p>",
            }
        )
        template.send_mail(order.id)
        self.env["mail.template.preview"].create(
            {
                "mail_template_id": self.quotation_mail.id,
                "resource_ref": f"sale.order,{order.id}",
            }
        )
        order.action_preview_sale_order()
        self.assertFalse(order.rate_lock_id)

    def test_company_currency_and_confirmed_orders_are_left_alone(self):
        self.company.lock_timing = "send"
        home = self._own(self.user, currency=self.cny)
        self._send(home)
        self.assertFalse(home.rate_lock_id)
        self.company.lock_timing = "manual"
        order = self._own(self.user)
        order.action_confirm()
        self.company.lock_timing = "send"
        self._send(order)
        self.assertFalse(order.rate_lock_id)

    def test_plain_sales_rights_send_as_before(self):
        self.company.lock_timing = "send"
        order = self._own(self.plain_seller)
        self._send(order)
        self.assertEqual(order.state, "sent")
        self.assertLockedToday(order)

    def test_a_customer_who_calls_the_button_locks_nothing(self):
        self.company.lock_timing = "send"
        portal = self._create_portal_user()
        order = self._create_quotation(price=100.0, partner_id=portal.partner_id.id)
        order.message_subscribe(portal.partner_id.ids)
        seen = order.with_user(portal)
        seen.check_access("read")
        seen.action_quotation_send()
        self.assertFalse(order.rate_lock_id)

    def _create_portal_user(self):
        return self.env["res.users"].create(
            {
                "name": "Portal Customer",
                "login": "portal_customer",
                "email": "portal@example.com",
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
                "company_id": self.company.id,
                "company_ids": [Command.set(self.company.ids)],
            }
        )

    def test_without_a_fresh_rate_it_is_not_sent(self):
        self.company.lock_timing = "send"
        order, other = self._own(self.user), self._own(self.user)
        self.company.rate_max_age = 5
        with freeze_time(f"{TODAY + timedelta(10)} 04:00:00"):
            for send in (order.action_quotation_send, order.action_quotation_sent):
                with self.assertRaisesRegex(
                    UserError, "(?s)can't be locked.*settings of"
                ):
                    send()
            both = order | other
            with self.assertRaises(UserError) as caught:
                self.quotation_mail.with_user(self.user).send_mail_batch(both.ids)
        for refused in (order, other):
            self.assertIn(refused.name, str(caught.exception))
            self.assertEqual(refused.state, "draft")
            self.assertFalse(refused.rate_lock_id)

    def test_a_job_tells_instead(self):
        self.company.lock_timing = "send"
        order, fine = self._own(self.user), self._own(self.user, currency=self.eur)
        self._forget_rates()
        jobs = (order | fine).with_context(cron_id=1)
        jobs.action_quotation_sent()
        self.assertEqual(order.state, "sent")
        self.assertFalse(order.rate_lock_id)
        self.assertTrue(fine.rate_locked)
        activity = order.activity_ids.filtered(
            lambda activity: activity.summary == "Rate not locked"
        )
        self.assertEqual(activity.user_id, self.user)
        self.assertIn("USD", activity.note)


@tagged("post_install", "-at_install")
class TestSendingAgain(SendingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.lock_timing = "send"

    def test_a_running_lock_stays(self):
        order = self._own(self.user)
        self._send(order)
        lock = order.rate_lock_id
        with freeze_time(f"{END} 04:00:00"):
            self._send(order)
        self.assertEqual(order.rate_lock_id, lock)

    def test_an_ended_lock_is_made_anew(self):
        order = self._own(self.user)
        self._send(order)
        old = order.rate_lock_id
        with freeze_time(f"{LATER} 04:00:00"):
            order.validity_date = LATER + timedelta(14)
            self._send(order)
            new = order.rate_lock_id
            self.assertNotEqual(new, old)
            self.assertEqual((old.state, new.state), ("expired", "active"))
            self.assertAlmostEqual(order.locked_rate, 1 / 7.0021, 12)
            self.assertEqual(order.order_line.price_unit, 100.0)
            bodies = " ".join(order.message_ids.mapped("body"))
            self.assertIn(new.name, bodies)
            self.assertIn("prices kept", bodies)

    def test_a_release_stands(self):
        order = self._own(self.user)
        self._send(order)
        order._release_rate("The customer prefers the market")
        order.action_draft()
        self._send(order)
        self.assertEqual(order.rate_lock_state, "released")
        order.action_confirm()
        self.assertFalse(order.rate_locked)
        self.assertEqual(order.state, "sale")
