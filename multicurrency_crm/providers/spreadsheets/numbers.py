"""Numbers as people write them, read by what their whole column shows.

``1,234`` is a thousand and some or one and some: what says which is another cell of
the column that only one of them can read. Where none does, nobody guesses.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from .cells import Cell
from .remarks import Remark

Point = Literal[".", ","]


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A cell that can be read in several ways, and nothing says in which.

    ``readings`` are the values, in the order of ``answers`` (what to answer: a decimal
    sign, or an order of day, month and year).
    """

    text: str
    readings: tuple[object, ...]
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A cell that isn't what is looked for; ``remark`` says so, without a place."""

    text: str
    remark: Remark


@dataclass(slots=True)
class NumberEvidence:
    """What the cells of one column show of how its numbers are written.

    ``point``: the sign before the decimals, where something shows or says it; None:
    nothing does, which matters where ``ambiguous`` isn't 0. ``proof`` is the first row
    that shows it and ``proof_text`` its cell; ``against`` the first that shows the
    other. ``stored`` counts numbers of a workbook, ``texts`` those written as text,
    ``wrong`` what is neither a number nor empty; ``percents``, ``marks``
    ({"$": 12}), ``credits`` ("Cr" behind it) and ``decimals`` (the most) describe.
    """

    point: Point | None = None
    proof: int | None = None
    proof_text: str = ""
    against: int | None = None
    against_text: str = ""
    ambiguous: int = 0
    ambiguous_row: int | None = None
    ambiguous_text: str = ""
    stored: int = 0
    texts: int = 0
    wrong: int = 0
    percents: int = 0
    credits: int = 0
    decimals: int = 0
    decimals_row: int | None = None
    marks: dict[str, int] = field(default_factory=dict)


def number_of(
    evidence: NumberEvidence, cell: Cell, *, point: Point | None = None
) -> Decimal | Unsettled | Unreadable | None:
    """Read a number as its column shows; None for a cell that holds nothing.

    ``16%`` is 0.16; ``(1,234)``, ``1,234-`` and ``1,234 Cr`` are below zero; a
    currency beside the digits is left off (see :func:`currency_mark`).

    :param point: an answer that somebody gave; it counts more than the evidence
    """
    raise NotImplementedError


def currency_mark(cell: Cell) -> str:
    """Return what stands for a currency beside a number: ``$``, ``USD``, ``元``; "" if
    nothing does."""
    raise NotImplementedError
