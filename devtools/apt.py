"""Debian's apt: packages installed as root, or fetched into a private folder."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import threading
from pathlib import Path
from urllib.parse import urlsplit

from . import process
from .cache import part
from .console import DevError, console

UNSTABLE = "sid"
_KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
_ONE_LINE = re.compile(r"^deb\s+(?:\[(?P<options>[^]]*)\]\s+)?(?P<rest>\S.*)$")
_ARCHIVE = re.compile(r"(^|/)debian(?P<security>-security)?/?$")
_NEEDED = re.compile(
    r"^Inst (?P<name>\S+) (?:\[\S+\] )?\((?P<version>\S+) ", re.MULTILINE
)
_installing = threading.Lock()


def available() -> bool:
    """Whether apt and dpkg are here."""
    return bool(shutil.which("apt-get") and shutil.which("dpkg"))


def may_install() -> bool:
    """Whether packages can be installed for the whole machine."""
    return available() and os.geteuid() == 0


def install(*packages: str) -> None:
    """Install packages as root; the lists are refreshed if apt knows too little.

    :raise DevError: apt could not install them
    """
    names = " ".join(packages)
    log = part("logs", f"apt-{packages[0]}.log")
    command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    waiting = ["-o", "DPkg::Lock::Timeout=120"]
    with _installing, console.step(f"Installing {names} with apt") as step:
        options = {"env": environment, "on_line": lambda _line: step.progress()}
        try:
            process.run(command + waiting, log=log, **options)
        except process.CommandFailed:
            try:
                process.run(["apt-get", "update", *waiting], log=log, **options)
                process.run(command + waiting, log=log, **options)
            except process.CommandFailed as error:
                raise DevError(
                    f"apt could not install {names}: install it by hand"
                    f" (what apt said is in {log})."
                ) from error


class Source:
    """One archive that the machine's apt takes packages from."""

    def __init__(self, uri: str, suite: str, components: list[str], signed_by: str):
        self.uri = uri
        self.suite = suite
        self.components = components
        self.signed_by = signed_by

    @property
    def is_debian(self) -> bool:
        """Whether it has the shape of Debian's main archive, or of security's."""
        path = urlsplit(self.uri).path or self.uri
        return "main" in self.components and bool(_ARCHIVE.search(path))

    @property
    def is_main_archive(self) -> bool:
        """Whether it has the shape of Debian's main archive, not of security's."""
        path = urlsplit(self.uri).path or self.uri
        return self.is_debian and not _ARCHIVE.search(path)["security"]

    def of_suite(self, suite: str) -> Source:
        """The main part of the same archive in another suite."""
        return Source(self.uri, suite, ["main"], self.signed_by)

    def stanza(self) -> str:
        """Its main part as apt reads it."""
        text = f"Types: deb\nURIs: {self.uri}\nSuites: {self.suite}\nComponents: main\n"
        signed = self.signed_by or (_KEYRING if os.path.exists(_KEYRING) else "")
        if signed:
            indented = "\n ".join(signed.splitlines())
            text += f"Signed-By: {indented}\n"
        return text


def _one_line_sources(text: str) -> list[Source]:
    found = []
    for line in text.splitlines():
        match = _ONE_LINE.match(line.split("#")[0].strip())
        if not match:
            continue
        words = match["rest"].split()
        signed = re.search(r"signed-by=(\S+)", match["options"] or "")
        if len(words) > 2:
            found.append(
                Source(words[0], words[1], words[2:], signed[1] if signed else "")
            )
    return found


def _stanza_sources(text: str) -> list[Source]:
    found = []
    for stanza in re.split(r"\n[ \t]*\n", text):
        fields: dict[str, str] = {}
        name = ""
        for line in stanza.splitlines():
            if line.startswith("#"):
                continue
            if line[:1].isspace():
                fields[name] = f"{fields.get(name, '')}\n{line.strip()}"
            elif ":" in line:
                name, value = line.split(":", 1)
                name = name.strip().lower()
                fields[name] = value.strip()
        if "deb" not in fields.get("types", "").split():
            continue
        if fields.get("enabled", "yes").lower() == "no":
            continue
        signed = fields.get("signed-by", "")
        components = fields.get("components", "").split()
        for uri in fields.get("uris", "").split():
            for suite in fields.get("suites", "").split():
                found.append(Source(uri, suite, components, signed))
    return found


def _configured_files() -> list[Path]:
    """The files that this machine's apt reads its archives from."""
    lines = process.answer(
        ["apt-config", "shell", "LIST", "Dir::Etc::sourcelist/f", "PARTS"]
        + ["Dir::Etc::sourceparts/d"]
    )
    found = dict(re.findall(r"^(\w+)='(.*)'$", lines, re.MULTILINE))
    files = [Path(found.get("LIST", "/etc/apt/sources.list"))]
    folder = Path(found.get("PARTS", "/etc/apt/sources.list.d"))
    if folder.is_dir():
        files += sorted(folder.glob("*.list")) + sorted(folder.glob("*.sources"))
    return [path for path in files if path.is_file() and os.access(path, os.R_OK)]


