"""The Python environment: what Odoo, the tests and the checks import, pinned."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from . import apt, process
from .cache import REPOSITORY, folder, lock, part
from .console import DevError, console

LOCK_FILE = REPOSITORY / "requirements.lock"
_OLDEST, _NEWEST = (3, 10), (3, 13)
_NAMES = ("python3", "python3.12", "python3.11", "python3.13", "python3.10")
_FACTS = "import sys; print(sys.version_info[0], sys.version_info[1])"


def _version(program: str) -> tuple[int, int] | None:
    try:
        major, minor = process.answer([program, "-c", _FACTS]).split()
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return int(major), int(minor)


def _interpreter() -> tuple[str, tuple[int, int]] | None:
    """An interpreter that Odoo 19 runs on, and its version."""
    for name in (sys.executable, *_NAMES):
        program = shutil.which(name) if name else None
        version = _version(program) if program else None
        if version and _OLDEST <= version <= _NEWEST:
            return program, version
    return None


def _ways(program: str, target: Path) -> list[list]:
    """Commands that make a virtual environment, the plainest first."""
    ways: list[list] = [[program, "-m", "venv", target]]
    if shutil.which("virtualenv"):
        ways.append(["virtualenv", "--python", program, target])
    if shutil.which("uv"):
        ways.append(["uv", "venv", "--seed", "--python", program, target])
    return ways


def _create(program: str, version: str, target: Path) -> None:
    """Make the environment by whatever way this machine offers.

    :raise DevError: it offers none
    """
    for attempt in ("as it is", "with the package"):
        for command in _ways(program, target):
            shutil.rmtree(target, ignore_errors=True)
            try:
                process.run(command)
                return
            except process.CommandFailed:
                continue  # Debian splits venv off: the next way may be there
        if attempt == "as it is" and apt.may_install():
            apt.install(f"python{version}-venv")
        else:
            break
    raise DevError(
        f"{program} can't make a virtual environment: install python{version}-venv, on"
        f" Debian with `apt-get install python{version}-venv`."
    )


def _install(target: Path) -> None:
    """Install what the lock file pins, with the machine's own settings of pip."""
    wanted = sum(
        1 for line in LOCK_FILE.read_text().splitlines() if "==" in line.split("#")[0]
    )
    log = part("logs", "pip.log")
    with console.step(f"Installing {wanted} Python packages") as step:
        seen = 0

        def follow(line: str) -> None:
            nonlocal seen
            seen += line.startswith("Collecting ")
            last = line.startswith("Installing collected")
            step.progress("unpacking" if last else f"{seen} looked at")

        command = [target / "bin/python", "-m", "pip", "install", "--no-input"]
        try:
            process.run([*command, "--requirement", LOCK_FILE], log=log, on_line=follow)
        except process.CommandFailed as error:
            raise DevError(
                "The Python packages can't be installed (is the package index in reach,"
                f" and set in pip's own settings?): see {log} and start again."
            ) from error


def existing() -> Path | None:
    """The Python of an environment that is there already, of whatever lock file."""
    found = sorted((folder() / "python").glob("*/whole"))
    return found[-1].parent / "bin/python" if found else None


def ensure() -> Path:
    """The Python of a whole environment for the lock file of this clone."""
    found = _interpreter()
    if not found and not shutil.which("uv"):
        raise DevError(
            "Odoo 19 needs Python 3.10 to 3.13 and none is on the PATH: install one, on"
            " Debian with `apt-get install python3`."
        )
    program, numbers = found or ("3.12", (3, 12))
    version = f"{numbers[0]}.{numbers[1]}"
    pinned = hashlib.sha256(LOCK_FILE.read_bytes()).hexdigest()[:12]
    target = part("python", f"{version}-{pinned}")
    python, whole = target / "bin/python", target / "whole"
    if whole.exists() and os.access(python, os.X_OK):
        return python
    with lock("python"):
        if not whole.exists() or not os.access(python, os.X_OK):
            with console.step(f"Making a Python {version} environment"):
                _create(program, version, target)
            _install(target)
            whole.touch()
    return python
