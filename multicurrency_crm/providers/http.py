"""The one way out to the network: bounded in time, size, hosts and attempts."""

import time
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from urllib.parse import urlencode, urljoin, urlsplit

import requests

from .errors import AddressRefused, ProviderError, RequestRefused, _lt
from .masking import Mask
from .refusals import refusal
from .transport import FAILURES, Budget, TimedAdapter, name_failure, read_body

USER_AGENT = "multicurrency_crm/1.0 (Odoo addon; exchange rates)"
REDIRECTS = (301, 302, 303, 307, 308)
MAX_REDIRECTS = 3


def check_address(
    address: str, hosts: Iterable[str], extra_hosts: Iterable[str] = ()
) -> None:
    """Refuse an address outside of the hosts allowed.

    :param hosts: the publisher's own, to be asked over https only
    :param extra_hosts: those that the server's configuration adds (a mirror in the
        house), over http too
    :raises AddressRefused: other host, other scheme, or not an address
    """
    extra_hosts = {extra.lower() for extra in extra_hosts}
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        raise AddressRefused(
            _lt("“%(address)s” isn't a valid address: write https://…"), address=address
        ) from None
    if parts.username or parts.password:
        raise AddressRefused(
            _lt("Write the address on %(host)s without a user name."), host=host
        )
    if parts.scheme in ("http", "https") and host in extra_hosts:
        return
    if parts.scheme != "https" or host not in {own.lower() for own in hosts}:
        raise AddressRefused(
            _lt(
                "Rates are not fetched from “%(address)s”: use https on %(hosts)s, or "
                "have an administrator add the host to the allowed ones."
            ),
            address=f"{parts.scheme}://{host}",
            hosts=", ".join([*hosts, *sorted(extra_hosts)]),
        )


class _Session(requests.Session):
    """A session in bounds of time that leaves redirects to us.

    Asked not to follow one, ``requests`` still looks where it leads, for which it reads
    the body to its end, whatever its size.
    """

    def __init__(self, budget: Budget, legacy_tls: bool):
        super().__init__()
        self.headers["User-Agent"] = USER_AGENT
        self.headers["Accept-Encoding"] = "gzip"
        # without an auth of its own, requests would send what the server's .netrc says
        self.auth = lambda request: request
        transport = TimedAdapter(budget, legacy_tls)
        self.mount("https://", transport)
        self.mount("http://", transport)

    def get_redirect_target(self, resp):
        """Return None: the client follows redirects itself."""
        return None


