"""Connections on which nothing takes longer, or grows larger, than agreed."""

import http.client
import io
import math
import ssl
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import partial

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.exceptions import DecodeError, ProtocolError, ReadTimeoutError
from urllib3.util.ssl_ import create_urllib3_context

from .errors import PayloadTooLarge, ProviderError, RequestRefused, TransportError, _lt

#: bytes in a piece of a body
PIECE = 16 * 1024
#: whatever ``requests`` and what is below it let out; UnicodeError: a header of ours
FAILURES = (
    requests.RequestException,
    urllib3.exceptions.HTTPError,
    http.client.HTTPException,
    UnicodeError,
    OSError,
    zlib.error,
)
_GZIP = ("gzip", "x-gzip")
#: OpenSSL 3 turns servers down that don't know RFC 5746 unless this is set; Python
#: names it (ssl.OP_LEGACY_SERVER_CONNECT) from 3.12 on
_LEGACY_SERVER_CONNECT = 0x4


class Budget:
    """The time that is left for one request with all its attempts, in seconds."""

    def __init__(self, connect_timeout: float, read_timeout: float):
        self.connect_timeout = connect_timeout
        self.read_timeout = read_timeout
        self._ends_at = math.inf

    def start(self, seconds: float) -> None:
        """Start the time that everything together may take."""
        self._ends_at = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Return the seconds that are left, below zero when they are over."""
        return self._ends_at - time.monotonic()

    def cut(self, timeout: float) -> float:
        """Shorten a time-out to what is left.

        :raises TimeoutError: nothing is left
        """
        if (left := self.left) <= 0:
            raise TimeoutError("the time for this request is over")
        return min(timeout, left)


class _TimedReader(io.RawIOBase):
    """A socket's bytes, each read of which ends with the budget.

    A time-out of ``requests`` starts anew with every byte that drips in.
    """

    def __init__(self, sock, budget: Budget):
        super().__init__()
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)
        self._budget = budget

    def readable(self):
        """Return True, as readers do."""
        return True

    def fileno(self):
        """Return the file number of the connection."""
        return self._raw.fileno()

    def readinto(self, buffer):
        """Read what is there, within the time that is left."""
        self._sock.settimeout(self._budget.cut(self._budget.read_timeout))
        return self._raw.readinto(buffer)

    def close(self):
        """Close the connection, too."""
        self._raw.close()
        return super().close()


class _TimedResponse(http.client.HTTPResponse):
    """An answer whose status line, headers and body are read in time."""

    def __init__(self, budget: Budget, sock, *args, **kwargs):
        super().__init__(sock, *args, **kwargs)
        self.fp.close()
        self.fp = io.BufferedReader(_TimedReader(sock, budget))


class TimedAdapter(HTTPAdapter):
    """Transport that keeps to a budget, on every hop and through every proxy.

    :param legacy_tls: whether servers that don't know RFC 5746 (secure
        renegotiation) will do; their certificates are verified all the same
    """

    def __init__(self, budget: Budget, legacy_tls: bool = False):
        self.budget = budget
        self.pool_options = {}
        if legacy_tls:
            context = create_urllib3_context()
            context.options |= _LEGACY_SERVER_CONNECT
            self.pool_options["ssl_context"] = context
        super().__init__()

    def init_poolmanager(self, *args, **kwargs):
        """Make the pool of direct connections, timed."""
        created = super().init_poolmanager(*args, **kwargs, **self.pool_options)
        self._time(self.poolmanager)
        return created

    def proxy_manager_for(self, proxy, **kwargs):
        """Return the pool of connections by a proxy, timed."""
        is_new = proxy not in self.proxy_manager
        manager = super().proxy_manager_for(proxy, **kwargs, **self.pool_options)
        if is_new:
            self._time(manager)
        return manager

    def _time(self, manager) -> None:
        """Have a pool manager's connections read their answers in time."""
        manager.pool_classes_by_scheme = {
            scheme: type(
                pool.__name__,
                (pool,),
                {
                    "ConnectionCls": type(
                        pool.ConnectionCls.__name__,
                        (pool.ConnectionCls,),
                        {
                            "response_class": staticmethod(
                                partial(_TimedResponse, self.budget)
                            )
                        },
                    )
                },
            )
            for scheme, pool in manager.pool_classes_by_scheme.items()
        }

    def send(self, request, **kwargs):
        """Send a request, within the time that is left."""
        kwargs["timeout"] = (
            self.budget.cut(self.budget.connect_timeout),
            self.budget.cut(self.budget.read_timeout),
        )
        return super().send(request, **kwargs)


