"""When documents are due whose old system says so in words, and which days are strange.
Values in, values out.
"""

import re
from calendar import monthrange
from datetime import date, timedelta

from .history import fold
from .history_fields import read_days

#: Due dates farther behind the document's day than this are strange, and so are
#: documents older than that: in days.
LONG, OLD = 3 * 366, 10 * 366
#: A discount for who pays early comes before what is due: 2/10 net 30.
_DISCOUNT = re.compile(
    r"\d{1,2}(?:[.,]\d+)?(?: ?%)?(?: ?/ ?| )\d{1,3}(?: days?)?[ ,;/]{1,2}"
    r"((?:nett?o?|n)[ /]?\d{1,3}(?: days?)?)"
)
#: So many days behind the end of the document's month. "30 days end of month" isn't
#: here: it is the end of the month in which these days are over as often.
_MONTH_END = re.compile(
    r"(?:net |n/)?(\d{1,3}) ?eom|eom(?: ?[+/-] ?| )(\d{1,3})(?: ?days?)?"
    r"|月结 ?(\d{1,3}) ?[天日]?"
)
_AT_MONTH_END = ("eom", "end of month", "end of the month", "月底", "月末", "当月月底")


def read_due(terms: str, start: date) -> date | None:
    """Return when a document is due, as terms of payment say it; None where they say
    something else, or could be read in two ways.

    :param start: day of the document

    >>> read_due("Net 30", date(2026, 1, 15)), read_due("30 EOM", date(2026, 1, 15))
    (datetime.date(2026, 2, 14), datetime.date(2026, 3, 2))
    """
    text = fold(terms).rstrip(".")
    if found := _DISCOUNT.fullmatch(text):
        text = found[1]
    days = read_days(text)
    if days is not None:
        return start + timedelta(days=days)
    end = start.replace(day=monthrange(start.year, start.month)[1])
    if text in _AT_MONTH_END:
        return end
    found = _MONTH_END.fullmatch(text)
    return (
        end + timedelta(days=int(next(filter(None, found.groups())))) if found else None
    )


def find_strange(day: date | None, due: date | None, opening: date) -> list[str]:
    """Return what is strange about the days of an open item.

    :param opening: day on which it was open
    :return: of 'later' (dated behind that day), 'old', 'before' (due before its own
        day), 'long' (due years behind it)
    """
    found = []
    start = day or opening
    if day and day > opening:
        found.append("later")
    elif day and (opening - day).days > OLD:
        found.append("old")
    if due and day and due < day:
        found.append("before")
    elif due and not day and (opening - due).days > OLD:
        found.append("old")
    elif due and (due - start).days > LONG:
        found.append("long")
    return found
