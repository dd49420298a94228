"""What is said of a column: how its numbers and days are read, and what they hide."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from ..errors import Term, _lt
from .columns import MOST, Column
from .dates import ORDERS, day_of
from .identifiers import is_phone_title
from .numbers import POINTS, NumberEvidence, Unsettled, number_of
from .remarks import Level, Remark

#: more decimals than any amount or price has
_MANY_DECIMALS = 6
_SCALED_TITLE = re.compile(
    r"[万千百億亿]元|[（(\s](?:万|千|百万|亿|'000|000s?|thousands?|k|tsd\.?|mio\.?)"
    r"[^()（）]{0,4}[)）]|\bin thousands\b",
    re.IGNORECASE,
)
ORDER_NAMES = {
    "dmy": _lt("day first"),
    "mdy": _lt("month first"),
    "ymd": _lt("year first"),
}


@dataclass(frozen=True, slots=True)
class _Teller:
    """Makes remarks on one column, each with its name and place.

    ``proposals``: ``point`` and ``order`` that all other columns show, or None.
    """

    column: Column
    sheet: str
    proposals: Mapping[str, object]

    def say(
        self,
        code: str,
        sentence: Term,
        level: Level = "note",
        *,
        row: int | None = None,
        readings: tuple[object, ...] = (),
        proposed: object = None,
        **values: object,
    ) -> Remark:
        """Return a remark; ``values`` fill its sentence, besides row and column."""
        values |= {"column": self.column.name, "row": row}
        return Remark(
            code,
            sentence,
            values,
            level,
            self.sheet,
            row,
            self.column.index,
            readings,
            proposed,
        )


def column_remarks(
    column: Column,
    sheet: str,
    proposals: Mapping[str, object],
    *,
    is_workbook: bool = False,
) -> Iterator[Remark]:
    """Yield what is said of one column.

    :param proposals: ``point`` and ``order`` that all other columns show, or None
    :param is_workbook: whether numbers could have been stored as such
    """
    teller = _Teller(column, sheet, proposals)
    numbers, dates = column.evidence.numbers, column.evidence.dates
    has_days = dates.stored + dates.texts >= column.evidence.filled * MOST
    if column.kind == "date" or column.kind == "open" and has_days:
        yield from _on_order(teller)
        yield from _on_days(teller)
    elif column.kind in ("number", "open"):
        yield from _on_point(teller)
        yield from _on_numbers(teller)
        if is_workbook and numbers.texts > numbers.percents:
            yield teller.say(
                "numbers_as_text",
                _lt(
                    "Column “%(column)s”: numbers that are stored as text (%(count)s) "
                    "are read as numbers."
                ),
                count=numbers.texts,
            )
    elif column.kind == "identifier":
        yield from _on_names(teller)
    yield from _on_cells(teller)


def _on_point(teller: _Teller) -> Iterator[Remark]:
    """Yield the question which sign stands before the decimals, if it is one."""
    seen, proposed = teller.column.evidence.numbers, teller.proposals.get("point")
    if seen.against:
        yield teller.say(
            "two_decimal_signs",
            _lt(
                "Column “%(column)s” writes “%(one)s” in row %(first)s and "
                "“%(other)s” in row %(row)s: which sign stands before the decimals?"
            ),
            "ask",
            row=seen.against,
            readings=POINTS,
            proposed=proposed,
            one=seen.proof_text,
            first=seen.proof,
            other=seen.against_text,
        )
    elif seen.is_open:
        found = number_of(NumberEvidence(), seen.ambiguous_text)
        one, other = found.readings if isinstance(found, Unsettled) else ("", "")
        yield teller.say(
            "decimal_sign",
            _lt(
                "Column “%(column)s”: “%(text)s” in row %(row)s is %(one)s or "
                "%(other)s, and no other cell of the column says which. Which sign "
                "stands before the decimals?"
            ),
            "ask",
            row=seen.ambiguous_row,
            readings=POINTS,
            proposed=proposed,
            text=seen.ambiguous_text,
            one=one,
            other=other,
        )


def _on_numbers(teller: _Teller) -> Iterator[Remark]:
    """Yield what else is said of how numbers are written."""
    seen = teller.column.evidence.numbers
    if seen.decimals > _MANY_DECIMALS:
        yield teller.say(
            "many_decimals",
            _lt(
                "Column “%(column)s”: “%(text)s” in row %(row)s has %(count)s decimals."
            ),
            row=seen.decimals_row,
            text=seen.decimals_text,
            count=seen.decimals,
        )
    if seen.marks:
        yield teller.say(
            "currency_marks",
            _lt("Column “%(column)s”: amounts carry %(marks)s."),
            marks=", ".join(sorted(seen.marks)),
        )
    yield from _on_what_counts(teller)


def _on_what_counts(teller: _Teller) -> Iterator[Remark]:
    """Yield what is said of a hundredth, a thousand or a minus beside the digits."""
    seen = teller.column.evidence.numbers
    if 0 < seen.percents < seen.stored + seen.texts:
        yield teller.say(
            "some_percents",
            _lt(
                "Column “%(column)s”: some of its numbers (%(count)s) are written with "
                "%%, the others without."
            ),
            "ask",
            count=seen.percents,
        )
    if seen.credits:
        yield teller.say(
            "credits",
            _lt("Column “%(column)s”: amounts marked Cr (%(count)s) are below zero."),
            count=seen.credits,
        )
    if _SCALED_TITLE.search(teller.column.title):
        yield teller.say(
            "scaled",
            _lt(
                "Column “%(column)s” seems to count in thousands or ten thousands: "
                "amounts are read as they stand."
            ),
            "ask",
        )


def _on_order(teller: _Teller) -> Iterator[Remark]:
    """Yield in which order days are written: what shows it, or the question."""
    seen, proposed = teller.column.evidence.dates, teller.proposals.get("order")
    if seen.against:
        yield teller.say(
            "two_day_orders",
            _lt(
                "Column “%(column)s”: “%(text)s” in row %(row)s has day and month the "
                "other way round than the rows above. How are its days written?"
            ),
            "ask",
            row=seen.against,
            readings=ORDERS[:2],
            proposed=proposed,
            text=seen.against_text,
        )
    elif seen.is_open:
        yield _open_order(teller, proposed)
    elif seen.order and seen.proof and seen.ambiguous:
        yield teller.say(
            "day_order",
            _lt(
                "Column “%(column)s”: “%(text)s” can be read in two ways, “%(proof)s” "
                "in row %(row)s can't: %(order)s. Cells settled so: %(count)s."
            ),
            row=seen.proof,
            text=seen.ambiguous_text,
            proof=seen.proof_text,
            order=ORDER_NAMES[seen.order],
            count=seen.ambiguous,
        )


def _open_order(teller: _Teller, proposed: object) -> Remark:
    """Return the question in which order a column's days are written."""
    seen = teller.column.evidence.dates
    found = day_of(replace(seen, against=None), seen.ambiguous_text)
    is_open = isinstance(found, Unsettled)
    answers = found.answers if is_open else ORDERS
    days = [day.isoformat() for day in found.readings] if is_open else []
    return teller.say(
        "open_day_order",
        _lt(
            "Column “%(column)s”: “%(text)s” in row %(row)s can be %(days)s, and no "
            "other cell of the column says which. How are its days written?"
        ),
        "ask",
        row=seen.ambiguous_row,
        readings=answers,
        proposed=proposed if proposed in answers else None,
        text=seen.ambiguous_text,
        days=" / ".join(days),
    )


