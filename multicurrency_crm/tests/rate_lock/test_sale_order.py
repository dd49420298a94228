from datetime import timedelta
from decimal import Decimal

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from ...models.customer_present import mark_customer_present
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
        for text in ("1 USD = 7.1234 CNY", lock.source, "11/20/2026", "12/04/2026"):
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
        self.assertEqual(here.rate_display, "1 EUR = 7.75 CNY")
        self.assertEqual(there.company_id, self.other_company)
        self.assertEqual(there.rate, 0.9)
        self.assertEqual(there.rate_display, "1 USD = 0.9 EUR")

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
        self._assert_refused(order, "no quotation any more")

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

    # === WHILE IT HOLDS === #

    def test_holds_through_confirmation(self):
        self.company.lock_exceeded_policy = "allow"
        order = self._create_quotation()
        lock = self._lock(order)
        with freeze_time(f"{END} 04:00:00"):
            self._set_rate(self.usd, END, 0.2)
            order.action_confirm()
        self.assertEqual(order.date_order.date(), END)
        self.assertEqual(order.currency_rate, lock.rate)
        self.assertEqual((lock.state, order.rate_lock_state), ("used", "used"))
        self.assertTrue(order.rate_locked)

    def test_a_copy_carries_none(self):
        order = self._create_quotation()
        self._lock(order)
        copied = order.copy()
        self.assertEqual(copied.currency_id, self.usd)
        self.assertFalse(copied.rate_lock_id or copied.locked_rate)
        self.assertEqual(copied.rate_lock_state, "none")

    def test_the_currency_stays(self):
        order = self._create_quotation()
        self._lock(order)
        pricelist = self._create_pricelist(self.eur)
        for change in (
            lambda: order.write({"currency_id": self.eur.id}),
            lambda: order.write({"pricelist_id": pricelist.id}),
            lambda: order._switch_currency(self.eur),
        ):
            with self.assertRaisesRegex(UserError, "release it"), self.cr.savepoint():
                change()
        self.assertEqual(order.currency_id, self.usd)
        order._release_rate("The customer wants euros.")
        order._switch_currency(self.eur)
        self.assertEqual(order.currency_id, self.eur)

    def test_the_customer_stays(self):
        order = self._create_quotation()
        self._lock(order)
        other = self.env["res.partner"].create({"name": "Other"})
        with self.assertRaisesRegex(UserError, "promised to Customer"):
            order.partner_id = other

    def test_cancel_and_back(self):
        order = self._create_quotation()
        lock = self._lock(order)
        order.action_confirm()
        order._action_cancel()
        self.assertEqual(lock.state, "active")
        order.action_draft()
        self.assertEqual(order.currency_rate, lock.rate)
        self._run_expiry(self, f"{END + timedelta(days=1)} 04:00:00")
        self.assertEqual(lock.state, "expired")

    def test_a_deleted_quotation_ends_its_lock(self):
        order = self._create_quotation()
        lock = self._lock(order)
        order.unlink()
        self.assertEqual(lock.state, "released")
        self.assertIn("deleted", lock.release_reason)

    def test_deviation(self):
        order = self._create_quotation()
        self.assertEqual((order.market_rate, order.rate_deviation), (1 / 7.1234, 0))
        lock = self._lock(order)
        ours = [("id", "=", order.id), ("rate_deviation", "<", 0)]
        with freeze_time(f"{LATER} 04:00:00"):
            order.invalidate_recordset()
            self.assertEqual(order.market_rate, 1 / 7.0021)
            # 7.1234 promised, 7.0021 now: a dollar is worth less than we promised
            self.assertAlmostEqual(order.rate_deviation, 7.0021 / 7.1234 - 1, 12)
            self.assertLess(order.rate_deviation, 0)
            self.assertEqual(order.search(ours), order)
        order.invalidate_recordset()
        self.assertAlmostEqual(order.rate_deviation, 0, 12)
        self.assertAlmostEqual(lock.rate, lock.market_rate, 14)
        self.assertEqual(order.rate_deviation, 0)
        self.assertFalse(order.search(ours))

    def test_search(self):
        plain, locked = self._create_quotation(), self._create_quotation()
        self._lock(locked)
        released = self._create_quotation()
        self._lock(released)
        released._release_rate("Mistake")
        # a row from before the addon was installed
        self.env.flush_all()
        self.cr.execute(
            "UPDATE sale_order SET locked_rate = NULL WHERE id = %s", [plain.id]
        )
        orders = plain | locked | released

        def found(*leaf):
            return orders.search([("id", "in", orders.ids), leaf], order="id")

        self.assertEqual(found("rate_locked", "=", True), locked)
        self.assertEqual(found("rate_locked", "=", False), plain | released)
        self.assertEqual(found("rate_lock_state", "=", "locked"), locked)
        self.assertEqual(found("rate_lock_state", "=", "none"), plain)
        self.assertEqual(found("rate_lock_state", "!=", "locked"), plain | released)
        self.assertEqual(
            found("rate_lock_state", "in", ["none", "released"]), plain | released
        )
        self.assertEqual(found("rate_deviation", ">=", 0), orders)

    # === RELEASE, AND AFTER THE END === #

    def test_release(self):
        order = self._create_quotation()
        lock = self._lock(order)
        self._set_rate(self.usd, TODAY + timedelta(days=1), 0.2)
        with self.assertRaisesRegex(UserError, "Say why"):
            order._release_rate("  ")
        self.assertEqual(lock.state, "active")
        order._release_rate("The customer asked for it.")
        self.assertEqual((lock.state, order.rate_lock_state), ("released", "released"))
        self.assertFalse(order.rate_locked or order.locked_rate)
        self.assertAlmostEqual(order.currency_rate, 1 / 7.1234, 12)
        self.assertIn("The customer asked for it.", order.message_ids[:1].body)
        self.assertIn("The customer asked for it.", lock.message_ids[:1].body)
        with self.assertRaisesRegex(UserError, "no locked rate"):
            order._release_rate("Again")
        self.assertNotEqual(self._lock(order), lock)

    def test_confirm_after_the_end(self):
        order = self._create_quotation(validity_date=False)
        first = self._lock(order)
        with freeze_time(f"{LATER} 04:00:00"):
            with self.assertRaisesRegex(UserError, "ended on"):
                order.action_confirm()
            order.action_lock_rate()  # before the cron came
            self.assertEqual(first.state, "expired")
            self.assertAlmostEqual(order.locked_rate, 1 / 7.0021, 15)
            order.action_confirm()
        self.assertEqual(order.rate_lock_id.state, "used")

    def test_a_customer_is_never_turned_away(self):
        order = self._create_quotation()
        lock = self._lock(order)
        with freeze_time(f"{LATER} 04:00:00"):
            mark_customer_present(order).action_confirm()
        self.assertEqual((order.state, lock.state), ("sale", "expired"))
        self.assertEqual(order.currency_rate, lock.rate)
        self.assertIn("after its locked rate ended", order.activity_ids[:1].note)

    def test_the_late_order_falls_to_a_colleague(self):
        order = self._create_quotation(user_id=False)
        lock = self._lock(order)
        self.assertEqual(lock.user_id, self.env.ref("base.user_root"))
        self.customer.user_id = self.user
        with freeze_time(f"{LATER} 04:00:00"):
            mark_customer_present(order).action_confirm()
        self.assertEqual(order.activity_ids.user_id, self.user)

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
