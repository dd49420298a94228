"""currencylayer, a paid service: middle rates of some 170 currencies to the dollar."""

from .apilayer import ApiLayer
from .errors import _lt
from .quoted import APILAYER
from .registry import register


@register
class CurrencyLayer(ApiLayer):
    code = "currencylayer"
    name = _lt("currencylayer")
    base = "USD"
    currencies = APILAYER - {"USD"}
    limits = _lt(
        "A request for each day, or for a month on plans with time-frames. The free "
        "plan has 100 a month; a plan without https can't be used: a key isn't sent "
        "openly."
    )
    address = "https://api.currencylayer.com/"
    hosts = ("api.currencylayer.com",)
    terms = _lt(
        "Middle rates of commercial sources, without a guarantee. The service's terms "
        "are at currencylayer.com/terms."
    )
    documentation = "https://currencylayer.com/documentation"
    unseen = _lt(
        "Every answer with rates: the documentation's examples were read, and a "
        "refusal was seen."
    )
