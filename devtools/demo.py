"""`./dev demo`, `shell`, `stop` and `clean`: the demonstration and its end."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from . import cache, postgres, process, python_env, server, setup
from .cache import ADDON, REPOSITORY, lock, part, try_lock
from .console import DevError, console
from .database import Databases
from .odoo_run import Runner, complaints
from .postgres import Cluster

DATABASE = "multicurrency_demo"
_PORT = 8069
_LOCK = "demonstration"
_INSIDE = Path(__file__).parent / "inside"

#: accounts of the demonstration's data, in the order of a deal
_ROLES = ("sales.europe", "sales.americas", "sales.asia", "receivables", "credit")


def _state(run: Runner) -> str:
    return f"{run.odoo.version} {cache.addon_checksum()}"


def _make(run: Runner) -> None:
    """Make the demonstration's database from nothing but the template."""
    template = setup.template(run, setup.addon_dependencies())
    with console.step("Making the demonstration's database") as step:
        run.databases.create(DATABASE, template)
        run.install(DATABASE, [ADDON], step)
    with console.step("Loading the demonstration's data"):
        log = run.script(DATABASE, _INSIDE / "load_demo.py")
    said = complaints(log)
    if said:
        console.say(f"Odoo warned while it loaded the data: see {log}")


def _update(run: Runner) -> None:
    try:
        with console.step("Updating the demonstration to the addon's files") as step:
            run.install(DATABASE, [ADDON], step, update=True)
    except DevError as error:
        raise DevError(
            f"{error}\n./dev: `./dev demo --fresh` makes a new demonstration."
        ) from error


def prepare(run: Runner, fresh: bool = False) -> bool:
    """Have the demonstration's database as the addon's files want it.

    What a visitor entered is kept, unless Odoo itself has changed or `fresh` is set.

    :return: whether it was made or updated
    """
    wanted = _state(run)
    found = run.databases.states().get(DATABASE, "")
    if found == wanted and not fresh:
        return False
    if fresh or found.split(" ")[0] != run.odoo.version:
        _make(run)
    else:
        _update(run)
    run.script(DATABASE, _INSIDE / "demo_accounts.py")
    run.databases.set_state(DATABASE, wanted)
    return True


def _arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev demo", allow_abbrev=False)
    parser.add_argument(
        "--port", type=int, help="the port, instead of 8069 or the next"
    )
    parser.add_argument("--fresh", action="store_true", help="make the data again")
    parser.add_argument("--detach", action="store_true", help="go on in the background")
    return parser.parse_args(words)


def _port(asked: int | None) -> int:
    if asked and postgres.free_port_or_none(asked) is None:
        raise DevError(f"Port {asked} is taken: name another with --port.")
    return asked or postgres.free_port(_PORT)


def _notice() -> Path:
    """The file that tells other `./dev` where the demonstration runs."""
    return part("running", "demonstration.json")


