"""Columns of money: which of several counts, and which may not be left out unasked.

Values in, values out; headers as they are written.
"""

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import permutations

from .history import fold
from .history_ledger import Posting, read_ledger

Claims = list[tuple[int, str]]

_OPENING = re.compile(
    r"期初|年初|上期|\bopening\b|\bbeginning\b|brought forward|\bb/f\b"
)
_CLOSING = re.compile(r"期末|年末|\bclosing\b|\bending\b|carried forward|\bc/f\b")
_TAX = re.compile(
    r"\b(vat|gst|hst|tax|taxes|mwst|ust|iva|tva|btw|moms)\b(?! ?(id|no|number|code|rate"
    r"|reg|type|name|%|exempt))|税额|税金|销项税|增值税"
)
#: Amounts that have their tax in them, where a column of tax stands beside.
_GROSS = re.compile(
    r"(grand |invoice |gross )?total( amount| due)?|gross( amount| total)?|"
    r"amount total|invoice amount|(total|amount) incl.*|"
    r"价税合计|合计金额|总金额|含税金额|含税合计|总额|合计"
)
#: Headers of numbers that are no money, and of what is none of what is owed.
_NO_MONEY = re.compile(
    r"\b(days?|late|qty|quantity|rates?|prices?|weight|volume|percent|no|nos|number|code"
    r"|id|year|month|period|page|line|lines|seq|count|limit|score|pieces|pcs|cartons"
    r"|hours|terms|age|phone|zip|units?)\b|%|#|天|数量|单价|汇率|税率|折扣率|重量|序号|"
    r"件数|箱数|年度|月份|账期|账龄|帐龄|评分|额度|号$|编码|期限|次数|页"
)
#: Ages are parts of a balance.
_AGE = re.compile(r"\W*(over|above|within)? ?\d+ ?([-–~至到+]|以上|以内|days|d\b|天).*")
_MONEY = re.compile(
    r"\b(amount|amt|balance|total|sum|paid|received|payments?|receipts?|credits?|debits?"
    r"|open|due|net|gross|value|fees?|freight|charges?|deposit|advance|discount|refund"
    r"|withholding|retention|interest|commission|allowance|write-?off|adjustments?)\b"
    r"|本币|本位币|原币|金额|余额|款|应收|实收|已收|已付|核销|借方|贷方|折扣|合计|费|坏账"
)
_DISCOUNT = re.compile(r"discount|rebate|折扣|优惠")
#: What rows with neither amount nor balance are multiplied with.
_OF_PRICE = re.compile(r"%|percent|\brates?\b|税率|折扣率")


def list_money_claims(
    titles: Sequence[str], claim: Callable[[str], Claims], is_list: bool
) -> list[Claims]:
    """Return what each header may mean, by what stands beside it: what a list opens
    with isn't open where it has what it closes with; nor is what moved in between a
    debit of a list of balances; and where tax stands apart, what has it in it counts
    more than what hasn't.

    :param claim: function of a header → [(how surely, field)]
    :param is_list: rows are balances
    """
    texts = list(map(fold, titles))
    found = [claim(title) for title in titles]
    closes = any(
        _CLOSING.search(text) and claims
        for text, claims in zip(texts, found, strict=True)
    )
    has_tax = any(map(is_tax, titles))
    opens = any(map(_OPENING.search, texts))
    for place, text in enumerate(texts):
        if closes and _OPENING.search(text):
            found[place] = []
        elif closes and opens and is_list and not _CLOSING.search(text):
            moved = ("debit", "credit", "debit_booked", "credit_booked")
            found[place] = [one for one in found[place] if one[1] not in moved]
        if has_tax and _GROSS.fullmatch(text):
            found[place] = [
                (-1 if field == "amount" else rank, field)
                for rank, field in found[place]
            ]
    return found


def is_opening(title: str, titles: Iterable[str]) -> bool:
    """Return whether a header is of what a table opens with, that also closes."""
    is_closed = any(_CLOSING.search(fold(one)) for one in titles)
    return is_closed and bool(_OPENING.search(fold(title)))


def is_tax(title: str) -> bool:
    """Return whether a column is an amount of tax.

    >>> is_tax("VAT Amount"), is_tax("VAT Number"), is_tax("税额")
    (True, False, True)
    """
    return bool(_TAX.search(fold(title)))


