"""Which open items a receipt may pay: plain values in, proposals out, no Odoo.

Nothing here decides anything: a proposal says what would fit, how well, and why; a
person takes one. Amounts are decimals above 0, in the currency of the receipt; an item
of another currency is never proposed.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from itertools import combinations

ZERO = Decimal(0)

#: What is looked at, at most: customers, items of one (the oldest), items of which two
#: are added up, of which three; characters of a text; proposals that are kept.
MOST_PARTNERS, MOST_ITEMS, MOST_PAIRED, MOST_TRIPLED = 40, 200, 60, 20
MOST_TEXT, MOST_PROPOSALS = 2_000, 8

#: How much each reason counts. Payers: how the customer is known.
PAYERS = {
    "own": 42,  # nobody's: money of the company's own that a bank has changed
    "learned_account": 42,  # a receipt from that account was matched with it before
    "chosen": 42,  # stands on the receipt
    "picked": 42,  # a person has chosen it
    "learned_name": 38,  # a receipt of that payer's name was matched with it before
    "account": 38,  # the account is one of the customer's
    "name": 26,
    "similar": 14,
}
#: How well the items fit what came in.
FITS = {"exact": 30, "charges": 22, "over": 8, "part": 4}
#: Whether the text names the items: by their number, by its last digits.
NAMED = {"number": 40, "tail": 16}
#: Before what is owed comes what was entered as paid, or the money counts twice.
RECORDED = {"recorded": 12}
#: Which items were put together, where the text names none.
SHAPES = {"single": 3, "run": 2, "some": 0}
#: {reason: how much it counts}
WEIGHTS = PAYERS | RECORDED | NAMED | SHAPES | FITS
#: What is proposed first is filled in from this score on, and so much ahead: a name and
#: the same amount of items that follow each other are enough.
SURE, AHEAD = 58, 10
#: How somebody is named: an amount alone, or a name that is only alike, names nobody.
NAMING = frozenset(PAYERS) - {"similar"} | {"number"}

#: Words that say in which form of law a company is, and nothing about which it is.
_FORMS = frozenset(
    """ab ag aps as bv bvba co company corp corporation de cv gmbh gesmbh inc
    incorporated kg kk limited llc llp ltd ltda mbh nv of oy oyj plc private pte pty pvt
    sa sarl sas sdn bhd sl spa srl sro the""".split()
)
_FORMS_CJK = re.compile("股份有限公司|有限责任公司|有限責任公司|有限公司|株式会社|公司")
_WORD = re.compile(r"[^\W_]+")
_RUN = re.compile(r"\d+|[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Tolerance:
    """What may be written off as charges: the lower of a share and an amount."""

    share: Decimal = ZERO  # of what is settled, 0.01 is 1 %
    amount: Decimal = ZERO

    def limit(self, settled: Decimal, step: Decimal) -> Decimal:
        """Return the most that may be written off where so much is settled.

        >>> Tolerance(Decimal("0.01"), Decimal(30)).limit(Decimal(10_000), Decimal(1))
        Decimal('30')

        :param step: rounding of the currency
        """
        most = max(ZERO, min(settled * self.share, self.amount))
        return (most / step).to_integral_value(ROUND_DOWN) * step


@dataclass(frozen=True, slots=True)
class Receipt:
    """What came in, or is left of it."""

    amount: Decimal
    currency_id: int
    step: Decimal = Decimal("0.01")  # rounding of its currency
    text: str = ""  # all that the bank and the payer wrote
    tolerance: Tolerance = Tolerance()


@dataclass(frozen=True, slots=True)
class Item:
    """Something that a customer owes."""

    id: int
    partner_id: int
    currency_id: int
    residual: Decimal
    due: date
    numbers: tuple[str, ...] = ()  # by which a payer may call it
    # a payment that somebody has entered, and that waits for the bank
    recorded: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """Items of one customer that a receipt may pay."""

    partner_id: int
    parts: tuple[tuple[int, Decimal], ...]  # (item, how much of it), the oldest first
    charges: Decimal  # that the parts are more than what came in
    rest: Decimal  # that is left of it
    reasons: tuple[str, ...]  # keys of PAYERS, RECORDED, NAMED, SHAPES, FITS
    score: int

    def settled(self) -> Decimal:
        """Return what the parts add up to: the receipt, less its rest, and charges."""
        return sum((amount for _item, amount in self.parts), ZERO)


def propose(
    receipt: Receipt, items: Iterable[Item], payers: Mapping[int, str]
) -> tuple[Proposal, ...]:
    """Propose what a receipt may pay, the likeliest first.

    The work is bounded, whatever the number of items: of each customer the oldest are
    looked at, one by one, in runs, in pairs and in threes.

    :param payers: {customer: key of :data:`PAYERS`}, of those that may have paid
    """
    if receipt.amount <= 0:
        return ()
    owed: dict[tuple[int, bool], list[Item]] = {}
    for item in sorted(items, key=_by_age):
        if item.currency_id == receipt.currency_id and item.residual > 0:
            # payments and invoices are never added up
            owed.setdefault((item.partner_id, item.recorded), []).append(item)
    found = []
    reader = _Reader(receipt.text)
    for key in _choose_owed(owed, payers, receipt, reader):
        found += _propose_of(receipt, owed[key], payers.get(key[0], ""), reader)
    found.sort(key=_by_likelihood)
    return tuple(found[:MOST_PROPOSALS])


def is_named(proposal: Proposal) -> bool:
    """Return whether a proposal names its customer or its items: an amount that is the
    same says nothing about who paid."""
    return not NAMING.isdisjoint(proposal.reasons)


def is_sure(proposals: Sequence[Proposal]) -> bool:
    """Return whether the first proposal stands out so far that it may be filled in."""
    if not proposals or proposals[0].score < SURE or not is_named(proposals[0]):
        return False
    return len(proposals) == 1 or proposals[0].score - proposals[1].score >= AHEAD


def get_payer(proposals: Sequence[Proposal]) -> int | None:
    """Return the customer who may be filled in: named by the first proposal, with
    nobody else close behind; None where it isn't clear."""
    if not proposals or not is_named(proposals[0]):
        return None
    first = proposals[0]
    others = [one for one in proposals if one.partner_id != first.partner_id]
    near = any(first.score - one.score < AHEAD for one in others)
    return None if near else first.partner_id


