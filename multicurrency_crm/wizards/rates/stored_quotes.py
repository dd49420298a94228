"""Quotes as bytes, for the time between a preview and the writing."""

import json
import zlib
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from ...engine.rates import Quote
from ...providers.reading import RefusedQuote


class Brought(NamedTuple):
    """What a publisher or a person has brought, before it reaches any books.

    ``confirming``: None if no second provider was asked. ``notes``: sentences.
    """

    quotes: list[Quote]
    refused: list[RefusedQuote]
    confirming: list[Quote] | None = None
    notes: tuple[str, ...] = ()


def dump(brought: Brought) -> bytes:
    """Write quotes down, each figure with the digits that were published."""
    confirming = brought.confirming
    content = {
        "quotes": [_quote_values(quote) for quote in brought.quotes],
        "refused": [
            [q.base, q.currency, q.text, q.date.isoformat(), q.kind, q.source]
            for q in brought.refused
        ],
        "confirming": confirming and [_quote_values(quote) for quote in confirming],
        "notes": brought.notes,
    }
    return zlib.compress(json.dumps(content).encode())


def load(stored: bytes) -> Brought:
    """Read what :func:`dump` wrote."""
    content = json.loads(zlib.decompress(stored))
    confirming = content["confirming"]
    return Brought(
        [_read_quote(values) for values in content["quotes"]],
        [
            RefusedQuote(base, code, text, date.fromisoformat(day), kind, source)
            for base, code, text, day, kind, source in content["refused"]
        ],
        confirming and [_read_quote(values) for values in confirming],
        tuple(content["notes"]),
    )


def _quote_values(quote: Quote) -> list:
    return [
        quote.base,
        quote.currency,
        str(quote.value),
        quote.nominal,
        quote.direction,
        quote.date.isoformat(),
        quote.kind,
        quote.source,
        quote.valid_from and quote.valid_from.isoformat(),
    ]


def _read_quote(values: list) -> Quote:
    base, currency, value, nominal, direction, day, kind, source, valid_from = values
    return Quote(
        base,
        currency,
        Decimal(value),
        nominal,
        direction,
        date.fromisoformat(day),
        kind,
        source,
        valid_from and date.fromisoformat(valid_from),
    )
