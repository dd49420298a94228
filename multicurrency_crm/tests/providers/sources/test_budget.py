"""A year's plan rates."""

import datetime

from odoo.tests import BaseCase, tagged

from ....providers import errors
from ..adapter_cases import AdapterCases
from ..common import fixture

NEW_YEAR = datetime.date(2026, 1, 1)


@tagged("post_install", "-at_install")
class TestBudget(AdapterCases, BaseCase):
    code = "budget"
    fixtures = ("sheets/plan.csv",)
    sees_cuts = False

    def test_years(self):
        quotes = self.by_key(fixture("sheets/plan.csv"))
        self.assertEqual(str(quotes[NEW_YEAR, "JPY", "budget"]), "100 JPY = 4.6 CNY")
        years = {day.year for day, _code, _kind in quotes}
        self.assertEqual(years, {2026, 2027})
        self.assertEqual(len(quotes), 3)

    def test_chinese_names(self):
        text = "年度,币种,基准货币,汇率,方向,类型\n2026年,USD,CNY,7.05,直接标价,预算\n"
        [quote] = self.parse(text.encode())
        self.assertEqual((quote.date, quote.kind), (NEW_YEAR, "budget"))

    def test_a_plan_from_another_day(self):
        text = "date,currency,base,rate,direction\n2026-04-01,USD,CNY,7.05,direct\n"
        [quote] = self.parse(text.encode())
        self.assertEqual(quote.date, datetime.date(2026, 4, 1))
        self.assertEqual(quote.kind, "budget")

    def test_other_kinds_and_years(self):
        names = "year,currency,base,rate,direction,kind\n"
        for row in ("2026,USD,CNY,7.05,direct,mid", "26,USD,CNY,7.05,direct,"):
            with self.subTest(row):
                payload = f"{names}{row}\n".encode()
                self.assertRefused(payload, errors.FormatError, "Row 2")
        self.assertRefused(b"currency,base,rate,direction\n", pattern="“year”")

    def test_a_mistyped_year(self):
        """odoo/odoo#18048"""
        today = datetime.date(2026, 3, 6)
        names = "year,currency,base,rate,direction\n"
        for year in ("0202", "2206"):
            payload = f"{names}{year},USD,CNY,7.05,direct\n".encode()
            pattern = f"Row 2, column “year”: “{year}”"
            self.assertRefused(payload, errors.FormatError, pattern, today=today)
        payload = f"{names}2031,USD,CNY,7.05,direct\n".encode()
        self.assertEqual(len(self.parse(payload, today=today)), 1)

    def test_template(self):
        quotes = self.parse(self.adapter.template_csv())
        self.assertEqual({quote.kind for quote in quotes}, {"budget"})
