"""Amounts in thousands: what headers and titles say that they count in, 万元, '000.

Values in, values out.
"""

import re
from collections.abc import Iterable

from .history import fold

#: What each word of Chinese multiplies by, the longest first.
_CHINESE = {
    "千万": 10_000_000,
    "百万": 1_000_000,
    "亿": 100_000_000,
    "億": 100_000_000,
    "万": 10_000,
    "萬": 10_000,
    "千": 1000,
    "仟": 1000,
}
_WORD = "|".join(_CHINESE)
#: What a header calls a scale: read again by :func:`read_scale`.
LABELS = {
    1: "元",
    1000: "'000",
    10_000: "万",
    1_000_000: "million",
    10_000_000: "千万",
    100_000_000: "亿",
}
_UNIT = r"(?:人民币|美|欧|港|日)?(?:元|圆|rmb|[a-z]{3}(?![a-z]))"
_IN_CHINESE = re.compile(rf"(?P<word>{_WORD})? ?{_UNIT}|(?P<alone>{_WORD})")
_THOUSANDS = r"'?000'?s?|thousands?|tsd|ths|k"
_MILLIONS = r"millions?|mio|mln|mn"
_IN_ENGLISH = re.compile(
    rf"(?:in )?(?:[a-z]{{3}} ?)?(?:in )?(?:(?P<thousand>{_THOUSANDS})"
    rf"|(?P<million>{_MILLIONS}))(?: of)?(?: ?[a-z]{{3}})?\.?"
)
_BRACKETS = re.compile(r"[(\[（【](.*?)[)\]）】]")
_BEHIND = re.compile(
    rf"(?P<chinese>(?:{_WORD})(?:美|欧|港|日)?元)$|[ ,](?P<english>in (?:[a-z]{{3}} )?"
    rf"(?:thousands?|millions?|'?000s?)|(?:[a-z]{{3}} ?)?'000s?|k[a-z]{{3}})$"
)
#: The title row of a table that says what it counts in.
_TITLE = re.compile(
    r"(?:金额|货币|币种)?单位 ?: ?(?P<unit>[^ ,;。)]+)"
    r"|(?P<english>(?:\bin (?:[a-z]{3} )?(?:thousands?|millions?|'?000s?)\b"
    r"|\b(?:[a-z]{3} ?)?'000s?\b))"
)


def _read_unit(text: str) -> int | None:
    """Return what a unit multiplies by; None of what is none."""
    text = re.sub(r"^(?:人民币|折人民币|rmb|cny) ?(?=.)", "", text.strip())
    if found := _IN_ENGLISH.fullmatch(text):
        return 1000 if found["thousand"] else 1_000_000
    if found := _IN_CHINESE.fullmatch(text):
        word = found["word"] or found["alone"]
        is_unit = "元" in text or "圆" in text
        return _CHINESE[word] if word else 1 if is_unit else None
    return 1000 if re.fullmatch(r"k[a-z]{3}", text) else None


def read_scale(title: str) -> int | None:
    """Return what the header of an amount says that it counts in; None: nothing.

    >>> read_scale("余额（万元）"), read_scale("Open ('000)"), read_scale("Open (USD)")
    (10000, 1000, None)
    """
    text = _fold(title)
    for inner in _BRACKETS.findall(text):
        if scale := _read_unit(inner):
            return scale
    if found := _BEHIND.search(text):
        return _read_unit(next(filter(None, found.groups())))
    return None


def read_scales(texts: Iterable[str]) -> set[int]:
    """Return what rows above a table say that it counts in: none, one, or several that
    contradict each other.

    >>> read_scales(["应收账款余额表", "单位：人民币万元"]), read_scales(["Page 1"])
    ({10000}, set())
    """
    found = set()
    for text in texts:
        for said in _TITLE.finditer(_fold(text)):
            found.add(_read_unit(said["unit"] or said["english"]))
    return found - {None}


def settle_scale(title: str, above: set[int]) -> int:
    """Return what a column counts in: as its header says, else as the rows above the
    table do; 0 where these contradict each other.

    :param above: as :func:`read_scales` returns it
    """
    own = read_scale(title)
    if own and above <= {own}:
        return own
    if own or len(above) > 1:
        return 0
    return next(iter(above), 1)


def _fold(text: str) -> str:
    """Return a text as it is compared, with straight apostrophes."""
    return re.sub("[’‘´`′]", "'", fold(text or "").replace("：", ":"))
