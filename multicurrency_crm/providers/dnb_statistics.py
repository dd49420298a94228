"""Denmark's exchange rates in the tables of its national statistics."""

import datetime
import json
from collections.abc import Iterator

from .answers import not_ours, said_instead, table
from .errors import NoQuotes, RequestRefused, _lt
from .http import Client
from .payloads import parse_json
from .reading import date_in

SERVICE = "https://api.statbank.dk/v1/data"
TABLE = "DNVALD"
#: the rates themselves; other types are averages and ends of months
DAILY = "KBH"
COLUMNS = ("VALUTA", "KURTYP", "TID", "INDHOLD")
DAY = "%YM%mD%d"
NOT_FOUND = "EXTRACT-NOTFOUND"


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


def rates(payload: bytes, publisher: str) -> Iterator[tuple[str, str, datetime.date]]:
    """Read code, figure and day of each row that is a currency's rate of a day.

    :raises FormatError: cut off, another table, or a refusal
    :raises NoQuotes: the refusal says that there is nothing
    """
    if payload.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        answer = parse_json(payload, publisher=publisher)
        if answer.get("errorTypeCode") == NOT_FOUND:
            raise NoQuotes(_lt("The answer holds no rate."))
        said = answer.get("message") or answer.get("errorTypeCode")
        raise said_instead(publisher, said) if said else not_ours(publisher)
    for row in table(
        payload,
        columns=COLUMNS,
        figures=COLUMNS[-1:],
        delimiter=";",
        publisher=publisher,
    ):
        if row["KURTYP"] == DAILY and len(row["VALUTA"]) == 3:
            yield row["VALUTA"], row["INDHOLD"], date_in(row["TID"], DAY)
