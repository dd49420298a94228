from datetime import timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import END, TODAY, RateLockCommon


@tagged("post_install", "-at_install")
class TestApproval(RateLockCommon):
    """A dollar that falls from 7.1234 to 6.5 within the week."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second_manager = cls._create_salesperson(
            "second_manager",
            "sales_team.group_sale_manager,multicurrency_crm.group_manager",
        )
        cls.fallen = TODAY + timedelta(days=5)
        cls._set_rate(cls.usd, cls.fallen, 1 / 6.5)

    def _fallen_order(self, **values):
        order = self._create_quotation(user_id=self.user.id, **values)
        self._lock(order)
        self.startPatcher(freeze_time(f"{self.fallen} 04:00:00"))
        return order

    def _pending(self, order):
        return self.env["fx.rate.approval"].search(
            [("order_id", "=", order.id), ("state", "=", "requested")]
        )

    def test_a_fallen_rate_asks(self):
        order = self._fallen_order()
        self.assertIn("9.6% above the market", order.lock_exceeded_note)
        with self.assertRaisesRegex(
            UserError, "unfavourable: .*9.6% above the market.*approval"
        ):
            order.action_confirm()
        order.with_user(self.user).action_request_lock_approval()
        order.with_user(self.user).action_request_lock_approval()
        approval = self._pending(order)
        self.assertEqual(len(approval), 1, "asked once")
        self.assertIn(
            "9.6% above the market", order.with_user(self.plain_seller).lock_asked_note
        )
        asked = approval.activity_ids.user_id
        self.assertLessEqual(self.manager | self.second_manager, asked)
        approval.with_user(self.manager).action_approve()
        self.assertFalse(approval.activity_ids)
        self.assertEqual(approval.decided_by, self.manager)
        order.invalidate_recordset(["lock_asked_note"])
        self.assertFalse(order.lock_asked_note)
        order.with_user(self.user).action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.rate_lock_state, "used")

    def test_what_was_asked_in_another_currency_is_over(self):
        order = self._create_quotation(user_id=self.user.id)
        order.with_user(self.user)._lock_rate(quoted=("9.5", "company_per_unit"))
        approval = self._pending(order)
        self.assertTrue(approval)
        order._switch_currency(self.eur)
        self.assertFalse(self._pending(order))
        self.assertFalse(approval.activity_ids)
        self.assertEqual(approval.lock_id.state, "released")
        order.invalidate_recordset(["lock_asked_note"])
        self.assertFalse(order.lock_asked_note)

    def test_an_approval_covers_its_amount(self):
        order = self._fallen_order()
        order.with_user(self.user).action_request_lock_approval()
        self._pending(order).with_user(self.manager).action_approve()
        order.order_line.product_uom_qty = 30
        with self.assertRaisesRegex(UserError, "unfavourable"):
            order.action_confirm()

    def test_requester_and_approver_differ(self):
        order = self._fallen_order()
        order.with_user(self.manager).action_request_lock_approval()
        approval = self._pending(order)
        for user in (self.manager, self.user, self.plain_seller):
            with self.assertRaises(AccessError):
                approval.with_user(user).action_approve()
            with self.assertRaises(AccessError):
                approval.with_user(user)._refuse("no")
        approval.with_user(self.second_manager).action_approve()
        with self.assertRaisesRegex(UserError, "decided already"):
            approval.with_user(self.second_manager)._refuse("too late")

    def test_refused_with_a_reason(self):
        order = self._fallen_order()
        order.with_user(self.user).action_request_lock_approval()
        approval = self._pending(order).with_user(self.manager)
        with self.assertRaisesRegex(UserError, "Say why"):
            approval._refuse(" ")
        action = approval.action_refuse()
        dialog = self.env["decision.refuse"].with_user(self.manager)
        dialog.with_context(**action["context"]).create(
            {"reason": "quote anew"}
        ).action_apply()
        self.assertEqual(approval.state, "refused")
        self.assertIn("quote anew", order.message_ids[0].body)
        with self.assertRaises(UserError):
            order.action_confirm()

    def test_a_refused_rate_ends_its_draft(self):
        order = self._create_quotation()
        lock = order._lock_rate(quoted=("9", "company_per_unit"))
        self._pending(order).with_user(self.manager)._refuse("too high")
        self.assertEqual(lock.state, "released")
        self.assertFalse(order.rate_locked)

    def test_of_another_company(self):
        order = self._fallen_order()
        order.with_user(self.user).action_request_lock_approval()
        stranger = self._create_salesperson(
            "stranger_manager", "multicurrency_crm.group_manager"
        )
        stranger.write(
            {
                "company_id": self.other_company.id,
                "company_ids": [Command.set(self.other_company.ids)],
            }
        )
        with self.assertRaises(AccessError):
            self._pending(order).with_user(stranger).action_approve()

    def test_nobody_writes_one(self):
        order = self._fallen_order()
        order.with_user(self.user).action_request_lock_approval()
        approval = self._pending(order)
        for user in (self.user, self.manager):
            with self.assertRaises(AccessError):
                approval.with_user(user).state = "approved"

    def test_allowed_by_setting(self):
        self.company.lock_exceeded_policy = "allow"
        order = self._fallen_order()
        self.assertFalse(order.lock_exceeded_note)
        order.action_confirm()
        self.assertEqual(order.rate_lock_state, "used")

    def test_repriced_by_setting(self):
        self.company.lock_exceeded_policy = "reprice"
        order = self._fallen_order()
        price = order.order_line.price_unit
        order.action_confirm()
        self.assertAlmostEqual(order.locked_rate, 1 / 6.5, 12)
        self.assertAlmostEqual(order.order_line.price_unit, price * 7.1234 / 6.5, 1)

    def test_what_was_signed_is_not_repriced(self):
        self.company.lock_exceeded_policy = "reprice"
        order = self._fallen_order()
        order.signature = "R0lGODlhAQABAAD/ACwAAAAAAQABAAACADs="
        with self.assertRaisesRegex(UserError, "unfavourable"):
            order.action_confirm()
        self.assertAlmostEqual(order.locked_rate, 1 / 7.1234, 12)

    def test_typed_prices_stay_when_repriced(self):
        self.company.lock_exceeded_policy = "reprice"
        order = self._fallen_order(price=55.5)
        order.action_confirm()
        self.assertEqual(order.order_line.price_unit, 55.5)

    def test_an_ended_lock_asks(self):
        order = self._create_quotation()
        self._lock(order)
        with freeze_time(f"{END + timedelta(days=1)} 04:00:00"):
            with self.assertRaisesRegex(UserError, "ended on"):
                order.action_confirm()
            order.with_user(self.manager).action_request_lock_approval()
            self._pending(order).with_user(self.second_manager).action_approve()
            order.action_confirm()
        self.assertAlmostEqual(order.locked_rate, 1 / 7.1234, 12)

    def test_cancelled_with_the_order(self):
        order = self._fallen_order()
        order.with_user(self.user).action_request_lock_approval()
        approval = self._pending(order)
        order._action_cancel()
        self.assertEqual(approval.state, "cancelled")
        self.assertFalse(approval.activity_ids)
