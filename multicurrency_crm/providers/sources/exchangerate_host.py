"""exchangerate.host, a paid service since 2023: middle rates to the dollar."""

from ..apilayer import ApiLayer
from ..errors import _lt
from ..registry import register


@register
class ExchangeRateHost(ApiLayer):
    code = "exchangerate_host"
    name = _lt("exchangerate.host")
    address = "https://api.exchangerate.host/"
    hosts = ("api.exchangerate.host",)
    terms = _lt(
        "Middle rates of commercial sources, without a guarantee. The service's terms "
        "are on exchangerate.host."
    )
    documentation = "https://exchangerate.host/documentation"
    unseen = _lt(
        "Every answer to a key with rates: those of the free service until 2023 were "
        "seen, which had another form."
    )
