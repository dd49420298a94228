"""`./dev sources`: the tables of rate sources, from the adapters' declarations."""

from __future__ import annotations

from . import process, python_env
from .cache import ADDON, REPOSITORY

_SCRIPT = REPOSITORY / "devtools" / "inside" / "write_sources.py"


def sources(_arguments: list[str]) -> int:
    """Write both tables anew."""
    files = [
        REPOSITORY / "docs" / "SOURCES.md",
        REPOSITORY / ADDON / "README.rst",
    ]
    command = [python_env.ensure(), _SCRIPT, REPOSITORY / ADDON, *files]
    return process.foreground(command, cwd=REPOSITORY, env=process.environment())
