"""How complete a customer's data are, by a company's own standard. No database."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

#: Formats that a rule may ask for.
EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+")
PHONE = re.compile(
    r"\+?[\d\s()./-]{5,24}(?:\s*(?:ext|x|转|#)\.?\s*\d+)?", re.IGNORECASE
)
URL = re.compile(r"(https?://)?[^\s/@]+\.[^\s/@]{2,}(/\S*)?", re.IGNORECASE)
#: China's number of 18 characters, with its check character.
CREDIT_CODE = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@dataclass(frozen=True, slots=True)
class Rule:
    """What a company wants to know of its customers."""

    key: int
    field: str
    weight: int
    format: str = ""  # '', 'email', 'phone', 'url', 'vat', 'credit_code', 'pattern'
    pattern: str = ""
    countries: frozenset[str] = frozenset()  # ISO codes; empty: everywhere


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A rule that a customer's data don't keep."""

    rule: Rule
    kind: str  # 'missing' or 'format'


@dataclass(frozen=True, slots=True)
class Completeness:
    """How complete the data of a customer are."""

    percent: int  # 100 where no rule applies
    shortfalls: tuple[Shortfall, ...]


def has_format(kind: str, text: str, pattern: str = "") -> bool:
    """Return whether a text has a format; a pattern that is none allows everything."""
    text = text.strip()
    if kind == "email":
        return bool(EMAIL.fullmatch(text))
    if kind == "phone":
        return bool(PHONE.fullmatch(text))
    if kind == "url":
        return bool(URL.fullmatch(text))
    if kind == "credit_code":
        return is_credit_code(text)
    if kind == "pattern":
        return fits(pattern, text)
    return True


def fits(pattern: str, text: str) -> bool:
    """Return whether a text has the letters that a pattern asks for: ``9`` stands for a
    digit, ``A`` for a letter, ``*`` for whatever follows; all else for itself.

    No regular expression: one that somebody types may take for ever.

    >>> fits("AA999*", "DE123456789"), fits("999999", "31500")
    (True, False)
    """
    for place, sign in enumerate(pattern):
        if sign == "*":
            return True
        if place >= len(text):
            return False
        letter = text[place]
        if sign == "9" and not letter.isdigit():
            return False
        if sign == "A" and not letter.isalpha():
            return False
        if sign not in "9A" and sign != letter:
            return False
    return len(text) == len(pattern)


def is_credit_code(text: str) -> bool:
    """Return whether a text is a unified social credit code of China (GB 32100-2015):
    18 characters, the last of which checks the others."""
    code = text.strip().upper()
    if len(code) != 18 or any(sign not in CREDIT_CODE for sign in code):
        return False
    total = sum(
        CREDIT_CODE.index(sign) * pow(3, place, 31)
        for place, sign in enumerate(code[:17])
    )
    return CREDIT_CODE.index(code[17]) == (31 - total % 31) % 31


#: Says whether a text has a format in a country (ISO code, "" where unknown).
Judge = Callable[[str, str], bool]


def judge(
    rules: Iterable[Rule],
    values: Mapping[str, str],
    country: str,
    judges: Mapping[str, Judge] | None = None,
) -> Completeness:
    """Judge the data of one customer.

    :param values: {field: its text, "" where it is empty}
    :param country: ISO code, "" where it isn't known: then rules of some countries
        don't apply
    :param judges: {format: who knows it better than its letters do}
    """
    applying = [
        rule for rule in rules if not rule.countries or country in rule.countries
    ]
    shortfalls = []
    for rule in applying:
        text = values.get(rule.field, "").strip()
        if not text:
            shortfalls.append(Shortfall(rule, "missing"))
        elif not _keeps(rule, text, country, judges or {}):
            shortfalls.append(Shortfall(rule, "format"))
    whole = sum(rule.weight for rule in applying)
    lost = sum(one.rule.weight for one in shortfalls)
    share = Decimal(100 * (whole - lost)) / whole if whole else Decimal(100)
    percent = int(share.quantize(Decimal(1), ROUND_HALF_UP))
    # all but something isn't everything
    if shortfalls and percent == 100:
        percent = 99
    return Completeness(percent, tuple(shortfalls))


def _keeps(rule: Rule, text: str, country: str, judges: Mapping[str, Judge]) -> bool:
    """Return whether a text is written as a rule asks: by its letters, and by whoever
    knows its format in its country."""
    if not has_format(rule.format, text, rule.pattern):
        return False
    known = judges.get(rule.format)
    return known(text, country) if known else True


#: Bands of completeness, from the best: (name, from how many percent on).
BANDS = (("whole", 100), ("most", 80), ("half", 50), ("little", 0))


def get_band(percent: int) -> str:
    """Return in which of :data:`BANDS` a completeness is."""
    return next(name for name, least in BANDS if percent >= least)
