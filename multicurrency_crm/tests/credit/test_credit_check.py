from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .credit_common import DAY, TODAY, CreditCommon


@tagged("post_install", "-at_install")
class TestCreditCheck(CreditCommon):
    """What is let through at each checkpoint, and why not."""

    def setUp(self):
        super().setUp()
        self.buyer = self._customer()

    def _check(self, document, checkpoint=None):
        return self.env["credit.policy"]._check(document, checkpoint)[document]

    def _codes(self, document, checkpoint=None):
        return [reason.code for reason in self._check(document, checkpoint).reasons]

    def _strength(self, reason, strength, point="confirm", **values):
        check = self.policy.check_ids.filtered(lambda check: check.reason == reason)
        check.write({f"{point}_strength": strength, **values})

    # === OVER THE LIMIT === #

    def test_within_and_over(self):
        self._limit(self.buyer, 1000.0)
        order = self._order_of(self.buyer, 1000.0)
        self.assertEqual(order.credit_check_state, "ok")
        self.assertFalse(order.partner_credit_warning)
        order.action_confirm()
        self.assertEqual(order.credit_check_state, "ok")
        more = self._order_of(self.buyer, 0.01)
        self.assertEqual(more.credit_check_state, "review")
        self.assertIn("1,000.01", more.partner_credit_warning)
        with self.assertRaisesRegex(UserError, "They bought more"):
            more.action_confirm()
        self.assertEqual(more.state, "draft")

    def test_confirmed_together_they_count_together(self):
        self._limit(self.buyer, 1000.0)
        orders = self._order_of(self.buyer, 600.0) | self._order_of(self.buyer, 600.0)
        self.assertEqual(
            [
                check.state
                for check in self.env["credit.policy"]._check(orders).values()
            ],
            ["ok", "review"],
        )
        with self.assertRaises(UserError):
            orders.action_confirm()

    def test_the_document_counts_once(self):
        """Sent quotations counted by policy, and this one is one of them."""
        self.policy.count_sent = True
        self.policy.count_drafts = True
        self._limit(self.buyer, 1000.0)
        order = self._order_of(self.buyer, 1000.0)
        order.action_quotation_sent()
        self.assertEqual(self._check(order).state, "ok")
        order.action_confirm()
        invoice = order._create_invoices()
        self.assertEqual(self._codes(invoice), [])
        invoice.action_post()
        self.assertEqual(self._total(self.buyer), 1000.0)

    def test_in_the_limits_currency(self):
        """A limit in dollars, an order in euros: one conversion."""
        self._limit(self.buyer, 112.0, self.usd)
        self.assertEqual(self._codes(self._order_of(self.buyer, 100.0, self.eur)), [])
        over = self._order_of(self.buyer, 100.01, self.eur)
        self.assertEqual(self._codes(over), ["over_limit"])
        self.assertIn("USD", self._check(over).sentence)
        self.assertIn("EUR", self._check(over).sentence)

    def test_currencies_without_and_with_three_decimals(self):
        self._limit(self.buyer, 100_000, self.jpy)
        self.assertEqual(self._codes(self._order_of(self.buyer, 100_000, self.jpy)), [])
        self.assertTrue(self._codes(self._order_of(self.buyer, 100_001, self.jpy)))
        other = self._customer("Gulf")
        self._limit(other, 1.234, self.kwd)
        self.assertEqual(self._codes(self._order_of(other, 1.234, self.kwd)), [])
        self.assertTrue(self._codes(self._order_of(other, 1.235, self.kwd)))

    def test_zero_is_prepayment_only(self):
        self._limit(self.buyer, 0.0)
        order = self._order_of(self.buyer, 1.0)
        self.assertIn("pays in advance", self._check(order).sentence)

    def test_prepaid_never_breaches(self):
        self._limit(self.buyer, 0.0)
        self._invoice(self.buyer, 500.0)
        prepaid = self._create_terms("Prepaid", 0, credit_security="prepaid")
        order = self._order_of(self.buyer, 1000.0, payment_term_id=prepaid.id)
        self.assertEqual(self._codes(order), [])
        order.action_confirm()

    def test_not_set_is_for_the_policy(self):
        order = self._order_of(self.buyer, 1_000_000.0)
        self.assertEqual(self._check(order).state, "ok")
        self._strength("no_limit", "warn")
        self.assertEqual(self._check(order).state, "warning")
        self._limit(self.buyer, 2_000_000.0)
        self.assertEqual(self._check(order).state, "ok")

    def test_without_a_rate_it_isnt_guessed(self):
        self._limit(self.buyer, 1000.0)
        order = self._order_of(self.buyer, 1.0, self.kwd)
        self.kwd.rate_ids.unlink()
        self.assertIn("No exchange rate of KWD", self._check(order).sentence)
        self.assertEqual(self._check(order).state, "review")

    # === WHY === #

    def test_a_rate_moved(self):
        """Passed at 1,000; the dollar then doubles, and nothing was bought."""
        self._limit(self.buyer, 1200.0)
        order = self._order_of(self.buyer, 140.0, self.usd)
        order.action_confirm()
        self.policy.rate_basis = "spot"
        self._set_rate(self.usd, TODAY, 0.07)
        check = self._check(order, "deliver")
        self.assertEqual(check.state, "review")
        self.assertIn("The rate moved", check.sentence)

    def test_a_limit_was_lowered(self):
        limit = self._limit(self.buyer, 1000.0)
        order = self._order_of(self.buyer, 800.0)
        order.action_confirm()
        draft = limit.browse(limit.action_revise()["res_id"])
        draft.write({"amount": 500.0, "date_start": TODAY})
        draft.sudo().action_approve()
        self.assertIn("lowered", self._check(order, "deliver").sentence)
        draft = limit.browse(draft.action_revise()["res_id"])
        draft.write({"amount": 84.0, "currency_id": self.usd.id})  # 600 renminbi
        draft.sudo().action_approve()
        self.assertIn("lowered", self._check(order, "deliver").sentence)

    def test_they_pay_late(self):
        self._limit(self.buyer, 1000.0)
        self._invoice(self.buyer, 900.0, 40)
        order = self._order_of(self.buyer, 300.0)
        self.assertIn("pay late", self._check(order).sentence)

    # === OTHER REASONS === #

    def test_overdue_beyond_days(self):
        self._invoice(self.buyer, 900.0, 61)
        order = self._order_of(self.buyer, 1.0)
        self.assertEqual(self._codes(order), ["overdue_days"])
        self._strength("overdue_days", "review", days=31)
        self.assertEqual(self._codes(order), [])

    def test_overdue_amount_in_a_currency(self):
        self.policy.check_ids = [
            Command.create(
                {
                    "reason": "overdue_amount",
                    "currency_id": self.usd.id,
                    "amount": 99.0,
                    "confirm_strength": "block",
                }
            )
        ]
        self._invoice(self.buyer, 900.0, 40)
        order = self._order_of(self.buyer, 1.0)
        self.assertEqual(self._codes(order), [])
        self._invoice(self.buyer, 100.0, 40, currency=self.usd)
        self.assertEqual(self._codes(order), ["overdue_amount"])
        self.assertEqual(self._check(order).state, "blocked")

    def test_a_grade(self):
        self._invoice(self.buyer, 900.0, 300)
        self._strength("overdue_days", "off")
        order = self._order_of(self.buyer, 1.0)
        self.assertEqual(self._codes(order), [])
        self._assess(self.buyer)
        self.assertEqual(self._codes(order), ["grade_below"])

    def test_a_limit_expired_or_due_for_review(self):
        limit = self._limit(self.buyer, 1000.0, date_end=TODAY - DAY)
        order = self._order_of(self.buyer, 1.0)
        self.assertEqual(self._codes(order), ["limit_expired"])
        self.assertIn("ended on", self._check(order).sentence)
        with freeze_time(f"{TODAY - 2 * DAY} 04:00:00"):
            self.assertEqual(self._codes(order), [])
            limit.review_date = TODAY - 3 * DAY
            self.assertIn("to be reviewed", self._check(order).sentence)

    def test_on_hold(self):
        self.buyer.credit_hold = True
        contact = self._customer("Desk", parent_id=self.buyer.id, is_company=False)
        order = self._order_of(contact, 1.0)
        self.assertEqual(self._codes(order), ["on_hold"])

    def test_no_recent_assessment(self):
        self._strength("not_assessed", "warn", days=7)
        order = self._order_of(self.buyer, 1.0)
        self.assertEqual(self._codes(order), ["not_assessed"])
        self._assess(self.buyer)
        self.assertEqual(self._codes(order), [])
        with freeze_time(f"{TODAY + 8 * DAY} 04:00:00"):
            self.assertEqual(self._codes(order), ["not_assessed"])
            # nothing changed, and the nightly run has looked
            self.env["credit.assessment.chunk"]._create_guarded(
                [
                    {
                        "company_id": self.company.id,
                        "date": TODAY + 7 * DAY,
                        "first_id": 1,
                        "last_id": self.buyer.id,
                        "done": True,
                    }
                ]
            )
            self.assertEqual(self._codes(order), [])

    def test_strengths(self):
        # of goods, the check of their transfer is shown, where there are transfers
        self.product.type = "service"
        self._limit(self.buyer, 1.0)
        order = self._order_of(self.buyer, 100.0)
        for strength, state in (
            ("off", "ok"),
            ("warn", "warning"),
            ("review", "review"),
            ("block", "blocked"),
        ):
            self._strength("over_limit", strength)
            order.invalidate_recordset()
            self.assertEqual(order.credit_check_state, state)
        with self.assertRaisesRegex(UserError, "release"):
            order.action_confirm()
        self._strength("over_limit", "warn")
        order.action_confirm()
        self.assertEqual(order.credit_check_state, "warning")

    # === GROUPS === #

    def test_a_group_over_a_tree_and_companies(self):
        """Two daughters and another of our companies, under one limit (PEERS: #28)."""
        mother = self._customer("Mother")
        one, two = (
            self._customer(name, parent_id=mother.id) for name in ("One", "Two")
        )
        self._limit(
            mother,
            2000.0,
            is_group=True,
            group_company_ids=[Command.set(self.other_company.ids)],
        )
        self._order_of(one, 900.0).action_confirm()
        order = self._order_of(two, 1000.0)
        self.assertEqual(self._codes(order), [])
        self.product.company_id = False
        there = self._order_of(
            one, 28.0, self.usd, company_id=self.other_company.id
        ).with_company(self.other_company)
        there.action_confirm()
        self.assertEqual(self._codes(order), ["over_limit"])
        self.assertIn("of the group", self._check(order).sentence)
