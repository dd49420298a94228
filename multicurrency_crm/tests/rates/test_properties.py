"""What holds for any quotes: what is stored converts as it was published."""

import datetime
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from ...engine.rates import Quote, divide
from ..hypothesis_profile import examples
from .common import RatesCommon

CODES = ("USD", "CNY", "JPY", "KWD")
DAY = datetime.date(2026, 3, 2)

figures = st.tuples(
    st.integers(10_000, 99_999_999),
    st.integers(2, 6),
    st.sampled_from((1, 10, 100, 1000)),
    st.sampled_from(("foreign_per_base", "base_per_foreign")),
)


@tagged("post_install", "-at_install")
class TestProperties(RatesCommon):
    def test_any_pair_converts_as_published(self):
        """To 12 digits, whatever direction and nominal, through Odoo's own reading."""
        self._activate(*CODES)
        currencies = {
            currency.name: currency
            for currency in self.env["res.currency"].search(
                [("name", "in", [*CODES, "EUR"])]
            )
        }

        @settings(max_examples=examples(25))
        @given(st.tuples(*[figures] * len(CODES)))
        def check(drawn):
            self.Rate.search([]).unlink()
            self.env["fx.rate.hold"].search([]).unlink()
            quotes = [
                Quote(
                    "EUR",
                    code,
                    Decimal(digits).scaleb(-places),
                    nominal,
                    direction,
                    DAY,
                    "mid",
                    "ecb",
                )
                for code, (digits, places, nominal, direction) in zip(
                    CODES, drawn, strict=True
                )
            ]
            [result] = self.provider._store(quotes).values()
            self.assertEqual((result.written, result.held), (len(CODES), 0))
            euro = {quote.currency: quote.rate for quote in quotes}
            euro["EUR"] = Decimal(1)
            for source in currencies:
                for target in currencies:
                    published = float(divide(euro[target], euro[source]))
                    found = self.env["res.currency"]._get_conversion_rate(
                        currencies[source], currencies[target], self.company, DAY
                    )
                    self.assertAlmostEqual(found / published, 1, 12)

        check()
