"""Rates that are locked by themselves on confirming, and for whom."""

from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from ...models.common.customer_present import mark_customer_present
from .common import END, TODAY
from .sending_common import SendingCommon


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
