"""Currencies by what banks and people call them, in the languages of trade."""

import functools
import unicodedata
from collections import defaultdict

from babel import Locale

from ..engine.currency_changes import CHANGES
from .currency_codes import CURRENT

#: languages in whose full names (US Dollar, dólar estadounidense) currencies are known
LOCALES = (
    "en de fr es pt it nl pl cs da sv nb fi hu ro tr ru uk ar he ja ko th vi id "
    "zh zh_Hant"
).split()
#: on the boards of Chinese banks, the board's own name first
_BY_CODE = {
    "AED": "阿联酋迪拉姆",
    "ARS": "阿根廷比索",
    "AUD": "澳大利亚元 澳元",
    "BHD": "巴林第纳尔",
    "BND": "文莱元",
    "BRL": "巴西里亚尔 巴西雷亚尔",
    "CAD": "加拿大元 加元",
    "CHF": "瑞士法郎",
    "CLP": "智利比索",
    "COP": "哥伦比亚比索",
    "CZK": "捷克克朗",
    "DKK": "丹麦克朗",
    "EGP": "埃及镑",
    "ETB": "埃塞俄比亚比尔",
    "EUR": "欧元",
    "GBP": "英镑",
    "HKD": "港币 港元",
    "HUF": "匈牙利福林",
    "IDR": "印尼卢比 印度尼西亚卢比",
    "ILS": "以色列谢克尔",
    "INR": "印度卢比",
    "ISK": "冰岛克朗",
    "JOD": "约旦第纳尔",
    "JPY": "日元",
    "KES": "肯尼亚先令",
    "KHR": "柬埔寨瑞尔",
    "KRW": "韩国元 韩元",
    "KWD": "科威特第纳尔",
    "KZT": "哈萨克斯坦坚戈",
    "LAK": "老挝基普",
    "LKR": "斯里兰卡卢比",
    "MAD": "摩洛哥迪拉姆",
    "MMK": "缅甸元",
    "MNT": "蒙古图格里克",
    "MOP": "澳门元",
    "MUR": "毛里求斯卢比",
    "MXN": "墨西哥比索",
    "MYR": "林吉特 马来西亚林吉特",
    "NOK": "挪威克朗",
    "NPR": "尼泊尔卢比",
    "NZD": "新西兰元",
    "OMR": "阿曼里亚尔",
    "PEN": "秘鲁新索尔 秘鲁索尔",
    "PHP": "菲律宾比索",
    "PKR": "巴基斯坦卢比",
    "PLN": "波兰兹罗提",
    "QAR": "卡塔尔里亚尔",
    "RON": "罗马尼亚列伊",
    "RSD": "塞尔维亚第纳尔",
    "RUB": "卢布 俄罗斯卢布",
    "SAR": "沙特里亚尔",
    "SEK": "瑞典克朗",
    "SGD": "新加坡元",
    "THB": "泰国铢 泰铢",
    "TRY": "土耳其里拉",
    "TWD": "新台币",
    "TZS": "坦桑尼亚先令",
    "UGX": "乌干达先令",
    "USD": "美元",
    "VND": "越南盾",
    "ZAR": "南非兰特",
    "ZMW": "赞比亚克瓦查",
}

#: what else people write
_ALSO = {
    "AUD": "澳币 澳幣 澳洲元",
    "CAD": "加币 加幣",
    "CHF": "瑞郎",
    "CNY": "人民币 人民幣 RMB",
    "EUR": "欧币 歐元",
    "GBP": "英鎊",
    "HKD": "港幣",
    "JPY": "日币 日圆 日圓 日幣 円",
    "KRW": "韩币 韓元 韓圓",
    "MYR": "马币 令吉 馬幣",
    "SGD": "新币 新元 坡币 新幣",
    "TWD": "台币 台幣 臺幣 新臺幣",
    "USD": "美金 美圆 美圓",
}

#: codes by the names on Chinese boards; a currency may have several names
CHINESE = {name: code for code, names in _BY_CODE.items() for name in names.split()}


def code_of(text: str) -> str | None:
    """Return the code of the currency that goes by this code or name.

    Names that two currencies share (dollar, peso) are none of either's.
    """
    name = _folded(text)
    code = name.upper()
    if code in CURRENT or code in CHANGES:
        return code
    return _names().get(name)


def _folded(text: str) -> str:
    """Return a name as it is compared: half width, small letters, single blanks."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


@functools.cache
def _names() -> dict[str, str]:
    """Return codes by names."""
    found = defaultdict(set)
    for locale in LOCALES:
        for code, name in Locale.parse(locale).currencies.items():
            if code in CURRENT:
                found[_folded(name)].add(code)
    for names in (_BY_CODE, _ALSO):
        for code, words in names.items():
            for name in words.split():
                found[_folded(name)] = {code}
    return {name: code for name, [code, *others] in found.items() if not others}
