"""Currencies by the signs that stand beside amounts: $, US$, €, ¥, kr, 元.

A sign that several currencies share is none of theirs, unless a country says which.
"""

import re

from babel import Locale
from babel.numbers import get_territory_currencies

from .currency_codes import CURRENT
from .currency_names import code_of
from .spreadsheets.cells import folded

#: signs of one currency
_OWN = {
    "€": "EUR",
    "₹": "INR",
    "₽": "RUB",
    "₺": "TRY",
    "₫": "VND",
    "₪": "ILS",
    "₱": "PHP",
    "฿": "THB",
    "₦": "NGN",
    "₴": "UAH",
    "₸": "KZT",
    "₵": "GHS",
    "₡": "CRC",
    "₲": "PYG",
    "₮": "MNT",
    "zł": "PLN",
    "kč": "CZK",
    "rm": "MYR",
    "r$": "BRL",
    "nt$": "TWD",
    "s$": "SGD",
    "a$": "AUD",
    "c$": "CAD",
    "rmb": "CNY",
}
#: signs that several share
_SHARED = {
    "$": "USD AUD CAD HKD SGD NZD TWD MXN ARS CLP COP BBD BMD BSD BZD FJD GYD JMD KYD "
    "LRD NAD SBD SRD TTD XCD DOP UYU",
    "¥": "CNY JPY",
    "£": "GBP EGP FKP GIP LBP SDG SHP SSP SYP",
    "kr": "SEK NOK DKK ISK",
    "₩": "KRW KPW",
    "rs": "INR PKR LKR NPR MUR SCR",
    "元": "CNY TWD HKD MOP SGD",
    "圆": "CNY JPY",
    "円": "JPY",
    "원": "KRW",
}
#: a country in front of a sign: US$, CN¥, EG£
_WITH_COUNTRY = re.compile(r"([a-z]{2})([$¥£])")
#: A code behind an amount's header: in brackets, behind a comma or a blank, before
#: Chinese words.
_IN_HEADER = re.compile(
    r"[(\[（【]([^)\]）】]+)[)\]）】]|,[ ]*([A-Za-z]{3})$"
    r"|[ _]([A-Z]{3})$|^([A-Z]{3})[ _]"
    r"|^([A-Z]{3})(?=[^\x00-\x7f])|(?<=[^\x00-\x7f])([A-Z]{3})$"
)


def code_of_mark(text: str, country: str = "") -> str | None:
    """Return the code of the currency that a code, name or sign beside an amount is.

    >>> code_of_mark("US$"), code_of_mark("$"), code_of_mark("$", "HK")
    ('USD', None, 'HKD')

    :param country: ISO 3166 code of whose amount it is; "" if unknown
    """
    # what looks like a sign of one script may be written in another: ￥, ＄
    sign = folded(text).lower().rstrip(".")
    if found := code_of(sign) or _OWN.get(sign):
        return found
    if with_country := _WITH_COUNTRY.fullmatch(sign):
        country, sign = with_country[1], with_country[2]
    codes = _SHARED.get(sign, "").split()
    if len(codes) != 1:
        codes = [code for code in _currencies_of(country) if code in codes]
    return codes[0] if len(codes) == 1 else None


def codes_of(mark: str) -> frozenset[str]:
    """Return the codes of the currencies that a sign or word may be; none where it is
    unknown.

    >>> sorted(codes_of("¥")), sorted(codes_of("US$")), sorted(codes_of("欧元"))
    (['CNY', 'JPY'], ['USD'], ['EUR'])
    """
    if code := code_of_mark(mark):
        return frozenset({code})
    return frozenset(_SHARED.get(folded(mark).lower().rstrip("."), "").split())


def codes_in_header(title: str) -> frozenset[str]:
    """Return the codes of the currencies that the header of an amount may name.

    >>> sorted(codes_in_header("Open Amount (EUR)")), codes_in_header("Total (net)")
    (['EUR'], frozenset())
    """
    text = folded(title or "").strip("* ")
    for found in _IN_HEADER.finditer(text):
        word = next(filter(None, found.groups())).strip()
        is_bracketed = found[1] is not None
        if codes := codes_of(word):
            if is_bracketed or word.upper() in CURRENT:
                return codes
    # a header that is nothing else: USD, 欧元; and not a word such as All
    return codes_of(text) if text == text.upper() else frozenset()


def without_code(title: str) -> str:
    """Return the header of an amount without the currency that it names.

    >>> without_code("Balance CNY"), without_code("Amount (USD)"), without_code("Net")
    ('Balance', 'Amount', 'Net')
    """
    if not codes_in_header(title):
        return title
    text = folded(title).strip("* ")
    for found in _IN_HEADER.finditer(text):
        word = next(filter(None, found.groups())).strip()
        if codes_of(word) and (found[1] is not None or word.upper() in CURRENT):
            return f"{text[: found.start()]} {text[found.end() :]}".strip(" ,_")
    return title


def _currencies_of(country: str) -> list[str]:
    """Return what is paid with in a country today; none where there is no such."""
    code = country.upper()
    if code not in Locale("en").territories or len(code) != 2:
        return []
    return get_territory_currencies(code)