@dataclass(frozen=True, slots=True)
class Beside:
    """A column of numbers that means nothing, and what may be asked of it.

    ``is_rival``: its header says that it is what counts, too.
    """

    number: int
    title: str
    is_rival: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A row: what of it counts, and what stands beside it in columns that mean
    nothing, by their numbers."""

    counted: Decimal
    beside: Mapping[int, Decimal]


def find_doubtful(
    columns: Iterable[Beside], lines: Sequence[Line], basis: str, is_gross: bool
) -> list[Beside]:
    """Return the columns that may be money of what is owed, and nothing proves that
    they are not.

    :param basis: what is owed is by 'open' amounts, 'sides' (debit and credit), the
        'amount' of a document, the 'price' of a line; 'past': it isn't owed
    :param is_gross: what counts has its tax in it, by its header
    """
    known = list(columns)
    found = [
        column
        for column in known
        if _is_asked(column, lines, basis) and not _repeats(column, lines)
    ]
    explained = _find_parts(known, lines)
    if is_gross:
        explained |= {one.number for one in found if is_tax(one.title)}
    return [column for column in found if column.number not in explained]


def _is_asked(column: Beside, lines: Sequence[Line], basis: str) -> bool:
    """Return whether a column may be money that counts."""
    values = [line.beside.get(column.number) for line in lines]
    if not any(values):
        return False
    if column.is_rival:
        return True
    if basis in ("open", "sides", "past"):
        # what is open is said; what else is beside it is part of its document
        return False
    title = fold(column.title)
    if basis == "price" and (is_tax(title) or _DISCOUNT.search(title)):
        return True
    if basis == "price" and _OF_PRICE.search(title):
        return bool(re.search(r"tax|vat|gst|税", title))
    if _NO_MONEY.search(title) or _AGE.fullmatch(title):
        return False
    has_cents = any(value % 1 for value in values if value)
    return has_cents or is_tax(title) or bool(_MONEY.search(title))


def _repeats(column: Beside, lines: Sequence[Line]) -> bool:
    """Return whether a column says what counts once more, in each row."""
    return all(
        abs(line.beside.get(column.number, line.counted)) == abs(line.counted)
        for line in lines
    )


def _find_parts(columns: Sequence[Beside], lines: Sequence[Line]) -> set[int]:
    """Return the numbers of columns that come to what counts, in each row: net and tax,
    or gross less discount."""
    found: set[int] = set()
    for one in columns:
        for other in columns:
            sign = 1 if is_tax(other.title) else -1
            if one is other or sign < 0 and not _DISCOUNT.search(fold(other.title)):
                continue
            if all(
                line.beside.get(one.number, Decimal())
                + sign * line.beside.get(other.number, Decimal())
                == line.counted
                for line in lines
            ):
                found |= {one.number, other.number}
    return found


#: More columns than these aren't tried two by two.
MOST_TRIED = 8
#: Accounts on which they are tried first.
FIRST = 20
Said = tuple[int, Hashable, Decimal | None, Mapping[int, Decimal]]


def find_movements(
    columns: Sequence[Beside],
    rows: Sequence[Said],
    is_list: bool,
) -> list[Beside]:
    """Return the columns that balances run by: what each row adds to the balance above
    it. One, or one less another.

    :param rows: (key, account, balance, {number of a column: amount})
    :param is_list: as :func:`read_ledger` takes it
    """
    tried = [(one,) for one in columns[:MOST_TRIED]]
    tried += permutations(columns[:MOST_TRIED], 2)
    counts = Counter(account for _key, account, *_said in rows)
    several = [account for account, count in counts.items() if count > 1]
    some = set(several[:FIRST])
    # most pairs fail on the first accounts
    first = [row for row in rows if row[1] in some] or rows
    for pair in tried:
        if all(_is_run_by(pair, part, is_list) for part in (first, rows)):
            return list(pair)
    return []


def _is_run_by(pair: Sequence[Beside], rows: Sequence[Said], is_list: bool) -> bool:
    """Return whether balances run by a column, or by one less another."""
    postings = []
    for key, account, balance, beside in rows:
        amounts = [beside.get(one.number, Decimal()) for one in pair]
        moved = amounts[0] - sum(amounts[1:], Decimal())
        postings.append(Posting(key, account, moved, balance))
    is_moved = any(one.movement for one in postings)
    return is_moved and read_ledger(postings, is_list).balance == "running"
