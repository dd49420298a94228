from decimal import Decimal

from odoo.tests import BaseCase, tagged

from ...engine.quoting import readable, shortest_quoted
from ...engine.rates import InvalidRate, rate_from_quoted


@tagged("post_install", "-at_install")
class TestQuoting(BaseCase):
    def test_what_was_quoted_comes_back(self):
        for text in ("7.1234", "0.0478", "23.1852", "0.00005", "312.77"):
            rate = 1 / float(text)
            quoted, direction = shortest_quoted(rate)
            self.assertEqual(
                (quoted, direction), (Decimal(text), "company_per_unit"), text
            )

    def test_a_short_rate_is_its_own_quote(self):
        self.assertEqual(
            shortest_quoted(1.0823), (Decimal("1.0823"), "unit_per_company")
        )

    def test_a_rate_that_went_through_divisions(self):
        self.assertEqual(
            shortest_quoted(0.9 * 3 / 3), (Decimal("0.9"), "unit_per_company")
        )
        self.assertEqual(
            shortest_quoted(4 / 7.1234 / 4), (Decimal("7.1234"), "company_per_unit")
        )

    def test_every_rate_follows_from_its_quote(self):
        crossed = [1.0823 / value for value in (7.7412, 162.33, 0.3334, 25_890.0, 3e-5)]
        for rate in crossed:
            quoted, direction = shortest_quoted(rate)
            follows = float(rate_from_quoted(quoted, direction))
            self.assertAlmostEqual(follows / rate, 1, 13)

    def test_long_rates_read_in_the_books_direction(self):
        _quoted, direction = shortest_quoted(1.0823 / 7.7412)
        self.assertEqual(direction, "company_per_unit")

    def test_readable(self):
        self.assertEqual(readable(Decimal("7.1234")), (Decimal("7.1234"), False))
        self.assertEqual(
            readable(Decimal("7.152545505682344")), (Decimal("7.15255"), True)
        )

    def test_no_rate(self):
        for rate in (0.0, -7.1, float("nan"), float("inf")):
            with self.assertRaises(InvalidRate):
                shortest_quoted(rate)
