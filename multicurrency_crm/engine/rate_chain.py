"""Which publishers a company asks for its rates, in which order and why."""

import datetime
from collections.abc import Collection, Iterable, Sequence

from .rate_sources import Books, Chain, Reason, Source, covers, weigh

#: what a company books by unless somebody decides otherwise
USUAL_KIND = "mid"
#: one side of a price: crossed through another currency it is no price of anybody's
SIDES = frozenset({"buy", "sell", "cash_buy", "cash_sell"})
#: who publishes rates to book by; boards of banks and rates for taxes are chosen
FOR_BOOKS = frozenset({"authority", "service", "constants"})
ON_CHOICE = frozenset({"bank", "tax"})
#: in which order those of a company's own country are its sources
OFFICIAL = ("authority", "tax", "bank", "service", "constants")
#: from whom what is missing is taken, one after the other; see :func:`_tier`
OPEN_TIERS: tuple[Reason, ...] = ("filler", "service", "constants", "board", "seldom")
CLOSED_TIERS: tuple[Reason, ...] = ("key", "terms")
#: who issues a currency that several countries share
ISSUERS = {"EUR": "EU"}
#: who stands in for the others, the best first
STAND_INS = ("service", "filler", "constants", "board")


def usual_kind(sources: Iterable[Source], books: Books) -> str:
    """Return the kind of rate that a company books by unless somebody chooses another.

    The first one of its country's authority, else of the authority that issues the
    books' currency, else the middle of the market.
    """
    able = [
        source
        for source in sources
        if source.publisher == "authority"
        and source.is_open
        and _is_of_use(source, source.kinds[0], books)
    ]
    official = _find_official(able, books)
    return official[0].kinds[0] if official else USUAL_KIND


def propose(sources: Iterable[Source], books: Books, kind: str | None = None) -> Chain:
    """Return the chain to start with.

    The official publisher of the company's country comes first, else the one that
    issues the books' currency. What it lacks is taken from the widest official
    publishers, then from services and from constants; those that need a key or have
    terms to accept come in only where nobody else has a currency, and what constants
    reach through the currency that such a one brings is taken from the constants. One
    more stands in, if a currency hangs on one publisher alone. Nobody is asked who adds
    nothing.

    :param kind: kind of rate; None: :func:`usual_kind`. A kind chosen instead of the
        usual one lets in banks' boards and tax offices.
    """
    sources = list(sources)
    usual = usual_kind(sources, books)
    kind = kind or usual
    allowed = FOR_BOOKS if kind == usual else FOR_BOOKS | ON_CHOICE
    able = [
        source
        for source in sources
        if source.publisher in allowed and _is_of_use(source, kind, books)
    ]
    chosen: list[tuple[Source, Reason | None]] = []
    official = _find_official([s for s in able if s.is_open], books)
    if official:
        chosen.append(official)
    _fill(chosen, able, OPEN_TIERS, books, kind)
    chosen = _without_idle(chosen, chosen[bool(official) :], books, kind)
    open_ones = len(chosen)
    _fill(chosen, able, (*OPEN_TIERS, *CLOSED_TIERS), books, kind)
    later = chosen[open_ones:]  # a key spares nobody who needs none
    later.sort(key=lambda member: not member[0].is_open)
    chosen = _without_idle(chosen, later, books, kind)
    _add_stand_in(chosen, able, books, kind)
    return weigh(chosen, books, kind)


def better_kind(sources: Iterable[Source], books: Books, chain: Chain) -> str | None:
    """Return the middle rate, if more of the wanted currencies can be had of it."""
    if chain.kind == USUAL_KIND or not chain.missing:
        return None
    middle = propose(sources, books, USUAL_KIND)
    return USUAL_KIND if len(middle.missing) < len(chain.missing) else None


def worth_knowing(
    sources: Iterable[Source], books: Books, chain: Chain
) -> list[Source]:
    """Return publishers of the company's country, or its books', outside of the chain.

    A tax office, a bank's board, an authority that wants a key or publishes another
    kind of rate: nothing to be taken by itself, and what a law may name.
    """
    taken = {link.source.code for link in chain.links}
    own = [
        source
        for source in sources
        if source.publisher in FOR_BOOKS | ON_CHOICE
        and source.code not in taken
        and covers(source, books)
    ]
    of_country = [s for s in own if s.country and s.country == books.country]
    issuers = [s for s in own if s.publisher == "authority" and _issues(s, books)]
    found = {source.code: source for source in [*of_country, *issuers]}
    return list(found.values())