def share_out(booked: Decimal, weights: Sequence[Decimal], step: Decimal, of: Decimal):
    """Share a booked value out in proportion, so that the parts of the whole add up to
    the whole.

    >>> share_out(Decimal(10), [Decimal(1)] * 3, Decimal("0.01"), Decimal(3))
    [Decimal('3.33'), Decimal('3.34'), Decimal('3.33')]

    :param weights: of the parts, above or below 0
    :param step: rounding of the books' currency
    :param of: weight of the whole
    :return: [Decimal], one a part
    """
    parts, weight, shared = [], ZERO, ZERO
    for one in weights:
        weight += one
        upto = booked * weight / of / step
        upto = upto.to_integral_value(ROUND_HALF_UP) * step
        parts.append(upto - shared)
        shared = upto
    return parts


# === NAMES === #


def compare_names(payer: str, name: str) -> str:
    """Say whether a payer's name is a customer's: 'name', 'similar' or ''.

    Banks cut names, leave out accents and dots, and write forms of law in many ways.

    >>> compare_names("NORTHWIND TRADERS LTD", "Northwind Traders, Limited")
    'name'
    >>> compare_names("HARBOUR FREIGHT AND MARINE SUPP", "Harbour Freight and Marine")
    'similar'
    """
    paid, known = _read_words(payer), _read_words(name)
    if not paid or not known:
        return ""
    if paid == known:
        return "name"
    short, long = sorted((" ".join(paid), " ".join(known)), key=len)
    if len(short) >= 8 and long.startswith(short):
        return "similar"
    common = set(paid) & set(known)
    few = min(len(set(paid)), len(set(known)))
    if len(common) >= 2 and len(common) == few:
        return "similar"
    return ""


def find_telling_words(payer: str) -> list[str]:
    """Find the words of a payer's name to look customers up by: the longest first, two
    at most."""
    words = {
        word for word in _read_words(payer) if len(word) >= 3 or not word.isascii()
    }
    return sorted(words, key=lambda word: (-len(word), word))[:2]


