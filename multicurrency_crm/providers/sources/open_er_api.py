"""The open door of ExchangeRate-API: its newest rates without a key, for a credit."""

from ...engine.calendars import ONE_DAY
from ..errors import _lt
from ..registry import register
from .exchangerate_api import ExchangeRateApi


@register
class OpenExchangeRateApi(ExchangeRateApi):
    code = "open_er_api"
    name = _lt("ExchangeRate-API, open access")
    first_day = None
    first_days = None
    max_age_days = 3
    limits = _lt(
        "The newest day only: there is no history to fetch. Whoever asks more often "
        "than every hour may be turned away for 20 minutes."
    )
    needs_key = False
    address = "https://open.er-api.com/v6/"
    hosts = ("open.er-api.com",)
    terms = _lt(
        "Free for one's own conversions, also in business, if the service is credited; "
        "not to be handed on. See exchangerate-api.com/terms."
    )
    attribution = "Rates By Exchange Rate API (https://www.exchangerate-api.com)"
    documentation = "https://www.exchangerate-api.com/docs/free"
    unseen = ""

    def payloads(self, client, address, date_from, date_to, today):
        """Download the newest rates, unless all the days wanted are over."""
        # just after midnight they are still yesterday's
        if date_to >= today - ONE_DAY:
            yield self.request(client, address, today, today, today)
