"""Balances that a list opens and closes with, held against the rows between them."""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from ..errors import _lt
from .cells import Cell, RawRow, folded, is_empty
from .columns import Column
from .numbers import NumberEvidence, number_of
from .remarks import Remark

#: names of balances, at the beginning of a cell
OPENING = re.compile(
    r"opening balance|balance at (?:the )?(?:start|beginning)|balance brought forward|"
    r"beginning balance|anfangssaldo|solde initial|期初余额|期初結餘|上期结余",
    re.IGNORECASE,
)
CLOSING = re.compile(
    r"closing balance|balance at (?:the )?end|balance carried forward|ending balance|"
    r"endsaldo|solde final|期末余额|期末結餘|本期结余",
    re.IGNORECASE,
)
_DEBIT = re.compile(r"debit|借方|soll|débit", re.IGNORECASE)
_CREDIT = re.compile(r"credit|贷方|haben|crédit", re.IGNORECASE)
_TOLERANCE = Decimal("0.005")


def is_balance(text: str) -> bool:
    """Return whether a text names a balance that a list opens or closes with."""
    return bool(OPENING.match(text) or CLOSING.match(text))


def balance_remarks(
    rows: Iterable[RawRow],
    columns: tuple[Column, ...],
    sums: dict[int, Decimal],
    sheet: str,
) -> Iterator[Remark]:
    """Yield what is said if two balances and the rows between them don't tie.

    Where debits are above zero, which side raises the balance isn't known: either
    may.

    :param rows: those above and below the data
    :param sums: of the data, {column: sum}
    """
    found: dict[str, tuple[int, Decimal]] = {}
    for row in rows:
        for name, pattern in (("opening", OPENING), ("closing", CLOSING)):
            value = _balance_in(row, pattern, columns)
            if value is not None:
                found.setdefault(name, (row.number, value))
    moved = _moved(columns, sums)
    if len(found) < 2 or not moved:
        return
    row, closing = found["closing"]
    _row, opening = found["opening"]
    if any(abs(opening + each - closing) <= _TOLERANCE for each in moved):
        return
    yield Remark(
        "balances_differ",
        _lt(
            "Row %(row)s closes with %(closing)s: %(opening)s and the rows lead to "
            "%(sum)s, a difference of %(difference)s."
        ),
        {
            "row": row,
            "closing": closing,
            "opening": opening,
            "sum": opening + moved[0],
            "difference": closing - opening - moved[0],
        },
        "ask",
        sheet,
        row,
    )


def _balance_in(
    row: RawRow, pattern: re.Pattern, columns: tuple[Column, ...]
) -> Decimal | None:
    """Return the one number of a row that names a balance; None if it isn't one."""
    filled = [(at, cell) for at, cell in enumerate(row.cells) if not is_empty(cell)]
    if len(filled) < 2 or not pattern.match(folded(filled[0][1])):
        return None
    values = [_number(columns, at, cell) for at, cell in filled[1:]]
    numbers = [value for value in values if isinstance(value, Decimal)]
    return numbers[0] if len(numbers) == 1 else None


def _number(columns: tuple[Column, ...], at: int, cell: Cell) -> object:
    """Read a number as its column shows."""
    seen = columns[at].evidence.numbers if at < len(columns) else NumberEvidence()
    return number_of(seen, cell)


def _moved(columns: tuple[Column, ...], sums: dict[int, Decimal]) -> list[Decimal]:
    """Return by how much the rows may move a balance; none where nobody can say."""
    numbers = [c for c in columns if c.kind in ("number", "open")]
    debits = [c.index for c in numbers if _DEBIT.search(c.title)]
    credits = [c.index for c in numbers if _CREDIT.search(c.title)]
    if len(debits) == len(credits) == 1:
        debit, credit = sums.get(*debits, Decimal(0)), sums.get(*credits, Decimal(0))
        if debit < 0:
            return [debit + credit]
        return [debit - credit, credit - debit]
    return [sums.get(numbers[0].index, Decimal(0))] if len(numbers) == 1 else []
