"""`./dev house --without ROOM FOLDER`: the checkout with a room torn down.

What is left must install and pass its tests: nothing before the room names it.
"""

from __future__ import annotations

import ast
import re
import shutil
from pathlib import Path

from .cache import ADDON, REPOSITORY
from .console import DevError

_LEFT_OUT = shutil.ignore_patterns(".git", "__pycache__", ".hypothesis", ".ruff_cache")


def copy_without(room: str, folder: Path) -> None:
    """Copy the checkout into a new folder, without a room and the rooms after it.

    :param room: name of a room in ``models``
    :param folder: is made
    :raises DevError: there is no such room, or the folder exists
    """
    rooms = _read_rooms(REPOSITORY / ADDON)
    if room not in rooms:
        raise DevError(f"{room} is no room; these are: {', '.join(rooms)}")
    if folder.exists():
        raise DevError(f"{folder} is there already: name a new folder.")
    shutil.copytree(REPOSITORY, folder, ignore=_LEFT_OUT)
    # what a company decides once, over all rooms, stands behind the last one, and so
    # does what is asked of all of them, and of the demonstration and the pages
    for gone in [*rooms[rooms.index(room) :], "setup", "every_room", "house"]:
        tear_down(folder / ADDON, gone)


def tear_down(addon: Path, room: str) -> None:
    """Delete a room's folders, files and block in the manifest."""
    for package in ("models", "wizards", "controllers", "tests"):
        _drop_import(addon / package / "__init__.py", room)
    for path in sorted(addon.rglob(room)):
        if path.is_dir() and path.parts[len(addon.parts)] != "demo":
            shutil.rmtree(path)
    manifest = addon / "__manifest__.py"
    text = manifest.read_text(encoding="utf-8")
    manifest.write_text(drop_block(text, room), encoding="utf-8")


def drop_block(manifest: str, room: str) -> str:
    """Return a manifest without the lines between ``# room: …`` and the next
    comment of its list."""
    kept, drops = [], False
    for line in manifest.splitlines(keepends=True):
        if re.match(r"\s+# ", line):
            drops = bool(re.match(rf"\s+# room: {room}\b", line))
        elif line.strip() == "],":
            drops = False
        if not drops:
            kept.append(line)
    return "".join(kept)


def _read_rooms(addon: Path) -> list[str]:
    tree = ast.parse((addon / "models" / "__init__.py").read_text(encoding="utf-8"))
    return [alias.name for node in tree.body for alias in node.names]


def _drop_import(path: Path, room: str) -> None:
    """Take a package out of an ``__init__``; of one whose list ends up empty nothing
    is left."""
    text = path.read_text(encoding="utf-8")
    text = re.sub(rf"^from \.{room} import \*\n", "", text, flags=re.M)
    text = re.sub(rf"^(from \. import .*?),? ?\b{room}\b", r"\1", text, flags=re.M)
    text = re.sub(r"^from \. import ,", "from . import", text, flags=re.M)
    text = re.sub(r"^from \. import *\n?$", "", text, flags=re.M)
    path.write_text(text, encoding="utf-8")
