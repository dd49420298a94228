"""Odoo's code: one that is on this machine, else Debian's package unpacked."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import apt, process
from .cache import building, folder, key, lock, part
from .console import DevError, console

SERIES = "19.0"
_PACKAGE = "odoo-19"
_STATIC_PACKAGES = [
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    "fonts-font-awesome",
    "fonts-roboto-unhinted",
    "fonts-montserrat",
    "fonts-inconsolata",
    "fonts-ocr-b",
    "fonts-glyphicons-halflings",
]
# Left out of Debian's package; pages that miss it log an error, at which tours end.
_LEFT_OUT = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"
_UNPACKED = Path("usr/lib/python3/dist-packages")


@dataclass(frozen=True)
class Odoo:
    """Where Odoo's code is.

    `python_path` holds the package `odoo` and nothing that shadows other packages;
    `version` changes when the code does.
    """

    python_path: Path
    addons: tuple[Path, ...]
    version: str
    origin: str

    def addons_path(self, *more: Path) -> str:
        """The value of Odoo's `addons_path`, with more folders after Odoo's own."""
        return ",".join(str(path) for path in (*self.addons, *more))


def _series(package: Path) -> str | None:
    """The series of the Odoo whose package folder this is, e.g. "19.0"."""
    try:
        text = (package / "release.py").read_text(encoding="utf-8")
    except OSError:
        return None
    found = re.search(r"^version_info = \((\d+), (\d+),", text, re.MULTILINE)
    return f"{found[1]}.{found[2]}" if found else "of an unknown version"


def _fingerprint(package: Path) -> str:
    """Changes when the code of an Odoo that isn't ours changes."""
    try:
        commit = process.answer(["git", "-C", package, "rev-parse", "HEAD"])
    except (OSError, subprocess.SubprocessError):
        commit = ""
    release = package / "release.py"
    return key(str(package), commit, release.stat().st_mtime_ns)


def _existing(package: Path, origin: str) -> Odoo:
    """Use an Odoo on this machine through a folder that holds a link to it alone.

    A `dist-packages` folder put on the Python path as it is would shadow the versions
    of our own environment.
    """
    package = package.resolve()
    version = f"{SERIES}-{_fingerprint(package)}"
    link = part("odoo-links", version, "odoo")
    with lock("odoo"):
        if not link.is_symlink():
            link.symlink_to(package)
    addons = [link / "addons"]
    if (package.parent / "addons" / "web").is_dir():
        addons.append(package.parent / "addons")
    return Odoo(link.parent, tuple(addons), version, origin)


def _from_home() -> Odoo | None:
    home = os.environ.get("ODOO_HOME")
    if not home:
        return None
    root = Path(home).expanduser()
    for package in (root / "odoo", root / _UNPACKED / "odoo", root):
        series = _series(package)
        if series == SERIES:
            return _existing(package, f"ODOO_HOME ({home})")
        if series:
            raise DevError(
                f"ODOO_HOME ({home}) holds Odoo {series}: set it to Odoo {SERIES}, or"
                " unset it to have one fetched."
            )
    raise DevError(
        f"ODOO_HOME ({home}) holds no Odoo: set it to the folder of a checkout, with"
        " odoo-bin in it, or unset it to have one fetched."
    )


def _package_of(program: Path) -> Path | None:
    """The package folder of the Odoo that a program on the PATH starts."""
    program = program.resolve()
    if (program.parent / "odoo" / "release.py").exists():
        return program.parent / "odoo"
    with open(program, "rb") as handle:
        first = handle.readline().decode(errors="replace").strip()
    interpreter = first[2:].split() if first.startswith("#!") else []
    if not interpreter or "python" not in " ".join(interpreter):
        return None
    code = (
        "import importlib.util as u; s = u.find_spec('odoo');"
        "print(next((p for p in s.submodule_search_locations), '') if s else '')"
    )
    try:
        found = process.answer([*interpreter, "-c", code], cwd="/")
    except (OSError, subprocess.SubprocessError):
        return None
    return Path(found) if found else None


def _from_path() -> Odoo | None:
    for name in ("odoo", "odoo-bin"):
        program = shutil.which(name)
        package = _package_of(Path(program)) if program else None
        series = _series(package) if package else None
        if series == SERIES:
            return _existing(package, program)
        if series:
            console.say(f"{program} is Odoo {series}, not {SERIES}: left aside")
    return None


def _unpacked() -> Path | None:
    """The newest of Odoo's packages that are whole in the cache."""
    whole = [
        path
        for path in (folder() / "odoo").glob("*")
        if path.suffix != ".partial" and (path / _UNPACKED / "odoo").is_dir()
    ]
    return max(whole, key=lambda path: path.stat().st_mtime, default=None)


def _fetch() -> Path:
    """Fetch Odoo and the static files that its pages link to, and unpack them."""
    scratch = part("apt", "sid")
    private = apt.PrivateApt(scratch)
    try:
        with console.step("Reading Debian unstable's package list") as step:
            private.update(step)
        version = private.version(_PACKAGE)
        with console.step(f"Downloading Odoo {version} (130 MB)") as step:
            shutil.rmtree(scratch / "deb", ignore_errors=True)
            archives = private.download(
                [_PACKAGE, *_STATIC_PACKAGES], scratch / "deb", step
            )
    except process.CommandFailed as error:
        raise DevError(
            "Odoo can't be fetched from the Debian archive (is there a network?): start"
            f" again, or set ODOO_HOME to Odoo {SERIES}; apt said: {error.tail[-1:]}"
        ) from error
    with console.step("Unpacking Odoo") as step:
        with building(part("odoo", version)) as target:
            apt.unpack(archives, target, step)
            missing = target / _UNPACKED / "odoo/addons" / _LEFT_OUT
            missing.parent.mkdir(parents=True, exist_ok=True)
            missing.touch()
    shutil.rmtree(scratch, ignore_errors=True)
    return part("odoo", version)


def _from_debian() -> Odoo:
    root = _unpacked()
    if root is None:
        if not apt.available():
            raise DevError(
                f"There is no Odoo {SERIES} here, and no apt to fetch it with: set"
                " ODOO_HOME to a checkout."
            )
        with lock("odoo"):
            root = _unpacked() or _fetch()
    packages = root / _UNPACKED
    return Odoo(packages, (packages / "odoo/addons",), root.name, f"Debian {root.name}")


def find() -> Odoo:
    """The Odoo to use: ODOO_HOME, one on the PATH, else Debian's.

    :raise DevError: none is here and none can be fetched
    """
    odoo = _from_home() or _from_path() or _from_debian()
    console.say(f"Odoo {SERIES}: {odoo.origin}")
    return odoo
