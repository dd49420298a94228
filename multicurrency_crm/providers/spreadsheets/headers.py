"""The rows of a sheet that name its columns, wherever they stand."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from .cells import Cell, RawRow, is_empty
from .columns import looks_like_value, title_of

#: how many rows with something in them are looked at
WITHIN = 60
#: longer texts are instructions and notes
_LONGEST_TITLE = 60
#: how many rows below are held against it
_BELOW = 8
_TECHNICAL = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[._/:-][A-Za-z0-9]+)*")
_HUMP = re.compile(r"[._/]|[a-z][A-Z]")
_INSTRUCTION = re.compile(
    r"[(\[【].*[)\]】]|必填|选填|可选|非必填|required|mandatory|optional|-",
    re.IGNORECASE,
)
_EXAMPLE = re.compile(r"(?:示例|例如|例|样例|example|e\.g\.)\s*[:：]", re.IGNORECASE)
_BUCKET = re.compile(r"[1-9][0-9]{0,3}")
_USUAL_TITLE = re.compile(
    r"^(?:customer|client|company|partner|name|currency|account|invoice)\b|^kunde|"
    r"客户|名称|币|单位|编号|单号"
)
#: what says something itself, and names no columns
_SAYS = re.compile(r"[:：]\s*\S")


@dataclass(frozen=True, slots=True)
class Header:
    """The rows that name columns: their numbers, and titles by index.

    ``names`` are the cells of the last of them, ``instructions`` rows below that say
    how to fill the columns in.
    """

    rows: tuple[int, ...] = ()
    titles: dict[int, str] = field(default_factory=dict)
    technical: dict[int, str] = field(default_factory=dict)
    technical_row: int | None = None
    instructions: tuple[int, ...] = ()
    names: dict[int, str] = field(default_factory=dict)

    def is_repeated_in(self, row: RawRow) -> bool:
        """Return whether a row further down names the columns again, as pages do."""
        first = next(iter(self.names), None)
        if first is None or first >= len(row.cells):
            return False
        if title_of(row.cells[first]) != self.names[first]:
            return False
        return {at: title_of(c) for at, c in _filled(row).items()} == self.names

    @property
    def last(self) -> int:
        """Return the number of the last row that is no data."""
        rows = (*self.rows, *self.instructions, self.technical_row or 0)
        return max(rows, default=0)


def find_header(
    rows: list[RawRow],
    *,
    chosen: int | None = None,
    known: Callable[[str], bool] | None = None,
) -> Header:
    """Find the rows that name the columns among the first of a sheet.

    :param chosen: the number of the row that somebody says; 0: none
    :param known: whether a text is a title that the caller knows
    """
    if chosen == 0:
        return Header()
    if chosen:
        at = next((at for at, row in enumerate(rows) if row.number == chosen), None)
    else:
        at = _likeliest(rows, known)
    if at is None:
        return Header()
    return _with_neighbours(rows, at)


def _likeliest(rows: list[RawRow], known) -> int | None:
    """Return the index of the likeliest row; None if no row names columns."""
    widths = [len(_filled(row)) for row in rows]
    if not widths:
        return None
    width = max(widths)
    best, best_score = None, 0.45
    for at, row in enumerate(rows):
        score = _score(row, rows[at + 1 : at + 1 + _BELOW], width, known)
        # of two that are nearly as good the one above names, the other is data
        if score > best_score + (0.15 if best is not None else 0):
            best, best_score = at, score
    return best


def _score(row: RawRow, below: list[RawRow], width: int, known) -> float:
    """Return how much a row looks as if it named the columns; 0 if it can't."""
    filled = _filled(row)
    texts = {at: cell for at, cell in filled.items() if not looks_like_value(cell)}
    if _has_buckets(filled, texts):
        texts = filled
    if len(texts) < min(2, width) or len(texts) < len(filled) * 0.8:
        return 0.0
    kinds = {
        at: [looks_like_value(cell) for cell in _column(below, at)] for at in filled
    }
    for at in filled.keys() - texts.keys():
        # 2024 may be a title; above other numbers it is one of them
        if any(kinds[at]):
            return 0.0
    titles = [title_of(cell) for cell in texts.values()]
    long = sum(len(title) > _LONGEST_TITLE for title in titles)
    says = sum(bool(_SAYS.search(title)) for title in titles)
    twice = len(titles) - len({title.lower() for title in titles})
    differ = sum(any(kinds[at]) for at in texts)
    score = len(texts) / width
    score += 0.4 * min(differ, 3) / 3
    score -= (0.6 * long + 0.6 * says + 0.4 * twice) / len(titles)
    if known:
        score += 0.8 * sum(map(bool, map(known, titles))) / len(titles)
    return score


