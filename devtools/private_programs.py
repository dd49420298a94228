"""Programs and fonts of this machine's Debian release, unpacked and not installed."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from . import apt, process
from .cache import building, folder, key, lock, part
from .console import DevError, console

_PATIENCE = 24 * 3600  # seconds until what could not be fetched is tried again
_WRAPPER = """\
#!/bin/sh
root=$(dirname "$(readlink -f "$0")")/../root
export LD_LIBRARY_PATH="{libraries}${{LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}}"
{settings}
exec "$root/{program}" "$@"
"""


@dataclass(frozen=True)
class Package:
    """A Debian package whose files are used where they are unpacked.

    `programs`: {name: place of it in the package}; `settings`: what their environment
    needs, as {name: value}, `$root` being the folder of all files.
    """

    name: str
    programs: tuple[tuple[str, str], ...] = ()
    settings: tuple[tuple[str, str], ...] = ()
    alone: bool = False  # without what it depends on

    @property
    def place(self) -> Path:
        """The folder with `root`, its files, and `bin`, its programs."""
        return folder() / "programs" / self.name

    @property
    def is_here(self) -> bool:
        """Whether it was fetched."""
        return self.place.is_dir()


def _tried(package: Package, sources: list[apt.Source]) -> Path:
    asked = key(*(source.stanza() for source in sources))
    return part("programs", f"{package.name}.{asked}.missing")


def _is_vain(package: Package, sources: list[apt.Source]) -> bool:
    """Whether it was sought and not found, in the same archives, a short while ago."""
    with contextlib.suppress(OSError):
        return time.time() - _tried(package, sources).stat().st_mtime < _PATIENCE
    return False


def fetch(*packages: Package) -> None:
    """Fetch those that aren't here, as far as the machine's Debian release has them."""
    sources = apt.debian_archives() if apt.available() else []
    if not sources:
        return
    with lock("programs"):
        lacking = [
            package
            for package in packages
            if not package.is_here and not _is_vain(package, sources)
        ]
        if lacking:
            _fetch(lacking, sources)


def _fetch(packages: list[Package], sources: list[apt.Source]) -> None:
    scratch = part("apt", "release")
    private = apt.PrivateApt(scratch, sources)
    names = ", ".join(package.name for package in packages)
    try:
        with console.step("Reading the Debian release's package lists") as step:
            private.update(step)
        with console.step(f"Fetching {names}") as step:
            for package in packages:
                if not _unpack(package, private, scratch / package.name, step):
                    console.say(f"This Debian release has no {package.name}")
                    _tried(package, sources).touch()
    except DevError as error:
        first = str(error).splitlines()[0]
        console.say(f"{names} can't be fetched, and is done without ({first})")
        for package in packages:
            if not package.is_here:
                _tried(package, sources).touch()
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _unpack(package: Package, private: apt.PrivateApt, scratch: Path, step) -> bool:
    """Have the package's folder; whether the release has the package.

    :raise DevError: it can't be downloaded or unpacked
    """
    if package.alone:
        wanted = [package.name] if private.has(package.name) else []
    else:
        wanted = private.needed(package.name)
    if not wanted:
        return False
    archives = private.download(wanted, scratch, step)
    with building(package.place) as partial:
        apt.unpack(archives, partial / "root", step)
        (partial / "bin").mkdir()
        for name, program in package.programs:
            _write_wrapper(partial, name, program, package.settings)
    return True


def _write_wrapper(place: Path, name: str, program: str, settings) -> None:
    """Write a program that finds the libraries beside it."""
    root = place / "root"
    folders = {path.parent.relative_to(root) for path in root.rglob("lib*.so.*")}
    text = _WRAPPER.format(
        libraries=":".join(f"$root/{path}" for path in sorted(folders)),
        settings="\n".join(f'export {key}="{value}"' for key, value in settings),
        program=program,
    )
    wrapper = place / "bin" / name
    wrapper.write_text(text, encoding="utf-8")
    os.chmod(wrapper, 0o755)


def works(program: Path, *arguments: str) -> bool:
    """Whether a program runs here, at least so far as to answer."""
    with contextlib.suppress(OSError, process.CommandFailed):
        process.run([program, *arguments])
        return True
    return False
