"""The addon's own layout for rates in a sheet: one row a rate, columns by name.

======================  ==========================================================
column                  what it holds
======================  ==========================================================
date, 日期               the day of the rate: a date, 2026-03-02 or 2026/3/2
year, 年度               instead of the date in a sheet of plan rates: 2026
currency, 币种           the foreign currency's code: USD
base, 基准货币            the currency that it is quoted in or against: CNY
nominal, 单位            for how many units the rate is; empty: 1
rate, 汇率               the figure; empty or "-": no rate
direction, 方向          "base per foreign" (直接标价): so many of the base for the
                        nominal of the currency; "foreign per base" (间接标价): so
                        many of the currency for the nominal of the base
kind, 类型               mid, official, buy, sell, cash buy, cash sell, budget;
                        empty: mid
======================  ==========================================================

The columns may stand in any order, among others that nobody reads.
"""

import unicodedata
from collections.abc import Mapping

from .errors import _lt
from .reading import SHOWN

#: how a sheet may call its columns, as :func:`words_of` writes them
COLUMNS = {
    "date": ("date", "rate date", "day", "日期", "汇率日期"),
    "year": ("year", "年度", "年份", "年"),
    "currency": ("currency", "currency code", "币种", "币别", "货币", "外币"),
    "base": ("base", "base currency", "基准货币", "基准币种", "本币", "本位币"),
    "nominal": ("nominal", "unit", "units", "单位", "汇率单位"),
    "rate": ("rate", "value", "汇率", "牌价"),
    "direction": ("direction", "方向", "汇率方向", "标价方式", "标价法"),
    "kind": ("kind", "type", "类型", "种类", "汇率类型"),
}
DIRECTIONS = {
    "foreign_per_base": ("foreign per base", "indirect", "间接标价", "间接标价法"),
    "base_per_foreign": ("base per foreign", "direct", "直接标价", "直接标价法"),
}
KIND_WORDS = {
    "mid": ("mid", "middle", "中间价", "折算价"),
    "official": ("official", "官方", "官方汇率", "税务汇率", "海关汇率"),
    "buy": ("buy", "buying", "买入", "买入价", "现汇买入", "现汇买入价"),
    "sell": ("sell", "selling", "卖出", "卖出价", "现汇卖出", "现汇卖出价"),
    "cash_buy": ("cash buy", "cash buying", "现钞买入", "现钞买入价"),
    "cash_sell": ("cash sell", "cash selling", "现钞卖出", "现钞卖出价"),
    "budget": ("budget", "plan", "预算", "预算汇率", "计划"),
}
TEMPLATES = {
    "date": (
        "date,currency,base,nominal,rate,direction,kind",
        "2026-03-02,USD,CNY,1,7.0123,base per foreign,mid",
        "2026-03-02,JPY,CNY,100,4.5012,base per foreign,mid",
        "2026-03-02,KRW,CNY,1,205.34,foreign per base,mid",
    ),
    "year": (
        "year,currency,base,nominal,rate,direction",
        "2026,USD,CNY,1,7.05,base per foreign",
        "2026,JPY,CNY,100,4.6,base per foreign",
    ),
}
#: what belongs into each column, as the end of a sentence
WANTED = {
    "date": _lt("write a date such as 2026-03-02"),
    "year": _lt("write a year such as 2026"),
    "currency": _lt("write a code such as USD, other than the base"),
    "base": _lt("write a code such as CNY"),
    "nominal": _lt("write 1, 10, 100 … or nothing"),
    "rate": _lt("write a number above zero such as 7.1234, without thousands"),
    "direction": _lt("write “base per foreign” or “foreign per base”"),
    "kind": _lt("write mid, buy, sell … as the template does"),
}


def template_csv(period: str = "date") -> bytes:
    """Return an example to fill in, as Excel opens it.

    :param period: ``date``, or ``year`` for plan rates
    """
    return "".join(f"{line}\r\n" for line in TEMPLATES[period]).encode("utf-8-sig")


def words_of(cell: object) -> str:
    """Return a cell's words: lower case, half width, one blank between them."""
    if not isinstance(cell, str):
        return ""
    text = unicodedata.normalize("NFKC", cell[: 2 * SHOWN]).casefold()
    return " ".join(text.replace("_", " ").split()).strip("*:")


def find(cell: object, vocabulary: Mapping[str, tuple[str, ...]]) -> str | None:
    """Return the name under which the vocabulary has the cell's words."""
    words = words_of(cell)
    return next((name for name, known in vocabulary.items() if words in known), None)


def shown(cell: object) -> str:
    """Return as much of a cell as a sentence repeats."""
    return ("" if cell is None else str(cell))[:SHOWN]
