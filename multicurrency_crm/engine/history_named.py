"""Whom a row of a file names, by all that it says: a code, a tax number, a name. Where
what it says is of two customers, nobody is taken."""

from collections.abc import Callable
from dataclasses import dataclass
from difflib import SequenceMatcher

from .history import fold
from .history_matching import (
    Customers,
    Identity,
    get_core_name,
    is_same_name,
    may_agree,
)

#: Marks that one customer alone should have, the strongest first.
SURE = ("ref", "vat")
#: From which likeness on two words are one that is written in two ways.
TYPO = 0.8


@dataclass(frozen=True, slots=True)
class Named:
    """Whom a row names.

    ``trouble`` is "" where ``key`` is the one, or None: nobody is known. Else why it
    is none: "several" have the mark ``kind``; ``others`` have "another_code" or
    "another_name", or the row's marks are of "two" customers.
    """

    key: int | None = None
    kind: str = ""  # by which mark
    trouble: str = ""
    others: tuple[int, ...] = ()  # keys, the first by ``kind``
    called: str = ""  # its name, where the row spells it otherwise


def is_alike_name(one: str, other: str) -> bool:
    """Return whether a name may be another one as somebody else writes it: shorter, or
    with a typo. That is enough only where a code or a tax number agrees.

    >>> is_alike_name("Atacama Minerls Ltd", "Atacama Minerals (Chile)")
    True
    >>> is_alike_name("Alpha Trading", "Omega Trading")
    False
    """
    first, second = get_core_name(one), get_core_name(other)
    if not first.isascii() or not second.isascii():
        short, long = sorted((first, second), key=len)
        if len(short) > 1 and short in long:
            return True
    short, long = sorted((first.split(), second.split()), key=len)
    return bool(short) and all(
        any(
            word == its
            or (word + its).isascii()
            and min(len(word), len(its)) > 3
            and SequenceMatcher(None, word, its).ratio() >= TYPO
            for its in long
        )
        for word in short
    )


def find_conflicts(one: Identity, other: Identity, kinds: set[str]) -> set[str]:
    """Return what speaks against two being one customer.

    :param kinds: by what they agree
    :return: of "ref", "vat", "name"
    """
    found = {kind for kind in SURE if not may_agree(kind, one, other)}
    if "ref" in found and {"vat", "name"} <= kinds:
        found.discard("ref")  # one company, and another list of codes
    is_known = one.name and other.name and "name" not in kinds
    if is_known and not set(SURE) <= kinds:
        is_sure = kinds & set(SURE)
        if not is_sure or not is_alike_name(one.name, other.name):
            found.add("name")
    return found


def find_named(
    customers: Customers, who: Identity, among: Callable[[int], bool]
) -> Named:
    """Return whom a row names.

    :param who: what the row says
    :param among: function of a key → whether that customer counts
    """
    hits = {
        kind: [key for key in customers.find_by(kind, getattr(who, kind)) if among(key)]
        for kind in (*SURE, "name", "email")
    }
    kinds: dict[int, set[str]] = {}
    for kind, keys in hits.items():
        for key in keys:
            kinds.setdefault(key, set()).add(kind)
    against = {
        key: find_conflicts(who, customers.get(key), its) for key, its in kinds.items()
    }
    sure = [key for key, its in kinds.items() if its & set(SURE)]
    if sure:
        return _find_by_sure(customers, who, hits, against, sure)
    good = [key for key in kinds if not against[key]]
    if good:
        chosen = good
        for test in (
            lambda key: "email" in kinds[key],
            lambda key: fold(customers.get(key).name) == fold(who.name),
        ):
            both = [key for key in chosen if test(key)]
            chosen = both if len(both) == 1 else chosen
        kind = "name" if who.name else "email"
        if len(chosen) > 1:
            return Named(kind=kind, trouble="several", others=tuple(chosen))
        return Named(chosen[0], kind)
    # another tax number: another customer; another code alone is asked about
    other = [key for key in hits["name"] if against[key] == {"ref"}]
    if other:
        return Named(kind="name", trouble="another_code", others=tuple(other))
    return Named(others=tuple(kinds))


def _find_by_sure(customers, who, hits, against, sure) -> Named:
    """Return whom a row names whose code or tax number is known.

    :param hits: {kind: keys of those with the row's mark}
    :param against: {key: what speaks against it}
    :param sure: keys of those with its code or tax number
    """
    kind = next(one for one in SURE if hits[one])
    good = [key for key in sure if not against[key]]
    if not good:
        trouble = "several" if len(hits[kind]) > 1 else "another_name"
        if trouble == "another_name" and against[hits[kind][0]] - {"name"}:
            trouble = "two"
        return Named(kind=kind, trouble=trouble, others=tuple(sure))
    for mark in (*SURE, "name"):
        if hits[mark]:
            both = [key for key in good if key in hits[mark]]
            if not both:
                found = dict.fromkeys((*good, *hits[mark]))
                return Named(kind=kind, trouble="two", others=tuple(found))
            good = both
    if len(good) > 1:
        return Named(kind=kind, trouble="several", others=tuple(good))
    [key] = good
    name = customers.get(key).name
    called = name if who.name and not is_same_name(who.name, name) else ""
    return Named(key, kind, called=called)