def read_body(response: requests.Response, max_bytes: int, host: str) -> bytes:
    """Read a body to its end, decompressed.

    :raises PayloadTooLarge: it has, or announces, more than ``max_bytes``
    :raises TransportError: it ends too early, or can't be unpacked
    """
    too_large = PayloadTooLarge(
        _lt("%(host)s sent more than %(size)s MB: nothing was read."),
        host=host,
        size=max(1, max_bytes // 1024**2),
    )
    announced = _announced(response)
    if announced is not None and announced > max_bytes:
        raise too_large
    body = bytearray()
    for piece in pieces(response, max_bytes):
        body += piece
        if len(body) > max_bytes:
            raise too_large
    return bytes(body)


def pieces(response: requests.Response, limit: int) -> Iterator[bytes]:
    """Yield a body piece by piece, decompressed, one byte over the limit at most.

    Packed bodies are unpacked here: not every version of urllib3 takes a limit, and a
    small body may be a bomb.
    """
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    received = _received(response)
    if encoding in _GZIP:
        yield from _unpack(received, limit + 1)
    elif encoding in ("identity", ""):
        yield from received
    else:
        raise DecodeError(f"nobody asked for {encoding[:20]}")


def _received(response: requests.Response) -> Iterator[bytes]:
    """Yield a body as it comes; older urllib3 take half of one for all of it."""
    size = 0
    for piece in response.raw.stream(PIECE, decode_content=False):
        size += len(piece)
        yield piece
    announced = _announced(response)
    if announced is not None and size < announced:
        raise ProtocolError(f"{size} bytes of {announced}")


def _announced(response: requests.Response) -> int | None:
    """Return how many bytes the publisher announces, if it does so plainly."""
    length = response.headers.get("Content-Length", "")
    is_plain = length.isascii() and length.isdecimal() and len(length) < 20
    if not is_plain or "Transfer-Encoding" in response.headers:
        return None
    return int(length)


def _unpack(received: Iterable[bytes], room: int) -> Iterator[bytes]:
    """Unpack gzip, ``room`` bytes at most; what follows its end is padding."""
    unpacker = None
    for piece in received:
        while piece and room > 0:
            if unpacker is None or (unpacker.eof and piece[:1] == b"\x1f"):
                unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
            elif unpacker.eof:
                break
            unpacked = unpacker.decompress(piece, room)
            room -= len(unpacked)
            yield unpacked
            piece = unpacker.unconsumed_tail or unpacker.unused_data
    if unpacker and not unpacker.eof:
        raise ProtocolError("the packed data end too early")


def name_failure(error: Exception, host: str, is_late: bool) -> ProviderError:
    """Say a failure of :data:`FAILURES` in one sentence without its internals.

    :param is_late: whether the time for the request is over, whatever the failure
    """
    causes = list(_causes(error))

    def came_from(*types) -> bool:
        return any(isinstance(cause, types) for cause in causes)

    if came_from(ssl.SSLCertVerificationError) or any(
        type(cause).__name__ == "CertificateError" for cause in causes
    ):
        return RequestRefused(
            _lt("%(host)s has no valid certificate: nothing was read."), host=host
        )
    if isinstance(error, ValueError):  # InvalidURL, InvalidHeader, UnicodeError …
        return RequestRefused(
            _lt(
                "The request to %(host)s can't be written: check the address and the "
                "key of the provider."
            ),
            host=host,
        )
    return TransportError(_words_for(came_from, is_late), host=host)


def _words_for(came_from: Callable[..., bool], is_late: bool) -> str:
    """Choose the sentence for a failure that may pass."""
    if is_late or came_from(TimeoutError, requests.Timeout, ReadTimeoutError):
        return _lt("%(host)s took too long to answer: try again later.")
    if came_from(DecodeError, zlib.error):
        return _lt("%(host)s sent an answer that can't be unpacked.")
    if came_from(requests.exceptions.ProxyError):
        return _lt(
            "%(host)s can't be reached through the proxy of this server: try again "
            "later, or ask whoever runs the server."
        )
    if came_from(requests.exceptions.SSLError, ssl.SSLError):
        return _lt("No secure connection to %(host)s came about: try again later.")
    if came_from(ProtocolError, ConnectionResetError, http.client.HTTPException):
        return _lt("%(host)s broke off its answer: try again later.")
    return _lt("%(host)s can't be reached: try again later.")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and those packed into it, as ``requests`` and urllib3 pack."""
    waiting, seen = [error], set()
    while waiting:
        error = waiting.pop()
        if id(error) in seen:
            continue
        seen.add(id(error))
        yield error
        inner = (*error.args, getattr(error, "reason", None), error.__cause__)
        waiting += [part for part in inner if isinstance(part, BaseException)]
