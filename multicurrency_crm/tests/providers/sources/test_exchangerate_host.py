"""exchangerate.host: as currencylayer, and its answers from before there were keys."""

from odoo.tests import BaseCase, tagged

from ....providers import errors
from ..apilayer_cases import ApiLayerCases, ApiLayerRequests
from ..common import fixture

DAY = "exchangerate_host/historical.json"
NEWEST = "exchangerate_host/live.json"
SPAN = "exchangerate_host/timeframe.json"


@tagged("post_install", "-at_install")
class TestExchangeRateHost(ApiLayerCases, BaseCase):
    code = "exchangerate_host"
    day, newest, span = DAY, NEWEST, SPAN
    conversion = "exchangerate_host/convert.json"
    table = "quotes"
    figure = "7.212404"
    yuan = "1 USD = 7.212404 CNY"

    def test_answers_until_2023(self):
        """The service without keys gave codes for names, and no time stamp."""
        payload = b'{"success":true,"base":"EUR","date":"2026-03-06",'
        [quote] = self.parse(payload + b'"rates":{"EUR":1,"CNY":7.8124,"BTC":0.00001}}')
        self.assertEqual(str(quote), "1 EUR = 7.8124 CNY")

    def test_what_the_service_says(self):
        payload = fixture("exchangerate_host/error.json")
        self.assertRefused(payload, errors.TooManyRequests, "usage limit")


@tagged("post_install", "-at_install")
class TestExchangeRateHostRequests(ApiLayerRequests, BaseCase):
    code = "exchangerate_host"
    day, newest, span = DAY, NEWEST, SPAN
    newest_path = "live"
    day_path = "historical?date=%s"
    span_path = "timeframe?start_date=%s&end_date=%s"
