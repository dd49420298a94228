"""When follow-ups of old systems were. Values in, values out."""

import re
import unicodedata
from datetime import time

_MOMENT = re.compile(
    r"(?P<before>上午|早上|中午|下午|晚上)?\s*"
    r"(?<![\d:.])(?P<hour>\d{1,2})\s*[:时點点]\s*(?P<minute>\d{2})"
    r"(?:\s*[:分]\s*(?P<second>\d{2}))?(?:[.,]\d+)?\s*秒?分?\s*"
    r"(?P<after>am|pm|a\.m\.|p\.m\.)?\s*"
    r"(?P<zone>z|utc|gmt|(?P<sign>[+-])(?P<hours>\d{2}):?(?P<minutes>\d{2}))?$"
)
_AFTERNOON = ("下午", "晚上", "中午", "pm", "p.m.")
_MORNING = ("上午", "早上", "am", "a.m.")
_LAST_HOUR, _LAST_MINUTE, _NOON = 23, 59, 12


def read_moment(text: str) -> tuple[time, int | None] | None:
    """Return the time behind a day, and how many minutes it is ahead of UTC where the
    text says so; None of a day alone, which midnight is, too.

    >>> read_moment("2026-10-05 14:30"), read_moment("2026-10-05T02:30:00Z")
    ((datetime.time(14, 30), None), (datetime.time(2, 30), 0))
    >>> read_moment("2026-10-05"), read_moment("2026-10-05 00:00:00")
    (None, None)
    """
    text = unicodedata.normalize("NFKC", text or "").casefold().strip()
    found = _MOMENT.search(text.replace("t", " ", 1) if "am" not in text else text)
    if not found:
        return None
    hour, minute = int(found["hour"]), int(found["minute"])
    second = int(found["second"] or 0)
    half = found["before"] or found["after"]
    if half in _AFTERNOON and hour < _NOON:
        hour += _NOON
    elif half in _MORNING and hour == _NOON:
        hour = 0
    if hour > _LAST_HOUR or max(minute, second) > _LAST_MINUTE:
        return None
    if not (hour or minute or second or half or found["zone"]):
        # spreadsheets write a day so
        return None
    return time(hour, minute, second), _read_offset(found)


def _read_offset(found: re.Match) -> int | None:
    """Return how many minutes a time is ahead of UTC; None where it doesn't say."""
    if not found["zone"]:
        return None
    if not found["sign"]:
        return 0
    minutes = 60 * int(found["hours"]) + int(found["minutes"])
    return -minutes if found["sign"] == "-" else minutes
