"""Rates as people read them: 1 USD = 7.1234 CNY."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine.quoting import shortest_quoted, write_equation
from ...engine.rates import divide

quoted_rates = st.decimals("0.0001", "40000", places=4).filter(bool)


def read(quoted, direction="company_per_unit", foreign="USD", home="CNY", shown=None):
    shown = shown or "company_per_unit"
    return str(write_equation(Decimal(quoted), direction, foreign, home, shown))


@tagged("post_install", "-at_install")
class TestEquations(BaseCase):
    def test_digits_of_a_market(self):
        cases = [
            # quoted, foreign, as people read it
            ("7.1234", "USD", "1 USD = 7.1234 CNY"),
            ("7.466", "EUR", "1 EUR = 7.4660 CNY"),
            ("7.46600012", "EUR", "1 EUR = 7.46600012 CNY"),  # typed: digit by digit
            ("0.0482", "JPY", "100 JPY = 4.8200 CNY"),
            ("0.0051234", "KRW", "100 KRW = 0.51234 CNY"),
            ("0.0002734", "VND", "100 VND = 0.027340 CNY"),
            ("0.91", "HKD", "1 HKD = 0.91000 CNY"),
            ("23.1", "KWD", "1 KWD = 23.100 CNY"),
            ("7.10", "USD", "1 USD = 7.1000 CNY"),
            ("7.12345678901234", "USD", "1 USD ≈ 7.1235 CNY"),
        ]
        for quoted, foreign, expected in cases:
            with self.subTest(quoted=quoted):
                self.assertEqual(read(quoted, foreign=foreign), expected)

    def test_odoo_s_own_figure_is_read_the_other_way_round(self):
        """An invoice led with 0.1339405304 for a rate that was published as 7.466."""
        for rate, expected in [
            (1 / 7.466, "1 EUR = 7.4660 CNY"),
            (0.13394053, "1 EUR = 7.4660 CNY"),  # 7.46600012: what a field left of it
            (1 / 7.09090909, "1 EUR = 7.0909 CNY"),
        ]:
            with self.subTest(rate=rate):
                found = shortest_quoted(rate)
                equation = write_equation(*found, "EUR", "CNY", derived=True)
                self.assertEqual(str(equation).replace("≈", "="), expected)

    def test_the_direction_of_a_company(self):
        turned = "unit_per_company"
        self.assertEqual(
            read("1.1172", turned, "USD", "EUR", shown=turned), "1 EUR = 1.1172 USD"
        )
        self.assertEqual(
            read("150.23", turned, "JPY", "USD", shown=turned), "1 USD = 150.23 JPY"
        )
        self.assertEqual(read("150.23", turned, "JPY", "USD"), "100 JPY ≈ 0.66565 USD")
        # a company in yen reads dollars by the piece
        self.assertEqual(read("150.23", "company_per_unit", "USD", "JPY")[:5], "1 USD")

    @given(quoted_rates)
    def test_a_quoted_rate_prints_back(self, quoted):
        """Whatever has few digits is shown as the number that it is, and as equal."""
        equation = write_equation(quoted, "company_per_unit", "EUR", "CNY")
        self.assertTrue(equation.exact)
        self.assertEqual(divide(equation.figure, equation.nominal), quoted)

    @given(quoted_rates, st.sampled_from(["EUR", "JPY", "VND"]))
    def test_a_figure_that_is_cut_is_close(self, quoted, code):
        rate = float(divide(1, quoted))
        found = shortest_quoted(rate)
        equation = write_equation(*found, code, "CNY", derived=True)
        shown = divide(equation.figure, equation.nominal)
        # half a unit of the last of five digits
        self.assertLessEqual(abs(divide(shown, quoted) - 1), Decimal("0.00005"))
