from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.orm.registry import Registry
from odoo.tests import tagged

from ...models.common.customer_present import mark_customer_present
from .common import END, LATER, TODAY, RateLockCommon


@tagged("post_install", "-at_install")
class TestLockedOrder(RateLockCommon):
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

    def _state_shown(self, order):
        """The state of the rate, and that the search for it finds it alone."""
        states = dict(order._fields["rate_lock_state"].selection)
        ours = [("id", "=", order.id)]
        found = [
            state
            for state in states
            if order.search([*ours, ("rate_lock_state", "=", state)])
        ]
        self.assertEqual(found, [order.rate_lock_state])
        return order.rate_lock_state

    def test_what_is_shown_of_a_cancelled_order(self):
        self.customer.print_rate_lock = True
        order = self._create_quotation(price=100)
        lock = self._lock(order)
        self.assertTrue(order.shown_rate)
        for confirmed in (False, True):
            if confirmed:
                order.action_confirm()
            order._action_cancel()
            self.assertEqual(lock.state, "active", "it runs to its end")
            self.assertEqual(self._state_shown(order), "cancelled")
            self.assertNotIn("Rate locked", order.rate_lock_note)
            self.assertRegex(
                order.rate_lock_note, "is cancelled. .*7.1234.* until 12/04/2026"
            )
            self.assertFalse(order.shown_rate, "nor what the customer reads")
            order.action_draft()
            self.assertEqual(self._state_shown(order), "locked")
            self.assertRegex(order.rate_lock_note, "Rate locked: .* until 12/04/2026")

    def test_what_is_shown_of_a_cancelled_order_after_its_lock(self):
        order = self._create_quotation(price=100)
        self._lock(order)
        order._action_cancel()
        with freeze_time(f"{END + timedelta(days=1)} 04:00:00"):
            order.invalidate_recordset()
            self.assertRegex(order.rate_lock_note, "cancelled, .* ended on 12/04/2026")
            order.rate_lock_id._expire_ended()
            self.assertEqual(self._state_shown(order), "cancelled")
            self.assertRegex(order.rate_lock_note, "cancelled, .* ended on 12/04/2026")
            order.action_draft()
            self.assertEqual(self._state_shown(order), "expired")
            self.assertRegex(order.rate_lock_note, "^The locked rate .* ended on")

    def test_what_is_shown_of_a_cancelled_invoice(self):
        order = self._create_quotation(price=100)
        self._lock(order)
        invoice = self._invoice(order)
        self.assertIn("Rate locked", invoice.rate_lock_note)
        invoice.button_cancel()
        self.assertRegex(invoice.rate_lock_note, "^Cancelled: nothing is booked")

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
        self.assertRegex(order.activity_ids[:1].note, "locked rate of .* ended on")

    def test_the_late_order_falls_to_a_colleague(self):
        order = self._create_quotation(user_id=False)
        lock = self._lock(order)
        self.assertEqual(lock.user_id, self.env.ref("base.user_root"))
        self.customer.user_id = self.user
        with freeze_time(f"{LATER} 04:00:00"):
            mark_customer_present(order).action_confirm()
        self.assertEqual(order.activity_ids.user_id, self.user)

    def test_locking_and_confirming_empty_no_cache(self):
        # what a process has read is read again by every process when it is cleared
        order = self._create_quotation(price=100)
        with patch.object(Registry, "clear_cache") as cleared:
            order.action_lock_rate()
            order.action_confirm()
        cleared.assert_not_called()
