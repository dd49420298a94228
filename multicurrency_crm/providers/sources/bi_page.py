"""The page on which Bank Indonesia's site shows what was searched for: one currency."""

import datetime
from collections.abc import Iterator

from ..answers import not_ours
from ..errors import FormatError, _lt
from ..pages import parse_page
from ..payloads import decode
from ..reading import english_date, grouped, units

#: ends of the ids of the heading, "CURRENCIES AED", and of the table
HEADING, TABLE = "lblKursTransaksiKTBI2", "gvSearchResult2"
#: the table's columns in the order of the page
COLUMNS = ["Value", "Sell", "Buy", "Date"]


def is_page(payload: bytes) -> bool:
    """Return whether this is a page with the result of a search."""
    return HEADING.encode() in payload and TABLE.encode() in payload


def read_page(
    payload: bytes, publisher: str
) -> Iterator[tuple[str, int, datetime.date, dict[str, str]]]:
    """Yield code, units, day and figures by kind of each row.

    :raises FormatError: another page, or one that is cut off
    """
    text = decode(payload, publisher=publisher)
    if not text.rstrip().endswith("</html>"):
        raise FormatError(_lt("The page is cut off: save it again."))
    root = parse_page(text)
    heading, lines = [], []
    for element in root.iter("span", "table") if root is not None else ():
        if element.get("id", "").endswith(HEADING):
            heading = "".join(element.itertext()).split()
        elif element.get("id", "").endswith(TABLE):
            lines = [
                ["".join(cell.itertext()).strip() for cell in line]
                for line in element.iter("tr")
            ]
    if not heading or lines[:1] != [COLUMNS]:
        raise not_ours(publisher)
    for line in lines[1:]:
        if len(line) != len(COLUMNS):
            raise not_ours(publisher)
        nominal, sell, buy, day = line
        figures = {"buy": grouped(buy), "sell": grouped(sell)}
        yield heading[-1], units(grouped(nominal)), english_date(day), figures
