from datetime import date, timedelta
from decimal import Decimal

from odoo.tests import BaseCase, tagged

from ...engine.currency_changes import CHANGES, ended, get_living


@tagged("post_install", "-at_install")
class TestCurrencyChanges(BaseCase):
    def test_last_day_and_after(self):
        self.assertIsNone(ended("BGN", date(2025, 12, 31)))
        change = ended("BGN", date(2026, 1, 1))
        self.assertEqual(change.successor, "EUR")
        self.assertEqual(change.factor, Decimal("1.95583"))

    def test_alive(self):
        for code in ("EUR", "USD", "CNY", "SVC", "VES", "XXX"):
            self.assertIsNone(ended(code, date(2026, 3, 2)))

    def test_every_one_that_publishers_still_serve(self):
        served = (
            "BGN HRK SLL VEF ZWL ANG LTL LVL EEK SKK SIT CYP MTL TRL ROL MXP VEB BYR "
            "MRO STD ZMK GHC AZM MZM SDD TMM UYP CUC RUR DEM FRF ITL ESP ATS GRD"
        )
        for code in served.split():
            with self.subTest(code):
                self.assertTrue(ended(code, date(2026, 3, 2)))

    def test_successors_live_in_the_end(self):
        self.assertEqual(get_living("ZWD", date(2026, 3, 2)), "ZWG")
        self.assertEqual(get_living("ZWD", date(2007, 3, 2)), "ZWN")
        self.assertEqual(get_living("BGL", date(2026, 3, 2)), "EUR")
        self.assertEqual(get_living("USD", date(2026, 3, 2)), "USD")

    def test_table(self):
        for code, change in CHANGES.items():
            with self.subTest(code):
                self.assertRegex(change.successor, r"^[A-Z]{3}$")
                self.assertNotEqual(change.successor, code)
                self.assertGreater(change.factor, 0)
                self.assertEqual(change.code, code)
                # what takes its place is alive on the next day
                next_day = change.last_day + timedelta(1)
                self.assertIsNone(ended(change.successor, next_day))
        self.assertEqual(round(1 / CHANGES["CUC"].factor, 20), 24)
