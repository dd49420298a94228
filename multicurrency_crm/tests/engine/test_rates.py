"""Quotes, typed rates and crossing, by example."""

import datetime
from decimal import Decimal, localcontext

from odoo.tests import BaseCase, tagged

from ...engine import rates
from ...engine.rates import Quote

DAY = datetime.date(2026, 3, 2)


def quote(currency="USD", value="1.1172", **values):
    return Quote(
        **{
            "base": "EUR",
            "currency": currency,
            "value": Decimal(value),
            "nominal": 1,
            "direction": "foreign_per_base",
            "date": DAY,
            "kind": "mid",
            "source": "test",
            **values,
        }
    )


@tagged("post_install", "-at_install")
class TestQuote(BaseCase):
    def test_foreign_per_base(self):
        self.assertEqual(quote().rate, Decimal("1.1172"))
        self.assertEqual(str(quote()), "1 EUR = 1.1172 USD")

    def test_base_per_foreign_and_nominal(self):
        """100 JPY = 4.6012 CNY is 21.73 JPY for 1 CNY, not 0.046."""
        parity = quote(
            "JPY", "4.6012", base="CNY", nominal=100, direction="base_per_foreign"
        )
        self.assertEqual(parity.rate, rates.divide(100, Decimal("4.6012")))
        self.assertEqual(round(parity.rate, 4), Decimal("21.7335"))
        self.assertEqual(str(parity), "100 JPY = 4.6012 CNY")

    def test_nominal_of_foreign_per_base(self):
        self.assertEqual(quote(value="111.72", nominal=100).rate, Decimal("1.1172"))

    def test_published_text_is_kept(self):
        self.assertEqual(str(quote(value="0.83380").value), "0.83380")

    def test_value_that_is_no_rate(self):
        for value in ("0", "-1.2", "NaN", "sNaN", "Infinity", "-Infinity"):
            with self.subTest(value=value), self.assertRaises(rates.InvalidRate):
                quote(value=value)
        with self.assertRaises(rates.InvalidRate):
            Quote("EUR", "USD", 1.1172, 1, "foreign_per_base", DAY)

    def test_other_fields_that_make_no_sense(self):
        for values in (
            {"nominal": 0},
            {"nominal": -100},
            {"nominal": True},
            {"nominal": 1.0},
            {"direction": "either"},
            {"kind": "guess"},
            {"base": "USD"},
            {"currency": "usd"},
            {"currency": "EURO"},
            {"base": None},
            {"date": "2026-03-02"},
            {"date": datetime.datetime(2026, 3, 2)},
            {"date": datetime.date(202, 11, 20)},
            {"date": datetime.date.min},
            {"date": datetime.date.max},
            {"valid_from": datetime.date(202, 11, 20)},
        ):
            with self.subTest(**values), self.assertRaises(rates.InvalidQuote):
                quote(**values)

    def test_frozen(self):
        with self.assertRaises(AttributeError):
            quote().value = Decimal(2)


@tagged("post_install", "-at_install")
class TestTypedRate(BaseCase):
    def test_prints_back_what_was_typed(self):
        for text in ("7.1234", "7.10", "1", "0.00000123", "1234567.891", ".5"):
            with self.subTest(text=text):
                quoted = rates.parse_quoted(text)
                shown = rates.format_quoted(quoted)
                self.assertEqual(shown, f"0{text}" if text[0] == "." else text)

    def test_decimal_point_of_the_language(self):
        quoted = rates.parse_quoted(" 7,1234 ", decimal_point=",")
        self.assertEqual(quoted, Decimal("7.1234"))
        self.assertEqual(rates.format_quoted(quoted, decimal_point=","), "7,1234")

    def test_what_could_mean_two_things_is_refused(self):
        for text in ("7,123", "1 000", "1.2.3", "1e3", "-7", "+7", "0", "", "NaN", "٧"):
            with (
                self.subTest(text=text),
                self.assertRaises(rates.InvalidRate) as caught,
            ):
                rates.parse_quoted(text)
            self.assertTrue(str(caught.exception).endswith("."))
        with self.assertRaises(rates.InvalidRate):
            rates.parse_quoted("7.123", decimal_point=",")
        with self.assertRaises(rates.InvalidRate):
            rates.parse_quoted("1" * 40)

    def test_directions(self):
        quoted = Decimal("7.1234")
        per_company = rates.rate_from_quoted(quoted, "unit_per_company")
        per_unit = rates.rate_from_quoted(quoted, "company_per_unit")
        self.assertEqual(per_company, quoted)
        self.assertEqual(per_unit, rates.divide(1, quoted))
        with self.assertRaises(rates.InvalidQuote):
            rates.rate_from_quoted(quoted, "sideways")

    def test_quoted_from_the_float_of_a_database(self):
        rate = rates.as_decimal(1 / 7.1234)
        quoted = rates.quoted_from_rate(rate, "company_per_unit", digits=12)
        self.assertEqual(rates.format_quoted(quoted), "7.1234")
        thousand = rates.quoted_from_rate(Decimal("0.001"), "company_per_unit", 12)
        self.assertEqual(rates.format_quoted(thousand), "1000")

    def test_as_decimal(self):
        self.assertEqual(rates.as_decimal(0.1), Decimal("0.1"))
        for number in (0.0, -1, float("nan"), float("inf"), "seven"):
            with self.subTest(number=number), self.assertRaises(rates.InvalidRate):
                rates.as_decimal(number)

    def test_precision_is_not_the_callers(self):
        with localcontext() as context:
            context.prec = 3
            third = rates.divide(1, 3)
        self.assertEqual(len(third.as_tuple().digits), rates.PRECISION)


@tagged("post_install", "-at_install")
class TestCross(BaseCase):
    table = {"USD": Decimal("1.1"), "CNY": Decimal("7.7")}

    def test_into_another_base(self):
        crossed = rates.cross(self.table, "EUR", "USD")
        self.assertEqual(crossed, {"CNY": 7, "EUR": rates.divide(1, Decimal("1.1"))})

    def test_into_the_pivot_itself(self):
        self.assertEqual(rates.cross(self.table, "EUR", "EUR"), self.table)

    def test_base_without_a_quote(self):
        with self.assertRaisesRegex(rates.MissingRate, "EUR in AED"):
            rates.cross(self.table, "EUR", "AED")


@tagged("post_install", "-at_install")
class TestQuotesByDay(BaseCase):
    def test_sorted_and_the_same_quote_once(self):
        other = quote(date=DAY + datetime.timedelta(1))
        days = rates.quotes_by_day([quote(), quote(value="1.11720"), other])
        self.assertEqual(days[DAY]["USD"].rate, Decimal("1.1172"))
        self.assertEqual(len(days), 2)

    def test_two_rates_of_one_day(self):
        with self.assertRaisesRegex(rates.ConflictingQuotes, "USD has two"):
            rates.quotes_by_day([quote(), quote(value="1.2")])

    def test_two_bases(self):
        with self.assertRaises(rates.ConflictingQuotes):
            rates.quotes_by_day([quote(), quote("JPY", base="CNY")])
