"""What is a currency, of all the labels that services list."""

import datetime
import re

from odoo.tests import BaseCase, tagged
from odoo.tools import file_open

from ...engine.currency_changes import CHANGES
from ...providers.currency_codes import CURRENT, is_current

DAY = datetime.date(2026, 3, 6)
#: Odoo's own code for the gold of Zimbabwe
NO_CODES = {"ZIG"}


@tagged("post_install", "-at_install")
class TestCurrencyCodes(BaseCase):
    def test_every_currency_of_odoo(self):
        with file_open("base/data/res_currency_data.xml") as data:
            codes = set(
                re.findall(r'id="([A-Z]{3})" model="res.currency"', data.read())
            )
        self.assertGreater(len(codes), 150)
        self.assertLessEqual(codes, CURRENT | CHANGES.keys() | NO_CODES)

    def test_coins_and_islands(self):
        for label in "BTC ADA ETH GGP IMP JEP KID TVD FOK usd USDT US".split() + [""]:
            with self.subTest(label):
                self.assertFalse(is_current(label, DAY))

    def test_a_currency_ends(self):
        for code, last_day in (("BGN", "2025-12-31"), ("HRK", "2022-12-31")):
            last_day = datetime.date.fromisoformat(last_day)
            with self.subTest(code):
                self.assertTrue(is_current(code, last_day))
                self.assertFalse(is_current(code, last_day + datetime.timedelta(1)))
        for code in ("SLE", "ZWG", "XCG", "XAU", "XDR", "CNH", "CLF"):
            with self.subTest(code):
                self.assertTrue(is_current(code, DAY))

    def test_one_list_each(self):
        """What has ended is dated in the engine, and nowhere else."""
        self.assertFalse(CURRENT & CHANGES.keys())
