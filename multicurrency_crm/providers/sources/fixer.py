"""Fixer, a paid service: rates of some 170 currencies, to the euro on every plan."""

import datetime

from ..apilayer import ApiLayer
from ..errors import _lt
from ..quoted import APILAYER
from ..registry import register


@register
class Fixer(ApiLayer):
    code = "fixer"
    name = _lt("Fixer")
    base = "EUR"
    currencies = APILAYER - {"EUR"}
    limits = _lt(
        "A request for each day, or for a month on plans with time series. The free "
        "plan has 100 a month; a plan without https can't be used: a key isn't sent "
        "openly."
    )
    address = "https://data.fixer.io/api/"
    hosts = ("data.fixer.io",)
    terms = _lt(
        "Rates of several commercial sources, without a guarantee. The service's terms "
        "are on fixer.io."
    )
    documentation = "https://fixer.io/documentation"
    unseen = _lt("Time series, which dearer plans have.")

    newest = "latest"
    span = "timeseries"

    def of_day(self, day: datetime.date) -> tuple[str, dict[str, object]]:
        """Return the day's name, which is the day itself."""
        return str(day), {}
