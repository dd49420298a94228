"""What the registered adapters declare, for people and for the choice of a chain."""

import zlib
from collections.abc import Collection, Mapping

from ..engine.rate_sources import Publisher, Source
from .base import Adapter
from .registry import all_adapters


def source_id(code: str) -> int:
    """Return the number of an adapter, the same in every process."""
    # the highest bit stays off: PostgreSQL's integers have a sign
    return zlib.crc32(code.encode()) & 0x7FFFFFFF


def publisher_of(adapter: Adapter) -> Publisher:
    """Return who publishes: what is declared, else what follows from the rest."""
    if adapter.publisher:
        return adapter.publisher
    if not adapter.online:
        return "own"
    return "authority" if adapter.country else "service"


def is_daily(adapter: Adapter) -> bool:
    """Return whether something new comes on most working days."""
    calendar = adapter.calendar
    return calendar.day_of_month is None and len(calendar.weekdays) >= 4


def source_of(adapter: Adapter, seen: Collection[str] = ()) -> Source:
    """Return an adapter as the engine weighs it.

    :param seen: currencies that it has brought already, whatever it declares
    """
    return Source(
        code=adapter.code,
        publisher=publisher_of(adapter),
        base=adapter.base,
        kinds=adapter.kinds,
        currencies=(adapter.currencies | frozenset(seen)) - {adapter.base},
        country=adapter.country,
        needs_key=adapter.needs_key,
        restricted=adapter.restricted,
        bridges=adapter.crosses_books,
        is_daily=is_daily(adapter),
        first_day=adapter.first_day,
    )


def online_sources(seen: Mapping[str, Collection[str]] | None = None) -> list[Source]:
    """Return everybody who can be asked, sorted by name.

    :param seen: {code of an adapter: currencies that it has brought already}
    """
    seen = seen or {}
    return [
        source_of(adapter, seen.get(adapter.code, ()))
        for adapter in all_adapters()
        if adapter.online
    ]
