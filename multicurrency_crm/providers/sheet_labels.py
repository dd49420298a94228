"""What the name of a column, or a cell, says of the rates that stand there.

``USD``, ``美元``, ``100日元``, ``JPY (100)``, ``USD/CNY``, ``美元兑人民币中间价`` …
"""

import re
import unicodedata
from typing import NamedTuple

from .currency_names import code_of
from .reading import SHOWN
from .sheet_layout import KIND_WORDS

#: what says nothing more
FILLERS = ("exchange rate", "rate", "rates", "汇率", "牌价", "报价", "匯率")
_UNITS = "10{0,9}"
_HEAD_UNITS = re.compile(rf"(?:每|per )?({_UNITS})(?:单位)? ?(?=[^0-9 ])(.+)")
_TAIL_UNITS = re.compile(rf"(.+?) ?(?:per|每|[/x×*])? ?({_UNITS})(?:单位)?")
_ONLY_UNITS = re.compile(rf"(?:per|每|[x×*])? ?({_UNITS})(?:单位|units)?")
#: between the two of a pair: 1 of the first is so many of the second
_PAIR = re.compile(r"(.+?) ?(?:/|-|–|→|=|兑|兌|对|對| to | in | vs\.? ) ?(.+)")
#: so many of the first for 1 of the second
_PER = re.compile(r"(.+?) per (.+)")
_SIX = re.compile("([a-z]{3})([a-z]{3})")
_WORDS = {
    **{word: kind for kind, words in KIND_WORDS.items() for word in words},
    **dict.fromkeys(FILLERS, ""),
}
#: the longest first: 现汇买入价 before 买入价
_BY_LENGTH = sorted(_WORDS, key=len, reverse=True)


class Label(NamedTuple):
    """What a label says; ``None`` where it leaves something open.

    ``against``: of a pair the second currency, of which so many make ``nominal`` units
    of ``currency``.
    """

    currency: str
    nominal: int | None = None
    against: str | None = None
    kind: str | None = None


def read_label(cell: object) -> Label | None:
    """Return what a label says of a currency, or None if it names none, or several."""
    if not isinstance(cell, str) or not 2 <= len(cell) <= 2 * SHOWN:
        return None
    text = unicodedata.normalize("NFKC", cell).casefold().replace("_", " ")
    text = " ".join(text.split()).strip("*: ")
    if single := _single(text):
        return single
    if per := _PER.fullmatch(text):
        return _pair(per[2], per[1])
    found = _SIX.fullmatch(text) or _PAIR.fullmatch(text)
    return _pair(*found.groups()) if found else None


def _pair(one: str, other: str) -> Label | None:
    """Read a label by which units of one currency are so many of another."""
    first, second = _single(one), _single(other)
    if not first or not second or first.currency == second.currency:
        return None
    # CNY/100 JPY would be the other way round: so many yuan for 100 yen
    if (second.nominal or 1) != 1:
        return None
    kind = first.kind or second.kind
    return Label(first.currency, first.nominal or 1, second.currency, kind)


def _single(text: str) -> Label | None:
    """Read a label of one currency; what stands in brackets says more of the same."""
    said = {"currency": set(), "nominal": set(), "kind": set()}
    for part in re.split(r"[()\[\]]+", text):
        if part.strip(" -:,") and not _peel(part.strip(" -:,"), said):
            return None
    if any(len(values) > 1 for values in said.values()) or not said["currency"]:
        return None
    currency, nominal, kind = (next(iter(values), None) for values in said.values())
    return Label(currency, nominal, None, kind)


def _peel(text: str, said: dict[str, set]) -> bool:
    """Note what a part says, piece by piece; False if a piece says nothing known."""
    while text:
        if code := code_of(text):
            said["currency"].add(code)
            return True
        if units := _ONLY_UNITS.fullmatch(text):
            said["nominal"].add(int(units[1]))
            return True
        word = next((w for w in _BY_LENGTH if _ends_in(text, w)), None)
        if word is not None:
            text = text.removesuffix(word) if text.endswith(word) else text[len(word) :]
            said["kind"].update({_WORDS[word]} - {""})
        elif units := _HEAD_UNITS.fullmatch(text):
            text = units[2]
            said["nominal"].add(int(units[1]))
        elif units := _TAIL_UNITS.fullmatch(text):
            text = units[1]
            said["nominal"].add(int(units[2]))
        elif code := code_of(text.partition(" ")[0]):
            text = text.partition(" ")[2]
            said["currency"].add(code)
        elif code := code_of(text.rpartition(" ")[2]):
            text = text.rpartition(" ")[0]
            said["currency"].add(code)
        else:
            return False
        text = text.strip(" -:,")
    return True


def _ends_in(text: str, word: str) -> bool:
    """Whether a word stands at an end of a text, as a word of its own."""
    if not word.isascii():
        return text.endswith(word) or text.startswith(word)
    return text == word or text.endswith(f" {word}") or text.startswith(f"{word} ")
