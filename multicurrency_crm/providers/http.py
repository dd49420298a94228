"""The one way out to the network: bounded in time, size, hosts and attempts."""

import time
from collections.abc import Iterable
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter

from .errors import (
    AddressRefused,
    PayloadTooLarge,
    ProviderError,
    RequestRefused,
    TransportError,
    _lt,
)

USER_AGENT = "multicurrency_crm/1.0 (Odoo addon; exchange rates)"
REDIRECTS = (301, 302, 303, 307, 308)
MAX_REDIRECTS = 3
#: bytes between two looks at the clock and at the size
CHUNK = 1024


def check_address(
    address: str, hosts: Iterable[str], extra_hosts: Iterable[str] = ()
) -> None:
    """Refuse an address outside of the hosts allowed.

    :param hosts: the publisher's own, to be asked over https only
    :param extra_hosts: those that the server's configuration adds (a mirror in the
        house), over http too
    :raises AddressRefused: other host, other scheme, or not an address
    """
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        raise AddressRefused(
            _lt("“%(address)s” is no address: write https://…"), address=address
        ) from None
    if parts.username or parts.password:
        raise AddressRefused(
            _lt("Write the address on %(host)s without a user name."), host=host
        )
    if parts.scheme in ("http", "https") and host in extra_hosts:
        return
    if parts.scheme != "https" or host not in hosts:
        raise AddressRefused(
            _lt(
                "Rates are not fetched from “%(address)s”: use https on %(hosts)s, or "
                "have an administrator add the host to the allowed ones."
            ),
            address=f"{parts.scheme}://{host}",
            hosts=", ".join(hosts),
        )


class _TimeoutAdapter(HTTPAdapter):
    """Transport with time-outs of its own, for every hop of a request."""

    def __init__(self, timeout: tuple[float, float]):
        super().__init__()
        self.timeout = timeout

    def send(self, request, **kwargs):
        kwargs["timeout"] = self.timeout
        return super().send(request, **kwargs)


class Client:
    """A session that fetches payloads and nothing else.

    TLS is verified and proxies of the environment are honoured, as ``requests``
    does. Everything has a bound, in seconds or bytes: connecting, each read, all
    attempts together (``deadline``), the body after decompression (``max_bytes``),
    and the number of attempts.
    """

    def __init__(
        self,
        hosts: Iterable[str],
        extra_hosts: Iterable[str] = (),
        *,
        connect_timeout: float = 10,
        read_timeout: float = 20,
        deadline: float = 60,
        attempts: int = 3,
        pause: float = 0.5,
        max_bytes: int = 32 * 1024 * 1024,
    ):
        self.hosts = tuple(hosts)
        self.extra_hosts = tuple(extra_hosts)
        self.deadline = deadline
        self.attempts = attempts
        self.pause = pause
        self.max_bytes = max_bytes
        self._session = requests.Session()
        self._session.headers["User-Agent"] = USER_AGENT
        transport = _TimeoutAdapter((connect_timeout, read_timeout))
        self._session.mount("https://", transport)
        self._session.mount("http://", transport)

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        self._session.close()

    def get(self, address: str) -> bytes:
        """Return the body at ``address``, asking again after a passing failure.

        :raises AddressRefused, TransportError, RequestRefused, PayloadTooLarge:
            see :mod:`.errors`; the last failure counts
        """
        ends_at = time.monotonic() + self.deadline
        for attempt in range(1, self.attempts + 1):
            try:
                return self._follow(address, ends_at)
            except ProviderError as error:
                wait = self.pause * 2 ** (attempt - 1)
                late = time.monotonic() + wait >= ends_at
                if not error.retryable or attempt == self.attempts or late:
                    raise
                time.sleep(wait)
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _follow(self, address: str, ends_at: float) -> bytes:
        """Fetch once, following redirects that stay on the host."""
        host = urlsplit(address).hostname
        for _hop in range(MAX_REDIRECTS + 1):
            check_address(address, self.hosts, self.extra_hosts)
            try:
                with self._session.get(
                    address, stream=True, allow_redirects=False
                ) as response:
                    if response.status_code not in REDIRECTS:
                        self._check_status(response, host)
                        return self._read(response, host, ends_at)
                    target = urljoin(address, response.headers.get("Location", ""))
            except requests.RequestException as error:
                raise self._transport_error(error, host) from error
            self._check_redirect(address, target)
            address = target
        raise RequestRefused(
            _lt("%(host)s sends us from page to page without end."), host=host
        )

    @staticmethod
    def _check_redirect(origin: str, target: str) -> None:
        """Refuse to leave the host, or to leave https."""
        before, after = urlsplit(origin), urlsplit(target)
        if after.hostname != before.hostname or (
            before.scheme == "https" and after.scheme != "https"
        ):
            raise AddressRefused(
                _lt(
                    "%(host)s sends us to %(target)s, which was not followed: check "
                    "whether the publisher has moved."
                ),
                host=before.hostname,
                target=f"{after.scheme}://{after.hostname}",
            )

    @staticmethod
    def _check_status(response: requests.Response, host: str) -> None:
        """Turn an error status into a typed error."""
        status = response.status_code
        if status == 200:
            return
        if status == 429 or status >= 500:
            raise TransportError(
                _lt("%(host)s is out of order (status %(status)s): try again later."),
                host=host,
                status=status,
            )
        raise RequestRefused(
            _lt(
                "%(host)s refused the request (status %(status)s): check the address "
                "of the provider."
            ),
            host=host,
            status=status,
        )

    def _read(self, response: requests.Response, host: str, ends_at: float) -> bytes:
        """Read the body as far as size and time allow, decompressed."""
        body = bytearray()
        for chunk in response.iter_content(CHUNK):
            body += chunk
            if len(body) > self.max_bytes:
                raise PayloadTooLarge(
                    _lt("%(host)s sent more than %(size)s MB: nothing was read."),
                    host=host,
                    size=max(1, self.max_bytes // 1024**2),
                )
            if time.monotonic() > ends_at:
                raise TransportError(
                    _lt("%(host)s took too long to answer: try again later."), host=host
                )
        return bytes(body)

    @staticmethod
    def _transport_error(error: requests.RequestException, host: str) -> ProviderError:
        """Name a failure of ``requests`` in one sentence without its internals."""
        if isinstance(error, requests.exceptions.SSLError):
            return RequestRefused(
                _lt("%(host)s has no valid certificate: nothing was read."), host=host
            )
        if isinstance(error, requests.Timeout):
            sentence = _lt("%(host)s took too long to answer: try again later.")
        elif isinstance(error, requests.exceptions.ChunkedEncodingError):
            sentence = _lt("%(host)s broke off its answer: try again later.")
        elif isinstance(error, requests.exceptions.ContentDecodingError):
            sentence = _lt("%(host)s sent an answer that can't be unpacked.")
        else:
            sentence = _lt("%(host)s can't be reached: try again later.")
        return TransportError(sentence, host=host)
