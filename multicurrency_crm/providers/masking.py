"""Keys stay out of whatever people and log files get to see."""

import html
import json
import logging
import re
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote, quote_plus

from .errors import ProviderError

MASKED = "***"
#: what ``requests`` leaves as it is in a path
_LEFT_IN_PATHS = "!#$%&'()*+,/:;=?@[]~"


def _spellings(secret: str) -> set[str]:
    """Return the ways in which addresses, pages and Python write a secret."""
    return {
        secret,
        quote(secret, safe=""),
        quote(secret),
        quote(secret, safe=_LEFT_IN_PATHS),
        quote_plus(secret),
        html.escape(secret),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        repr(secret)[1:-1],
    }


class Mask:
    """The secrets of one client, and their removal from texts."""

    def __init__(self):
        self._spellings: set[str] = set()
        self._pattern: re.Pattern | None = None

    def hide(self, *secrets: str) -> None:
        """Mask these secrets too, from now on; empty ones are none."""
        for secret in filter(None, secrets):
            self._spellings |= _spellings(secret)
        if self._spellings:
            longest_first = sorted(self._spellings, key=len, reverse=True)
            # percent-escapes are written in small and in capital letters
            self._pattern = re.compile("|".join(map(re.escape, longest_first)), re.I)

    def __call__(self, text: str) -> str:
        """Return a text without the secrets; the same object if there is none."""
        if self._pattern and self._pattern.search(text):
            return self._pattern.sub(MASKED, text)
        return text

    def excerpt(self, text: str, size: int) -> str:
        """Return the first ``size`` characters, masked, with no secret cut in two."""
        if self._pattern:
            for match in self._pattern.finditer(text):
                if match.start() < size < match.end():
                    size = match.start()
        return self(text[:size])

    def clean(self, error: ProviderError) -> ProviderError:
        """Take the secrets out of an error's words, in place, and return it."""
        error.args = tuple(
            self(part) if isinstance(part, str) else part for part in error.args
        )
        error.values = {
            name: self(value) if isinstance(value, str) else value
            for name, value in error.values.items()
        }
        error.body = self(error.body)
        return error

    @contextmanager
    def in_logs(self) -> Iterator[None]:
        """Keep the secrets out of urllib3's log while the block runs.

        At level DEBUG it notes the path of every request, where some publishers want
        their key; for an odd header it warns with the whole address.
        """
        known = list(logging.root.manager.loggerDict)
        loggers = [logging.getLogger(name) for name in known if name[:7] == "urllib3"]
        for logger in loggers:
            logger.addFilter(self._filter)
        try:
            yield
        finally:
            for logger in loggers:
                logger.removeFilter(self._filter)

    def _filter(self, record: logging.LogRecord) -> bool:
        """Rewrite a record that holds a secret, its traceback included."""
        message = record.getMessage()
        if record.exc_info:
            message += "\n" + "".join(traceback.format_exception(*record.exc_info))
        if (masked := self(message)) is not message:
            record.msg, record.args = masked, ()
            record.exc_info = record.exc_text = None
        return True
