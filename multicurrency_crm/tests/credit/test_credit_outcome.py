"""What follows from a customer's figures: limits, risk, dates, allowances, grades."""

from decimal import Decimal

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .credit_common import DAY, TODAY
from .figure_common import FigureCase


@tagged("post_install", "-at_install")
class TestCreditSuggestion(FigureCase):
    def test_a_ceiling_that_limit_use_hid(self):
        """D with the use of its limit; B without, but more than 30 days overdue: C."""
        self.policy.grade_d = 1
        for rule in self.policy.rule_ids:
            weights = {"limit_use": 1000, "overdue_share": 0}
            rule.weight = weights.get(rule.factor, rule.weight)
        for number in range(6):
            self._paid(20_000.0, 350 - 50 * number)
        self._invoice(self.buyer, 2000.0, 70)
        self._limit(self.buyer, 1700.0)
        assessment = self._assess(self.buyer)
        self.assertEqual(assessment.grade, "d")
        self.assertEqual(assessment.suggested_limit, 11_000.0, "a month, and not two")

    def test_a_policy_that_suggests_otherwise_is_followed(self):
        """Nothing but the suggestion has changed: stored all the same."""
        for number in range(2):
            self._paid(72_000.0, 320 - 30 * number)
        self.assertEqual(self._assess(self.buyer).suggested_limit, 13_000.0)
        self.policy.limit_cap = 5000.0
        with freeze_time(f"{TODAY + DAY} 04:00:00"):
            self.assertEqual(self._assess(self.buyer).suggested_limit, 5000.0)

    def test_what_became_an_invoice_is_shown_as_one(self):
        """The exposure is the same, and made of something else."""
        order = self._order_of(self.buyer, 1000.0)
        order.action_confirm()
        parts = self._assess(self.buyer).currencies[0]["parts"]
        self.assertEqual(parts, {"undelivered": 1000.0})
        with freeze_time(f"{TODAY + DAY} 04:00:00"):
            order._create_invoices().action_post()
            parts = self._assess(self.buyer).currencies[0]["parts"]
        self.assertEqual(list(parts), ["not_due"])


@tagged("post_install", "-at_install")
class TestCreditCurrencyRisk(FigureCase):
    def _move_rates(self):
        """A hundred days of ±1 %."""
        self.env["res.currency.rate"].search(
            [("currency_id", "=", self.usd.id), ("company_id", "=", self.company.id)]
        ).unlink()
        for ago in range(100, -1, -1):
            rate = 0.14 * (1.01 if ago % 2 else 1.0)
            self._set_rate(self.usd, TODAY - ago * DAY, rate)

    def test_plain_and_lately(self):
        """By hand: 1,000 dollars at the month's first rate, a move of 1 % a day."""
        self._move_rates()
        self._limit(self.buyer, 10_000.0)
        self._invoice(self.buyer, 1000.0, currency=self.usd)
        assessment = self._assess(self.buyer)
        move = Decimal("1.01").ln()
        held = Decimal(str(assessment.exposure))
        lately = Decimal("1.645") * held * move * Decimal(21).sqrt()
        plain = lately * (Decimal(100) / 99).sqrt()
        self.assertAlmostEqual(assessment.fx_at_risk, float(plain), 1)
        self.assertAlmostEqual(assessment.fx_at_risk_weighted, float(lately), 1)
        [row] = [row for row in assessment.factors if row["code"] == "currency"]
        self.assertAlmostEqual(row["value"], float(plain) / 10_000, 3)
        self.assertEqual((row["weight"], row["contribution"]), (0, 0))

    def test_a_company_currency_with_a_rate_of_its_own(self):
        """Both move together in the table: against each other nothing moves."""
        for ago in range(100, -1, -1):
            move = 1.03 if ago % 2 else 1.0
            day = TODAY - ago * DAY
            for currency, rate in ((self.usd, 0.14), (self.cny, 1.0)):
                self._set_rate(currency, day, rate * move)
        self.policy.volatility_floor = 0
        self._invoice(self.buyer, 1000.0, currency=self.usd)
        self.assertEqual(self._assess(self.buyer).fx_at_risk, 0.0)


