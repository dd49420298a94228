"""How a sheet of rates is built: one row a rate, or a column for each currency.

======================  ==========================================================
column                  what it holds
======================  ==========================================================
date, 日期               the day of the rate: a date, 2026-03-02, 2026/3/2,
                        2.3.2026, 2 Mar 2026; 03/02/2026 where another row
                        says which is the day; a time behind it is left off. 发布时间
                        says the day where no column is called a date
year, 年度               instead of the date in a sheet of plan rates: 2026
currency, 币种           the foreign currency by code or name: USD, 美元; or a pair
base, 基准货币            the currency that it is quoted in or against: CNY, 人民币;
                        without it the company's
nominal, 单位            for how many units the rate is; empty: 1
rate, 汇率               the figure; empty or "-": no rate
direction, 方向          "base per foreign" (直接标价): so many of the base for the
                        nominal of the currency; "foreign per base" (间接标价): so
                        many of the currency for the nominal of the base
kind, 类型               mid, official, buy, sell, cash buy, cash sell, budget;
                        empty: mid
USD, 美元, 100日元 …      instead of currency and rate: the figures of one currency,
                        with its units and kind if need be (100 JPY buy)
USD/CNY, 美元/人民币       the same, with the direction: 1 USD is so many CNY
现汇买入价 …              instead of rate: the figures of one kind
======================  ==========================================================

The columns may stand in any order, below titles, among others that nobody reads. Units,
direction, base or kind may also stand in a row below the names, under each currency.
What the sheet doesn't say of units and direction, who loads it says.
"""

import unicodedata
from collections.abc import Mapping

from .errors import _lt
from .reading import SHOWN

#: how a sheet may call its columns, as :func:`words_of` writes them
COLUMNS = {
    "date": (
        *("date", "rate date", "value date", "day"),
        *(
            "日期",
            "汇率日期",
            "牌价日期",
            "发布日期",
            "公布日期",
            "生效日期",
            "交易日期",
        ),
    ),
    "year": ("year", "年度", "年份", "年"),
    "currency": (
        *("currency", "currency code", "currency name", "currency pair", "pair"),
        *("币种", "币别", "币种代码", "币种名称", "货币", "货币代码", "货币名称"),
        *("外币", "外币币种", "货币对", "幣別"),
    ),
    "base": (
        *("base", "base currency"),
        *("基准货币", "基准币种", "本币", "本位币", "本幣"),
    ),
    "nominal": ("nominal", "unit", "units", "单位", "汇率单位", "单位数", "外币单位"),
    "rate": (
        *("rate", "exchange rate", "value"),
        *("汇率", "牌价", "汇率值", "记账汇率", "期末汇率", "匯率"),
    ),
    "direction": ("direction", "方向", "汇率方向", "标价方式", "标价法", "标价方法"),
    "kind": ("kind", "type", "类型", "种类", "汇率类型", "汇率种类"),
}
#: what says the day where no column is a date's: the moment of a bank's price
MOMENTS = {
    "date": (
        *("time", "date time", "datetime", "pub time", "publish time"),
        *("时间", "发布时间", "公布时间", "牌价时间", "發佈時間"),
    )
}
DIRECTIONS = {
    "foreign_per_base": (
        *("foreign per base", "indirect", "间接", "间接标价", "间接标价法"),
        *("间接汇率", "間接", "間接標價"),
    ),
    "base_per_foreign": (
        *("base per foreign", "direct", "直接", "直接标价", "直接标价法"),
        *("直接汇率", "直接標價"),
    ),
}
KIND_WORDS = {
    "mid": ("mid", "middle", "中间价", "折算价", "中行折算价"),
    "official": ("official", "官方", "官方汇率", "税务汇率", "海关汇率"),
    "buy": ("buy", "buying", "买入", "买入价", "现汇买入", "现汇买入价"),
    "sell": ("sell", "selling", "卖出", "卖出价", "现汇卖出", "现汇卖出价"),
    "cash_buy": ("cash buy", "cash buying", "现钞买入", "现钞买入价"),
    "cash_sell": ("cash sell", "cash selling", "现钞卖出", "现钞卖出价"),
    "budget": ("budget", "plan", "预算", "预算汇率", "计划"),
}
#: one row a rate, or one column a currency; and in which languages there are examples
LAYOUTS = ("rows", "columns")
LANGUAGES = ("en", "zh")
#: examples to fill in, by what says the day, by layout, by language
TEMPLATES = {
    ("date", "rows", "en"): (
        "date,currency,base,nominal,rate,direction,kind",
        "2026-03-02,USD,CNY,1,7.0123,base per foreign,mid",
        "2026-03-02,JPY,CNY,100,4.5012,base per foreign,mid",
        "2026-03-02,KRW,CNY,1,205.34,foreign per base,mid",
    ),
    ("date", "rows", "zh"): (
        "日期,币种,基准货币,单位,汇率,方向,类型",
        "2026-03-02,美元,人民币,1,7.0123,直接标价,中间价",
        "2026-03-02,日元,人民币,100,4.5012,直接标价,中间价",
        "2026-03-02,韩元,人民币,1,205.34,间接标价,中间价",
    ),
    ("date", "columns", "en"): (
        "date,USD/CNY,EUR/CNY,100 JPY/CNY,CNY/KRW",
        "2026-03-02,7.0123,7.6123,4.5012,205.34",
        "2026-03-03,7.0156,7.6098,4.5034,205.11",
    ),
    ("date", "columns", "zh"): (
        "日期,美元/人民币,欧元/人民币,100日元/人民币,人民币/韩元",
        "2026-03-02,7.0123,7.6123,4.5012,205.34",
        "2026-03-03,7.0156,7.6098,4.5034,205.11",
    ),
    ("year", "rows", "en"): (
        "year,currency,base,nominal,rate,direction",
        "2026,USD,CNY,1,7.05,base per foreign",
        "2026,JPY,CNY,100,4.6,base per foreign",
    ),
    ("year", "rows", "zh"): (
        "年度,币种,基准货币,单位,汇率,方向",
        "2026,美元,人民币,1,7.05,直接标价",
        "2026,日元,人民币,100,4.6,直接标价",
    ),
    ("year", "columns", "en"): ("year,USD/CNY,100 JPY/CNY", "2026,7.05,4.6"),
    ("year", "columns", "zh"): ("年度,美元/人民币,100日元/人民币", "2026,7.05,4.6"),
}
#: what belongs into each column, as the end of a sentence
WANTED = {
    "date": _lt("write a date such as 2026-03-02"),
    "year": _lt("write a year such as 2026"),
    "currency": _lt("write a code such as USD, or a name, other than the base"),
    "base": _lt("write a code such as CNY"),
    "nominal": _lt("write 1, 10, 100 … or nothing"),
    "rate": _lt("write a number above zero such as 7.1234, without thousands"),
    "direction": _lt("write “base per foreign” or “foreign per base”"),
    "kind": _lt("write mid, buy, sell … as the template does"),
}


def template_csv(
    period: str = "date", layout: str = "rows", language: str = "en"
) -> bytes:
    """Return an example to fill in, as Excel opens it.

    :param period: ``date``, or ``year`` for plan rates
    :param layout: ``rows``, one a rate, or ``columns``, one a currency
    :param language: ``en`` or ``zh``
    """
    lines = TEMPLATES[period, layout, language]
    return "".join(f"{line}\r\n" for line in lines).encode("utf-8-sig")


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
