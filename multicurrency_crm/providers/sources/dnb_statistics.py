"""Denmark's exchange rates in the tables of its national statistics."""

import datetime
import json
from collections.abc import Iterator
from itertools import product

from ..answers import not_ours, said_instead, table
from ..errors import NoQuotes, RequestRefused, _lt
from ..http import Client
from ..payloads import parse_json, trimmed
from ..reading import date_in

SERVICE = "https://api.statbank.dk/v1/data"
TABLE = "DNVALD"
#: the rates themselves; other types are averages and ends of months
DAILY = "KBH"
COLUMNS = ("VALUTA", "KURTYP", "TID", "INDHOLD")
DAY = "%YM%mD%d"
NOT_FOUND = "EXTRACT-NOTFOUND"
#: code, figure and day
Rate = tuple[str, object, datetime.date]


def download(client: Client, date_from: datetime.date, date_to: datetime.date) -> bytes:
    """Ask for a span of all currencies, as CSV with codes.

    Days of which there are none are refused; that refusal is an answer.
    """
    span = f">={date_from:{DAY}}<={date_to:{DAY}}"
    wanted = {"VALUTA": "*", "KURTYP": DAILY, "Tid": span}
    question = {
        "table": TABLE,
        "format": "BULK",
        "lang": "en",
        "valuePresentation": "Code",
        "variables": [{"code": k, "values": [value]} for k, value in wanted.items()],
    }
    headers = {"Content-Type": "application/json"}
    try:
        return client.post(SERVICE, json.dumps(question).encode(), headers)
    except RequestRefused as error:
        if NOT_FOUND not in error.body:
            raise
        return error.body.encode()


def rates(payload: bytes, publisher: str) -> Iterator[Rate]:
    """Read code, figure and day of each cell that is a currency's rate of a day.

    :raises FormatError: cut off, another table, or a refusal
    :raises NoQuotes: the refusal says that there is nothing
    """
    if trimmed(payload).startswith(b"{"):
        rows = _from_json(parse_json(payload, publisher=publisher), publisher)
    else:
        rows = table(
            payload,
            columns=COLUMNS,
            figures=COLUMNS[-1:],
            delimiter=";",
            publisher=publisher,
        )
    for row in rows:
        if row["KURTYP"] == DAILY and len(row["VALUTA"]) == 3:
            yield row["VALUTA"], row["INDHOLD"], date_in(row["TID"], DAY)


def _from_json(answer: dict, publisher: str) -> list[dict]:
    """Return the cells of a JSON-stat cube, as rows of the CSV have them."""
    if answer.get("errorTypeCode") == NOT_FOUND:
        raise NoQuotes(_lt("The answer holds no rate."))
    if said := answer.get("message") or answer.get("errorTypeCode"):
        raise said_instead(publisher, said)
    try:
        cube = answer["dataset"]
        dimensions = cube["dimension"]
        labels = [dimensions[name]["category"]["index"] for name in dimensions["id"]]
        # the last dimension changes fastest
        places = product(*(sorted(index, key=index.get) for index in labels))
        names = [name.upper() for name in dimensions["id"]]
        rows = [
            {**dict(zip(names, place, strict=True)), "INDHOLD": figure}
            for place, figure in zip(places, cube["value"], strict=True)
        ]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise not_ours(publisher) from error
    if not {*COLUMNS} <= {*names, "INDHOLD"}:
        raise not_ours(publisher)
    return rows
