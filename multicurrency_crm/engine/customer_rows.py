"""What rows of customers say of people: names, habits, lists. No database."""

import hashlib
import json
import re

from .history import fold

#: What separates the things that one cell lists.
_BETWEEN = re.compile(r"[,;、，；|\n]+")
_CHINESE = re.compile(r"[\u3400-\u9fff\uac00-\ud7af\u3040-\u30ff]")
#: Words for a company, and for a person.
COMPANIES = frozenset(
    """company|organisation|organization|business|firm|corporate|corporation|yes|true|1|
    企业|公司|单位|法人|是""".replace("\n", "")
    .replace(" ", "")
    .split("|")
)
PEOPLE = frozenset(
    """person|individual|contact|private|consumer|natural person|no|false|0|个人|自然人|
    联系人|否""".replace("\n    ", "").split("|")
)
#: Words for the ways in which somebody is reached, by the codes of ours.
CHANNELS = {
    "phone": "phone|telephone|tel|call|mobile|cell|电话|手机",
    "email": "email|e-mail|mail|邮件|电子邮件|邮箱",
    "wechat": "wechat|weixin|we chat|微信",
    "whatsapp": "whatsapp|whats app|wa",
    "line": "line",
    "telegram": "telegram",
    "teams": "video|video call|teams|zoom|skype|视频|视频会议",
    "visit": "visit|in person|meeting|拜访|上门|面谈",
    "fair": "fair|trade fair|exhibition|展会",
}
_CODES = {
    fold(word): code for code, text in CHANNELS.items() for word in text.split("|")
}
#: 9, 9:30, 9.30, 9h30, 9点, 9点半, with am, pm, 上午 or 下午
_HOUR = re.compile(
    r"(?P<before>上午|早上|下午|晚上)?\s*(?P<hour>\d{1,2})"
    r"(?:(?:[:.h](?P<minute>\d{2}))|点(?P<half>半)?|h)?\s*(?P<after>am|pm|a\.m\.|p\.m\.)?"
)
_AFTERNOON = ("下午", "晚上", "pm", "p.m.")
_MORNING = ("上午", "早上", "am", "a.m.")


def split_list(text: str | None) -> list[str]:
    """Return what a cell lists, each once, in its order.

    >>> split_list("USD, EUR；USD、JPY")
    ['USD', 'EUR', 'JPY']
    """
    found = (part.strip() for part in _BETWEEN.split(text or ""))
    return list(dict.fromkeys(filter(None, found)))


def join_name(first: str | None, last: str | None) -> str:
    """Return the name of a person from its parts: Chinese ones family name first.

    >>> join_name("Ludwig", "Krajcik"), join_name("伟", "张")
    ('Ludwig Krajcik', '张伟')
    """
    first, last = (first or "").strip(), (last or "").strip()
    if _CHINESE.search(first) and _CHINESE.search(last):
        return last + first
    return " ".join(filter(None, (first, last)))


def read_is_company(word: str | None) -> bool | None:
    """Return whether a word says that a customer is a company; None: neither."""
    text = fold(word)
    if text in COMPANIES:
        return True
    return False if text in PEOPLE else None


def read_channel(word: str | None) -> str | None:
    """Return the code of the way in which somebody is reached; None: not known."""
    return _CODES.get(fold(word))


def read_hours(text: str | None) -> tuple[float, float] | None:
    """Return between which hours of a day somebody is reached; None where a text
    doesn't say it for sure: ``9-5`` may end in the afternoon.

    >>> read_hours("9:00-18:00"), read_hours("9am to 5.30pm"), read_hours("9-5")
    ((9.0, 18.0), (9.0, 17.5), None)
    """
    parts = re.split(r"\s*(?:-|–|—|~|～|至|到|\bto\b|\buntil\b)\s*", fold(text))
    if len(parts) != 2:
        return None
    found = [_read_hour(part) for part in parts]
    if None in found:
        return None
    (first, _), (last, is_sure) = found
    if first == last or last < first and not (is_sure or first > 12):
        return None
    return first, last


def _read_hour(text: str) -> tuple[float, bool] | None:
    """Return an hour of a day, and whether its half of the day is said."""
    match = _HOUR.fullmatch(text.strip())
    if not match:
        return None
    half = match["before"] or match["after"] or ""
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    if half and hour > 12:
        return None
    if half in _AFTERNOON and hour < 12:
        hour += 12
    elif half in _MORNING and hour == 12:
        hour = 0
    minute = 30 if match["half"] else minute
    if minute > 59 or hour + minute / 60 > 24:
        return None
    return hour + minute / 60, bool(half)


def get_digest(value) -> str:
    """Return by what a value is known again, without saying it: what is erased stays
    erased.

    :param value: what JSON knows
    """
    text = json.dumps(value, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