@tagged("post_install", "-at_install")
class TestCreditExpected(FigureCase):
    def test_when_money_is_expected(self):
        for number in range(5):
            self._paid(1000.0, 300 - 20 * number, late=12)
        move = self._invoice(self.buyer, 1000.0, 10)
        self.clerk.group_ids |= self.env.ref("account.group_account_invoice")
        shown = move.with_user(self.clerk)
        self.assertFalse(shown.credit_expected_on, "nobody assessed it")
        self._assess(self.buyer)
        move.invalidate_recordset()
        self.assertEqual(shown.credit_expected_on, TODAY + 32 * DAY)
        late = self._invoice(self.buyer, 1000.0, 200)
        self.assertEqual(late.credit_expected_on, TODAY + DAY, "never before tomorrow")
        late.action_credit_dispute()
        self.assertFalse(late.credit_expected_on)
        self._pay(move)
        self.assertFalse(move.credit_expected_on)

    def test_the_next_open_instalment(self):
        terms = self._create_terms("Two halves", 30, 60)
        move = self._invoice(self.buyer, 1000.0, 5, terms=terms)
        self._assess(self.buyer)
        self.assertEqual(move.credit_expected_on, TODAY + 25 * DAY)
        self._pay(move, amount=500.0)
        self.assertEqual(move.credit_expected_on, TODAY + 55 * DAY)


@tagged("post_install", "-at_install")
class TestCreditAllowance(FigureCase):
    def _rows(self):
        self.env.invalidate_all()
        rows = self.env["credit.loss.allowance"].search(
            [("partner_id", "=", self.buyer.id)]
        )
        return {
            (row.currency_id.name, row.bucket): (row.amount, row.allowance)
            for row in rows
        }

    def test_money_pays_the_oldest_first(self):
        """1,000 that is 100 days late and 1,000 that isn't due, and 1,500 of money that
        nobody has matched: 500 that isn't due are left."""
        self._invoice(self.buyer, 1000.0, 130)
        self._invoice(self.buyer, 1000.0, 10)
        self.assertEqual(self._rows()["CNY", "older"], (1000.0, 500.0))
        self._credit_note(self._invoice(self.buyer, 1500.0, 9), 3000.0, 5)
        self.assertEqual(self._rows(), {("CNY", "current"): (500.0, 2.5)})

    def test_by_the_rates_for_everybody(self):
        """A policy for a tag or for a grade comes first, and isn't the company's."""
        tag = self.env["res.partner.category"].create({"name": "Strict"})
        for values in ({"category_ids": [Command.set(tag.ids)]}, {"grade": "e"}):
            other = self.policy.copy({"sequence": 1, **values})
            other.loss_rate_ids.rate = 1.0
        self._invoice(self.buyer, 1000.0, 10)
        self.assertEqual(self._rows(), {("CNY", "current"): (1000.0, 5.0)})

    def test_what_is_to_a_customers_credit_cant_be_lost(self):
        self._credit_note(self._invoice(self.buyer, 100.0, 200), 5000.0, 5)
        self._invoice(self.buyer, 10.0, 60, currency=self.usd)
        self.assertEqual(self._rows(), {("USD", "days_30"): (10.0, 0.2)})


@tagged("post_install", "-at_install")
class TestCreditOpening(FigureCase):
    def test_who_only_owes_an_opening_balance(self):
        """Nobody invoiced this customer in Odoo: it is one all the same."""
        receivable = self.buyer.with_company(
            self.company
        ).property_account_receivable_id
        income = self.env["account.account"].search(
            [
                ("account_type", "=", "income"),
                ("company_ids", "in", self.company.ids),
            ],
            limit=1,
        )
        Partner = self.env["res.partner"]
        self.assertNotIn(self.buyer.id, Partner._find_credit_customers(self.company))
        due = TODAY - 45 * DAY
        lines = [
            {"account_id": account.id, "balance": balance, "date_maturity": due}
            for account, balance in ((receivable, 900.0), (income, -900.0))
        ]
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "company_id": self.company.id,
                "date": TODAY - 75 * DAY,
                "line_ids": [
                    Command.create({**line, "partner_id": self.buyer.id})
                    for line in lines
                ],
            }
        )
        entry.action_post()
        self.env.flush_all()
        self.assertIn(self.buyer.id, Partner._find_credit_customers(self.company))
        assessment = self._assess(self.buyer)
        self.assertEqual((assessment.exposure, assessment.overdue), (900.0, 900.0))
        [row] = [row for row in assessment.factors if row["code"] == "lateness"]
        self.assertEqual(row["value"], 45.0)


