"""Figures of the scorecard in situations that are easily told wrongly."""

from datetime import date, datetime, time, timedelta

from dateutil.relativedelta import relativedelta
from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ...engine.errors import ScoreError
from .credit_common import DAY, TODAY
from .figure_common import FigureCase


@tagged("post_install", "-at_install")
class TestCreditLateness(FigureCase):
    def test_by_the_booked_value_of_what_was_paid(self):
        """100 dollars at 7 are 700 when they were sold, whatever they are when the
        money comes: as much as 700 renminbi."""
        self._set_rate(self.usd, TODAY - 60 * DAY, 1.0)
        self._set_rate(self.usd, TODAY - 150 * DAY, 1 / 7)
        self._paid(100.0, 100, late=20, currency=self.usd)
        self._paid(700.0, 100)
        self.assertEqual(self._value("lateness"), 10.0)

    def test_on_the_very_bound_of_a_band(self):
        """Five days late by each invoice are five, though sums of binary fractions say
        5.000000000000001."""
        for amount in (1615.96, 2361.96, 8813.54):
            self._paid(amount, 100, late=5)
        row = self._factors()["lateness"]
        self.assertEqual((row["value"], row["points"]), (5.0, 90))

    def test_each_instalment_by_its_own_due_date(self):
        """Half on its day and half 40 days late: 20."""
        terms = self._create_terms("Two halves", 30, 60)
        move = self._invoice(self.buyer, 1000.0, 200, terms=terms)
        self._pay(move, 170, 500.0)
        self._pay(move, 100)
        self.assertEqual(self._value("lateness"), 20.0)

    def test_the_day_of_the_money_and_not_of_the_matching(self):
        move = self._invoice(self.buyer, 1000.0, 100)
        money = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.buyer.id,
                "amount": 1000.0,
                "currency_id": self.cny.id,
                "date": TODAY - 70 * DAY,
                "journal_id": self.bank.id,
            }
        )
        money.action_post()
        lines = (move | money.move_id).line_ids
        owed = lines.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        owed.reconcile()
        self.assertIn(move.payment_state, ("paid", "in_payment"))
        self.assertEqual(self._value("lateness"), 0.0)

    def test_a_discount_for_early_payment_is_no_lateness(self):
        terms = self._create_terms(
            "2 % in 10 days",
            30,
            early_discount=True,
            discount_percentage=2,
            discount_days=10,
        )
        move = self._invoice(self.buyer, 1000.0, 60, terms=terms)
        self._pay(move, 55, 980.0)
        self.assertIn(move.payment_state, ("paid", "in_payment"))
        rows = self._factors()
        self.assertEqual(rows["lateness"]["value"], 0.0)
        self.assertEqual(self.buyer.credit_overdue, 0.0)

    def test_open_overdue_amounts_so_far(self):
        """1,000 on its day, and 1,000 that has been due for 60 days: 30."""
        self._paid(1000.0, 200)
        self._invoice(self.buyer, 1000.0, 90)
        self.assertEqual(self._value("lateness"), 30.0)

    def test_what_a_dispute_took_isnt_lateness(self):
        """Disputed for 80 days, and paid 5 days after it was settled."""
        self._paid(1000.0, 100)
        move = self._invoice(self.buyer, 1000.0, 120)
        with freeze_time(f"{TODAY - 95 * DAY} 04:00:00"):
            move.action_credit_dispute()
        self.assertEqual(self._value("incidents"), 1)
        with freeze_time(f"{TODAY - 15 * DAY} 04:00:00"):
            move.action_credit_dispute_settled()
        self._pay(move, 10)
        rows = self._factors()
        self.assertEqual(rows["lateness"]["value"], 2.5)
        self.assertEqual(rows["incidents"]["value"], 0)

    def test_a_dispute_that_was_paid_is_none(self):
        move = self._invoice(self.buyer, 1000.0, 60)
        move.action_credit_dispute()
        self._pay(move)
        self.assertEqual(self._value("incidents"), 0)

    def test_an_invoice_of_nothing_isnt_settled(self):
        for number in range(3):
            move = self._invoice(self.buyer, 0.0, 100 - number)
            self.assertEqual(move.payment_state, "paid")
        assessment = self._assess(self.buyer)
        self.assertEqual(assessment.settled, 0)
        self.assertFalse(assessment.is_rated)
        self.assertEqual(assessment.grade, "c")

    def test_contacts_pay_for_their_company(self):
        desk = self._customer("Desk", parent_id=self.buyer.id, is_company=False)
        self._paid(1000.0, 100, late=10, partner=desk)
        self._paid(1000.0, 100)
        self.assertEqual(self._value("lateness"), 5.0)
        self.assertEqual(self.buyer.credit_assessment_id.settled, 2)


