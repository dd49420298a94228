"""What stands in the files of the European Central Bank: its XML, its CSV, and SDMX.

A currency without figure (``N/A``, or nothing) gives no quote: one that has ended has
quotes for the days of its life and none after.
"""

import datetime
import re
from itertools import zip_longest

from ..answers import table
from ..errors import FormatError, _lt
from ..payloads import parse_xml
from ..reading import Quotes, english_date, iso_date, wrong_date

#: how the files say that a currency has no rate that day
NO_FIGURE = ("", "N/A")
_FIGURE = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")
#: the euro's first year: what is dated before is no reference rate
_FIRST_DAY = datetime.date(1999, 1, 1)
NOT_OURS = _lt(
    "This is not a file of the European Central Bank: take eurofxref-hist.zip or "
    "another of its reference rate files."
)
#: what names a series of exchange rates, in the order of its key
DIMENSIONS = ("FREQ", "CURRENCY", "CURRENCY_DENOM", "EXR_TYPE", "EXR_SUFFIX")
_GESMES = "{http://www.gesmes.org/xml/2002-08-01}"
_CUBE = "{http://www.ecb.int/vocabulary/2002-08-01/eurofxref}Cube"


def read_xml(text: bytes, quotes: Quotes, publisher: str) -> None:
    """Read the daily, 90-day or full XML.

    :raises FormatError: no file of the bank's
    """
    if b"<gesmes:Envelope" not in text or b"<!DOCTYPE" in text:
        raise FormatError(NOT_OURS)
    root = parse_xml(text, publisher=publisher)
    sender = root.findtext(f"{_GESMES}Sender/{_GESMES}name")
    if root.tag != f"{_GESMES}Envelope" or sender != "European Central Bank":
        raise FormatError(NOT_OURS)
    for cubes in root.iterfind(f"{_CUBE}/{_CUBE}"):
        day = _day(cubes.get("time"))
        for cube in cubes.iterfind(_CUBE):
            _add(quotes, cube.get("currency"), cube.get("rate", ""), day)


def read_csv(text: bytes, quotes: Quotes, publisher: str) -> None:
    """Read the daily CSV ("30 October 2026") or the history's (ISO dates).

    Lines end in a comma: an empty name stands behind the last column.

    :raises FormatError: cut off, or no file of the bank's
    """
    names = text.partition(b"\n")[0].decode().split(",")
    figures = {name.strip() for name in names} - {""}
    for row in table(text, columns=("Date",), figures=figures, publisher=publisher):
        day = _day(row.pop("Date"))
        for code, figure in row.items():
            _add(quotes, code, figure, day)


def read_sdmx(text: bytes, quotes: Quotes, publisher: str, asked: str = "") -> None:
    """Read the SDMX service's CSV of daily rates against the euro.

    :param asked: the key of the series asked for: ``D..EUR.SP00.A``
    :raises FormatError: cut off, other series, or nothing says which
    """
    columns, figures = ("TIME_PERIOD", "OBS_VALUE"), ("OBS_VALUE",)
    for row in table(text, columns=columns, figures=figures, publisher=publisher):
        frequency, currency, *others = _series(row, asked)
        if (frequency, *others) != ("D", quotes.base, "SP00", "A"):
            raise FormatError(NOT_OURS)
        quotes.add(currency, row["OBS_VALUE"], _day(row["TIME_PERIOD"]))


def _series(row: dict[str, str], asked: str) -> list[str]:
    """Return what names a row's series: by its columns, its key, or the key asked for.

    Any of them will do, and none may say otherwise than another.

    :raises FormatError: none says it, or two differ
    """
    key = row.get("KEY", "").removeprefix("EXR.")
    said = [
        {row.get(name, ""), *parts} - {""}
        for name, *parts in zip_longest(
            DIMENSIONS, key.split("."), asked.split("."), fillvalue=""
        )
    ]
    if len(said) > len(DIMENSIONS) or any(len(values) > 1 for values in said):
        raise FormatError(NOT_OURS)
    for name, values in zip(DIMENSIONS, said, strict=True):
        if not values:
            raise FormatError(
                _lt(
                    "Neither a column nor the series key says “%(name)s” of the rates "
                    "in this file of the European Central Bank: download it with all "
                    "columns."
                ),
                name=name,
            )
    return [value for [value] in said]


def _add(quotes: Quotes, code: str | None, figure: str, day: datetime.date) -> None:
    """Add a figure; the bank writes it with digits and a point, or not at all."""
    if figure not in NO_FIGURE:
        quotes.add(code, figure if _FIGURE.fullmatch(figure) else repr(figure), day)


def _day(text: str | None) -> datetime.date:
    """Read ``2026-10-30`` or ``30 October 2026``.

    :raises FormatError: anything else, or a day before the euro
    """
    text = text or ""
    day = english_date(text) if " " in text else iso_date(text)
    if day < _FIRST_DAY:
        raise wrong_date(text)
    return day
