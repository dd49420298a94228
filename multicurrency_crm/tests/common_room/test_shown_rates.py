from decimal import Decimal

from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestShownRates(TransactionCase):
    """There is one way to write a rate, a distance and an amount."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create(
            {"name": "Ningbo Tools", "currency_id": cls.env.ref("base.CNY").id}
        )
        cls.branch = cls.env["res.company"].create(
            {"name": "Ningbo Tools, Shenzhen", "parent_id": cls.company.id}
        )
        cls.usd, cls.jpy = cls.env.ref("base.USD"), cls.env.ref("base.JPY")

    def test_rates_are_read_in_company_currency(self):
        for rate, quoted, expected in [
            (1 / 7.1234, None, "1 USD = 7.1234 CNY"),
            (0.0, None, ""),
            (0.0, (Decimal("7.10"), "company_per_unit"), "1 USD = 7.1000 CNY"),
            (
                0.0,
                (Decimal("0.1404"), "unit_per_company"),
                "1 USD ≈ 7.1225 CNY (1 CNY = 0.14040 USD)",
            ),
        ]:
            for company in self.company, self.branch:
                shown = self.usd._format_rate(rate, company, quoted)
                self.assertEqual(shown, expected)
        self.assertEqual(
            self.jpy._format_price(Decimal("0.0482"), self.company),
            "100 JPY = 4.8200 CNY",
        )

    def test_a_company_may_read_them_the_other_way_round(self):
        self.company.rate_direction = "unit_per_company"
        self.assertEqual(
            self.usd._format_rate(0.1404, self.branch), "1 CNY = 0.14040 USD"
        )
        self.assertEqual(
            self.usd._format_distance(-0.0613, self.company), "6.1% below the market"
        )


    def test_what_is_no_rate_is_not_written(self):
        """Somebody may just be typing it: Odoo refuses a negative one afterwards."""
        for rate in (0.0, -420.0, float("nan")):
            self.assertEqual(self.usd._format_rate(rate, self.company), "")

    def test_distances_are_said_in_that_direction(self):
        for price, market, expected in [
            (4.99, 4.684, "6.5% above the market"),
            (74.66, 7.466, "10 times the market"),
            (75.06, 7.466, "10.1 times the market"),
            (0.7466, 7.466, "only 10% of the market"),
            (7.0, 7.466, "6.2% below the market"),
            (7.4661, 7.466, "at the market"),
        ]:
            with self.subTest(price=price):
                deviation = market / price - 1  # of the rates, which are inverses
                said = self.usd._format_distance(deviation, self.company)
                self.assertEqual(said, expected)

    def test_amounts_have_a_code(self):
        """Dollars are of several countries, ¥ of two."""
        self.assertEqual(self.usd._format_amount(1234.5), "1,234.50 USD")
        self.assertEqual(self.jpy._format_amount(1234.5), "1,235 JPY")

    def test_a_kept_sentence_is_written_in_each_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        codes = self.env["kept.sentence.mixin"]._list_languages()
        self.assertEqual(codes[0], "en_US")
        self.assertIn("fr_FR", codes)