def debian_archives() -> list[Source]:
    """Debian's archives, in the suites that this machine uses."""
    sources = []
    for path in _configured_files():
        text = path.read_text(encoding="utf-8", errors="replace")
        read = _stanza_sources if path.suffix == ".sources" else _one_line_sources
        sources += read(text)
    return [source for source in sources if source.is_debian]


def main_archive() -> Source:
    """The Debian archive that this machine uses.

    :raise DevError: it uses none
    """
    for source in debian_archives():
        if source.is_main_archive:
            return source
    raise DevError(
        "No Debian archive is in this machine's apt configuration to fetch Odoo from:"
        " set ODOO_HOME to a checkout or an installation of Odoo 19.0."
    )


class PrivateApt:
    """apt with lists and archives of its own; needs no root.

    :param sources: where packages come from, Debian unstable if not given
    """

    def __init__(self, folder: Path, sources: list[Source] | None = None):
        sources = sources or [main_archive().of_suite(UNSTABLE)]
        for name in ("lists/partial", "cache/archives/partial", "parts"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        text = "\n".join(source.stanza() for source in sources)
        (folder / "private.sources").write_text(text, encoding="utf-8")
        settings = {
            "Dir::State::Lists": folder / "lists",
            "Dir::Cache": folder / "cache",
            "Dir::Etc::sourcelist": folder / "private.sources",
            "Dir::Etc::sourceparts": folder / "parts",
            "Dir::Etc::preferences": "/dev/null",
            "Dir::Etc::preferencesparts": folder / "parts",
            "APT::Sandbox::User": "",
            "Acquire::Languages": "none",
            "Acquire::Retries": 3,
            "APT::Get::List-Cleanup": "false",
        }
        self._options = [
            word
            for name, value in settings.items()
            for word in ("-o", f"{name}={value}")
        ]
        self._folder = folder

    def update(self, step) -> None:
        """Fetch the sources' package lists."""
        command = ["apt-get", *self._options, "update", "--error-on=any"]
        process.run(
            command,
            log=part("logs", "apt-lists.log"),
            on_line=lambda _l: step.progress(),
        )

    def version(self, package: str) -> str:
        """The newest version of a package in the suite."""
        shown = process.answer(
            ["apt-cache", *self._options, "show", "--no-all-versions", package]
        )
        found = re.search(r"^Version: (\S+)$", shown, re.MULTILINE)
        if not found:
            raise DevError(
                f"The Debian archive has no {package} any more: set ODOO_HOME to a"
                " checkout or an installation of Odoo 19.0."
            )
        return found[1]

    def has(self, package: str) -> bool:
        """Whether the sources have a package."""
        try:
            self.version(package)
        except (DevError, OSError, subprocess.SubprocessError):
            return False
        return True

    def needed(self, package: str) -> list[str]:
        """A package and what it needs that the machine lacks, as name=version.

        Empty if the sources don't have it, or not all that it needs.
        """
        command = ["apt-get", *self._options, "--simulate", "install"]
        command += ["--no-install-recommends", "-o", "Debug::NoLocking=1", package]
        try:
            shown = process.answer(command)
        except (OSError, subprocess.SubprocessError):
            return []
        return [f"{each['name']}={each['version']}" for each in _NEEDED.finditer(shown)]

    def download(self, packages: list[str], into: Path, step) -> list[Path]:
        """Fetch packages, checked by apt, and return their files."""
        into.mkdir(parents=True, exist_ok=True)
        reading, writing = os.pipe()
        watcher = threading.Thread(target=_watch, args=(reading, step), daemon=True)
        watcher.start()
        try:
            process.run(
                ["apt-get", *self._options, "-o", f"APT::Status-Fd={writing}"]
                + ["download", *packages],
                log=part("logs", "apt-download.log"),
                cwd=into,
                pass_fds=[writing],
            )
        finally:
            os.close(writing)
            watcher.join(5)
        return sorted(into.glob("*.deb"))


def _watch(descriptor: int, step) -> None:
    """Turn apt's status lines (dlstatus:number:percent:text) into progress."""
    with os.fdopen(descriptor, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            fields = line.split(":", 3)
            if fields[0] == "dlstatus" and len(fields) > 3:
                step.progress(fields[3].strip(), float(fields[2]))


def unpack(archives: list[Path], into: Path, step) -> None:
    """Unpack package files into a folder without installing them."""
    for archive in archives:
        step.progress(archive.name.split("_")[0])
        try:
            process.run(["dpkg", "-x", archive, into])
        except process.CommandFailed as error:
            raise DevError(
                f"{archive.name} can't be unpacked (is the disk full?): free some"
                " space and start again."
            ) from error


def explain_missing(package: str, what: str) -> DevError:
    """The sentence for something that only a person can install here."""
    return DevError(f"{what}: install it, on Debian with `apt-get install {package}`.")