def _has_buckets(filled: dict[int, Cell], texts: dict[int, Cell]) -> bool:
    """Whether the numbers among titles are titles, too: 30, 60, 90 days, or years.

    They are whole and rise, beside a title that many lists have.
    """
    numbers = [cell for at, cell in filled.items() if at not in texts]
    figures = [title_of(cell) for cell in numbers]
    if not numbers or not all(map(_BUCKET.fullmatch, figures)):
        return False
    rising = [int(figure) for figure in figures]
    usual = any(map(_USUAL_TITLE.search, map(str.lower, map(title_of, texts.values()))))
    return usual and len(rising) > 1 and rising == sorted(set(rising))


def _with_neighbours(rows: list[RawRow], at: int) -> Header:
    """Return the header with a row of captions above it or below, and with the row of
    technical names."""
    top, low = at, at
    if at + 1 < len(rows) and _is_two_level(rows, at):
        low = at + 1
    elif at and _is_two_level(rows, at - 1):
        top = at - 1
    names = {i: title_of(cell) for i, cell in _filled(rows[low]).items()}
    titles = names
    if top != low:
        titles = _joined(rows[top], rows[low])
    header = Header(
        tuple(row.number for row in rows[top : low + 1]),
        {index: title for index, title in titles.items() if title},
        names=names,
    )
    if low + 1 < len(rows) and _is_technical(rows[low], rows[low + 1]):
        technical = {i: title_of(c) for i, c in _filled(rows[low + 1]).items()}
        low += 1
        number = rows[low].number
        header = replace(header, technical=technical, technical_row=number)
    if low + 1 < len(rows) and _is_instruction(rows[low + 1]):
        header = replace(header, instructions=(rows[low + 1].number,))
    return header


def _is_two_level(rows: list[RawRow], at: int) -> bool:
    """Whether a row of captions stands above a row that names what is below them.

    A caption has empty cells to its right that the lower row fills; what the lower row
    leaves empty the upper one names.
    """
    upper, lower = rows[at], rows[at + 1]
    if lower.number != upper.number + 1 or at + 2 >= len(rows):
        return False
    above, below = _filled(upper), _filled(lower)
    if len(above) < 2 or any(map(looks_like_value, [*above.values(), *below.values()])):
        return False
    if any(_SAYS.search(title_of(cell)) for cell in above.values()):
        return False
    added = below.keys() - above.keys()
    both = below.keys() & above.keys()
    if not added or any(index + 1 not in added for index in both):
        return False
    alone = above.keys() - below.keys()
    titles = [title_of(cell).lower() for cell in below.values()]
    repeats = len(set(titles)) < len(titles)
    used = _filled(rows[at + 2]).keys()
    return bool((alone & used or repeats) and below.keys() & used)


def _joined(upper: RawRow, lower: RawRow) -> dict[int, str]:
    """Return titles with the caption above them in front."""
    above, below = _filled(upper), _filled(lower)
    titles, caption = {}, ""
    for index in range(max((*above, *below)) + 1):
        if index in above:
            caption = title_of(above[index])
        if index in below:
            titles[index] = f"{caption} {title_of(below[index])}".strip()
        elif index in above:
            titles[index] = caption
            caption = ""
    return titles


def _is_instruction(row: RawRow) -> bool:
    """Whether a row below the header tells how to fill the columns in: units in
    brackets, what is required, an example."""
    texts = [title_of(cell) for cell in _filled(row).values()]
    is_example = bool(texts) and bool(_EXAMPLE.match(texts[0]))
    return is_example or all(map(_INSTRUCTION.fullmatch, texts))


def _is_technical(header: RawRow, row: RawRow) -> bool:
    """Whether a row below the header names the same columns for programs."""
    names = [title_of(cell) for cell in _filled(row).values()]
    titles = [title_of(cell) for cell in _filled(header).values()]
    if len(names) < max(2, len(titles) / 2) or len(set(names)) < len(names):
        return False
    are_names = all(_TECHNICAL.fullmatch(name) for name in names)
    humps = sum(bool(_HUMP.search(name)) for name in names)
    own_humps = sum(bool(_HUMP.search(title)) for title in titles)
    return are_names and humps > len(names) * 0.6 and own_humps < len(titles) * 0.5


def _filled(row: RawRow) -> dict[int, Cell]:
    """Return the cells of a row with something in them, by index."""
    return {at: cell for at, cell in enumerate(row.cells) if not is_empty(cell)}


def _column(rows: list[RawRow], index: int) -> list[Cell]:
    """Return the cells of some rows in one column, without empty ones."""
    cells = [row.cells[index] for row in rows if index < len(row.cells)]
    return [cell for cell in cells if not is_empty(cell)]