def _running() -> dict:
    """What is known of the running demonstration, {} if none runs."""
    held = try_lock(_LOCK)
    if held:
        held.close()
        return {}
    try:
        return json.loads(_notice().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {"address": "", "pid": 0}  # it is still being set up


def demo(words: list[str]) -> int:
    """Serve the demonstration until Ctrl-C, or in the background."""
    asked = _arguments(words)
    there = _running()
    if there:
        where = f"at {there['address']}" if there["address"] else "soon"
        raise DevError(f"The demonstration runs already {where}: ./dev stop ends it.")
    if asked.detach:
        return _in_background([word for word in words if word != "--detach"])
    with lock(_LOCK), contextlib.ExitStack() as stack:
        stack.callback(_notice().unlink, missing_ok=True)
        run = stack.enter_context(setup.runner())
        changed = prepare(run, asked.fresh)
        log = part("logs", "demonstration.log")
        port = _port(asked.port)
        odoo = stack.enter_context(server.running(run, DATABASE, port, log))
        odoo.sign_in()
        if changed:
            with console.step("Preparing the first pages") as step:
                odoo.prepare_pages(step)
        notice = {"address": odoo.address, "pid": os.getpid()}
        cache.write_private(_notice(), json.dumps(notice))
        console.say(f"Ready; Odoo's log is {log}")
        _tell(odoo.address)
        print("Ctrl-C stops it.", flush=True)
        status = odoo.wait()
        raise DevError(f"Odoo ended with status {status}: see {log}.")


def _tell(address: str) -> None:
    print(f"\n    {address}\n    login {server.LOGIN}, password {server.PASSWORD}")
    print(f"    or a role: {', '.join(_ROLES)}")
    print("    each @yunshan-harbour.example, password demo\n")


def _in_background(words: list[str]) -> int:
    """Start the same command detached, and wait until it is ready."""
    log = part("logs", "demonstration-setup.log")
    with open(log, "wb") as kept:
        child = process.start(
            [sys.executable, REPOSITORY / "dev", "demo", *words],
            bound=False,
            stdin=subprocess.DEVNULL,
            stdout=kept,
            stderr=kept,
        )
    with open(log, encoding="utf-8", errors="replace") as lines:
        while True:
            ended = child.poll() is not None
            for line in lines:
                if line.startswith(("[", "./dev:")):
                    print(line, end="", file=sys.stderr, flush=True)
            there = {} if ended else _running()
            if there.get("pid") == child.pid:
                break
            if ended:
                return child.returncode or 1
            time.sleep(0.2)
    process.forget(child)
    _tell(there["address"])
    print("./dev stop stops it.")
    return 0


def shell(words: list[str]) -> int:
    """Open Odoo's shell on the demonstration or on a database that is named."""
    named = words and not words[0].startswith("-")
    database = words[0] if named else DATABASE
    with setup.runner() as run:
        if database == DATABASE:
            with lock("demonstration-database"):
                prepare(run)
        elif database not in run.databases.states():
            ours = ", ".join(sorted(run.databases.states())) or "none yet"
            raise DevError(
                f"There is no database {database}: name one of ours ({ours})."
            )
        configuration = run.configuration(database, max_cron_threads=0)
        return process.foreground(
            run.command(configuration, "shell", "--no-http", *words[bool(named) :]),
            cwd=REPOSITORY,
            env=run.environment(),
        )


def _end_demonstration() -> bool:
    there = _running()
    if not there:
        return False
    if not there["pid"]:
        raise DevError(
            "The demonstration is still being set up: end it with Ctrl-C where it runs,"
            " or try again when it is ready."
        )
    with contextlib.suppress(ProcessLookupError):
        os.kill(there["pid"], signal.SIGTERM)
    until = time.monotonic() + 60
    while _running():
        if time.monotonic() > until:
            raise DevError(
                f"The demonstration (process {there['pid']}) does not end: end it with"
                f" `kill -9 {there['pid']}`."
            )
        time.sleep(0.2)
    return True


def stop(_words: list[str]) -> int:
    """End the demonstration, and the private server if nobody uses it."""
    console.say(
        "The demonstration is stopped"
        if _end_demonstration()
        else "No demonstration was running"
    )
    for cluster in Cluster.made():
        with lock("postgresql"):
            if not cluster.stop_if_unused():
                console.say("PostgreSQL runs on: another ./dev uses it")
    return 0


def clean(_words: list[str]) -> int:
    """Remove the cache folder, and our databases on a server that isn't ours."""
    if not cache.is_made():
        console.say("There is nothing to remove")
        return 0
    stop([])
    python = python_env.existing()
    external = postgres.existing()
    if external and python:
        databases = Databases(external, python)
        for name in databases.states():
            databases.drop(name)
    for cluster in Cluster.made():
        if not cluster.stop_if_unused():
            raise DevError("Another ./dev is running: end it, then clean again.")
    with console.step(f"Removing {cache.folder()}"):
        cache.remove()
    return 0
