"""What can go wrong between a publisher and us, each with one sentence."""

from ..engine.errors import SentenceError, Term, _lt

__all__ = [
    "AddressRefused",
    "DirectionOpen",
    "FormatError",
    "KeyRefused",
    "NoQuotes",
    "NotPublished",
    "PayloadTooLarge",
    "ProviderError",
    "RequestRefused",
    "Term",
    "TooManyRequests",
    "TransportError",
    "UnknownProvider",
    "_lt",
]


class ProviderError(SentenceError):
    """A publisher gave no usable quotes.

    ``retryable`` says whether the same request may succeed a little later. Where an
    answer came, ``status`` is its HTTP status and ``body`` the beginning of what the
    publisher wrote, without our keys; else None and "".
    """

    retryable = False
    status: int | None = None
    body: str = ""


class UnknownProvider(ProviderError):
    """No adapter is registered under that code."""


class AddressRefused(ProviderError):
    """The address, or one it redirects to, is not on a host that we may ask."""


class TransportError(ProviderError):
    """No complete answer came: unreachable, too slow, cut off, or a server error.

    ``retry_at_seconds`` is how long the publisher asks to be left alone, in seconds
    from when it answered; None if it didn't say.
    """

    retryable = True
    retry_at_seconds: float | None = None


class TooManyRequests(TransportError):
    """The publisher takes no more requests from us for now (429)."""


class RequestRefused(ProviderError):
    """The publisher answered, and the answer is no (4xx)."""


class KeyRefused(RequestRefused):
    """The publisher doesn't know our key, or wants one (401)."""


class NotPublished(RequestRefused):
    """Nothing is at that address (404): for some publishers, "no rate that day"."""


class PayloadTooLarge(ProviderError):
    """More data than any file of the publisher has, packed or unpacked."""


class FormatError(ProviderError):
    """The payload isn't what the publisher documents."""


class DirectionOpen(FormatError):
    """Nothing says which way a sheet quotes its figures: somebody has to.

    ``nominal`` units of ``currency`` stand at ``figure`` (text), in or against
    ``base``: the first of the figures of which nothing says it.
    """

    def __init__(self, nominal: int, currency: str, figure: str, base: str):
        super().__init__(
            _lt(
                "The sheet doesn't say which way its figures are quoted, such as "
                "%(figure)s of %(currency)s: add a column “direction” (方向), or name "
                "the column %(currency)s/%(base)s."
            ),
            figure=figure[:40],
            currency=currency,
            base=base,
        )
        self.nominal = nominal
        self.currency = currency
        self.figure = figure
        self.base = base


class NoQuotes(ProviderError):
    """A well-formed payload without a single quote."""
