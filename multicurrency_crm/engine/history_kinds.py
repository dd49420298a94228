"""What a file holds, where its headers don't say it for sure. Values in, values out."""

from collections.abc import Sequence

from .history_fields import KINDS, list_missing, match_columns

#: Fields that say whose something is, and nothing of a customer beyond that.
_WHOSE = frozenset({"name", "ref", "vat", "email", "currency", "country", "role"})
#: So many columns beside a name are what a file is about.
_FEWEST = 2


def is_doubtful(kind: str, titles: Sequence[str], filled: Sequence[bool]) -> bool:
    """Return whether a kind that was guessed is to be asked about: most of what the
    file says would be left out.

    A list of customers names them and says something of them. One that only names them,
    beside columns that mean nothing here, or that has due dates, is another list.

    :param kind: of :data:`KINDS`, as headers look
    :param titles: headers, from the left
    :param filled: of each column, whether any cell of it says something

    >>> is_doubtful("customers", ["Customer", "Next Step", "Result"], [True] * 3)
    True
    >>> is_doubtful("customers", ["Customer", "Email", "Hobby"], [True] * 3)
    False
    """
    if kind != "customers":
        return False
    found = match_columns(kind, titles, True)
    left = [
        title
        for title, field, is_filled in zip(titles, found, filled, strict=True)
        if is_filled and not field
    ]
    if len(left) < _FEWEST:
        return False
    if "due" in match_columns("items", left, True):
        return True
    return set(filter(None, found)) <= _WHOSE and _is_of_else(found, left)


def _is_of_else(found: Sequence[str | None], left: Sequence[str]) -> bool:
    """Return whether columns that are left out outnumber those that aren't, or mean
    something in another kind."""
    matched = sum(map(bool, found))
    others = {
        field
        for kind in KINDS
        if kind != "customers"
        for field in match_columns(kind, left, True)
    }
    return len(left) > matched or len(others - {None}) >= _FEWEST


def has_amount(kind: str, fields: Sequence[str]) -> bool:
    """Return whether a kind that has amounts finds one among these fields."""
    missing = {one for wanted in list_missing(kind, fields) for one in wanted}
    return "amount" not in missing
