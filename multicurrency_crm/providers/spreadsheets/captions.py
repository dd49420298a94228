"""What captions say of the rows below them: whose they are, in which currency."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ..currency_codes import CURRENT
from ..currency_names import code_of
from .cells import Cell, folded, is_empty

_LABEL = re.compile(
    r"(?:currency|currency code|ccy|curr|币种|币别|货币|原币|计价货币|结算货币|"
    r"(?:金额|货币|币种)?单位)[ ]*[:：]?[ ]*(.+)",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"[(\[（【]([^)\]）】]+)[)\]）】]")
_IN = re.compile(r"\b[Ii]n ([A-Z]{3})\b|\b(?:IN|Amounts|AMOUNTS) ([A-Z]{3})\b")
#: what stands before a unit, and behind it
_SCALE = re.compile(r"^[千万百亿萬億]+(?=.)|(?<=[币圓元])[元圆圓]$|元$(?<=人民币元)")
#: codes that are words, too
_WORDS = ("ALL", "TOP", "TRY")
#: words that a caption may have beside its currency
_AROUND = re.compile(
    r"customers?|receivables?|items?|invoices?|balances?|accounts?|open|group|in|of|"
    r"客户|应收|账款|余额|明细|组|[-–—:：.]",
    re.IGNORECASE,
)


def currency_said(text: str, *, is_caption: bool = False) -> str | None:
    """Return the code of the currency that a text around a table says that it is in;
    None where it says none, or several.

    >>> currency_said("Currency: EUR"), currency_said("单位：万美元")
    ('EUR', 'USD')

    :param is_caption: it stands above rows of a group, or is the name of a sheet: words
        such as “customers” may stand beside the currency
    """
    text = " ".join(folded(text).split())
    if not text or len(text) > 200:
        return None
    found = {_code(text)}
    if label := _LABEL.fullmatch(text):
        # the text may go on behind the currency
        found.add(_code(label[1]) or _code(re.split(r"[ ,;，；]", label[1])[0]))
    found |= {_code(inner) for inner in _BRACKETS.findall(text)}
    found |= {_code(one or other) for one, other in _IN.findall(text)}
    if is_caption:
        rest = _BRACKETS.sub(" ", text)
        found.add(_code(" ".join(_AROUND.sub(" ", rest).split())))
    found.discard(None)
    return found.pop() if len(found) == 1 else None


def _code(text: str) -> str | None:
    """Return the code of the currency that a word is; None of none. A code is written
    in capitals: a word of three letters may be anything."""
    word = _SCALE.sub("", text.strip(" .:*"))
    if word.isascii() and len(word) == 3:
        is_code = word.isupper() and word in CURRENT and word not in _WORDS
        return word if is_code else None
    return code_of(word)


def _is_only_currency(text: str) -> bool:
    """Return whether a caption names nothing but a currency: no customer."""
    if _LABEL.fullmatch(text):
        return True
    rest = " ".join(_AROUND.sub(" ", _BRACKETS.sub(" ", text)).split())
    return not rest or bool(_code(rest))


@dataclass(slots=True)
class Captions:
    """Captions while rows pass by.

    ``text``: that of the group, which a total ends; ``currency``: what the last one
    says that names a currency. Where currencies stand below captions of others, they
    end with these.
    """

    text: str = ""
    currency: str = ""
    _above: str = ""  # what the row above is
    _is_inner: bool = False

    def note(self, kind: str, cells: Iterable[Cell]) -> None:
        """Look at the next row.

        :param kind: what it is
        """
        if kind == "group":
            text = next(folded(cell) for cell in cells if not is_empty(cell))
            kind = "caption"
            if currency_said(text, is_caption=True):
                self.currency = text
                if _is_only_currency(text):
                    self._is_inner = self._is_inner or self._above == "caption"
                    self._above = "currency"
                    return
            elif self._is_inner:
                self.currency = ""
            self.text = text
        elif kind == "total":
            self.text = ""
            names = [cell for cell in cells if isinstance(cell, str)]
            if any(currency_said(_TOTAL.sub(" ", one)) for one in names):
                self.currency = ""
        self._above = kind


_TOTAL = re.compile(
    r"\b(?:grand|sub)?[ -]?(?:total|sum|summe)s?\b|合计|小计|总计|合計|小計|總計|[:：]",
    re.IGNORECASE,
)


def currency_of_total(cells: Iterable[Cell]) -> tuple[str, str] | None:
    """Return the name of a total that names a currency, and that currency's code."""
    for cell in cells:
        if isinstance(cell, str) and _TOTAL.search(cell):
            if code := currency_said(_TOTAL.sub(" ", cell), is_caption=True):
                return cell, code
    return None


def currency_above(rows: Iterable[Iterable[Cell]]) -> str:
    """Return the text above a table that says its currency; "" where none does, or
    several say different ones.

    :param rows: cells of the rows above its header
    """
    said = {}
    for cells in rows:
        texts = [cell for cell in cells if isinstance(cell, str) and cell.strip()]
        for text in (*texts, " ".join(texts)):
            if code := currency_said(text):
                said.setdefault(code, text)
    return next(iter(said.values())) if len(said) == 1 else ""
