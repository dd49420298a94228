"""currencylayer: pairs for names, spans on dearer plans only."""

from odoo.tests import BaseCase, tagged

from ....providers import errors
from ..apilayer_cases import ApiLayerCases, ApiLayerRequests
from ..common import fixture

DAY = "currencylayer/historical.json"
NEWEST = "currencylayer/live.json"
SPAN = "currencylayer/timeframe.json"


@tagged("post_install", "-at_install")
class TestCurrencyLayer(ApiLayerCases, BaseCase):
    code = "currencylayer"
    day, newest, span = DAY, NEWEST, SPAN
    conversion = "currencylayer/convert.json"
    table = "quotes"
    figure = "7.212404"
    yuan = "1 USD = 7.212404 CNY"

    def test_pairs_of_another_base(self):
        """A pair names its base; where the answer names another, neither is right."""
        payload = fixture(DAY)
        self.assertRefused(payload.replace(b"USDCNY", b"EURCNY"), errors.FormatError)
        self.assertRefused(payload.replace(b"USDCNY", b"USDCNYX"), errors.FormatError)
        payload = payload.replace(b'"USD', b'"EUR')
        self.assertEqual({quote.base for quote in self.parse(payload)}, {"EUR"})

    def test_what_the_service_says(self):
        payload = fixture("currencylayer/error.json")
        self.assertRefused(payload, errors.RequestRefused, "does not support")


@tagged("post_install", "-at_install")
class TestCurrencyLayerRequests(ApiLayerRequests, BaseCase):
    code = "currencylayer"
    day, newest, span = DAY, NEWEST, SPAN
    newest_path = "live"
    day_path = "historical?date=%s"
    span_path = "timeframe?start_date=%s&end_date=%s"
