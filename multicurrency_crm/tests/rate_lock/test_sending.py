"""Rates that are locked by themselves: on sending and on confirming."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from ...models.customer_present import mark_customer_present
from .common import END, LATER, TODAY, RateLockCommon

QUOTATION_REPORT = "sale.action_report_saleorder"


class SendingCommon(RateLockCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.email = "customer@example.com"
        # no PDF: what it says is tested as HTML
        cls.quotation_mail = cls.env.ref("sale.email_template_edi_sale")

    def _send(self, order):
        """As the Send button and its dialog do."""
        action = order.action_quotation_send()
        composer = Form(
            self.env[action["res_model"]]
            .with_user(order.env.user)
            .with_context(**action["context"])
        ).save()
        composer._action_send_mail()

    def _own(self, user, **values):
        order = self._create_quotation(price=100.0, user_id=user.id, **values)
        return order.with_user(user)

    def assertLockedToday(self, order):
        self.assertTrue(order.rate_locked)
        self.assertAlmostEqual(order.currency_rate, 1 / 7.1234, 12)
        self.assertEqual(order.rate_lock_id.sudo().kind, "order")

    def _forget_rates(self):
        self.env["res.currency.rate"].search(
            [("currency_id", "=", self.usd.id)]
        ).unlink()


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


@tagged("post_install", "-at_install")
class TestConfirming(SendingCommon):
    def test_confirmed_means_locked(self):
        self.company.lock_timing = "confirm"
        order = self._own(self.user, date_order="2026-03-01")
        self.assertNotAlmostEqual(order.currency_rate, 1 / 7.1234)
        self._send(order)
        self.assertFalse(order.rate_lock_id)
        order.action_confirm()
        self.assertLockedToday(order)
        self.assertEqual(order.rate_lock_state, "used")
        self.assertEqual(order.amount_total_company, 2137.02)

    def test_not_sent_by_button_is_locked_when_confirmed(self):
        self.company.lock_timing = "send"
        order = self._own(self.plain_seller)
        order.action_confirm()
        self.assertLockedToday(order)

    def test_confirmed_after_its_expiration(self):
        self.company.lock_timing = "confirm"
        order = self._own(self.user, validity_date=TODAY - timedelta(days=3))
        order.action_confirm()
        self.assertLockedToday(order)
        self.assertEqual(order.rate_lock_id.date_end, TODAY)

    def test_a_typed_rate_waits_for_its_decision(self):
        self.company.lock_timing = "send"
        order = self._own(self.user)
        typed = order._lock_rate(quoted=("6.1", "company_per_unit"))
        self.assertEqual(typed.sudo().state, "draft")
        for act in (order.action_quotation_send, order.action_confirm):
            with self.assertRaisesRegex(UserError, "yet to decide.*lock today's"):
                act()
        order._lock_rate()
        order.action_confirm()
        self.assertLockedToday(order)

    def test_by_hand_costs_no_query(self):
        orders = self._own(self.user) | self._own(self.user)
        orders.mapped("partner_id.commercial_partner_id.name")
        orders.mapped("company_id.name")
        orders._try_agreement()._filter_lock_timing(("send", "confirm"))  # warm
        self.env.flush_all()
        with self.assertQueryCount(0):
            due = orders._try_agreement()
            self.assertFalse(due._filter_lock_timing(("send", "confirm")))

    def test_a_batch_names_all_that_hinder(self):
        self.company.lock_timing = "confirm"
        orders = self._own(self.user) | self._own(self.user)
        fine = self._own(self.user, currency=self.eur)
        self._forget_rates()
        with self.assertRaises(UserError) as caught, self.cr.savepoint():
            (orders | fine).action_confirm()
        for order in orders:
            self.assertIn(order.name, str(caught.exception))
        self.assertNotIn(fine.name, str(caught.exception))
        self.assertFalse(fine.rate_lock_id)
        fine.action_confirm()
        self.assertEqual(fine.rate_lock_state, "used")

    def test_a_customer_is_never_turned_away(self):
        for timing in ("send", "confirm"):
            self.company.lock_timing = timing
            order = self._create_quotation(price=100.0, user_id=self.user.id)
            self._forget_rates()
            mark_customer_present(order).action_quotation_sent()
            order._validate_order()
            self.assertEqual(order.state, "sale")
            self.assertFalse(order.rate_lock_id)
            told = order.activity_ids.filtered(
                lambda activity: activity.summary == "Rate not locked"
            )
            self.assertEqual(len(told), 1)
            self.assertEqual(told.user_id, self.user)
            self._set_rate(self.usd, TODAY, 1 / 7.1234)

    def test_a_customer_owns_no_lock(self):
        self.company.lock_timing = "confirm"
        order = self._create_quotation(price=100.0, user_id=self.user.id)
        public = self.env.ref("base.public_user")
        order.with_user(public).sudo()._validate_order()
        self.assertEqual(order.rate_lock_id.user_id, self.user)


@tagged("post_install", "-at_install")
class TestExceptions(SendingCommon):
    def test_a_customer_of_its_own(self):
        cases = [
            ("manual", "send", True),
            ("send", "manual", False),
            ("send", "", True),
        ]
        for company, customer, locked in cases:
            self.company.lock_timing = company
            self.customer.rate_lock_timing = customer
            order = self._own(self.user)
            self._send(order)
            self.assertEqual(order.rate_locked, locked, (company, customer))

    def test_confirming_by_exception(self):
        self.customer.rate_lock_timing = "confirm"
        order = self._own(self.user)
        self._send(order)
        self.assertFalse(order.rate_lock_id)
        order.action_confirm()
        self.assertLockedToday(order)

    def test_contacts_follow_their_company(self):
        self.customer.write({"rate_lock_timing": "send", "print_rate_lock": True})
        contact = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": self.customer.id}
        )
        self.assertEqual(contact.rate_lock_timing, "send")
        self.assertTrue(contact.print_rate_lock)
        order = self._own(self.user, partner_id=contact.id)
        order.action_quotation_sent()
        self.assertLockedToday(order)

    def test_each_company_has_its_own(self):
        self.customer.rate_lock_timing = "send"
        self.other_company.lock_timing = "manual"
        self.product.company_id = False
        there = self._create_quotation(
            currency=self.eur,
            price=10.0,
            company_id=self.other_company.id,
        )
        here = self._own(self.user)
        (here.sudo() | there).action_quotation_sent()
        self.assertTrue(here.rate_locked)
        self.assertFalse(there.rate_lock_id)
        self.other_company.lock_timing = "confirm"
        there.action_confirm()
        self.assertTrue(there.rate_locked)
        self.assertEqual(there.rate_lock_id.company_id, self.other_company)

    def test_choices_are_on_the_customer(self):
        with Form(
            self.customer.with_user(self.manager), "base.view_partner_form"
        ) as form:
            form.rate_lock_timing = "confirm"
            form.print_rate_lock = True
        self.assertEqual(self.customer.rate_lock_timing, "confirm")
        found = self.env["res.partner"].search([("rate_lock_timing", "!=", False)])
        self.assertIn(self.customer, found)


@tagged("post_install", "-at_install")
class TestAgreementFirst(SendingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # the agreement comes after the quotation, which found none when it was made
        cls.order = cls._create_quotation(price=100.0, user_id=cls.plain_seller.id)
        cls.agreement = cls.env["fx.rate.lock"].create(
            {
                "kind": "agreement",
                "partner_id": cls.customer.id,
                "company_id": cls.company.id,
                "currency_id": cls.usd.id,
                "quoted_rate": "7.15",
                "date_start": TODAY,
                "date_end": END,
            }
        )
        cls.agreement.action_activate()

    def _assert_taken(self):
        self.assertEqual(self.order.rate_lock_id, self.agreement)
        self.assertAlmostEqual(self.order.locked_rate, 1 / 7.15, 12)
        self.assertEqual(self.order.order_line.price_unit, 100.0)

    def test_on_sending_whatever_the_timing(self):
        for timing in ("manual", "send", "confirm"):
            self.company.lock_timing = timing
            with self.cr.savepoint() as savepoint:
                self._send(self.order.with_user(self.plain_seller))
                self._assert_taken()
                savepoint.rollback()
            self.env.invalidate_all()

    def test_on_confirming(self):
        self.order.with_user(self.plain_seller).action_confirm()
        self._assert_taken()

    def test_no_fresh_rate_is_needed(self):
        self.company.lock_timing = "send"
        self._forget_rates()
        self.order.action_quotation_sent()
        self._assert_taken()
