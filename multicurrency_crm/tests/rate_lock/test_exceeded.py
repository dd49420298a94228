from datetime import timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ...models.common.customer_present import mark_customer_present
from .agreement_common import AgreementCommon
from .common import END, TODAY, RateLockCommon


@tagged("post_install", "-at_install")
class TestExceeded(RateLockCommon):
    """What is written down of an order beyond the terms of its lock."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fallen = TODAY + timedelta(days=5)
        cls._set_rate(cls.usd, cls.fallen, 1 / 6.5)

    def _fallen_order(self, **values):
        order = self._create_quotation(price=100, user_id=self.user.id, **values)
        order.with_user(self.user).action_lock_rate()
        self.startPatcher(freeze_time(f"{self.fallen} 04:00:00"))
        return order

    def _said(self, record):
        return " ".join(record.message_ids.mapped("body"))

    def test_allowed_is_logged_with_figures(self):
        self.company.lock_exceeded_policy = "allow"
        order = self._fallen_order()
        order.with_user(self.user).action_confirm()
        for record in (order, order.rate_lock_id):
            said = self._said(record)
            for figure in (
                "9.6% above the market",
                "6.825",
                "7.1234",
                "6.5",
                "187.02",
            ):
                self.assertIn(figure, said)
        self.assertFalse(order.activity_ids)

    def test_allowed_to_plain_rights(self):
        self.company.lock_exceeded_policy = "allow"
        order = self._fallen_order()
        order.user_id = self.plain_seller
        order.with_user(self.plain_seller).action_confirm()
        self.assertIn("9.6% above the market", self._said(order))

    def test_within_the_terms_nothing_is_said(self):
        self.company.lock_exceeded_policy = "allow"
        order = self._create_quotation(price=100)
        self._lock(order)
        order.action_confirm()
        self.assertNotIn("today:", self._said(order))

    def test_an_approved_one_says_so(self):
        order = self._fallen_order()
        order.with_user(self.user).action_request_lock_approval()
        order.rate_lock_id.approval_ids.with_user(self.manager).action_approve()
        order.with_user(self.user).action_confirm()
        self.assertIn("with a manager", self._said(order))

    def test_what_a_manager_approved_is_not_asked_again(self):
        order = self._create_quotation(price=100, user_id=self.user.id)
        lock = order._lock_rate(quoted=("7.6", "company_per_unit"))
        self.assertAlmostEqual(lock.approval_ids.rate_deviation, 7.1234 / 7.6 - 1, 10)
        lock.approval_ids.with_user(self.manager).action_approve()
        self.assertFalse(order.lock_exceeded_note, "6.27 % were approved")
        with freeze_time(f"{self.fallen} 04:00:00"):
            order.invalidate_recordset()
            self.assertIn("16.9% above", order.lock_exceeded_note)
            # 6.5 × (1 + 5 % + 6.6906 %), the distance of 7.6 from 7.1234
            self.assertIn("ends at 1 USD ≈ 7.2599 CNY", order.lock_exceeded_note)

    def test_a_customer_beyond_the_tolerance_is_told_of(self):
        order = self._fallen_order()
        mark_customer_present(order.sudo()).action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.activity_ids.user_id, self.user)
        self.assertIn("9.6% above the market", order.activity_ids.note)


@tagged("post_install", "-at_install")
class TestRequestsEnd(AgreementCommon):
    """What was asked about is gone: nobody decides on it any more."""

    def _typed(self):
        order = self._create_quotation(price=100, user_id=self.user.id)
        lock = order.with_user(self.user)._lock_rate(quoted=("9", "company_per_unit"))
        return order, lock.sudo(), lock.sudo().approval_ids

    def test_a_typed_rate_of_a_cancelled_quotation(self):
        order, lock, approval = self._typed()
        order.with_user(self.user)._action_cancel()
        self.assertEqual((approval.state, lock.state), ("cancelled", "released"))
        self.assertFalse(approval.activity_ids)

    def test_a_typed_rate_is_decided_before_the_order(self):
        order, _lock, approval = self._typed()
        with self.assertRaisesRegex(UserError, "waits for a manager's decision on 1"):
            order.with_user(self.user).action_confirm()
        self.assertEqual((order.state, approval.state), ("draft", "requested"))
        approval.with_user(self.user).action_withdraw()
        order.with_user(self.user).action_confirm()
        self.assertEqual(order.state, "sale")

    def test_a_customer_who_orders_waits_for_no_manager(self):
        order, lock, approval = self._typed()
        present = mark_customer_present(order)
        present.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertFalse(order.locked_rate)
        self.assertEqual((approval.state, lock.state), ("cancelled", "released"))
        self.assertIn("ordered before a manager", order.message_ids[0].body)
        told = order.activity_ids.filtered(lambda a: a.user_id == self.user)
        self.assertEqual(told.summary, "Ordered without its rate")

    def test_a_typed_rate_of_a_deleted_quotation(self):
        order, lock, _approval = self._typed()
        order.unlink()
        self.assertEqual(lock.state, "released")

    def test_released_by_the_lock(self):
        order = self._create_quotation(price=100, user_id=self.user.id)
        lock = self._lock(order)
        with freeze_time(f"{END + timedelta(days=1)} 04:00:00"):
            order.action_request_lock_approval()
            approval = lock.approval_ids
            lock.with_user(self.manager)._release("no deal")
        self.assertEqual(approval.state, "cancelled")
        self.assertFalse(approval.activity_ids)
        with self.assertRaisesRegex(UserError, "decided already"):
            approval.with_user(self.manager).action_approve()

    def test_an_order_that_leaves_its_agreement(self):
        agreement = self.env["fx.rate.lock"].create(
            {
                "kind": "agreement",
                "company_id": self.company.id,
                "partner_id": self.customer.id,
                "currency_id": self.usd.id,
                "quoted_rate": "7.0",
                "date_end": END,
            }
        )
        agreement.action_activate()
        left, stays = (
            self._create_quotation(price=10, user_id=self.user.id) for _n in range(2)
        )
        with freeze_time(f"{END + timedelta(days=1)} 04:00:00"):
            (left | stays).action_request_lock_approval()
            left.with_user(self.user)._release_rate("another rate")
        states = {
            approval.order_id: approval.state for approval in agreement.approval_ids
        }
        self.assertEqual(states, {left: "cancelled", stays: "requested"})

    def test_nobody_decides_for_another_company(self):
        _order, _lock, approval = self._typed()
        self.manager.company_id = self.other_company
        self.manager.company_ids = self.other_company
        with self.assertRaises(AccessError):
            approval.with_user(self.manager).action_approve()

    def test_company_currency_costs_no_query(self):
        order = self._create_order()
        self.env.flush_all()
        self.assertEqual(order.currency_id, order.company_id.currency_id)
        with self.assertQueryCount(0):
            self.env["fx.rate.approval"]._find_requested(order)

    def _said_of(self, order, lock):
        return [
            message.body
            for message in order.message_ids
            if f"approval of {lock.name} is withdrawn" in (message.body or "")
        ]

    def test_a_typed_rate_when_todays_is_locked(self):
        order, draft, approval = self._typed()
        self.assertTrue(order.lock_asked)
        lock = self._lock(order)
        self.assertEqual((approval.state, draft.state), ("cancelled", "released"))
        self.assertFalse(approval.activity_ids)
        self.assertFalse(order.lock_asked)
        self.assertFalse(order.lock_asked_note)
        (sentence,) = self._said_of(order, draft)
        self.assertIn(lock.name, sentence)

    def test_a_typed_rate_when_another_is_typed(self):
        order, draft, approval = self._typed()
        other = order.with_user(self.user)._lock_rate(
            quoted=("9.1", "company_per_unit")
        )
        self.assertEqual((approval.state, draft.state), ("cancelled", "released"))
        self.assertEqual(other.sudo().approval_ids.state, "requested")
        self.assertTrue(order.lock_asked)
        self.assertEqual(len(self._said_of(order, draft)), 1)
        other.sudo().approval_ids.with_user(self.manager).action_approve()
        self.assertEqual(order.rate_lock_id, other)
        self.assertFalse(order.lock_asked)
        self.assertFalse(self._said_of(order, other))

    def test_a_typed_rate_when_an_agreement_is_taken(self):
        order, draft, approval = self._typed()
        agreement = self._agree()
        self.assertEqual(order._take_agreement(), order)
        self.assertEqual((approval.state, draft.state), ("cancelled", "released"))
        self.assertIn(agreement.name, self._said_of(order, draft)[0])

    def test_what_was_asked_of_an_ended_lock(self):
        order = self._create_quotation(price=100, user_id=self.user.id)
        ended = self._lock(order)
        with freeze_time(f"{END + timedelta(days=1)} 04:00:00"):
            order.with_user(self.user).action_request_lock_approval()
            order.validity_date = False
            self._set_rate(self.usd, END + timedelta(days=1), 1 / 7.1)
            lock = self._lock(order)
        self.assertNotEqual(lock, ended)
        self.assertEqual(ended.approval_ids.state, "cancelled")
        self.assertIn(lock.name, self._said_of(order, ended)[0])

    def test_a_typed_rate_after_an_ended_lock_is_approved(self):
        order = self._create_quotation(price=100, user_id=self.user.id)
        self._lock(order)
        with freeze_time(f"{END + timedelta(days=1)} 04:00:00"):
            self._set_rate(self.usd, END + timedelta(days=1), 1 / 7.1)
            order.validity_date = False
            lock = order.with_user(self.user)._lock_rate(
                quoted=("9", "company_per_unit")
            )
            lock.sudo().approval_ids.with_user(self.manager).action_approve()
        self.assertEqual((order.rate_lock_id, lock.state), (lock, "active"))

    def test_orders_without_a_request_cost_no_query(self):
        order = self._create_quotation(price=100, user_id=self.user.id)
        lock = self._lock(order)
        self.env.flush_all()
        self.env.invalidate_all()
        order.mapped("name")
        with self.assertQueryCount(0):
            self.assertFalse(self.env["fx.rate.approval"]._find_requested(order))
            order._withdraw_requests(lock)
