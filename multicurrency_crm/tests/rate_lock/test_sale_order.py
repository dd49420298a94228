from datetime import timedelta
from decimal import Decimal

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import END, LATER, TODAY, RateLockCommon


@tagged("post_install", "-at_install")
class TestLockRate(RateLockCommon):
    # === LOCKING === #

    def test_lock_at_today(self):
        order = self._create_quotation(price=100.0)
        self.assertEqual((order.rate_lock_state, order.rate_locked), ("none", False))
        lock = self._lock(order)
        self.assertRecordValues(
            lock,
            [
                {
                    "kind": "order",
                    "state": "active",
                    "partner_id": self.customer.id,
                    "currency_id": self.usd.id,
                    "company_id": self.company.id,
                    "quoted_rate": "7.1234",
                    "quote_direction": "company_per_unit",
                    "rate": float(1 / Decimal("7.1234")),
                    "market_rate": 1 / 7.1234,
                    "rate_date": TODAY,
                    "date_start": TODAY,
                    "date_end": END,
                    "user_id": self.env.uid,
                    "order_ids": order.ids,
                }
            ],
        )
        self.assertTrue(lock.source)
        self.assertEqual((order.rate_lock_state, order.rate_locked), ("locked", True))
        self.assertEqual(order.locked_rate, lock.rate)
        self.assertEqual(order.currency_rate, lock.rate)
        self.assertEqual(order.order_line.price_unit, 100.0)
        for text in (
            "1 USD = 7.1234 CNY",
            lock._get_publisher(),
            "11/20/2026",
            "12/04/2026",
        ):
            self.assertIn(text, order.rate_lock_note)
        self.assertIn(lock.name, order.message_ids[:1].body)
        self.assertIn(order.name, lock.message_ids[:1].body)

    def test_a_lock_at_the_rate_of_creation_day_counts(self):
        order = self._create_quotation()
        before = order.currency_rate
        self._lock(order)
        self.assertAlmostEqual(order.currency_rate, before, 14)
        self.assertTrue(order.rate_locked)
        self.assertEqual(self._invoice(order).rate_lock_id, order.rate_lock_id)

    def test_the_validity_ends_the_lock(self):
        order = self._create_quotation(validity_date=TODAY + timedelta(days=3))
        self.assertEqual(self._lock(order).date_end, TODAY + timedelta(days=3))
        with self.assertRaisesRegex(UserError, "locked until"):
            order.validity_date = TODAY + timedelta(days=4)
        order.validity_date = TODAY + timedelta(days=2)

    def test_lock_days(self):
        self.company.lock_days = 30
        lock = self._lock(self._create_quotation(validity_date=False))
        self.assertEqual(lock.date_end, TODAY + timedelta(days=30))

    def test_many_at_once(self):
        orders = self._create_quotation() | self._create_quotation(self.eur)
        orders.action_lock_rate()
        self.assertEqual(orders.rate_lock_id.currency_id, self.usd | self.eur)
        for order in orders:
            self.assertEqual(order.locked_rate, order.rate_lock_id.rate)

    def test_the_company_currency_has_a_rate_of_its_own(self):
        # 2 on one day, 4 on another: the promise is in units of the books' currency
        self._set_rate(self.cny, "2026-01-01", 2.0)
        self._set_rate(self.cny, TODAY, 4.0)
        lock = self._lock(self._create_quotation())
        self.assertAlmostEqual(lock.rate, 1 / 7.1234 / 4, 14)
        self.assertEqual(lock.quoted_rate, "28.4936")

    def test_two_companies(self):
        self.product.company_id = False
        orders = self._create_quotation(self.eur)
        orders |= self._create_quotation(self.eur, company_id=self.other_company.id)
        orders.action_lock_rate()
        here, there = orders.rate_lock_id
        self.assertEqual(here.rate_display, "1 EUR = 7.7500 CNY")
        self.assertEqual(there.company_id, self.other_company)
        self.assertEqual(there.rate, 0.9)
        self.assertEqual(there.rate_display, "1 EUR ≈ 1.1111 USD (1 USD = 0.90000 EUR)")

    def test_a_branch_locks_at_its_root_company_rate(self):
        self.product.company_id = False
        branch = self._create_company(
            "Harbour Branch", self.cny, parent_id=self.company.id
        )
        lock = self._lock(self._create_quotation(company_id=branch.id))
        self.assertEqual(lock.company_id, branch)
        self.assertEqual(lock.rate_display, "1 USD = 7.1234 CNY")
        self.company.lock_booking = "locked"
        self.assertEqual(branch.lock_booking, "locked")

    def test_a_contact_locks_for_its_company(self):
        contact = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": self.customer.id}
        )
        order = self._create_quotation(partner_id=contact.id)
        self.assertEqual(self._lock(order).partner_id, self.customer)
        order.partner_id = self.customer

    # === REFUSED === #

    def _assert_refused(self, order, sentence):
        before = self.env["fx.rate.lock"].search_count([])
        with self.assertRaisesRegex(UserError, sentence):
            order.action_open_lock_rate()
        with self.assertRaisesRegex(UserError, sentence), self.cr.savepoint():
            order.action_lock_rate()
        self.assertEqual(self.env["fx.rate.lock"].search_count([]), before)
        self.assertFalse(order.locked_rate)

    def test_company_currency(self):
        self._assert_refused(self._create_quotation(self.cny), "own currency")

    def test_not_a_quotation(self):
        order = self._create_quotation()
        order.action_confirm()
        self._assert_refused(order, "isn.t a quotation any more")

    def test_archived_currency(self):
        order = self._create_quotation()
        self.usd.with_context(force_deactivate=True).active = False
        self._assert_refused(order, "archived")

    def test_no_rate(self):
        aed = self._activate("AED")[0]
        order = self._create_quotation(aed)
        self._assert_refused(order, "no rate of AED")
        self._set_rate(aed, LATER, 0.5)  # one that is still to come is none
        self._assert_refused(order, "no rate of AED")

    def test_expired_quotation(self):
        order = self._create_quotation(validity_date=TODAY - timedelta(days=1))
        self._assert_refused(order, "later expiration")

    def test_one_bad_quotation_locks_none(self):
        good, bad = self._create_quotation(), self._create_quotation(self.cny)
        with self.assertRaises(UserError):
            (good | bad).action_lock_rate()
        self.assertFalse(good.rate_lock_id)

    def test_already_locked(self):
        order = self._create_quotation()
        lock = self._lock(order)
        with self.assertRaisesRegex(UserError, "already locked"):
            order.action_lock_rate()
        self.assertEqual(order.rate_lock_id, lock)

    # === PRICES === #

    def test_reprice_converts_list_prices_only(self):
        order = self._create_quotation(validity_date=False)
        listed = order.order_line
        self.assertAlmostEqual(listed.price_unit, 140.38, 2)
        typed = listed.copy({"order_id": order.id})
        typed.price_unit = 99.0
        with freeze_time(f"{LATER} 04:00:00"):
            context = order.action_open_lock_rate()["context"]
            wizard = Form(self.env["sale.order.lock.rate"].with_context(**context))
            self.assertEqual(wizard.rate_display, "1 USD = 7.0021 CNY")
            self.assertEqual(wizard.date_end, LATER + timedelta(days=14))
            self.assertEqual(wizard.pricing, "keep")
            wizard.pricing = "reprice"
            wizard.save().action_lock()
        self.assertAlmostEqual(listed.price_unit, 142.81, 2)
        self.assertEqual(typed.price_unit, 99.0)

    def test_reprice_keeps_a_price_given_at_creation(self):
        order = self._create_quotation(price=99.0, validity_date=False)
        order.order_line = [Command.create({"product_id": self.product.id})]
        given, listed = order.order_line
        with freeze_time(f"{LATER} 04:00:00"):
            order._lock_rate(reprice=True)
        self.assertEqual(given.price_unit, 99.0)
        self.assertAlmostEqual(listed.price_unit, 142.81, 2)

    def test_keeping_is_the_default(self):
        order = self._create_quotation(validity_date=False)
        price = order.order_line.price_unit
        with freeze_time(f"{LATER} 04:00:00"):
            self.env["sale.order.lock.rate"].create(
                {"order_id": order.id}
            ).action_lock()
        self.assertEqual(order.order_line.price_unit, price)
        self.assertAlmostEqual(order.locked_rate, 1 / 7.0021, 15)

    def test_signed_prices_are_not_touched(self):
        order = self._create_quotation()
        order.signature = b"R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs="
        with self.assertRaisesRegex(UserError, "signed"), self.cr.savepoint():
            order._lock_rate(reprice=True)
        order._lock_rate()

    def test_a_line_added_later_is_priced_at_the_lock(self):
        order = self._create_quotation(validity_date=False)
        with freeze_time(f"{LATER} 04:00:00"):
            self._lock(order)
            order.order_line = [Command.create({"product_id": self.product.id})]
        self.assertEqual(order.date_order.date(), TODAY)
        self.assertAlmostEqual(order.order_line[-1].price_unit, 142.81, 2)

    def test_pricelist_rules_convert_at_the_lock(self):
        pricelist = self._create_pricelist(
            self.usd,
            item_ids=[
                Command.create({"compute_price": "percentage", "percent_price": 10.0})
            ],
        )
        order = self._create_quotation(pricelist_id=pricelist.id, validity_date=False)
        with freeze_time(f"{LATER} 04:00:00"):
            self._lock(order)
            order.order_line = [Command.create({"product_id": self.product.id})]
        line = order.order_line[-1]
        self.assertAlmostEqual(
            line.price_unit * (1 - line.discount / 100), 900 / 7.0021, 1
        )