class Client:
    """A session that fetches payloads and nothing else.

    TLS is verified and proxies of the environment are honoured, as ``requests``
    does. Everything has a bound, in seconds or bytes: connecting, each read, all
    attempts together and the waits between them (``deadline``), the body as it comes
    and unpacked (``max_bytes``), and the number of attempts. Only the look-up of a
    host's name takes as long as the system's resolver does.

    :param hosts: the publisher's own, asked over https only
    :param extra_hosts: more that the server's configuration allows, over http too
    :param api_key: what the publisher gave the user, "" if nothing; an adapter reads
        it as ``client.api_key`` and puts it where its publisher wants it. It never
        appears in an error of this client, nor in urllib3's log.
    :param currencies: the codes that are wanted; empty: all that the publisher has
    :param pause: seconds before the second attempt; before the third twice as many
    :param min_interval: least seconds between the beginnings of two attempts
    :param legacy_tls: whether a server that lacks secure renegotiation will do
    """

    def __init__(
        self,
        hosts: Iterable[str],
        extra_hosts: Iterable[str] = (),
        *,
        api_key: str = "",
        currencies: Iterable[str] = (),
        connect_timeout: float = 10,
        read_timeout: float = 20,
        deadline: float = 60,
        attempts: int = 3,
        pause: float = 0.5,
        min_interval: float = 0,
        max_bytes: int = 32 * 1024 * 1024,
        legacy_tls: bool = False,
    ):
        self.hosts = tuple(hosts)
        self.extra_hosts = tuple(extra_hosts)
        self.api_key = (api_key or "").strip()
        self.currencies = frozenset(currencies)
        self.deadline = deadline
        self.attempts = attempts
        self.pause = pause
        self.min_interval = min_interval
        self.max_bytes = max_bytes
        self.mask = Mask()
        self.mask.hide(self.api_key)
        #: headers of the newest answer with a body: some publishers date files there
        self.received: Mapping[str, str] = {}
        self._asked_at = -float("inf")
        self._budget = Budget(connect_timeout, read_timeout)
        self._session = _Session(self._budget, legacy_tls)

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        self._session.close()

    def get(
        self,
        address: str,
        params: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> bytes:
        """Return the body at ``address``, asking again after a passing failure.

        :param params: to be put behind the address, url-encoded; a list gives a name
            several times, None leaves it out
        :param headers: for this request, besides or instead of the client's own
        :raises AddressRefused, TransportError, RequestRefused, PayloadTooLarge:
            see :mod:`.errors`; the last failure counts
        """
        return self._fetch(address, params, headers)

    def post(
        self, address: str, body: bytes, headers: Mapping[str, str] | None = None
    ) -> bytes:
        """Return the body of the answer to a question that fits into no address.

        The question is sent again after a passing failure, and to where the publisher
        has moved on its host: it may ask for something, and change nothing.

        :param body: the question, whose kind ``headers`` say (``Content-Type``)
        :raises AddressRefused, TransportError, RequestRefused, PayloadTooLarge: as
            :meth:`get`
        """
        return self._fetch(address, None, headers, body)

    def _fetch(self, address, params, headers, question=None) -> bytes:
        """Ask, again if need be, until there is an answer or no time."""
        time.sleep(self._due_in())
        self._budget.start(self.deadline)
        with self.mask.in_logs():
            for attempt in range(1, self.attempts + 1):
                try:
                    return self._follow(address, params, headers, question)
                except ProviderError as error:
                    failure = self.mask.clean(error)
                wait = self._wait_before(failure, attempt + 1)
                if wait is None:
                    break
                time.sleep(wait)
        # out of the except block, or it would hold what it was made from
        raise failure

    def _due_in(self) -> float:
        """Return the seconds until the publisher may be asked again."""
        return max(0, self._asked_at + self.min_interval - time.monotonic())

    def _wait_before(self, failure: ProviderError, attempt: int) -> float | None:
        """Return the seconds to wait before an attempt; None: it isn't made."""
        if not failure.retryable or attempt > self.attempts:
            return None
        asked_for = getattr(failure, "retry_at_seconds", None) or 0
        wait = max(self.pause * 2 ** (attempt - 2), asked_for, self._due_in())
        return wait if wait < self._budget.left else None

    def _follow(self, address, params, headers, question) -> bytes:
        """Fetch once, following redirects that stay on the host."""
        self._asked_at = time.monotonic()
        for _hop in range(MAX_REDIRECTS + 1):
            check_address(address, self.hosts, self.extra_hosts)
            body, target = self._ask(address, params, headers, question)
            if target is None:
                return body
            address, params = _on_the_same_host(address, target), None
        raise RequestRefused(
            _lt(
                "%(host)s sends us from page to page without end: check the address "
                "of the provider."
            ),
            host=urlsplit(address).hostname,
        )

    def _ask(self, address, params, headers, question) -> tuple[bytes, str | None]:
        """Return a body, or nothing and where the publisher sends us instead."""
        host = urlsplit(address).hostname
        try:
            with self._session.request(
                "GET" if question is None else "POST",
                _with_params(address, params),
                data=question,
                headers=headers,
                stream=True,
                allow_redirects=False,
            ) as response:
                if response.status_code in REDIRECTS:
                    return b"", response.headers.get("Location", "")
                if response.status_code != HTTPStatus.OK:
                    raise refusal(response, host, self.mask)
                body = read_body(response, self.max_bytes, host)
                self.received = response.headers
                return body, None
        except FAILURES as error:
            failure = name_failure(error, host, self._budget.left <= 0)
            # the original holds the whole address, and the key with it
            failure.__cause__ = OSError(self.mask(f"{type(error).__name__}: {error}"))
        raise failure


def _on_the_same_host(origin: str, target: str) -> str:
    """Return where a redirect leads, which must not leave the host, nor https.

    :param target: a ``Location``, relative or whole
    """
    before = urlsplit(origin)
    try:
        target = urljoin(origin, target)
        after = urlsplit(target)
    except ValueError:
        after = None
    if (
        not after
        or after.hostname != before.hostname
        or after.scheme not in ("http", "https")
        or (before.scheme == "https" and after.scheme != "https")
    ):
        raise AddressRefused(
            _lt(
                "%(host)s sends us to %(target)s, which was not followed: check "
                "whether the publisher has moved."
            ),
            host=before.hostname,
            target=f"{after.scheme}://{after.hostname}" if after else target[:40],
        )
    return target


def _with_params(address: str, params: Mapping[str, object] | None) -> str:
    """Put parameters behind an address, which may have some already."""
    given = {name: value for name, value in (params or {}).items() if value is not None}
    if not given:
        return address
    parts = urlsplit(address)
    query = "&".join(filter(None, [parts.query, urlencode(given, doseq=True)]))
    return parts._replace(query=query).geturl()
