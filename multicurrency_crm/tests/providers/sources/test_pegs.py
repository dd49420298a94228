"""The declared dollar pegs."""

import datetime
from decimal import Decimal

from odoo.tests import BaseCase, tagged

from ....providers import registry
from ....providers.http import Client

FRIDAY = datetime.date(2026, 3, 6)
MONDAY = datetime.date(2026, 3, 9)


@tagged("post_install", "-at_install")
class TestPegs(BaseCase):
    def fetch(self, date_from, date_to):
        with Client(()) as client:
            return registry.get("pegs").fetch(client, "", date_from, date_to, MONDAY)

    def test_every_weekday_has_all(self):
        quotes = self.fetch(FRIDAY, MONDAY)
        self.assertEqual(len(quotes), 12)
        self.assertEqual({quote.date for quote in quotes}, {FRIDAY, MONDAY})
        self.assertEqual({quote.kind for quote in quotes}, {"mid"})
        rates = {quote.currency: quote.rate for quote in quotes}
        self.assertEqual(rates.keys(), registry.get("pegs").currencies)
        self.assertEqual(rates["AED"], Decimal("3.6725"))
        self.assertNotIn("KWD", rates)

    def test_weekend(self):
        saturday = datetime.date(2026, 3, 7)
        self.assertEqual(self.fetch(saturday, saturday), [])

    def test_twenty_years(self):
        quotes = self.fetch(datetime.date(2006, 3, 6), MONDAY)
        self.assertEqual(len(quotes) % 6, 0)
        self.assertGreater(len(quotes), 6 * 5000)
