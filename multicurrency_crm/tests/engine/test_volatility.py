import datetime
import math
import statistics

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine import volatility

START = datetime.date(2026, 3, 2)

rates = st.floats(0.001, 10_000, allow_nan=False)
series = st.dictionaries(
    st.dates(datetime.date(2020, 1, 1), datetime.date(2026, 1, 1)), rates, max_size=40
)


def on_days(values, step=1):
    return {START + datetime.timedelta(n * step): v for n, v in enumerate(values)}


@tagged("post_install", "-at_install")
class TestVolatility(BaseCase):
    def test_too_few_returns_say_nothing(self):
        ten = on_days([1 + n / 100 for n in range(10)])
        for measure in (volatility.daily, volatility.ewma):
            self.assertIsNone(measure({}))
            self.assertIsNone(measure(ten))
            self.assertIsNotNone(measure({**ten, datetime.date(2026, 4, 1): 1.2}))

    def test_constant_rate(self):
        pegged = on_days([3.6725] * 12)
        self.assertAlmostEqual(volatility.daily(pegged), 0)
        self.assertAlmostEqual(volatility.ewma(pegged), 0)

    def test_known_figure(self):
        """Up and down by 1 %: the sample deviation of ten returns of ±0.00995."""
        values = on_days([1.0, 1.01] * 5 + [1.0])
        move = math.log(1.01)
        self.assertAlmostEqual(
            volatility.daily(values), move * math.sqrt(10 / 9), places=12
        )
        self.assertAlmostEqual(volatility.ewma(values), move, places=12)
        self.assertAlmostEqual(volatility.annualised(0.01), 0.158745, places=6)

    def test_days_apart(self):
        """The same moves four days apart are half as large a day."""
        values = [1.0, 1.02, 1.01, 1.03, 1.0, 0.98, 1.0, 1.05, 1.01, 1.0, 1.02]
        self.assertAlmostEqual(
            volatility.daily(on_days(values, 4)), volatility.daily(on_days(values)) / 2
        )

    def test_ewma_forgets(self):
        calm, wild = [1.0, 1.001] * 15, [1.0, 1.05] * 15
        rising = volatility.ewma(on_days(calm + wild))
        falling = volatility.ewma(on_days(wild + calm))
        self.assertGreater(rising, 2 * falling)

    @given(series)
    def test_same_for_the_inverse(self, table):
        """And the running figure is that of the whole table."""
        found = volatility.daily(table)
        if len(table) <= volatility.FEWEST_RETURNS:
            self.assertIsNone(found)
            return
        returns = volatility.daily_returns(table)
        self.assertTrue(
            math.isclose(found, statistics.stdev(returns), rel_tol=1e-6, abs_tol=1e-7)
        )
        inverse = volatility.daily({day: 1 / rate for day, rate in table.items()})
        self.assertTrue(math.isclose(found, inverse, rel_tol=1e-6, abs_tol=1e-7))

    @given(series, st.integers(1, 12))
    def test_rolling_counts_the_last_ones(self, table, size):
        rolling = volatility.RollingVolatility(size)
        for day in sorted(table):
            rolling.add(day, table[day])
        returns = volatility.daily_returns(table)[-size:]
        if len(returns) < volatility.FEWEST_RETURNS:
            self.assertIsNone(rolling.daily())
        else:
            self.assertTrue(
                math.isclose(
                    rolling.daily(),
                    statistics.stdev(returns),
                    rel_tol=1e-6,
                    abs_tol=1e-6,
                )
            )
