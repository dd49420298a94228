"""What the answers of many publishers have in common: tables, tags and refusals."""

from collections.abc import Collection, Container

from lxml import etree

from .errors import FormatError, ProviderError, _lt
from .payloads import cut_off, parse_csv

#: how much of a publisher's own words a sentence repeats
SAID = 200


def table(
    payload: bytes,
    *,
    columns: Collection[str],
    figures: Container[str],
    delimiter: str = ",",
    publisher: str,
) -> list[dict[str, str]]:
    """Read the rows of a CSV file by the names of its columns, without empty lines.

    Half of a figure is a figure: where a line ends in one, only the line's end says
    that it is whole.

    :param columns: names that have to be among those of the columns
    :param figures: names of the columns that hold figures
    :raises FormatError: cut off, with other columns, or no CSV
    """
    rows = parse_csv(payload, delimiter=delimiter, publisher=publisher)
    header, *rows = [row for row in rows if row] or [[]]
    names = [name.strip() for name in header]
    if not {*columns} <= {*names} or len({*names}) != len(names):
        raise not_ours(publisher)
    open_end = names[-1] in figures and not payload.endswith((b"\n", b"\r"))
    if open_end or any(len(row) != len(names) for row in rows):
        raise cut_off()
    return [
        {name: cell.strip() for name, cell in zip(names, row, strict=True)}
        for row in rows
    ]


def bare(root: etree._Element) -> etree._Element:
    """Take the namespaces off every tag of a tree, and return it.

    They name the publisher's host and the version of its files, and change with
    both; the tags don't.
    """
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root


def not_ours(publisher: str) -> FormatError:
    """Return the error for what isn't built as the publisher's answers are."""
    return FormatError(
        _lt(
            "%(publisher)s sent something else than its rates: check the address of "
            "the provider."
        ),
        publisher=publisher,
    )


def said_instead(
    publisher: str, words: object, error: type[ProviderError] = FormatError
) -> ProviderError:
    """Return the error for an answer that says why there are no rates."""
    return error(
        _lt("%(publisher)s answers “%(message)s” instead of rates."),
        publisher=publisher,
        message=" ".join(str(words or "…").split())[:SAID],
    )