@tagged("post_install", "-at_install")
class TestCreditByHand(FigureCase):
    def _by_hand(self, **values):
        Manual = self.env["credit.manual.grade"].with_user(self.clerk)
        return Manual.create(
            {
                "partner_id": self.buyer.id,
                "grade": "a",
                "reason": "Their bank has guaranteed it",
                "date_end": TODAY + 5 * DAY,
                **values,
            }
        )

    def test_for_a_branch_it_is_the_main_companys(self):
        branch = self._create_company("Branch", self.cny, parent_id=self.company.id)
        self.clerk.company_ids |= branch
        manual = self._by_hand(company_id=branch.id)
        self.assertEqual(manual.company_id, self.company)
        manual.with_user(self.decider).action_approve()
        self.assertEqual(self.buyer.credit_grade, "a")

    def test_one_whose_end_is_over_isnt_approved(self):
        manual = self._by_hand(date_end=TODAY - DAY)
        with self.assertRaisesRegex(UserError, "end is over"):
            manual.with_user(self.decider).action_approve()

    def test_at_its_end_the_note_goes_too(self):
        """The computed grade is the same: that it isn't by hand any more is told."""
        self._invoice(self.buyer, 1000.0)
        self._by_hand(grade="c").with_user(self.decider).action_approve()
        self.assertTrue(self.buyer.credit_assessment_id.is_manual)
        with freeze_time(f"{TODAY + 6 * DAY} 04:00:00"):
            self.assertFalse(self._assess(self.buyer).is_manual)


@tagged("post_install", "-at_install")
class TestCreditSeen(FigureCase):
    def test_assessed_anew_and_nothing_changed(self):
        self.policy.check_ids.filtered(
            lambda check: check.reason == "not_assessed"
        ).write({"confirm_strength": "block", "days": 30})
        self._assess(self.buyer)
        with freeze_time(f"{TODAY + 40 * DAY} 04:00:00"):
            order = self._order_of(self.buyer, 100.0)
            with self.assertRaises(UserError):
                order.action_confirm()
            self.buyer.with_user(self.clerk).action_assess_credit()
            self.assertEqual(self.buyer.credit_assessment_id.date, TODAY)
            order.action_confirm()

    def test_a_branch_that_is_younger_than_an_assessment(self):
        self._invoice(self.buyer, 1000.0)
        assessment = self._assess(self.buyer)
        branch = self._create_company("Branch", self.cny, parent_id=self.company.id)
        here = self.buyer.with_company(branch)
        self.assertEqual(here.credit_assessment_id, assessment)


@tagged("post_install", "-at_install")
class TestCreditFigureAccess(FigureCase):
    def test_figures_cant_be_guessed_by_searching(self):
        """Whoever may not read an exposure can't search, sort or add up by it."""
        self._invoice(self.buyer, 1000.0)
        self._assess(self.buyer)
        mine = [("id", "=", self.buyer.id)]
        over = [*mine, ("credit_exposure", ">", 999)]
        Partner = self.env["res.partner"].with_user(self.clerk)
        self.assertEqual(Partner.search(over).ids, self.buyer.ids)
        [(total,)] = Partner._read_group(mine, [], ["credit_exposure:sum"])
        self.assertEqual(total, 1000.0)
        Partner, Order = (
            self.env[name].with_user(self.seller)
            for name in ("res.partner", "sale.order")
        )
        for look in (
            lambda: Partner.search(over),
            lambda: Partner.search(mine, order="credit_exposure"),
            lambda: Partner._read_group(mine, [], ["credit_exposure:sum"]),
            lambda: Order.search([("partner_id.credit_overdue", ">", 0)]),
            lambda: Partner.search([("parent_id.credit_available", ">", 0)]),
        ):
            with self.assertRaises(AccessError):
                look()