def _read_words(name: str) -> list[str]:
    """Return the words of a name as they are compared, without legal forms."""
    plain = unicodedata.normalize("NFKD", name[:MOST_TEXT])
    plain = "".join(c for c in plain if not unicodedata.combining(c)).casefold()
    plain = _FORMS_CJK.sub(" ", plain.replace(".", ""))
    words = _WORD.findall(plain)
    return [word for word in words if word not in _FORMS] or words


# === NUMBERS === #


def find_tails(text: str) -> list[int]:
    """Find the numbers in a text that may be the end of a document's number."""
    plain = unicodedata.normalize("NFKC", text[:MOST_TEXT])
    return sorted(
        {int(run) for run in _RUN.findall(plain) if run.isdecimal() and len(run) < 10}
    )


class _Reader:
    """What a text names."""

    def __init__(self, text: str):
        self.text = unicodedata.normalize("NFKC", text[:MOST_TEXT]).upper()
        self.squeezed = "".join(filter(str.isalnum, self.text))
        self.runs = frozenset(_RUN.findall(self.text))
        self.tails = frozenset(run.lstrip("0") for run in self.runs if run.isdecimal())

    def name(self, item: Item) -> str:
        """Return how the text names an item: 'number', 'tail' or ''."""
        found = ""
        for number in item.numbers:
            runs = _RUN.findall(unicodedata.normalize("NFKC", number[:100]).upper())
            if self._has_number(runs):
                return "number"
            if runs and self._has_tail(runs[-1]):
                found = "tail"
        return found

    def _has_number(self, runs):
        """Return whether the text names a number, however it is spaced."""
        whole = "".join(runs)
        # what has no digit, or few characters, is no number but a word
        if len(whole) < 4 or not any(map(str.isdigit, whole)):
            return False
        if whole not in self.squeezed:
            return False
        pattern = r"[\W_]*".join(map(re.escape, runs))
        return bool(re.search(rf"(?<![A-Z0-9]){pattern}(?![0-9])", self.text))

    def _has_tail(self, run):
        """Return whether the text names the last digits of a number."""
        short = run.lstrip("0")
        if not run.isdecimal():
            return False
        return (len(run) >= 4 and run in self.runs) or (
            len(short) >= 3 and short in self.tails
        )


# === ONE CUSTOMER === #


@dataclass(frozen=True, slots=True)
class _Scope:
    """A receipt and what one customer owes, in steps of the currency."""

    receipt: Receipt
    items: Sequence[Item]
    steps: Sequence[int]  # what is open of each
    target: int
    named: Mapping[int, str]  # {position: key of NAMED}


def _propose_of(receipt, items, payer, reader) -> list[Proposal]:
    """Propose items of one customer."""
    named_items = [(item, reader.name(item)) for item in items]
    # what the text names is looked at, however young
    kept = [pair for pair in named_items if pair[1]][:MOST_ITEMS]
    others = [pair for pair in named_items if not pair[1]]
    kept += others[: MOST_ITEMS - len(kept)]
    kept.sort(key=lambda pair: _by_age(pair[0]))
    scope = _Scope(
        receipt,
        [item for item, _named in kept],
        [_to_steps(item.residual, receipt.step) for item, _named in kept],
        _to_steps(receipt.amount, receipt.step),
        {at: how for at, (_item, how) in enumerate(kept) if how},
    )
    found: dict[tuple[int, ...], Proposal] = {}
    for positions, shape in _find_sets(scope):
        if positions not in found:
            fit = _get_fit(scope, sum(scope.steps[at] for at in positions))
            if fit in ("exact", "charges") or (shape == "named" or fit == "over"):
                found[positions] = _make(scope, positions, shape, fit, payer)
    recorded = items[0].recorded
    best = any(one.reasons[-1] in ("exact", "charges") for one in found.values())
    if payer and not best and (positions := _fill(scope)) not in found:
        fit = _get_fit(scope, sum(scope.steps[at] for at in positions))
        found[positions] = _make(scope, positions, "oldest", fit, payer)
    # what was entered as paid comes whole: a part of it is no payment at all
    return [one for one in found.values() if not (recorded and "part" in one.reasons)]


