"""The private folder: its parts, their locks, and parts that are whole or absent."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import time
from pathlib import Path

from .console import DevError, console
from .process import stopping

REPOSITORY = Path(__file__).resolve().parent.parent
ADDON = "multicurrency_crm"
_MARK = "made-by-multicurrency-crm-dev"


def _place() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base).absolute() / ADDON


def is_made() -> bool:
    """Whether the folder is there and ours."""
    return (_place() / _MARK).exists()


def folder() -> Path:
    """`${XDG_CACHE_HOME:-~/.cache}/multicurrency_crm`, made at its first use.

    :raise DevError: it can't be made, or is somebody else's
    """
    path = _place()
    if not is_made():
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            if any(entry.name != _MARK for entry in path.iterdir()):
                raise DevError(
                    f"{path} was not made by ./dev: move it away, or set XDG_CACHE_HOME"
                    " to another folder."
                )
            (path / _MARK).touch()
        except OSError as error:
            raise DevError(
                f"The cache folder {path} can't be written ({error.strerror}): set"
                " XDG_CACHE_HOME to a folder that you may write."
            ) from error
    return path


def part(*names: str) -> Path:
    """A path inside the folder whose parent exists."""
    path = folder().joinpath(*names)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def key(*facts) -> str:
    """Twelve characters that change when one of the facts changes."""
    text = json.dumps(facts, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _flock(handle, mode: int) -> bool:
    try:
        fcntl.flock(handle, mode | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextlib.contextmanager
def lock(name: str, shared: bool = False):
    """Hold a lock among all running `./dev`; the kernel frees it if we are killed."""
    with open(part("locks", name), "a+b") as handle:
        told = False
        while not _flock(handle, fcntl.LOCK_SH if shared else fcntl.LOCK_EX):
            if stopping.is_set():
                raise KeyboardInterrupt
            if not told:
                console.say(f"Waiting for another ./dev that prepares: {name}")
                told = True
            time.sleep(0.2)
        yield handle


def try_lock(name: str, shared: bool = False):
    """The open file that holds the lock, or None if another process has it."""
    handle = open(part("locks", name), "a+b")  # noqa: SIM115 - closing it releases it
    if _flock(handle, fcntl.LOCK_SH if shared else fcntl.LOCK_EX):
        return handle
    handle.close()
    return None


@contextlib.contextmanager
def building(target: Path):
    """A fresh folder that becomes `target` only if the block ends well."""
    partial = target.with_name(target.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    yield partial
    partial.rename(target)


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner reads, whole or not at all."""
    partial = path.with_name(path.name + ".partial")
    with contextlib.suppress(FileNotFoundError):
        partial.unlink()
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        handle.write(text)
    partial.rename(path)


def addon_checksum() -> str:
    """Changes with any file of the addon that Odoo reads at installation or update."""
    digest = hashlib.sha256()
    root = REPOSITORY / ADDON
    for path in sorted(root.rglob("*")):
        inside = path.relative_to(root)
        if "__pycache__" in inside.parts or inside.parts[0] == "tests":
            continue
        if path.is_file():
            digest.update(str(inside).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def remove() -> None:
    """Delete the folder, which must be ours."""
    path = folder()
    trash = path.with_name(f"{path.name}.removed-{os.getpid()}")
    path.rename(trash)
    shutil.rmtree(trash)