@tagged("post_install", "-at_install")
class TestCreditFactors(FigureCase):
    def test_anniversaries(self):
        """On the day itself the better band counts, whatever leap years lie between."""
        for day, value, points in (
            (date(2021, 11, 20), 5, 100),
            (date(2023, 11, 20), 3, 80),
            (date(2025, 11, 20), 1, 60),
            (date(2026, 5, 20), 0.5, 40),
            (date(2026, 5, 21), None, 20),
        ):
            buyer = self._customer(str(day))
            self._invoice(buyer, 1000.0, (TODAY - day).days)
            row = self._factors(buyer)["relation"]
            self.assertEqual(row["points"], points, day)
            if value is not None:
                self.assertEqual(row["value"], value)

    def test_countback_gross_of_tax(self):
        """1,100 with tax are open of the 1,100 that were sold this month: 20 days; less
        terms of 30."""
        tax = self.env["account.tax"].create(
            {
                "name": "10 %",
                "amount": 10.0,
                "company_id": self.company.id,
                "country_id": self.company.account_fiscal_country_id.id,
            }
        )
        line = {"name": "Goods", "price_unit": 1000.0}
        self._invoice(
            self.buyer,
            0.0,
            5,
            invoice_line_ids=[Command.create({**line, "tax_ids": tax.ids})],
        )
        self.assertEqual(self._exposure(self.buyer).get_booked("receivable"), 1100.0)
        self.assertEqual(self._value("dso_beyond_terms"), -10.0)

    def test_terms_in_instalments_by_amount(self):
        """Terms of 30 and of 90 days by halves are 60."""
        terms = self._create_terms("Two halves", 30, 90)
        self._invoice(self.buyer, 1000.0, 5, terms=terms)
        self.assertEqual(self._value("dso_beyond_terms"), 20.0 - 60.0)

    def test_trend_at_constant_rates(self):
        """100 dollars then and 150 now, though the dollar has halved since."""
        self._set_rate(self.usd, TODAY - 300 * DAY, 0.28)
        for amount, ago in ((100.0, 400), (150.0, 20), (999.0, 250)):
            order = self._order_of(self.buyer, amount, self.usd)
            order.action_confirm()
            order.date_order = TODAY - ago * DAY
        self.assertEqual(self._value("trend"), 1.5)

    def test_trend_by_days_of_the_company(self):
        """Ordered in the morning of a day that UTC begins later."""
        self.company.partner_id.tz = "Asia/Shanghai"
        first = TODAY - relativedelta(months=6) + DAY
        morning = datetime.combine(first, time(1)) - timedelta(hours=8)
        for amount, moment in ((100.0, TODAY - 400 * DAY), (150.0, morning)):
            order = self._order_of(self.buyer, amount, self.usd)
            order.action_confirm()
            order.date_order = moment
        self.assertEqual(self._value("trend"), 1.5)

    def test_a_limit_of_nothing(self):
        self._limit(self.buyer, 0.0)
        self.assertEqual(self._factors()["limit_use"]["points"], 100)
        self._invoice(self.buyer, 10.0)
        self.assertEqual(self._factors()["limit_use"]["points"], 0)
        self.assertNotIn("limit_use", self._factors(self._customer("Not set")))

    def test_a_currency_without_a_rate(self):
        """What is owed isn't known against a limit; that all of it is late is."""
        self._limit(self.buyer, 1000.0)
        gbp = self._activate("GBP")[0]
        self._set_rate(gbp, TODAY - 200 * DAY, 0.1)
        self._invoice(self.buyer, 5000.0, 100, currency=gbp)
        gbp.rate_ids.unlink()
        rows = self._factors()
        self.assertNotIn("limit_use", rows)
        self.assertNotIn("currency", rows)
        self.assertEqual(rows["overdue_share"]["value"], 1.0)
        self._invoice(self.buyer, 5000.0, 100)
        self.assertNotIn("overdue_share", self._factors(), "nothing to add them up by")


@tagged("post_install", "-at_install")
class TestCreditPeers(FigureCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.germany, cls.japan = cls.env.ref("base.de"), cls.env.ref("base.jp")

    def test_alone_in_its_country(self):
        """Its peers are the company's customers, and not the customer itself."""
        self.buyer.country_id = self.japan
        self._paid(1000.0, 100)
        for name in ("One", "Two"):
            other = self._customer(name, country_id=self.germany.id)
            self._paid(1000.0, 100, late=50, partner=other)
        row = self._factors()["lateness"]
        self.assertEqual((row["band_points"], row["peer_points"]), (100, 46.67))
        self.assertEqual(row["points"], round((1 * 100 + 5 * 46.67) / 6, 2))
        self.assertEqual(self.buyer.expected_payment_days, 50.0, "of its peers")

    def test_of_the_same_country(self):
        self.buyer.country_id = self.japan
        self._paid(1000.0, 100)
        for country, late in ((self.germany, 90), (self.japan, 3)):
            other = self._customer(country.name, country_id=country.id)
            self._paid(1000.0, 120, late=late, partner=other)
        self.assertEqual(self._factors()["lateness"]["peer_points"], 95)

    def test_one_that_no_band_holds_is_nobodys_peer(self):
        """It fails by itself, and not with everybody whose peer it is."""
        rule = self.policy.rule_ids.filtered(lambda rule: rule.factor == "lateness")
        rule.band_ids.filtered("is_highest").unlink()
        other = self._customer("Very late")
        self._paid(1000.0, 150, late=90, partner=other)
        self._paid(1000.0, 150)
        row = self._factors()["lateness"]
        self.assertEqual(row["points"], 100)
        with self.assertRaises(ScoreError):
            self._assess(other)
        with self.assertRaisesRegex(UserError, "holds 90"):
            other.with_user(self.clerk).action_assess_credit()

    def test_days_late_of_peers_are_their_median(self):
        for late in (2, 3, 80):
            other = self._customer(f"{late} days")
            self._paid(1000.0, 150, late=late, partner=other)
        self._assess(self.buyer)
        self.assertEqual(self.buyer.expected_payment_days, 3.0)