def _find_sets(scope: _Scope) -> Iterator[tuple[tuple[int, ...], str]]:
    """Find positions of items that may have been paid together, and their shape."""
    if named := tuple(sorted(scope.named)):
        yield named, "named"
        for at in named:
            yield (at,), "named"
    for at in range(len(scope.items)):
        if _get_fit(scope, scope.steps[at]) in ("exact", "charges", "over"):
            yield (at,), "single"
    yield from _find_runs(scope)
    for size, most in ((2, MOST_PAIRED), (3, MOST_TRIPLED)):
        for positions in combinations(range(min(most, len(scope.items))), size):
            total = sum(scope.steps[at] for at in positions)
            if total == scope.target or (
                size == 2 and _get_fit(scope, total) == "charges"
            ):
                yield positions, "some"


def _find_runs(scope: _Scope) -> Iterator[tuple[tuple[int, ...], str]]:
    """Find items that follow each other by age and fit."""
    sums = [0]
    for steps in scope.steps:
        sums.append(sums[-1] + steps)
    for start in range(len(scope.items)):
        end = bisect_left(sums, sums[start] + scope.target, lo=start + 1)
        if end - start >= 2 and end < len(sums):
            if _get_fit(scope, sums[end] - sums[start]) in ("exact", "charges"):
                yield tuple(range(start, end)), "run"


def _fill(scope: _Scope) -> tuple[int, ...]:
    """Return the oldest items that a receipt pays, the last one perhaps in part."""
    positions, left = [], scope.target
    for at, steps in enumerate(scope.steps):
        if left <= 0:
            break
        positions.append(at)
        left -= steps
    return tuple(positions)


def _get_fit(scope: _Scope, total: int) -> str:
    """Say how items of ``total`` fit: a key of :data:`FITS`, or '' where they are far
    less than what came in."""
    if total == scope.target:
        return "exact"
    step = scope.receipt.step
    if total > scope.target:
        limit = scope.receipt.tolerance.limit(total * step, step)
        return "charges" if (total - scope.target) * step <= limit else "part"
    limit = scope.receipt.tolerance.limit(scope.target * step, step)
    return "over" if (scope.target - total) * step <= limit else ""


def _make(scope, positions, shape, fit, payer) -> Proposal:
    """Make a proposal: what is beyond the receipt is charges, or stays open."""
    step, left = scope.receipt.step, scope.target
    total = sum(scope.steps[at] for at in positions)
    charges = total - scope.target if fit == "charges" else 0
    left += charges
    parts = []
    for at in positions:
        taken = min(scope.steps[at], left)
        if taken > 0:
            parts.append((scope.items[at].id, taken * step))
            left -= taken
    how = {scope.named.get(at, "") for at in positions}
    named = min(how, key=lambda one: NAMED.get(one, 0)) if how else ""
    if shape != "oldest":
        shape = "single" if len(positions) == 1 else shape
    first = scope.items[positions[0]]
    # what is one's own says already for what it waits
    recorded = "recorded" if first.recorded and payer != "own" else ""
    reasons = tuple(filter(None, (payer, recorded, named, shape, fit)))
    return Proposal(
        first.partner_id,
        tuple(parts),
        charges * step,
        left * step,
        reasons,
        sum(WEIGHTS.get(one, 0) for one in reasons),
    )


def _choose_owed(owed, payers, receipt, reader) -> list[tuple[int, bool]]:
    """Choose the customers to look at: who may have paid, whose numbers the text has,
    who owes as much as came in."""
    limit = receipt.tolerance.limit(receipt.amount, receipt.step)

    def rank(key):
        items = owed[key]
        return (
            -PAYERS.get(payers.get(key[0], ""), 0),
            not any(reader.name(item) for item in items),
            not any(abs(item.residual - receipt.amount) <= limit for item in items),
            key,
        )

    return sorted(owed, key=rank)[:MOST_PARTNERS]


def _by_age(item: Item):
    """Sort the oldest first."""
    return item.due, item.id


def _by_likelihood(proposal: Proposal):
    """Sort the likeliest first, equal ones by what they settle."""
    return (
        -proposal.score,
        proposal.charges,
        len(proposal.parts),
        proposal.parts,
        proposal.partner_id,
    )


def _to_steps(amount: Decimal, step: Decimal) -> int:
    """Count an amount in the smallest ones of its currency."""
    return int((amount / step).to_integral_value(ROUND_HALF_UP))
