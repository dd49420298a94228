"""Currencies that only the format of a number names: ``[$€-407] #,##0.00``."""

import functools
import locale
import re

from ..currency_marks import code_of_mark, codes_of

#: a sign with the number of its language, or its name: [$€-407], [$$-en-US], [$USD]
_BRACKET = re.compile(r"\[\$([^\]-]+)(?:-([^\]]*))?\]")
_QUOTED = re.compile(r'"([^"]+)"')
#: signs that stand in a format as they are, or behind a backslash
_BARE = re.compile(r"[€£¥₩₹₽₺₫₪₱฿₦₴₸₵₡₲₮$]")
_SECTION = re.compile(r'^(?:"[^"]*"|\[[^\]]*\]|\\.|[^;"\[\\])*')


class MarkedFloat(float):
    """A number of a workbook with a currency in its format; ``mark`` is its code, or
    the sign where several currencies have it."""

    mark = ""

    def __str__(self) -> str:
        """Return the number as people see it: with its currency."""
        return f"{self.mark} {self!r}"


class MarkedInt(int):
    """A whole number, likewise."""

    mark = ""

    def __str__(self) -> str:
        """Return the number as people see it: with its currency."""
        return f"{self.mark} {self!r}"


def marked(number: float, mark: str) -> float:
    """Return a number with the currency that its format names, if it names one."""
    if not mark or isinstance(number, bool):
        return number
    found = MarkedFloat(number) if isinstance(number, float) else MarkedInt(number)
    found.mark = mark
    return found


@functools.lru_cache(1000)
def mark_of_format(code: str) -> str:
    """Return which currency the format of a number names: its code, the sign of several
    or "".

    >>> mark_of_format("[$€-407] #,##0.00"), mark_of_format('"US$"#,##0.00')
    ('EUR', 'USD')
    >>> mark_of_format('"$"#,##0'), mark_of_format("[$-409]0.00"), mark_of_format("0.0")
    ('$', '', '')
    """
    section = _SECTION.match(code)[0]
    if found := _BRACKET.search(section):
        return _settle(found[1], _country_of(found[2] or ""))
    for text in _QUOTED.findall(section):
        if mark := _settle(text, ""):
            return mark
    bare = _BARE.search(_QUOTED.sub("", re.sub(r"\[[^\]]*\]", "", section)))
    return _settle(bare[0], "") if bare else ""


def _settle(text: str, country: str) -> str:
    """Return the code that a sign is, the sign of several, or "" of none."""
    sign = text.strip()
    if not sign:
        return ""
    return code_of_mark(sign, country) or (sign if codes_of(sign) else "")


def _country_of(language: str) -> str:
    """Return the country of a language by Windows' number or its name: 407, en-US."""
    name = language
    if re.fullmatch(r"[0-9A-Fa-f]{1,8}", language):
        name = locale.windows_locale.get(int(language, 16) & 0xFFFF, "")
    found = re.search(r"[-_]([A-Z]{2})$", name)
    return found[1] if found else ""
