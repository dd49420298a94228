"""How complete a customer's data are."""

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine.customer_data import (
    Rule,
    fits,
    get_band,
    has_format,
    is_credit_code,
    judge,
)

FIELDS = ("name", "vat", "phone", "zip")


@tagged("post_install", "-at_install")
class TestCustomerData(BaseCase):
    def test_a_customer_with_all_is_complete(self):
        rules = [Rule(1, "name", 3), Rule(2, "email", 1, "email")]
        found = judge(rules, {"name": "A", "email": "a@b.example"}, "")
        self.assertEqual((found.percent, found.shortfalls), (100, ()))

    def test_weights_count(self):
        rules = [Rule(1, "name", 3), Rule(2, "email", 1, "email")]
        found = judge(rules, {"name": "A", "email": "a at b"}, "")
        self.assertEqual(found.percent, 75)
        self.assertEqual([one.kind for one in found.shortfalls], ["format"])
        self.assertEqual(judge(rules, {}, "").percent, 0)

    def test_rules_of_a_country_hold_there(self):
        rules = [Rule(1, "zip", 1, "pattern", "999999", frozenset({"CN"}))]
        self.assertEqual(judge(rules, {"zip": "31500"}, "CN").percent, 0)
        self.assertEqual(judge(rules, {"zip": "31500"}, "DE").percent, 100)
        self.assertEqual(judge(rules, {}, "").percent, 100)

    def test_formats(self):
        for kind, good, bad in (
            ("email", "ana.b@x.co", "ana@x"),
            ("phone", "+86 (574) 8765-4321 转 12", "call me"),
            ("url", "https://example.com/a", "no address"),
        ):
            with self.subTest(kind=kind):
                self.assertTrue(has_format(kind, good))
                self.assertFalse(has_format(kind, bad))
        self.assertTrue(fits("AA999*", "DE123456789"))
        self.assertFalse(fits("999999", "3150"))
        self.assertTrue(fits("", ""))

    def test_who_knows_a_format_is_asked_for_the_country(self):
        rules = [Rule(1, "vat", 1, "vat"), Rule(2, "name", 1)]
        asked = []

        def is_vat(text, country):
            asked.append((text, country))
            return country == "BE"

        values = {"vat": "1", "name": "A"}
        self.assertEqual(judge(rules, values, "BE", {"vat": is_vat}).percent, 100)
        self.assertEqual(judge(rules, values, "FR", {"vat": is_vat}).percent, 50)
        self.assertEqual(judge(rules, values, "FR").percent, 100)
        self.assertEqual(asked, [("1", "BE"), ("1", "FR")])

    def test_bands(self):
        for percent, band in (
            (100, "whole"),
            (99, "most"),
            (80, "most"),
            (79, "half"),
            (50, "half"),
            (49, "little"),
            (0, "little"),
        ):
            self.assertEqual(get_band(percent), band)

    def test_a_credit_code_is_checked_by_its_last_character(self):
        # GB 32100-2015, its own example
        self.assertTrue(is_credit_code("91350100M000100Y43"))
        self.assertFalse(is_credit_code("91350100M000100Y44"))
        self.assertFalse(is_credit_code("91350100I000100Y43"))

    @given(
        st.lists(
            st.builds(
                Rule,
                key=st.integers(1, 99),
                field=st.sampled_from(FIELDS),
                weight=st.integers(1, 100),
            )
        ),
        st.dictionaries(st.sampled_from(FIELDS), st.text(max_size=3)),
    )
    def test_only_the_whole_is_a_hundred(self, rules, values):
        found = judge(rules, values, "")
        self.assertTrue(0 <= found.percent <= 100)
        self.assertEqual(found.percent == 100, not found.shortfalls)
