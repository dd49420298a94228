"""An Odoo server: started, waited for, and its first pages prepared."""

from __future__ import annotations

import contextlib
import http.cookiejar
import re
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from . import process
from .cache import REPOSITORY
from .console import DevError, console
from .odoo_run import Runner, complaints

LOGIN = PASSWORD = "admin"  # what Odoo gives every new database
_PATIENCE = 180.0
_SERVE = Path(__file__).parent / "inside" / "prefork" / "serve.py"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_ASSET = re.compile(r'(?:href|src)="(/web/assets/[^"]+)"')


def _command(run: Runner, configuration: Path, settings: dict) -> list:
    """The server's command line; several workers start a further one by a file."""
    if settings.get("workers"):
        return [run.python, _SERVE, "--config", configuration]
    return run.command(configuration)


class Server:
    """A running Odoo server that answers on 127.0.0.1."""

    def __init__(self, run: Runner, database: str, port: int, log: Path, **settings):
        self.address = f"http://127.0.0.1:{port}"
        self._log = log
        cookies = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPCookieProcessor(cookies),
        )
        with open(log, "wb") as kept:
            self._child = process.start(
                _command(run, run.configuration(database, port, **settings), settings),
                stdin=subprocess.DEVNULL,
                stdout=kept,
                stderr=kept,
                env=run.environment(),
                cwd=REPOSITORY,
            )

    def _get(self, path: str, data: bytes | None = None) -> str:
        with self._opener.open(self.address + path, data, timeout=120) as page:
            return page.read().decode("utf-8", errors="replace")

    def wait_until_it_answers(self) -> None:
        """Return when the login page answers.

        :raise DevError: the server ended, or answers with an error
        """
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            if self._child.poll() is not None:
                raise DevError(self._what_happened("Odoo's server ended"))
            try:
                self._get("/web/login")
                return
            except urllib.error.HTTPError as error:
                raise DevError(
                    self._what_happened(f"The login page answers {error.code}")
                ) from error
            except OSError:
                time.sleep(0.2)
        raise DevError(self._what_happened("Odoo's server does not answer"))

    def _what_happened(self, what: str) -> str:
        said = complaints(self._log)
        return f"{what}: correct what it says in {self._log}.\n" + "\n".join(said[-25:])

    def sign_in(self) -> None:
        """Sign in once: Odoo learns its address, at which documents find their styles.

        Only a convenience, as `prepare_pages` is: a page that fails here is shown to
        the person as it is.
        """
        try:
            token = _TOKEN.search(self._get("/web/login"))
            if token:
                asked = {"login": LOGIN, "password": PASSWORD, "csrf_token": token[1]}
                self._get("/web/login", urllib.parse.urlencode(asked).encode())
        except OSError as error:
            console.say(f"A page could not be prepared ({error})")

    def prepare_pages(self, step) -> None:
        """Have Odoo make its scripts and styles before a person needs them."""
        try:
            assets = list(dict.fromkeys(_ASSET.findall(self._get("/odoo"))))
            for number, asset in enumerate(assets):
                step.progress(percent=100 * number / len(assets))
                self._get(asset.replace("&amp;", "&"))
        except OSError as error:
            console.say(f"A page could not be prepared ({error})")

    @property
    def pid(self) -> int:
        """The process of the server; that of its workers' parent."""
        return self._child.pid

    def wait(self) -> int:
        """Wait for the server to end by itself; its status."""
        return self._child.wait()

    def end(self) -> None:
        """End the server."""
        process.end(self._child)


@contextlib.contextmanager
def running(run: Runner, database: str, port: int, log: Path, **settings):
    """A server that runs as long as the block does.

    :param settings: of odoo.conf, besides those of :meth:`Runner.configuration`
    """
    server = Server(run, database, port, log, **settings)
    try:
        with console.step("Starting Odoo"):
            server.wait_until_it_answers()
        yield server
    finally:
        server.end()
