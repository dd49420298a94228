"""currencylayer, a paid service: middle rates of some 170 currencies to the dollar."""

from ..apilayer import ApiLayer
from ..errors import _lt
from ..registry import register


@register
class CurrencyLayer(ApiLayer):
    code = "currencylayer"
    name = _lt("currencylayer")
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
