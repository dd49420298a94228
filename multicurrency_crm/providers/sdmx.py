"""Observations in SDMX, the format in which central banks exchange statistics.

As CSV with a row for each observation, or as XML of either kind: generic, where each
dimension is an element, or specific to a structure, where it is an attribute.
"""

import re
from collections.abc import Iterable, Mapping

from lxml import etree

from .answers import bare, not_ours, said_instead, table
from .errors import FormatError, NoQuotes, NotPublished, _lt
from .http import Client
from .payloads import parse_xml, trimmed
from .reading import SHOWN, plain

DAY, VALUE = "TIME_PERIOD", "OBS_VALUE"
#: how services say that they have nothing: by the standard's number 100, or in words
_NOTHING = re.compile(
    r'code="100"|\bno ?(?:results?|records?|data|observations?)\b|NoRecordsFound', re.I
)
#: exponents of the units that a rate is for, a billion at most
_POWERS = frozenset("0123456789")


def download(client: Client, address: str, params: Mapping[str, object]) -> bytes:
    """Download a span; nothing where the service has nothing, which it calls a 404."""
    try:
        return client.get(address, params)
    except NotPublished as error:
        if not _NOTHING.search(error.body):
            raise
        return b""


def observations(payload: bytes, publisher: str) -> list[dict[str, str]]:
    """Read what an answer says of each observation: dimensions, attributes, value.

    The day is under ``TIME_PERIOD``, the figure, with a decimal point, under
    ``OBS_VALUE``; the others are called as the publisher calls them.

    :raises FormatError: no SDMX answer, cut off, or a refusal
    :raises NoQuotes: an answer that says that there is nothing
    """
    if not payload:
        raise NoQuotes(_lt("The answer holds no rate."))
    text = trimmed(payload)
    if text.startswith(b"<"):
        return _from_xml(parse_xml(payload, publisher=publisher), publisher)
    # the form for people: semicolons, labels between the codes, decimal commas
    for_people = b";" in text.partition(b"\n")[0]
    rows = table(
        payload,
        columns=(DAY, VALUE),
        figures=(VALUE,),
        delimiter=";" if for_people else ",",
        publisher=publisher,
    )
    if for_people:
        for row in rows:
            row[VALUE] = plain(row[VALUE])
    return rows


def power_of_ten(exponent: str | None) -> int:
    """Read for how many units a rate is: ``"2"`` says 100.

    :raises FormatError: no digit, or nothing: a service that is asked for figures alone
        leaves it out, and 100 yen would pass for one
    """
    if not exponent:
        raise FormatError(
            _lt(
                "The answer doesn't say for how many units its rates are (UNIT_MULT): "
                "nothing of it was read."
            )
        )
    if exponent not in _POWERS:
        raise FormatError(
            _lt(
                "“%(figure)s” isn't a valid power of ten: a rate is for 1, 10, 100 … "
                "units."
            ),
            figure=exponent[:SHOWN],
        )
    return 10 ** int(exponent)


def _from_xml(root: etree._Element, publisher: str) -> list[dict[str, str]]:
    """Return the observations of either kind of XML."""
    bare(root)
    if root.tag == "Error":
        if _NOTHING.search(etree.tostring(root, encoding="unicode")):
            raise NoQuotes(_lt("The answer holds no rate."))
        raise said_instead(publisher, " ".join(root.itertext()))
    if root.tag not in ("GenericData", "StructureSpecificData"):
        raise not_ours(publisher)
    return [_observation(node) for node in root.iter("Obs")]


def _observation(node: etree._Element) -> dict[str, str]:
    """Return what an observation and the series that it stands in say of it."""
    said: dict[str, str] = {}
    series = node.getparent()
    if series.tag == "Series":
        said.update(_said_by(series))
    said.update(_said_by(node))
    day, value = node.find("ObsDimension"), node.find("ObsValue")
    if day is not None:
        said[DAY] = day.get("value", "")
    if value is not None:
        said[VALUE] = value.get("value", "")
    return said


def _said_by(node: etree._Element) -> Iterable[tuple[str, str]]:
    """Yield names and values that stand at a node: in elements, or as attributes."""
    yield from node.attrib.items()
    for part in ("SeriesKey", "ObsKey", "Attributes"):
        for value in node.iterfind(f"{part}/Value"):
            yield value.get("id", ""), value.get("value", "")