def by_usefulness(
    sources: Iterable[Source], books: Books, kind: str | None = None
) -> list[Source]:
    """Sort publishers as a company looks for them, the most useful one first.

    Those of its country, or of its books' currency, lead: the authority, a tax office,
    a bank's board. Then who publishes the kind of rate, has most of the currencies,
    wants neither key nor acceptance, publishes daily, needs no crossing and knows most
    currencies; one's own files come last.

    :param kind: kind of rate; None: :func:`usual_kind`
    """
    sources = list(sources)
    kind = kind or usual_kind(sources, books)

    def place(source: Source) -> tuple:
        has = covers(source, books, books.wanted)
        # of the country, or of the union that issues the currency
        is_near = source.country == books.country != "" or _issues(source, books)
        is_own = is_near and bool(has or may_have_them(source, books))
        is_own &= source.publisher in OFFICIAL
        return (
            source.publisher == "own",
            not is_own,
            is_own and OFFICIAL.index(source.publisher),
            kind not in source.kinds,
            -len(has),
            not source.is_open,
            not source.is_daily,
            *_rank(source, books, books.wanted),
        )

    return sorted(sources, key=place)


def may_have_them(source: Source, books: Books) -> bool:
    """Return whether it quotes the books' currency, and doesn't say against what."""
    return not source.currencies and source.base == books.currency


def _is_of_use(source: Source, kind: str, books: Books) -> bool:
    """Return whether a publisher's rates of one kind can be those of the books."""
    return kind in source.kinds and (kind not in SIDES or source.base == books.currency)


def _issues(source: Source, books: Books) -> bool:
    """Return whether a publisher's country, or union, has the books' currency."""
    issuer = ISSUERS.get(books.currency, source.country)
    return source.base == books.currency and source.country == issuer != ""


def _find_official(
    able: Sequence[Source], books: Books
) -> tuple[Source, Reason] | None:
    """Return the official publisher to begin with, and whose it is.

    One that quotes against the books' own currency counts even while nobody knows
    which currencies it has.
    """
    whose: dict[Reason, list[Source]] = {
        "country": [s for s in able if s.country and s.country == books.country],
        "issuer": [s for s in able if _issues(s, books)],
    }
    for reason, pool in whose.items():
        pool = [
            source
            for source in pool
            if source.publisher in OFFICIAL[:3]
            and (covers(source, books) or may_have_them(source, books))
        ]
        if pool:
            best = min(
                pool, key=lambda s: (OFFICIAL.index(s.publisher), *_rank(s, books, ()))
            )
            return best, reason
    return None


def _tier(source: Source) -> Reason:
    """Return with whom a publisher is asked for what is missing."""
    if source.restricted:
        return "terms"
    if source.needs_key:
        return "key"
    if not source.is_daily:
        return "seldom"
    tiers: dict[str, Reason] = {
        "authority": "filler",
        "service": "service",
        "constants": "constants",
    }
    return tiers.get(source.publisher, "board")


def _rank(source: Source, books: Books, known: Collection[str]) -> tuple:
    """Return what sorts the best first: most of what is missing, then most of all.

    Then who needs no crossing, who knows most currencies, and whose history is longest.
    """
    has = covers(source, books, known)
    return (
        -len(has - frozenset(known)),
        -len(has),
        source.base != books.currency,
        -len(source.currencies),
        source.first_day or datetime.date.max,
        source.code,
    )


def _fill(chosen, able, tiers, books, kind) -> None:
    """Append publishers while somebody has something that is missing.

    The first of the tiers that has something comes first; after each publisher all
    tiers are asked again, as constants may reach the books through what it brought.
    """
    while True:
        missing = weigh(chosen, books, kind).missing
        known = (books.wanted - {books.currency}) - missing
        useful = [s for s in able if covers(s, books, known) & missing]
        for tier in tiers:
            pool = [source for source in useful if _tier(source) == tier]
            if pool:
                chosen.append((min(pool, key=lambda s: _rank(s, books, known)), tier))
                break
        else:
            return


def _without_idle(chosen, droppable, books, kind) -> list:
    """Drop those of ``droppable``, the last first, whose currencies others have too."""
    missing = weigh(chosen, books, kind).missing
    for member in reversed(droppable):
        others = [other for other in chosen if other is not member]
        if weigh(others, books, kind).missing == missing:
            chosen = others
    return chosen


def _add_stand_in(chosen, able, books, kind) -> None:
    """Append one open daily publisher for currencies that hang on one alone."""
    chain = weigh(chosen, books, kind)
    taken = {source.code for source, _reason in chosen}
    known = frozenset().union(*(link.has for link in chain.links))
    pool = [
        source
        for source in able
        if source.code not in taken
        and _tier(source) in STAND_INS
        and covers(source, books, known) & chain.single
    ]
    if pool:
        best = min(
            pool,
            key=lambda s: (
                -len(covers(s, books, known) & chain.single),
                STAND_INS.index(_tier(s)),
                *_rank(s, books, known),
            ),
        )
        chosen.append((best, "stand_in"))
