"""Databases that are measured in turns, each by a script in a shell of its own."""

from __future__ import annotations

import contextlib
import json
import os
import statistics
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from . import process
from .cache import REPOSITORY, part
from .console import DevError, console
from .odoo_run import Runner

_MARK = "BENCH "
#: the first turns fill Odoo's caches and aren't counted
_WARMING = 3


@dataclass
class Shell:
    """A shell of Odoo in which a script measures a turn whenever it is told to."""

    name: str
    child: object
    pipe: object
    log: object
    path: Path
    #: {what: [(seconds, queries)]}, one a turn
    taken: dict[str, list] = field(default_factory=dict)

    def read(self, end: str) -> list[dict]:
        """Read what it says until ``end``.

        :raise DevError: it ended before
        """
        rows = []
        for line in self.child.stdout:
            self.log.write(line)
            if line.startswith(_MARK):
                row = json.loads(line.removeprefix(_MARK))
                if row["what"] == end:
                    return rows
                rows.append(row)
        self.log.flush()
        tail = self.path.read_text(encoding="utf-8", errors="replace").splitlines()
        raise DevError(
            f"Measuring {self.name} failed in Odoo (whole log: {self.path}).\n"
            + "\n".join(tail[-25:])
        )

    def turn(self, *, counts: bool) -> None:
        """Have a turn measured, and keep it where it counts."""
        self.pipe.write("turn\n")
        self.pipe.flush()
        for row in self.read("over"):
            if counts:
                pair = (row["seconds"], row["queries"])
                self.taken.setdefault(row["what"], []).append(pair)

    def get_medians(self) -> dict[str, tuple[float, float]]:
        """Return (seconds, queries) of each step, the medians of all turns."""
        return {
            what: tuple(map(statistics.median, zip(*turns, strict=True)))
            for what, turns in self.taken.items()
        }


@contextlib.contextmanager
def opened(run: Runner, name: str, database: str, script: Path, **asked: str):
    """Open a shell that measures ``database``, ready for its first turn."""
    path = part("logs", f"{database}.{script.stem}.log")
    way = part("bench", f"{database}.go")
    way.parent.mkdir(parents=True, exist_ok=True)
    way.unlink(missing_ok=True)
    os.mkfifo(way, 0o600)
    configuration = run.configuration(database, max_cron_threads=0)
    with open(script, "rb") as program, open(path, "w", encoding="utf-8") as log:
        child = process.start(
            run.command(configuration, "shell", "--no-http"),
            stdin=program,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env={**run.environment(), "BENCH_GO": str(way), **asked},
            cwd=REPOSITORY,
        )
        try:
            shell = Shell(name, child, None, log, path)
            with console.step(f"Preparing {name}"):
                shell.read("ready")
            with open(way, "w", encoding="utf-8") as shell.pipe:
                yield shell
            for line in child.stdout:
                log.write(line)
            child.wait()
        finally:
            process.end(child)
            child.stdout.close()
            way.unlink(missing_ok=True)


def measure(shells: list[Shell], turns: int) -> None:
    """Have each shell measure a turn after the other, round by round."""
    names = ", ".join(shell.name for shell in shells)
    with console.step(f"Measuring {names} in turns") as step:
        for number in range(_WARMING + turns):
            step.progress(f"turn {number + 1} of {_WARMING + turns}")
            for shell in shells:
                shell.turn(counts=number >= _WARMING)
