from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ...models.common.scheduled_job import ScheduledJob
from .credit_common import DAY, TODAY, CreditCommon


@tagged("post_install", "-at_install")
class TestCreditAssessment(CreditCommon):
    def setUp(self):
        super().setUp()
        self.buyer = self._customer()

    def _rows(self, partner=None):
        return self.env["credit.assessment"].search(
            [("partner_id", "=", (partner or self.buyer).id)]
        )

    def test_a_person_recomputes_it(self):
        for number in range(4):
            move = self._invoice(self.buyer, 1000.0, 300 - 40 * number)
            self._pay(move, 300 - 40 * number - 40)
        self._invoice(self.buyer, 2000.0, 10)
        self._limit(self.buyer, 2500.0)
        assessment = self._assess(self.buyer)
        counted = assessment.factors
        weights = sum(row["weight"] for row in counted)
        score = sum(row["points"] * row["weight"] for row in counted) / weights
        self.assertAlmostEqual(assessment.score, score, places=1)
        for row in counted:
            if "peer_points" in row:
                own, peer = row["band_points"], row["peer_points"]
                shrunk = (4 * own + 5 * peer) / 9
                self.assertAlmostEqual(row["points"], shrunk, places=1)
        self.assertEqual(assessment.exposure, 2000.0)
        self.assertEqual(assessment.available, 500.0)
        self.assertEqual(assessment.expected_payment_days, 10.0)
        shown = assessment.explanation
        self.assertEqual(len(shown["rows"]), 8)
        self.assertEqual(shown["rows"][2]["value"], "80%")

    def test_in_the_limits_currency(self):
        """280 dollars against 300: 2,000 renminbi, and 142.86 left."""
        self._limit(self.buyer, 300.0, self.usd)
        self._invoice(self.buyer, 280.0, currency=self.usd)
        assessment = self._assess(self.buyer)
        self.assertEqual(assessment.exposure, 2000.0)
        self.assertEqual(assessment.limit_original, 300.0)
        self.assertEqual(assessment.limit_amount, 2142.86)
        self.assertEqual(assessment.available, 142.86)
        row = assessment.currencies[0]
        self.assertEqual((row["amount"], row["rate"]), (280.0, 0.14))
        shown = assessment.exposure_table
        self.assertEqual(shown["company"], "In CNY")
        [told] = shown["rows"]
        self.assertEqual(told["currency"], "USD")
        self.assertEqual(told["value"], "2,000.00 CNY")

    def test_a_row_a_day_on_which_it_changed(self):
        self._invoice(self.buyer, 1000.0)
        first = self._assess(self.buyer)
        self.assertEqual(self._assess(self.buyer), first, "of one day, one row")
        with freeze_time(f"{TODAY + DAY} 04:00:00"):
            self.assertEqual(self._assess(self.buyer), first, "nothing has changed")
            self._invoice(self.buyer, 500.0)
            second = self._assess(self.buyer)
        self.assertEqual(second.date, TODAY + DAY)
        self.assertEqual(len(self._rows()), 2)
        self.assertEqual(len(second.history), 2)

    def test_partners_read_search_and_group(self):
        self._invoice(self.buyer, 1000.0, 200)
        contact = self._customer("Desk", parent_id=self.buyer.id, is_company=False)
        other = self._customer("Other")
        self._invoice(other, 500.0)
        (self.buyer | other)._assess_credit()
        Partner = self.env["res.partner"]
        self.assertEqual(contact.credit_grade, "e")
        self.assertEqual(contact.credit_overdue, 1000.0)
        found = Partner.search([("credit_grade", "=", "e")])
        self.assertEqual(found & (self.buyer | contact | other), self.buyer | contact)
        mine = [("id", "in", (self.buyer | other).ids)]
        grouped = dict(Partner._read_group(mine, ["credit_grade"], ["__count"]))
        self.assertEqual(grouped.pop("e"), 1)
        self.assertEqual(list(grouped.values()), [1])
        ordered = Partner.search(mine, order="credit_exposure desc")
        self.assertEqual(ordered, self.buyer | other)
        # whoever sells finds, groups and sorts by grade, and reads no ledger
        Partner = Partner.with_user(self.seller)
        found = Partner.search([*mine, ("credit_grade", "=", "e")])
        self.assertEqual(found.ids, self.buyer.ids)
        grouped = dict(Partner._read_group(mine, ["credit_grade"], ["__count"]))
        self.assertEqual(grouped["e"], 1)
        ordered = Partner.search(mine, order="credit_score")
        self.assertEqual(ordered.ids, (self.buyer | other).ids)

    def test_customers_without_a_score_come_last(self):
        other, unknown = self._customer("Other"), self._customer("Never looked at")
        self._invoice(self.buyer, 1000.0)
        (self.buyer | other)._assess_credit()
        mine = [("id", "in", (self.buyer | other | unknown).ids)]
        for order in ("credit_score", "credit_score desc", "credit_available desc"):
            with self.subTest(order=order):
                found = self.env["res.partner"].search(mine, order=order)
                self.assertEqual(found[-1], unknown)
        first = self.env["res.partner"].search(mine, order="credit_score nulls first")
        self.assertEqual(first[0], unknown)

    def test_each_company_its_own(self):
        self._load_chart(self.other_company)
        self._invoice(self.buyer, 1000.0)
        self._assess(self.buyer)
        self.buyer._assess_credit(self.other_company)
        here, there = (
            self.buyer.with_company(company).credit_exposure
            for company in (self.company, self.other_company)
        )
        self.assertEqual((here, there), (1000.0, 0.0))

    def test_a_branch_reads_its_main_company(self):
        branch = self._create_company("Branch", self.cny, parent_id=self.company.id)
        self._invoice(self.buyer, 1000.0)
        self.buyer._assess_credit(branch)
        self.assertEqual(self.buyer.with_company(branch).credit_exposure, 1000.0)
        self.assertEqual(self._rows().company_id, self.company)

    def test_retention_keeps_the_newest(self):
        self.policy.retention_months = 12
        for ago in (900, 500, 3):
            with freeze_time(f"{TODAY - ago * DAY} 04:00:00"):
                self._invoice(self.buyer, 1000.0 + ago)
                self._assess(self.buyer)
        other = self._customer("Old")
        with freeze_time(f"{TODAY - 900 * DAY} 04:00:00"):
            self._invoice(other, 10.0)
            self._assess(other)
        self.env["credit.assessment"]._gc_old()
        self.assertEqual(len(self._rows()), 1)
        self.assertEqual(len(self._rows(other)), 1)

    # === WITHOUT A POLICY, AND BY TAG === #

    def test_without_a_policy(self):
        self.policy.active = False
        self._invoice(self.buyer, 1000.0)
        self.assertEqual(self._assess(self.buyer).exposure, 1000.0, "asked for")

    def test_a_policy_for_a_tag(self):
        tag = self.env["res.partner.category"].create({"name": "Strict"})
        strict = self.policy.copy(
            {"sequence": 1, "category_ids": [Command.set(tag.ids)], "grade_a": 99}
        )
        self.assertEqual(len(strict.rule_ids), 8)
        self.buyer.category_id = tag
        other = self._customer("Other")
        (self.buyer | other)._assess_credit()
        self.assertEqual(self._rows().policy_id, strict)
        self.assertEqual(self._rows(other).policy_id, self.policy)

    def test_a_scorecard_without_gaps(self):
        rule = self.policy.rule_ids.filtered(lambda rule: rule.factor == "lateness")
        with self.assertRaisesRegex(ValidationError, "gap"):
            rule.band_ids[1].unlink()
            rule._check_bands()

    def test_grades_in_order(self):
        with self.assertRaisesRegex(ValidationError, "higher score"):
            self.policy.grade_b = 90

    # === BY HAND === #

    def test_a_grade_by_hand(self):
        self._invoice(self.buyer, 1000.0)
        Manual = self.env["credit.manual.grade"].with_user(self.clerk)
        values = {"partner_id": self.buyer.id, "grade": "b", "reason": "We know them"}
        manual = Manual.create({**values, "date_end": TODAY + 10 * DAY})
        with self.assertRaises(AccessError):
            manual.action_approve()
        own = Manual.with_user(self.decider).create(
            {**values, "date_end": TODAY + 10 * DAY}
        )
        with self.assertRaisesRegex(AccessError, "You asked"):
            own.action_approve()
        manual.with_user(self.decider).action_approve()
        self.assertEqual(self.buyer.credit_grade, "b")
        self.assertTrue(self._rows().is_manual)
        with self.assertRaisesRegex(UserError, "end it"):
            manual.grade = "a"
        with freeze_time(f"{TODAY + 11 * DAY} 04:00:00"):
            self._assess(self.buyer)
            self.assertEqual(self.buyer.credit_grade, "c", "its end is over")

    def test_a_suggested_limit(self):
        """Of eleven months since the first invoice, one month for a C."""
        for number in range(2):
            move = self._invoice(self.buyer, 72_000.0, 320 - 30 * number)
            self._pay(move, 320 - 30 * number - 30)
        assessment = self._assess(self.buyer)
        self.assertEqual(assessment.grade, "c")
        self.assertEqual(assessment.suggested_limit, 13_000.0)
        action = self.buyer.with_user(self.clerk).action_propose_credit_limit()
        self.assertEqual(action["context"]["default_amount"], 13_000.0)
        self.policy.limit_cap = 5000.0
        self.assertEqual(self._assess(self.buyer).suggested_limit, 5000.0)

    # === HOLDS === #

    def test_a_rule_holds_and_lifts(self):
        self.policy.hold_overdue_days = 60
        move = self._invoice(self.buyer, 1000.0, 100)
        self._assess(self.buyer)
        self.assertTrue(self.buyer.credit_hold)
        self.assertIn("60 days", self.buyer.credit_hold_reason)
        self.assertEqual(self.buyer.credit_grade, "e")
        self._pay(move)
        self._assess(self.buyer)
        self.assertFalse(self.buyer.credit_hold)

    def test_a_hold_by_grade_is_cured(self):
        """The hold itself makes it E: that isn't why it stays."""
        self.policy.hold_grade = "d"
        move = self._invoice(self.buyer, 1000.0, 200)
        self._assess(self.buyer)
        self.assertTrue(self.buyer.credit_hold)
        self._pay(move)
        self._assess(self.buyer)
        self.assertFalse(self.buyer.credit_hold)

    def test_by_hand_it_stays(self):
        with self.assertRaises(AccessError):
            self.buyer.with_user(self.seller).write({"credit_hold": True})
        self.buyer.with_user(self.decider)._check_may_hold()
        self.buyer.credit_hold = True
        self._assess(self.buyer)
        self.assertTrue(self.buyer.credit_hold)
        self.assertEqual(self.buyer.credit_grade, "e")
        self.buyer.credit_hold = False
        self._assess(self.buyer)
        self.assertNotEqual(self.buyer.credit_grade, "e")

    def test_own_companies_arent_held(self):
        with self.assertRaisesRegex(UserError, "your own"):
            self.other_company.partner_id.credit_hold = True

    # === THE NIGHT === #

    def test_loss_allowance(self):
        self._invoice(self.buyer, 1000.0, 100)
        self._invoice(self.buyer, 100.0, currency=self.usd)
        rows = self.env["credit.loss.allowance"].search(
            [("partner_id", "=", self.buyer.id)]
        )
        told = {row.currency_id.name: (row.bucket, row.allowance) for row in rows}
        self.assertEqual(told["CNY"], ("days_90", 150.0))
        self.assertEqual(told["USD"], ("current", 0.5))

    def test_all_companies_are_due_before_the_first_is_done(self):
        """Odoo is told how much is left of all of them: it goes on until nothing is."""
        self.env["credit.policy"].search([]).active = False
        for company in (self.company, self.other_company):
            self.env["credit.policy"].create({"name": "P", "company_id": company.id})
        self._invoice(self.buyer, 1000.0)
        self._limit(
            self._customer("Other"),
            10.0,
            currency=self.usd,
            company_id=self.other_company.id,
        )
        left = []
        commit = ScheduledJob._commit

        def note(job, processed, remaining=None):
            left.append(job._left)
            return commit(job, processed, remaining)

        self.patch(ScheduledJob, "_commit", note)
        self.env["credit.policy"].search([]).flush_recordset()
        # they were made before this night began
        self.env.cr.execute("UPDATE credit_policy SET create_date = '2020-01-01'")
        with self.enter_registry_test_mode():
            self.env.ref(
                "multicurrency_crm.ir_cron_assess_credit"
            ).method_direct_trigger()
        self.assertEqual([*dict.fromkeys(left)], [0, 2, 1])

    def test_queries_dont_grow(self):
        def count(number):
            buyers = self.buyer.browse()
            for _n in range(number):
                buyer = self._customer()
                self._invoice(buyer, 1000.0)
                buyers |= buyer
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            buyers._assess_credit()
            return self.env.cr.sql_log_count - before

        count(1)
        self.assertEqual(count(30), count(2))
