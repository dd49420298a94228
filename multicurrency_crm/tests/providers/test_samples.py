"""Files as they were really published, where they are at hand."""

import datetime
from decimal import Decimal
from pathlib import Path

from odoo.tests import BaseCase, tagged

from ...providers import registry

REPOSITORY = Path(__file__).resolve().parents[3]
SAMPLES = REPOSITORY.parent / "shared" / "provider_samples" / "ecb"


@tagged("post_install", "-at_install")
class TestEcbSamples(BaseCase):
    def setUp(self):
        super().setUp()
        if not SAMPLES.is_dir():
            self.skipTest("no samples beside the repository")
        self.ecb = registry.get("ecb")

    def test_every_file_has_quotes_of_plausible_days(self):
        for path in sorted(SAMPLES.iterdir()):
            with self.subTest(path.name):
                quotes = self.ecb.parse(path.read_bytes())
                self.assertGreaterEqual(len(quotes), 29)
                first = min(quote.date for quote in quotes)
                self.assertGreaterEqual(first, datetime.date(1999, 1, 4))
                self.assertTrue(all(quote.date.weekday() < 5 for quote in quotes))

    def test_history(self):
        path = SAMPLES / "eurofxref-hist_2026-10-30.zip"
        if not path.exists():
            self.skipTest("no history beside the repository")
        quotes = {(q.date, q.currency): q for q in self.ecb.parse(path.read_bytes())}
        newest = datetime.date(2026, 10, 30)
        self.assertEqual(quotes[newest, "CNY"].rate, Decimal("7.4326"))
        live = {code for day, code in quotes if day == newest}
        self.assertEqual(live, self.ecb.currencies)
        gone = {day for day, code in quotes if code == "HRK"}
        self.assertEqual(max(gone).year, 2022)
