"""A stand-in for wkhtmltopdf and wkhtmltoimage where Debian has neither any more.

It takes their arguments as far as Odoo gives them, loads each document in a Chromium
without a window, and prints it. Headers and footers are documents of their own, loaded
anew for each page with its numbers in the address, as wkhtmltopdf does. For
demonstrations and tests: Odoo's own advice for production is wkhtmltopdf.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import html
import itertools
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from urllib.parse import quote, urlencode, urljoin, urlsplit

VERSION = "0.12.6 (with patched qt), in whose stead Chromium prints"
BROWSERS = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
NETWORK_ERROR, FAILED = 1, 2  # after the first Odoo takes the document all the same

_MM = 25.4  # millimetres of an inch
_UNITS = {"mm": 1.0, "cm": 10.0, "in": _MM, "pt": _MM / 72, "px": _MM / 96}
_PAPERS = {
    **{f"A{n}": size for n, size in enumerate(
        [(841, 1189), (594, 841), (420, 594), (297, 420), (210, 297), (148, 210)]
        + [(105, 148), (74, 105), (52, 74), (37, 52)]
    )},
    **{f"B{n}": size for n, size in enumerate(
        [(1000, 1414), (707, 1000), (500, 707), (353, 500), (250, 353), (176, 250)]
        + [(125, 176), (88, 125), (62, 88), (44, 62), (31, 44)]
    )},
    "C5E": (163, 229),
    "Comm10E": (105, 241),
    "DLE": (110, 220),
    "Executive": (190.5, 254),
    "Folio": (210, 330),
    "Ledger": (431.8, 279.4),
    "Legal": (215.9, 355.6),
    "Letter": (215.9, 279.4),
    "Tabloid": (279.4, 431.8),
}  # fmt: skip
# wkhtmltopdf lays a page out wider than it is and shrinks it
_SHRINKING = 0.8

_SHORT = {
    "-q": "--quiet",
    "-s": "--page-size",
    "-O": "--orientation",
    "-T": "--margin-top",
    "-R": "--margin-right",
    "-B": "--margin-bottom",
    "-L": "--margin-left",
    "-d": "--dpi",
    "-V": "--version",
    "-f": "--format",
}
_FLAGS = {
    "--quiet",
    "--header-line",
    "--footer-line",
    "--print-media-type",
    "--no-print-media-type",
    "--disable-javascript",
    "--disable-smart-shrinking",
    "--enable-smart-shrinking",
    "--disable-local-file-access",
    "--enable-local-file-access",
}
_PAIRS = {"--cookie": 2}  # how many words follow, where it isn't one
_PARTS = {"Document", "Stylesheet", "Image", "Font", "Script"}  # no icons of tabs
_SIDES = ("top", "right", "bottom", "left")


class Refused(Exception):
    """What is wrong with the arguments, or with the browser."""


@dataclass
class Job:
    """What the command line asks for."""

    options: dict[str, str] = field(default_factory=dict)
    cookies: list[tuple[str, str]] = field(default_factory=list)
    files: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, words: list[str]) -> Job:
        """Read the arguments; the last file is the one to write."""
        job, waiting = cls(), list(words)
        while waiting:
            word = waiting.pop(0)
            word = _SHORT.get(word, word)
            if not word.startswith("--"):
                job.files.append(word)
            elif word in _FLAGS:
                job.options[word] = ""
            else:
                count = _PAIRS.get(word, 1)
                if len(waiting) < count:
                    raise Refused(f"{word} misses its value")
                values, waiting = waiting[:count], waiting[count:]
                if word == "--cookie":
                    job.cookies.append((values[0], values[1]))
                job.options[word] = values[0]
        if len(job.files) < 2:
            raise Refused("Name a document to read and a file to write")
        job._read_jar()
        return job

    def _read_jar(self) -> None:
        """Read the cookies that Odoo keeps in a file, each with its attributes."""
        jar = Path(self.options.get("--cookie-jar", ""))
        if jar.is_file():
            for line in jar.read_text(encoding="utf-8").splitlines():
                name, _is, value = line.split(";")[0].partition("=")
                if name.strip():
                    self.cookies.append((name.strip(), value.strip()))

    def length(self, option: str, default: float) -> float:
        """A length in millimetres; a number without a unit is one of them."""
        text = self.options.get(f"--{option}")
        if text is None:
            return default
        found = re.fullmatch(r"([0-9.]+)\s*(\w*)", text.strip())
        unit = found[2].lower() or "mm" if found else ""
        try:
            return float(found[1]) * _UNITS[unit]
        except (KeyError, TypeError, ValueError) as error:
            raise Refused(f"--{option} {text} is no length") from error

    @property
    def paper(self) -> tuple[float, float]:
        """Width and height of a page, in millimetres."""
        named = self.options.get("--page-size", "A4").lower()
        sizes = {name.lower(): size for name, size in _PAPERS.items()}
        if named not in sizes:
            raise Refused(f"There is no paper {named}")
        width = self.length("page-width", sizes[named][0])
        height = self.length("page-height", sizes[named][1])
        if self.options.get("--orientation", "").lower() == "landscape":
            width, height = height, width
        return width, height

    @property
    def margins(self) -> dict[str, float]:
        """{side: millimetres}"""
        return {side: self.length(f"margin-{side}", 10) for side in _SIDES}


class Browser:
    """A Chromium that is spoken to through two pipes."""

    def __init__(self, profile: str):
        program = next(filter(None, map(shutil.which, BROWSERS)), None)
        if program is None:
            raise Refused("There is no Chromium on the PATH: install it")
        ours_read, theirs_write = os.pipe()
        theirs_read, ours_write = os.pipe()
        # above 4, so that neither is in the way of those that Chromium expects
        theirs = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in
                  (theirs_read, theirs_write)]  # fmt: skip

        def place() -> None:
            # Odoo bounds its memory by addresses, of which Chromium reserves many
            _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
            resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
            for number, end in enumerate(theirs, start=3):
                os.dup2(end, number)

        self._log = Path(profile, "log")
        with open(self._log, "wb") as kept:
            self._child = subprocess.Popen(
                [
                    program,
                    "--headless",
                    "--remote-debugging-pipe",
                    # root has none, nor have most containers; the pages are Odoo's own
                    "--no-sandbox",
                    f"--user-data-dir={profile}/profile",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-dev-shm-usage",
                    "--disable-extensions",
                    "--disable-gpu",
                    "--font-render-hinting=none",
                    "--hide-scrollbars",
                    "--no-first-run",
                    "--password-store=basic",
                ],
                stdin=subprocess.DEVNULL,
                stdout=kept,
                stderr=kept,
                preexec_fn=place,
                pass_fds=(3, 4),
                env={**os.environ, "HOME": profile},
            )
        for end in (*theirs, theirs_read, theirs_write):
            os.close(end)
        self._in, self._out = os.fdopen(ours_read, "rb"), os.fdopen(ours_write, "wb")
        self._buffer = b""
        self._number = 0
        self._session: dict[str, str] = {}
        self._events: list[dict] = []
        self.errors: list[str] = []
        self._pages: dict[str, str] = {}
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        attached = self.ask("Target.attachToTarget", targetId=target, flatten=True)
        self._session = {"sessionId": attached["sessionId"]}
        for domain in ("Page", "Network"):
            self.ask(f"{domain}.enable")
        self.ask("Fetch.enable", patterns=[{"resourceType": "Document"}])

    def _send(self, method: str, arguments: dict) -> int:
        self._number += 1
        message = {"id": self._number, "method": method, "params": arguments}
        self._out.write(json.dumps({**message, **self._session}).encode() + b"\0")
        self._out.flush()
        return self._number

    def _receive(self) -> dict:
        while b"\0" not in self._buffer:
            piece = self._in.read1(1 << 20)
            if not piece:
                said = self._log.read_text(errors="replace").strip()
                raise Refused(f"Chromium ended: {said[-500:]}")
            self._buffer += piece
        text, _end, self._buffer = self._buffer.partition(b"\0")
        return json.loads(text)

    def _note(self, event: dict) -> None:
        """Serve our own pages, and remember what happened."""
        name, values = event.get("method"), event.get("params", {})
        if name == "Fetch.requestPaused":
            page = self._pages.get(values["request"]["url"])
            answer = {"requestId": values["requestId"]}
            if page is None:
                self._send("Fetch.continueRequest", answer)
            else:
                answer["responseCode"] = 200
                answer["responseHeaders"] = [
                    {"name": "Content-Type", "value": "text/html; charset=utf-8"}
                ]
                answer["body"] = base64.b64encode(page.encode()).decode()
                self._send("Fetch.fulfillRequest", answer)
        elif name == "Network.loadingFailed" and values.get("type") in _PARTS:
            self.errors.append(values.get("errorText", "unknown"))
        elif name == "Inspector.targetCrashed":
            raise Refused("Chromium's page crashed")
        self._events.append(event)

    def ask(self, method: str, **arguments) -> dict:
        """Send a command and return its answer."""
        number = self._send(method, arguments)
        while True:
            message = self._receive()
            if message.get("id") == number:
                if "error" in message:
                    raise Refused(f"{method}: {message['error'].get('message')}")
                return message["result"]
            self._note(message)

    def _wait_for(self, name: str) -> None:
        while not any(event.get("method") == name for event in self._events):
            self._note(self._receive())

    def show(self, address: str, page: str | None = None) -> None:
        """Load an address, or a page of ours under it, with its styles and fonts."""
        if page is not None:
            self._pages = {address: page}
        self._events.clear()
        answer = self.ask("Page.navigate", url=address)
        if answer.get("errorText"):
            raise Refused(f"{address}: {answer['errorText']}")
        self._wait_for("Page.loadEventFired")
        self.run("document.fonts.ready.then(() => true)")

    def run(self, script: str):
        """The value of a script in the page, waited for."""
        answer = self.ask(
            "Runtime.evaluate",
            expression=script,
            awaitPromise=True,
            returnByValue=True,
        )
        return answer["result"].get("value")

    def end(self) -> None:
        """End Chromium, gently if it listens."""
        with contextlib.suppress(Refused, OSError, ValueError):
            self._session = {}
            self.ask("Browser.close")
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._child.wait(5)
        self._child.kill()
        self._child.wait()
        for stream in (self._in, self._out):
            with contextlib.suppress(OSError):
                stream.close()


@contextlib.contextmanager
def browser(job: Job):
    """A Chromium that is set up for the job, and ended with it."""
    with tempfile.TemporaryDirectory(
        prefix="print-pages-", ignore_cleanup_errors=True
    ) as profile:
        chromium = Browser(profile)
        try:
            media = "print" if "--print-media-type" in job.options else "screen"
            chromium.ask("Emulation.setEmulatedMedia", media=media)
            if "--disable-javascript" in job.options:
                chromium.ask("Emulation.setScriptExecutionDisabled", value=True)
            yield chromium
        finally:
            chromium.end()


class Document:
    """A file that is loaded as if its `<base>` had served it.

    So it may load that server's styles and fonts, with the cookies given for it.
    """

    def __init__(self, file: str):
        self.file = file
        self.text: str | None = None
        self._origin = file
        if urlsplit(file).scheme in ("http", "https"):
            return
        try:
            self.text = Path(file).read_text(encoding="utf-8", errors="replace")
        except OSError as error:
            raise Refused(f"{file} can't be read: {error.strerror}") from error
        found = re.search(r"<base\s[^>]*?href=[\"']([^\"']+)", self.text, re.IGNORECASE)
        base = html.unescape(found[1]) if found else ""
        served = urlsplit(base).scheme in ("http", "https")
        self._origin = base if served else "http://document.invalid/"

    def show(self, chromium: Browser, job: Job, **variables) -> None:
        """Load it with variables in its address."""
        for name, value in job.cookies:
            chromium.ask("Network.setCookie", name=name, value=value, url=self._origin)
        address = self._origin
        if self.text is not None:
            query = urlencode(variables, quote_via=quote)
            address = urljoin(address, f"/__printed__.html?{query}")
        chromium.show(address, self.text)


def _print(chromium: Browser, job: Job, **margins: float):
    """The PDF of the page that is shown, with margins in millimetres."""
    from pypdf import PdfReader

    width, height = job.paper
    plain = "--disable-smart-shrinking" in job.options
    printed = chromium.ask(
        "Page.printToPDF",
        printBackground=True,
        paperWidth=width / _MM,
        paperHeight=height / _MM,
        scale=1 if plain else _SHRINKING,
        **{f"margin{side.title()}": margins[side] / _MM for side in _SIDES},
    )
    return PdfReader(BytesIO(base64.b64decode(printed["data"])))


_SEE_THROUGH = """(() => {
    const style = document.createElement("style");
    style.textContent = "html, body { background: transparent !important; }";
    document.head.append(style);
})()"""
_LINE = "document.body.style.%s = '1px solid black'"


def _strips(job: Job, height: float) -> list[tuple[str, Document, float, str]]:
    """Header and footer: (option, document, where it begins, script for its line)."""
    margins, found = job.margins, []
    for option, side in (("header", "borderBottom"), ("footer", "borderTop")):
        file = job.options.get(f"--{option}-html")
        if not file:
            continue
        if option == "header":
            start = margins["top"] - job.length("header-spacing", margins["top"])
        else:
            spacing = job.length("footer-spacing", 0)
            start = height - margins["bottom"] + spacing
        line = _LINE % side if f"--{option}-line" in job.options else ""
        found.append((option, Document(file), max(start, 0.0), line))
    return found


def _stamp(chromium: Browser, job: Job, pages, body: str, total: int, strips) -> None:
    """Put header and footer on the pages of one body.

    :param pages: (number, page) of each, the first page's number being 1
    """
    for number, page in pages:
        for _option, document, start, line in strips:
            document.show(
                chromium,
                job,
                page=number,
                frompage=1,
                topage=total,
                sitepage=number,
                sitepages=total,
                webpage=body,
                section="",
                subsection="",
                subsubsection="",
            )
            chromium.run(_SEE_THROUGH)
            if line:
                chromium.run(line)
            around = {**job.margins, "top": start, "bottom": 0}
            page.merge_page(_print(chromium, job, **around).pages[0])


def _mark_starts(writer, starts: list[int]) -> None:
    """Add a bookmark at each document's first page, as wkhtmltopdf does for headings.

    Odoo reads them to split the file into one for each record.
    """
    from pypdf.generic import (
        ArrayObject,
        DictionaryObject,
        NameObject,
        NullObject,
        NumberObject,
        TextStringObject,
    )

    places, entries = DictionaryObject(), []
    parent = writer._add_object(DictionaryObject())
    for start in starts:
        name = NameObject(f"/document{len(entries)}")
        # a number for the page, as wkhtmltopdf writes it and Odoo reads it
        where = [NumberObject(start), NameObject("/XYZ"), *[NullObject()] * 3]
        places[name] = ArrayObject(where)
        entry = {
            NameObject("/Title"): TextStringObject(f"{len(entries) + 1}"),
            NameObject("/Dest"): name,
            NameObject("/Parent"): parent,
        }
        entries.append(writer._add_object(DictionaryObject(entry)))
    for before, after in itertools.pairwise(entries):
        before.get_object()[NameObject("/Next")] = after
        after.get_object()[NameObject("/Prev")] = before
    outline = parent.get_object()
    outline[NameObject("/First")], outline[NameObject("/Last")] = (
        entries[0],
        entries[-1],
    )
    outline[NameObject("/Count")] = NumberObject(len(entries))
    writer.root_object[NameObject("/Outlines")] = parent
    writer.root_object[NameObject("/Dests")] = places


def print_pdf(job: Job) -> list[str]:
    """Print all documents into one file; what could not be loaded."""
    from pypdf import PdfWriter

    *bodies, target = job.files
    strips = _strips(job, job.paper[1])
    writer, starts = PdfWriter(), []
    with browser(job) as chromium:
        for body in bodies:
            Document(body).show(chromium, job)
            starts.append(len(writer.pages))
            for page in _print(chromium, job, **job.margins).pages:
                writer.add_page(page)
        total = len(writer.pages)
        ends = [*starts[1:], total]
        for body, start, end in zip(bodies, starts, ends, strict=True):
            pages = [(at + 1, writer.pages[at]) for at in range(start, end)]
            _stamp(chromium, job, pages, body, total, strips)
        errors = chromium.errors
    if len(bodies) > 1:
        _mark_starts(writer, starts)
    writer.compress_identical_objects()
    writer.write(target)
    return errors


def print_image(job: Job) -> list[str]:
    """Take a picture of one document; what could not be loaded."""
    source, target = job.files[-2:]
    width = int(job.options.get("--width", 1024))
    height = int(job.options.get("--height", 0))
    kind = job.options.get("--format", Path(target).suffix.lstrip(".") or "jpg")
    with browser(job) as chromium:
        screen = {"width": width, "height": height or 768}
        chromium.ask(
            "Emulation.setDeviceMetricsOverride",
            **screen,
            deviceScaleFactor=1,
            mobile=False,
        )
        Document(source).show(chromium, job)
        taken = chromium.ask(
            "Page.captureScreenshot",
            format={"jpg": "jpeg"}.get(kind, kind),
            captureBeyondViewport=not height,
        )
        errors = chromium.errors
    Path(target).write_bytes(base64.b64decode(taken["data"]))
    return errors


def main(name: str, words: list[str]) -> int:
    """Do what `wkhtmltopdf` or `wkhtmltoimage` would; the exit status."""
    if "--version" in words or "-V" in words:
        print(f"{name} {VERSION}")
        return 0
    try:
        errors = (print_image if name == "wkhtmltoimage" else print_pdf)(
            Job.read(words)
        )
    except (Refused, OSError) as error:
        print(f"{name}: {error}", file=sys.stderr)
        return FAILED
    if errors:
        found = ", ".join(sorted(set(errors)))
        print(f"Exit with code 1 due to network error: {found}", file=sys.stderr)
        return NETWORK_ERROR
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
