"""What is open is worth at the end of a period: published examples, and what always
holds."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine.revaluation import (
    ZERO,
    Position,
    Total,
    Valuation,
    book,
    convert,
    is_long_term,
    total,
    value,
)

DAY = date(2026, 8, 31)
LONG, SHORT = date(2028, 3, 1), date(2027, 8, 31)
RECEIVABLE, PAYABLE, BANK = 1, 2, 3
ADJUSTED, OWED, GAIN, LOSS = 11, 12, 21, 22
USD, GBP = 1, 2
CENT = Decimal("0.01")

amounts = st.integers(-(10**9), 10**9).map(lambda cents: Decimal(cents) / 100)
prices = st.integers(1, 10**7).map(lambda units: Decimal(units) / 10**4)
dues = st.none() | st.integers(-400, 1200).map(lambda days: DAY + timedelta(days))
positions = st.builds(
    Position,
    st.sampled_from((RECEIVABLE, PAYABLE, BANK)),
    st.sampled_from((USD, GBP)),
    st.just(ZERO) | amounts,
    amounts,
    st.just(ZERO) | amounts,
    dues,
)
methods = st.sampled_from(("standard", "losses"))


def of(foreign, booked, adjusted="0", due=None):
    return Position(
        RECEIVABLE, USD, Decimal(foreign), Decimal(booked), Decimal(adjusted), due
    )


def at(price, position, method="standard", step=CENT):
    """Value at a price in company currency for 1 unit, as people write it."""
    rate = None if price is None else 1 / Decimal(price)
    return value(position, rate, step, DAY, method)


def written(carried, closing, delta):
    return Valuation(Decimal(carried), Decimal(closing), Decimal(delta))


@tagged("post_install", "-at_install")
class TestPublishedExamples(BaseCase):
    def test_sap_valuation_of_open_items(self):
        found = at("1.63", of(1000, 1700))
        self.assertEqual(found, written(1700, 1630, -70))

    def test_netsuite_invoices_with_no_payments(self):
        """£100 and £50 at 2.00, closing 2.50: one line of 75."""
        pairs = []
        for foreign, booked, gain in ((100, 200, 50), (50, 100, 25)):
            position = Position(RECEIVABLE, GBP, Decimal(foreign), Decimal(booked))
            found = value(position, Decimal("0.4"), CENT, DAY)
            self.assertEqual(found.delta, gain)
            pairs.append((position, found.delta))
        (line,) = total(pairs)
        self.assertEqual((line.account_id, line.currency_id), (RECEIVABLE, GBP))
        self.assertEqual((line.gains, line.losses, line.delta), (75, 0, 75))

    def test_business_central_currency_example(self):
        found = at("1.125", of(1000, 1123))
        self.assertEqual(found.delta, 2)
        paid = at(None, of(0, 0, found.delta))
        self.assertEqual(paid, written(2, 0, -2))

    def test_d365_finance_standing_differences(self):
        first = at("1.666667", of(500, 1000))
        self.assertEqual(first, written(1000, "833.33", "-166.67"))
        second = at("2.5", of(500, 1000, first.delta))
        self.assertEqual(second, written("833.33", 1250, "416.67"))

    def test_erpnext_revalued_and_nothing_left(self):
        self.assertEqual(at("85", of(100, 8000)), written(8000, 8500, 500))
        self.assertEqual(at(None, of(0, 500)), written(500, 0, -500))

    def test_a_receivable_over_three_month_ends(self):
        """USD 10,000 at 7.10; 4,000 received in September, the rest in October."""
        steps = (
            # what is open, booked, closing price, delta
            (10000, 71000, "7.15", 500),
            (6000, 42600, "7.05", -800),
            (0, 0, None, 300),
        )
        adjusted, core = ZERO, (0, 400, -600)
        months = []
        for (foreign, booked, price, delta), realised in zip(steps, core, strict=True):
            found = at(price, of(foreign, booked, adjusted))
            self.assertEqual(found.delta, delta)
            adjusted += found.delta
            months.append(found.delta + realised)
        self.assertEqual((months, adjusted), ([500, -400, -300], 0))

    def test_losses_only(self):
        """HGB § 256a: down to the worse, up again to what was booked; within a year,
        spot both ways."""
        cases = (
            # booked, adjusted, at spot, due, delta
            ("900", "0", "850", LONG, "-50"),
            ("900", "-50", "920", LONG, "50"),
            ("450", "0", "460", LONG, "0"),
            ("-900", "0", "-920", LONG, "-20"),
            ("-900", "-20", "-880", LONG, "20"),
            ("900", "0", "920", SHORT, "20"),
            ("900", "0", "920", None, "20"),
        )
        for booked, adjusted, spot, due, delta in cases:
            sign = -1 if booked.startswith("-") else 1
            position = of(1000 * sign, booked, adjusted, due)
            price = Decimal(spot) / (1000 * sign)
            with self.subTest(booked=booked, spot=spot, due=due):
                found = at(price, position, "losses")
                self.assertEqual(found.delta, Decimal(delta))

    def test_a_year_is_a_year(self):
        self.assertFalse(is_long_term(date(2027, 8, 31), DAY))
        self.assertTrue(is_long_term(date(2027, 9, 1), DAY))
        # from the last of February in a leap year
        self.assertTrue(is_long_term(date(2029, 3, 1), date(2028, 2, 29)))

    def test_rounded_as_odoo_rounds(self):
        """1,850 at 7.52590 is half a cent but for the error of a binary fraction."""
        rate = Decimal(repr(1 / 7.52590))
        self.assertEqual(convert(Decimal(1850), rate, CENT), Decimal("13922.92"))
        self.assertEqual(convert(Decimal(-5), Decimal(2), Decimal(1)), -3)

    def test_what_is_open_needs_a_rate(self):
        with self.assertRaises(ValueError):
            at(None, of(1, 1))


@tagged("post_install", "-at_install")
class TestWhatAlwaysHolds(BaseCase):
    @given(positions, prices, methods)
    def test_a_second_time_changes_nothing(self, position, price, method):
        first = at(price, position, method)
        again = Position(
            position.account_id,
            position.currency_id,
            position.foreign,
            position.booked,
            position.adjusted + first.delta,
            position.due,
        )
        self.assertEqual(
            at(price, again, method), Valuation(first.closing, first.closing, ZERO)
        )

    @given(positions, prices)
    def test_prudence_shows_no_gain_over_what_was_booked(self, position, price):
        found = at(price, position, "losses")
        usual = at(price, position)
        self.assertLessEqual(found.closing, usual.closing)
        if position.foreign and is_long_term(position.due, DAY):
            self.assertLessEqual(found.closing, position.booked)
            self.assertIn(found.closing, (position.booked, usual.closing))
        else:
            self.assertEqual(found, usual)

    @given(st.lists(prices, min_size=1, max_size=6), amounts, amounts, methods)
    def test_standing_and_reversed_say_the_same_of_each_day(
        self, path, foreign, booked, method
    ):
        """After any number of runs, standing adjustments add up to what a single one,
        whose forerunners were all reversed, books."""
        adjusted = ZERO
        for price in path:
            standing = at(price, of(foreign, booked, adjusted, LONG), method)
            adjusted += standing.delta
            alone = at(price, of(foreign, booked, "0", LONG), method)
            self.assertEqual(adjusted, alone.delta)
        settled = at(None, of(0, 0, adjusted, LONG), method)
        self.assertEqual(adjusted + settled.delta, 0)

    @given(st.lists(st.tuples(positions, amounts), max_size=30))
    def test_an_entry_balances_and_is_short(self, pairs):
        lines = book(total(pairs), {RECEIVABLE: ADJUSTED, PAYABLE: OWED}, GAIN, LOSS)
        self.assertEqual(sum(line.balance for line in lines), 0)
        # three accounts and two results, in two currencies
        self.assertLessEqual(len(lines), (3 + 2) * 2)
        self.assertEqual(
            len(lines),
            len({(line.account_id, line.currency_id) for line in lines}),
        )
        self.assertFalse({RECEIVABLE, PAYABLE} & {line.account_id for line in lines})
        by_account = sum((line.balance for line in lines if line.valued_id), start=ZERO)
        self.assertEqual(by_account, sum(delta for _position, delta in pairs))

    def test_gains_and_losses_are_not_netted(self):
        lines = book(
            [Total(RECEIVABLE, USD, Decimal(50), Decimal(-50))], {}, GAIN, LOSS
        )
        self.assertEqual(
            [(line.account_id, line.balance) for line in lines],
            [(GAIN, -50), (LOSS, 50)],
        )

    def test_what_an_advance_earned_goes_to_its_revenue(self):
        """Neither to gains nor to losses (IFRIC 22)."""
        revenue, deposits = 77, 88
        earned = Total(deposits, USD, Decimal(0), Decimal(-8), None, revenue)
        lines = book([earned], {}, GAIN, LOSS)
        self.assertEqual(
            [(line.account_id, line.balance) for line in lines],
            [(deposits, -8), (revenue, 8)],
        )
