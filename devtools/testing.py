"""`./dev test`: the addon's tests against a fresh database."""

from __future__ import annotations

import contextlib
import os
import secrets

from . import process, setup
from .cache import ADDON, REPOSITORY, part, try_lock
from .console import DevError, console
from .database import Databases
from .odoo_run import Runner, complaints

_PREFIX = "multicurrency_test_"
_KEPT = "kept"
KEEP, BESIDE, EXPLORE = "--keep-db", "--beside", "--explore"
_TIMES = 10  # as many examples as usual when exploring
#: modules of Odoo's that the addon doesn't depend on, and works beside
NEIGHBOURS = [
    "account_debit_note",
    "delivery",
    "pos_sale",
    "purchase",
    "sale_loyalty",
    "sale_margin",
    "sale_stock",
    "stock_dropshipping",
    "stock_picking_batch",
    "website_sale_collect",
]


def _drop_left_behind(databases: Databases) -> None:
    """Drop the databases of runs that were killed: nobody holds their lock, and
    nobody asked to keep them."""
    for name, state in databases.states().items():
        if not name.startswith(_PREFIX) or state == _KEPT:
            continue
        held = try_lock(name)
        if held:
            with held:
                databases.drop(name)
            part("locks", name).unlink(missing_ok=True)


@contextlib.contextmanager
def fresh_database(run: Runner, keep: bool = False, more: tuple[str, ...] = ()):
    """The name of a database with the addon's dependencies, and with more modules,
    dropped afterwards."""
    template = setup.template(run, [*setup.addon_dependencies(), *more])
    _drop_left_behind(run.databases)
    name = f"{_PREFIX}{secrets.token_hex(4)}"
    with try_lock(name):
        try:
            with console.step("Cloning the template database"):
                run.databases.create(name, template)
            if keep:
                # said now: after pytest its summary has the last word
                console.say(f"The database will be kept: ./dev shell {name}")
            yield name
        finally:
            if keep:
                run.databases.set_state(name, _KEPT)
            else:
                run.databases.drop(name)
                part("configuration", f"{name}.conf").unlink(missing_ok=True)
    if not keep:
        part("locks", name).unlink(missing_ok=True)


def install_addon(run: Runner, database: str) -> None:
    """Install the addon, and accept no warning of Odoo's while it does.

    :raise DevError: Odoo logged a warning or an error
    """
    with console.step("Installing the addon") as step:
        log = run.install(database, [ADDON], step)
    said = complaints(log)
    if said:
        raise DevError(
            "Odoo warned while it installed the addon: correct what it says.\n"
            + "\n".join(said[:80])
        )


def _pytest(
    run: Runner, database: str, arguments: list[str], **environment: str
) -> int:
    command = [run.python, "-m", "pytest"]
    # one process holds thousands of tests: Odoo's bound is for a worker's requests
    unbounded = {"limit_memory_hard": 0, "limit_memory_soft": 0}
    configuration = run.configuration(database, max_cron_threads=0, **unbounded)
    # each in one word: pytest takes a lone path for a place to look for tests in
    command += [f"--rootdir={REPOSITORY}", f"--override-ini=cache_dir={part('pytest')}"]
    command += [f"--odoo-config={configuration}", f"--odoo-database={database}"]
    command += ["--odoo-http"]
    return process.foreground(
        [*command, *arguments],
        cwd=REPOSITORY,
        env={**run.environment(), **environment},
    )


def _from_here(argument: str) -> str:
    """A test's path, given from the caller's folder, as pytest finds it from ours."""
    path, *rest = argument.split("::")
    if argument.startswith("-") or not os.path.exists(path):
        return argument
    return "::".join([os.path.abspath(path), *rest])


def _seed(arguments: list[str]) -> tuple[str, list[str]]:
    """The seed to explore from, a fresh one if none is given, and what is left.

    "" if nothing is to be explored.
    """
    if EXPLORE not in arguments:
        return "", arguments
    place = arguments.index(EXPLORE)
    before, after = arguments[:place], arguments[place + 1 :]
    if after and after[0].isdigit():
        return after[0], before + after[1:]
    return str(secrets.randbelow(10**12)), before + after


def test(arguments: list[str]) -> int:
    """Run pytest on a fresh database; its exit status."""
    keep, more = KEEP in arguments, NEIGHBOURS if BESIDE in arguments else ()
    ours = {KEEP, BESIDE}
    seed, arguments = _seed([word for word in arguments if word not in ours])
    arguments = [_from_here(word) for word in arguments]
    explore = {"MULTICURRENCY_EXPLORE": str(_TIMES)} if seed else {}
    if seed:
        plugin = ["-p", "devtools.inside.only_properties"]
        arguments = [*plugin, f"--hypothesis-seed={seed}", *arguments]
    again = f"Seed {seed}: ./dev test {EXPLORE} {seed} draws the same examples"
    setup.browser()
    with setup.runner() as run, fresh_database(run, keep, tuple(more)) as database:
        install_addon(run, database)
        console.say("Everything is set up; pytest starts")
        if seed:
            console.say(again)
        status = _pytest(run, database, arguments, **explore)
        part("logs", f"{database}.install.log").unlink(missing_ok=True)
        if seed:
            console.say(again)
        console.quiet = True
    return status
