from odoo.tests import tagged

from .credit_common import DAY, TODAY, CreditCommon


@tagged("post_install", "-at_install")
class TestCreditLanguages(CreditCommon):
    """Who causes a sentence isn't who reads it: each reads it in a language of theirs.

    The seller works in English, the deciders in Chinese.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        (cls.decider | cls.second).lang = "zh_CN"
        cls.buyer = cls._customer()
        cls._limit(cls.buyer, 1000.0)
        cls.order = cls._order_of(cls.buyer, 1500.0, user_id=cls.seller.id)

    def _as(self, user, records):
        return records.with_user(user).with_context(lang=user.lang)

    def _ask(self, user):
        self._as(user, self.order).action_request_credit_review()
        return self.order.sudo().credit_review_ids

    def test_reasons_are_read_by_whoever_decides(self):
        review = self._ask(self.seller)
        english = self._as(self.clerk, review)
        chinese = self._as(self.decider, review)
        self.assertIn("would be over the limit", english.reasons)
        self.assertIn("is over the limit of 1,000.00 CNY", english.reasons_in_full)
        self.assertNotRegex(chinese.reasons, "[a-z]")
        self.assertRegex(chinese.reasons_in_full, "1,000.00 CNY")
        self.assertNotIn("limit", chinese.reasons_in_full)
        notes = review.activity_ids.filtered(
            lambda activity: activity.user_id == self.decider
        )
        self.assertTrue(notes)
        self.assertNotIn("limit", notes.note)

    def test_the_same_request_in_another_language_is_the_same(self):
        review = self._ask(self.seller)
        self.seller.lang = "zh_CN"
        self.assertEqual(self._ask(self.seller), review)
        self.assertEqual(len(self.order.sudo().credit_review_ids), 1)
        self.order.order_line.price_unit = 1600.0
        self._ask(self.seller)
        self.assertEqual(len(self.order.sudo().credit_review_ids), 2)

    def test_a_bypass_is_explained_to_both(self):
        self.seller.group_ids += self.env.ref("multicurrency_crm.group_credit_bypass")
        self._as(self.seller, self.order).action_confirm()
        review = self.order.sudo().credit_review_ids
        self.assertTrue(review.is_bypass)
        self.assertIn("over the limit", self._as(self.clerk, review).reasons)
        self.assertNotIn("limit", self._as(self.decider, review).reasons)

    def test_a_hold_by_rule(self):
        """The night's job has no language of its own."""
        self.policy.hold_overdue_days = 60
        self._invoice(self.buyer, 500.0, 100)
        self._assess(self.buyer)
        held = self.buyer.with_company(self.company)
        self.assertTrue(held.credit_hold)
        self.assertIn("days overdue", self._as(self.clerk, held).credit_hold_reason)
        chinese = self._as(self.decider, held).credit_hold_reason
        self.assertIn("500.00 CNY", chinese)
        self.assertNotIn("overdue", chinese)
        self.policy.hold_overdue_days = 0
        self._assess(self.buyer)
        self.assertFalse(self._as(self.decider, held).credit_hold_reason)

    def test_what_counted_before_a_move(self):
        """Out of a group whose limit counted."""
        head = self._customer("Head")
        self._limit(head, 7000.0, is_group=True)
        self.buyer.parent_id = head
        self.buyer.with_user(self.env.user).parent_id = False
        transfer = self.env["credit.transfer"].search(
            [("partner_id", "=", self.buyer.id)], limit=1
        )
        english = self._as(self.clerk, transfer).facts
        chinese = self._as(self.decider, transfer).facts
        self.assertIn("Group limit of Head: 7,000.00 CNY", english)
        self.assertIn("7,000.00 CNY", chinese)
        self.assertNotIn("Group limit", chinese)
        note = transfer.activity_ids.filtered(lambda a: a.user_id == self.decider).note
        self.assertNotIn("Group limit", note)

    def test_days_are_written_as_their_reader_writes_them(self):
        self._limit(
            self._customer("Late"),
            10.0,
            date_end=TODAY - 2 * DAY,
        )
        late = self.env["res.partner"].search([("name", "=", "Late")])
        order = self._order_of(late, 5.0, user_id=self.seller.id)
        self._as(self.seller, order).action_request_credit_review()
        review = order.sudo().credit_review_ids
        self.assertIn("11/18/2026", self._as(self.clerk, review).reasons_in_full)
        self.assertRegex(self._as(self.decider, review).reasons_in_full, "2026.11.18")
