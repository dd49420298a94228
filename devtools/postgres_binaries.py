"""PostgreSQL's programs: those on this machine, else installed or fetched."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from . import apt, process
from .cache import REPOSITORY, building, key, lock, part
from .console import DevError, console

OLDEST = 13
WHEEL_LOCK = REPOSITORY / "requirements-postgres.lock"
_DEBIAN = Path("/usr/lib/postgresql")


@dataclass(frozen=True)
class Binaries:
    """A folder with `initdb`, `pg_ctl` and `postgres`, and its major version."""

    folder: Path
    major: int


def _at(folder: Path) -> Binaries | None:
    if not os.access(folder / "initdb", os.X_OK):
        return None
    try:
        shown = process.answer([folder / "postgres", "--version"])
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"\) (\d+)", shown)
    return Binaries(folder, int(found[1])) if found else None


def installed() -> Binaries | None:
    """The newest server programs on this machine that Odoo accepts."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    if _DEBIAN.is_dir():
        folders += _DEBIAN.glob("*/bin")
    known = [found for found in map(_at, folders) if found and found.major >= OLDEST]
    return max(known, key=lambda binaries: binaries.major, default=None)


def _clusters() -> set[tuple[str, str]]:
    """Debian's own clusters on this machine, as (version, name)."""
    try:
        lines = process.answer(["pg_lsclusters", "--no-header"]).splitlines()
    except (OSError, subprocess.SubprocessError):
        return set()
    return {(words[0], words[1]) for words in map(str.split, lines) if len(words) > 1}


def _install_for_the_machine() -> Binaries:
    """Install Debian's server, without the cluster that its package makes."""
    before = _clusters()
    apt.install("postgresql")
    for version, name in _clusters() - before:
        process.run(["pg_dropcluster", "--stop", version, name])
    found = installed()
    if found is None:
        raise DevError(
            f"Debian's PostgreSQL is older than {OLDEST}: install a newer one and start"
            " again."
        )
    return found


def _fetch_wheel(python: Path) -> Binaries:
    """Unpack the wheel that carries server programs; needs no root."""
    pinned = key(WHEEL_LOCK.read_text(), platform.machine(), sys.platform)
    target = part("postgresql-programs", pinned)
    with lock("postgresql"):
        if not target.is_dir():
            with console.step("Fetching PostgreSQL's programs") as step:
                with building(target) as partial:
                    process.run(
                        [python, "-m", "pip", "install", "--no-input", "--no-deps"]
                        + ["--target", partial, "--requirement", WHEEL_LOCK],
                        log=part("logs", "pip-postgresql.log"),
                        on_line=lambda _line: step.progress(),
                    )
    folders = sorted(target.glob("*/pginstall*/bin"))
    known = [found for found in map(_at, folders) if found and found.major >= OLDEST]
    if not known:
        raise DevError(
            "The fetched PostgreSQL does not run on this machine: install PostgreSQL,"
            " on Debian with `apt-get install postgresql`."
        )
    return known[0]


def find(python: Path) -> Binaries:
    """The server programs to use; fetched or installed if none are here.

    :param python: the environment's Python, whose pip fetches the wheel
    :raise DevError: none are here and none can be had
    """
    found = installed()
    if found is None and apt.may_install():
        found = _install_for_the_machine()
    if found is None:
        try:
            found = _fetch_wheel(python)
        except process.CommandFailed as error:
            raise DevError(
                "PostgreSQL is missing and can't be fetched: install it, on Debian with"
                " `apt-get install postgresql`."
            ) from error
    return found
