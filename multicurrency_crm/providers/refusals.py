"""What an answer means that brings no rates: a typed error for each status."""

import math
from contextlib import suppress
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import requests

from .errors import (
    KeyRefused,
    NotPublished,
    ProviderError,
    RequestRefused,
    TooManyRequests,
    TransportError,
    _lt,
)
from .masking import Mask
from .transport import FAILURES, pieces

#: characters of an error page that an error carries
EXCERPT = 2048
#: bytes to read for that: four for each, and more than any key is long
_READ = 5 * EXCERPT
#: longest wait that a publisher may ask for, in seconds: to ask a day later is polite
LONGEST_WAIT = 24 * 3600.0
#: statuses that may come with a wish for peace
BUSY = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)


def refusal(response: requests.Response, host: str, mask: Mask) -> ProviderError:
    """Turn an answer that isn't 200 into an error, with the publisher's own words."""
    status = response.status_code
    wait = None
    if status in BUSY:
        wait = retry_after(response.headers.get("Retry-After", ""))
    error_class, sentence = _words_for(status, wait)
    error = error_class(
        sentence, host=host, status=status, seconds=math.ceil(wait or 0)
    )
    if isinstance(error, TransportError):
        error.retry_at_seconds = wait
    error.status = status
    error.body = _excerpt(response, mask)
    return error


def retry_after(header: str) -> float | None:
    """Read a ``Retry-After`` header: seconds, or a date as HTTP writes them.

    :return: seconds from now, from 0 to :data:`LONGEST_WAIT`; None if it says neither
    """
    header = header.strip()[:40]
    if header.isascii() and header.isdecimal():
        return min(float(header), LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(header)
        if not moment.tzinfo:
            moment = moment.replace(tzinfo=timezone.utc)
        seconds = (moment - datetime.now(timezone.utc)).total_seconds()
    except (TypeError, ValueError, OverflowError):
        return None
    return min(max(seconds, 0.0), LONGEST_WAIT)


def _words_for(status: int, wait: float | None) -> tuple[type[ProviderError], str]:
    """Choose the error and its sentence for a status.

    :param wait: seconds that the publisher asks us to wait, if it does
    """
    busy = status == HTTPStatus.TOO_MANY_REQUESTS
    if wait:
        return TooManyRequests if busy else TransportError, _lt(
            "%(host)s asks to be left alone for %(seconds)s seconds (status "
            "%(status)s): try again after that."
        )
    if busy:
        return TooManyRequests, _lt(
            "%(host)s takes no more requests for now (status %(status)s): try again "
            "later."
        )
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return TransportError, _lt(
            "%(host)s is out of order (status %(status)s): try again later."
        )
    if status == HTTPStatus.UNAUTHORIZED:
        return KeyRefused, _lt(
            "%(host)s doesn't accept the key (status %(status)s): check the key of "
            "the provider."
        )
    if status == HTTPStatus.NOT_FOUND:
        return NotPublished, _lt(
            "%(host)s has nothing there (status %(status)s): check the days asked for "
            "and the address of the provider."
        )
    return RequestRefused, _lt(
        "%(host)s refused the request (status %(status)s): check the address of the "
        "provider."
    )


def _excerpt(response: requests.Response, mask: Mask) -> str:
    """Return the beginning of an error page, or as much as came of it."""
    page = bytearray()
    with suppress(*FAILURES):
        for piece in pieces(response, _READ):
            page += piece
            if len(page) >= _READ:
                break
    charset = None
    if "charset=" in response.headers.get("Content-Type", ""):
        charset = response.encoding
    try:
        text = page.decode(charset or "utf-8", errors="replace")
    except (LookupError, ValueError):  # no codec, or none for text
        text = page.decode(errors="replace")
    return mask.excerpt(text.replace("\0", ""), EXCERPT)
