"""Fixer: codes for names, a day in the path."""

from decimal import Decimal

from odoo.tests import BaseCase, tagged

from ....providers import errors
from ..apilayer_cases import FRIDAY, ApiLayerCases, ApiLayerRequests
from ..common import fixture

DAY = "fixer/historical.json"
NEWEST = "fixer/latest.json"
SPAN = "fixer/timeseries.json"


@tagged("post_install", "-at_install")
class TestFixer(ApiLayerCases, BaseCase):
    code = "fixer"
    day, newest, span = DAY, NEWEST, SPAN
    conversion = "fixer/convert.json"
    table = "rates"
    figure = "7.812401"
    yuan = "1 EUR = 7.812401 CNY"

    def test_answers_without_a_time_stamp(self):
        payload = fixture(NEWEST).replace(b'"timestamp": 1772874003,', b"")
        self.assertEqual(self.parse(payload), self.parse(fixture(NEWEST)))

    def test_tiny_figures(self):
        """Gold is written with an exponent where the base is small."""
        payload = fixture(DAY).replace(b"0.000325", b"1.3543758e-5")
        figure = self.by_key(payload)[FRIDAY, "XAU", "mid"].value
        self.assertEqual(figure, Decimal("0.000013543758"))

    def test_what_the_service_says(self):
        payload = fixture("fixer/error.json")
        self.assertRefused(payload, errors.RequestRefused, "does not support")


@tagged("post_install", "-at_install")
class TestFixerRequests(ApiLayerRequests, BaseCase):
    code = "fixer"
    day, newest, span = DAY, NEWEST, SPAN
    newest_path = "latest"
    day_path = "%s"
    span_path = "timeseries?start_date=%s&end_date=%s"
