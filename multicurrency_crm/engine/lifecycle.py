"""Where a customer stands, since when, and how long each step took. Facts in, stages
out.

A stage is the furthest that facts prove, and never falls back while they hold; a fact
that is void is simply not among them. What may change from day to day is a flag beside
the stage: dormant, lost, won back.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise, zip_longest

#: From the first word to the second order.
STAGES = ("lead", "quoting", "ordered", "delivered", "invoiced", "paid", "repeat")
#: {kind of fact: the stage that it proves}; other kinds prove none.
PROVES = {
    "first_contact": "lead",
    "lead": "lead",
    "quotation": "quoting",
    "order": "ordered",
    "shipment": "delivered",
    "invoice": "invoiced",
    "paid": "paid",
}
_RANK = {stage: rank for rank, stage in enumerate(STAGES)}


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened with a customer on a day, and still holds."""

    kind: str
    day: date
    document: int = 0  # id within its kind: two facts of one order are one order


@dataclass(frozen=True, slots=True)
class Interval:
    """How long a customer was in a stage: from a day, to the day on which the next one
    began; None: it still is."""

    stage: str
    since: date
    until: date | None = None

    def count_days(self, today: date) -> int:
        """Return the days in the stage, until ``today`` where it lasts."""
        return ((self.until or today) - self.since).days


def list_past(facts: Iterable[Fact], today: date) -> list[Fact]:
    """Return the facts that have happened: one of a day to come proves nothing before
    its day."""
    return [fact for fact in facts if fact.day <= today]


def find_intervals(facts: Iterable[Fact]) -> tuple[Interval, ...]:
    """Return the stages through which facts lead, in the order of their days. What is
    to come is among them: see :func:`list_past`.

    Of one day the earlier stages come first, so that a customer who orders and pays at
    once has been in both. Who begins with an invoice has never been a lead.

    :return: one interval a stage that was reached, the last of them open; none without
        a fact that proves a stage

    >>> day = date(2026, 3, 1)
    >>> find_intervals([Fact("order", day, 7), Fact("quotation", day, 7)])[-1].stage
    'ordered'
    """
    reached: list[tuple[str, date]] = []
    furthest = -1
    for day, rank in sorted(_list_proofs(facts)):
        if rank > furthest:
            furthest = rank
            reached.append((STAGES[rank], day))
    ends = [day for _stage, day in reached[1:]]
    return tuple(
        Interval(stage, since, until)
        for (stage, since), until in zip_longest(reached, ends)
    )


def _list_proofs(facts: Iterable[Fact]) -> list[tuple[date, int]]:
    """Return (day, rank of the stage) of what facts prove; the second order proves that
    a customer came back."""
    proofs = []
    orders: dict[int, date] = {}
    for fact in facts:
        stage = PROVES.get(fact.kind)
        if stage:
            proofs.append((fact.day, _RANK[stage]))
        if fact.kind == "order":
            known = orders.get(fact.document, fact.day)
            orders[fact.document] = min(known, fact.day)
    days = sorted(orders.values())
    if len(days) > 1:
        proofs.append((days[1], _RANK["repeat"]))
    return proofs


# === FLAGS === #


@dataclass(frozen=True, slots=True)
class Patience:
    """After how many days without a fact a customer is dormant, and lost."""

    dormant: int
    lost: int


#: An opportunity is lost; that of a customer who never ordered loses the customer.
LOST = "lost_lead"


@dataclass(frozen=True, slots=True)
class Flags:
    """What holds of a customer today, whatever its stage."""

    is_dormant: bool = False
    is_lost: bool = False
    is_won_back: bool = False


def find_flags(
    facts: Iterable[Fact], contacts: Iterable[date], patience: Patience, today: date
) -> Flags:
    """Return what holds of a customer today.

    Lost is who has been silent that long, and who never ordered and whose last
    opportunity was lost. Won back is who ordered again after a silence as
    long as that of a lost one, and isn't lost again.

    :param facts: all that hold, in any order
    :param contacts: days on which somebody spoke with the customer; where the first
        and the last one leave no silence (:func:`has_silence`), these two do
    :param today: what comes after it counts for nothing
    """
    known = list_past(facts, today)
    days = sorted(
        [fact.day for fact in known] + [day for day in contacts if day <= today]
    )
    if not days:
        return Flags()
    silent = (today - days[-1]).days
    orders = [fact.day for fact in known if fact.kind == "order"]
    is_lost = silent >= patience.lost or (not orders and _is_given_up(known))
    returned = _find_return(days, patience)
    return Flags(
        is_dormant=silent >= patience.dormant,
        is_lost=is_lost,
        is_won_back=not is_lost
        and returned is not None
        and any(day >= returned for day in orders),
    )


def _is_given_up(facts: Iterable[Fact]) -> bool:
    """Return whether the opportunity that was opened last is lost."""
    lost, opened = set(), {}
    for fact in facts:
        if fact.kind == LOST:
            lost.add(fact.document)
        if fact.kind in ("lead", LOST):
            opened[fact.document] = min(opened.get(fact.document, fact.day), fact.day)
    last = max(opened, key=lambda document: (opened[document], document), default=None)
    return last in lost


def has_silence(days: Iterable[date], patience: Patience) -> bool:
    """Return whether there is a silence between days as long as that of a lost
    customer. More days may break it, but never make one."""
    return _find_return(sorted(days), patience) is not None


def _find_return(days: Sequence[date], patience: Patience) -> date | None:
    """Return the day that ended the last silence as long as that of a lost customer.

    :param days: in their order
    """
    lost = timedelta(days=patience.lost)
    returned = [after for before, after in pairwise(days) if after - before >= lost]
    return returned[-1] if returned else None