def _on_days(teller: _Teller) -> Iterator[Remark]:
    """Yield what else is said of how days are written."""
    seen = teller.column.evidence.dates
    if seen.serials:
        yield teller.say(
            "day_counts",
            _lt(
                "Column “%(column)s”: days that are stored as plain numbers "
                "(%(count)s) are read as Excel counts days."
            ),
            count=seen.serials,
        )
    if seen.short_years:
        yield teller.say(
            "short_years",
            _lt(
                "Column “%(column)s”: years have two digits. 69 to 99 are read as "
                "1969 to 1999."
            ),
        )
    if seen.times:
        yield teller.say(
            "times",
            _lt("Column “%(column)s”: cells with a time and without a day: %(count)s."),
            "error",
            count=seen.times,
        )


def _on_names(teller: _Teller) -> Iterator[Remark]:
    """Yield what is said of names made of digits."""
    seen = teller.column.evidence.identifiers
    if seen.stored and is_phone_title(teller.column.title or teller.column.technical):
        yield teller.say(
            "phones_as_numbers",
            _lt(
                "Column “%(column)s”: telephone numbers are stored as numbers, leading "
                "zeros may be lost."
            ),
        )
    if seen.lost:
        yield teller.say(
            "digits_lost",
            _lt(
                "Column “%(column)s”: the number in row %(row)s has more than 15 "
                "digits, of which a spreadsheet program keeps 15. Check it."
            ),
            "error",
            row=seen.lost_row,
        )
    if seen.powers:
        yield teller.say(
            "digits_lost",
            _lt(
                "Column “%(column)s”: a spreadsheet program has shortened the number "
                "in row %(row)s to “%(text)s”. Format the column as text, and export "
                "it again."
            ),
            "error",
            row=seen.powers_row,
            text=seen.powers_text,
        )


def _on_cells(teller: _Teller) -> Iterator[Remark]:
    """Yield what is said of cells that hold no value, or look like formulas."""
    column, seen = teller.column, teller.column.evidence
    if seen.errors:
        yield teller.say(
            "error_cells",
            _lt(
                "Column “%(column)s”: cells without a value: %(count)s. The first is "
                "%(cell)s: %(text)s."
            ),
            "error",
            row=seen.error_row,
            count=seen.errors,
            cell=f"{column.letter}{seen.error_row}",
            text=seen.error_text,
        )
    if seen.formulas:
        yield teller.say(
            "formula_texts",
            _lt(
                "Column “%(column)s”: texts that look like formulas (%(count)s, the "
                "first in row %(row)s) stay texts."
            ),
            row=seen.formula_row,
            count=seen.formulas,
        )
