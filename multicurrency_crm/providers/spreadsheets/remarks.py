"""What a reader of spreadsheets has to say of a file, a column or a cell."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ..errors import Term

#: how much a remark weighs: said in passing, to be answered, or wrong
Level = Literal["note", "ask", "error"]


@dataclass(frozen=True, slots=True)
class Remark:
    """One sentence on a file, with the place that it is about.

    ``sentence`` is English with ``%(name)s`` places that ``values`` fill, as in
    :class:`..errors.ProviderError`: whoever shows it translates it, and those of the
    values that are a :class:`Term`. ``code`` names what is said, for programs.
    ``row`` is a number as people count it, ``column`` an index from 0. Where
    something is asked, ``readings`` are the answers and ``proposed`` the likeliest,
    None where nothing speaks for one.
    """

    code: str
    sentence: Term
    values: Mapping[str, object] = field(default_factory=dict)
    level: Level = "note"
    sheet: str = ""
    row: int | None = None
    column: int | None = None
    readings: tuple[object, ...] = ()
    proposed: object = None

    def __str__(self) -> str:
        """Return the sentence in English."""
        return self.sentence % self.values if self.values else str(self.sentence)
