"""`./dev load`: colleagues who work at once for some minutes, and whether it ties out.

On a server of several workers of its own, on a database of its own that is dropped at
the end; bounded in clients and minutes.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import json
import os
import random
import re
import signal
import statistics
import subprocess
import threading
import time
from pathlib import Path

from . import server, setup
from .bench import installed
from .cache import ADDON, part
from .console import DevError, console
from .load_clients import Client
from .odoo_run import Runner, complaints
from .postgres import free_port

_INSIDE = Path(__file__).parent / "inside"
_MARK = "LOAD "
_MOST_CLIENTS, _MOST_MINUTES = 16, 10
#: a worker or a connection is killed after so many seconds, in turns
_KILL_EVERY = 8.0
#: what Odoo itself says of colleagues who collide: it tries again
_COLLISIONS = ("could not serialize", "deadlock detected", "could not obtain lock")
#: what is said of a killed worker or connection
_KILLED = (
    *("terminating connection", "closed the connection", "connection already closed"),
    *("cursor already closed", "Broken pipe", "Connection reset", "exited with"),
)
_ENTRY = re.compile(r"^\d{4}-\d\d-\d\d [\d:,]+ \d+ (?P<level>[A-Z]+) ")


def _script(run: Runner, database: str, name: str):
    """What a script of `devtools/inside` tells."""
    log = run.script(database, _INSIDE / name)
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        if line.startswith(_MARK):
            return json.loads(line.removeprefix(_MARK))
    raise DevError(f"{name} told nothing: see {log}.")


def _find_errors(log: Path, killing: bool) -> list[str]:
    """The errors in Odoo's log that are no collision that it tried again."""
    passed = _COLLISIONS + (_KILLED if killing else ())
    entries: list[str] = []
    for line in complaints(log):
        if _ENTRY.match(line) or not entries:
            entries.append(line)
        else:
            entries[-1] += "\n" + line
    return [
        entry
        for entry in entries
        if " ERROR " in entry.partition("\n")[0] or " CRITICAL " in entry
        if not any(text in entry for text in passed)
    ]


class _Killer:
    """Kills a worker, then a connection, then a worker … of one server of ours."""

    def __init__(self, run: Runner, database: str, parent: int):
        self.run, self.database, self.parent = run, database, parent
        self.chance, self.killed = random.Random(1), collections.Counter()

    def kill(self) -> None:
        """Kill the next one."""
        if sum(self.killed.values()) % 2:
            self.run.databases.execute(
                (
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = %s AND pid <> pg_backend_pid()"
                    " ORDER BY random() LIMIT 1",
                    (self.database,),
                )
            )
            self.killed["connections"] += 1
            return
        listed = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(self.parent)],
            capture_output=True,
            text=True,
            check=False,
        )
        if workers := [int(word) for word in listed.stdout.split()]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.chance.choice(workers), signal.SIGKILL)
            self.killed["workers"] += 1


def _work(asked, run: Runner, database: str, made: dict) -> tuple[list[Client], Path]:
    """Have the clients work; they and the server's log."""
    log = part("logs", f"{database}.server.log")
    settings = {"workers": asked.workers, "gevent_port": free_port()}
    stopping = threading.Event()
    with server.running(run, database, free_port(), log, **settings) as started:
        logins = made["logins"]
        clients = [
            Client(
                started.address,
                database,
                logins[number % len(logins)],
                made,
                asked.seed + number,
                stopping,
            )
            for number in range(asked.clients)
        ]
        killer = _Killer(run, database, started.pid)
        with console.step(f"{asked.clients} colleagues work") as step:
            for client in clients:
                client.start()
            until, next_kill = time.monotonic() + 60 * asked.minutes, time.monotonic()
            while (left := until - time.monotonic()) > 0:
                if asked.kill and time.monotonic() >= next_kill + _KILL_EVERY:
                    killer.kill()
                    next_kill = time.monotonic()
                step.progress(f"{left:.0f} s are left")
                time.sleep(0.5)
            stopping.set()
            for client in clients:
                client.join()
        if asked.kill:
            print(", ".join(f"{n} {what} killed" for what, n in killer.killed.items()))
    return clients, log


def _tell(clients: list[Client], minutes: float) -> list[str]:
    """Print what was done; the faults that colleagues saw."""
    counts = sum((client.counts for client in clients), collections.Counter())
    outcomes = ("done", "refused", "collided", "cut off", "failed")
    print(f"{'':10}" + "".join(f"{outcome:>10}" for outcome in outcomes))
    for what in sorted({what for what, _outcome in counts}):
        row = "".join(f"{counts[what, outcome]:>10}" for outcome in outcomes)
        print(f"{what:10}{row}")
    seconds = [each for client in clients for each in client.seconds]
    if seconds:
        print(
            f"{len(seconds) / minutes:.0f} done a minute, half of them within "
            f"{statistics.median(seconds):.2f} s"
        )
    return [fault for client in clients for fault in client.faults]


def _load_one(asked, run: Runner, *addons: str) -> bool:
    """Work in a fresh database; whether everything ties out."""
    beside = ("sale_stock",) if asked.stock else ()
    with installed(run, *beside, *addons) as database:
        made = _script(run, database, "load_prepare.py")
        clients, log = _work(asked, run, database, made)
        faults = _tell(clients, asked.minutes)
        faults += _find_errors(log, asked.kill)
        if addons:
            faults += _script(run, database, "load_tie_out.py")
    for fault in faults:
        print(fault)
    print("everything ties out" if not faults else f"{len(faults)} faults (log: {log})")
    return not faults


def load(words: list[str]) -> int:
    """Have colleagues work at once; 1 where something doesn't tie out."""
    parser = argparse.ArgumentParser(prog="./dev load", add_help=False)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--minutes", type=float, default=2.0)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kill", action="store_true")
    parser.add_argument("--stock", action="store_true")
    parser.add_argument("--without", action="store_true")
    try:
        asked = parser.parse_args(words)
    except SystemExit as error:
        raise DevError("see ./dev help for what load takes.") from error
    if not (
        1 <= asked.clients <= _MOST_CLIENTS
        and 0 < asked.minutes <= _MOST_MINUTES
        and 1 <= asked.workers <= _MOST_CLIENTS
    ):
        raise DevError(
            f"Choose 1 to {_MOST_CLIENTS} clients and workers, and at most"
            f" {_MOST_MINUTES} minutes."
        )
    good = True
    with setup.runner() as run:
        if asked.without:
            print("Odoo without the addon:")
            good &= _load_one(asked, run)
        print("with the addon:")
        good &= _load_one(asked, run, ADDON)
    return 0 if good else 1
