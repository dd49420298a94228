"""`./dev test`: the addon's tests against fresh databases, on all cores."""

from __future__ import annotations

import os
import re
import secrets

from . import process, setup
from .cache import REPOSITORY, part
from .console import DevError, console
from .odoo_run import Runner
from .test_databases import fresh_databases

KEEP, BESIDE, EXPLORE = "--keep-db", "--beside", "--explore"
_TIMES = 10  # as many examples as usual when exploring
#: modules of Odoo's that the addon doesn't depend on, and works beside
NEIGHBOURS = (
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
)
#: what pytest does only in one process: to collect, to stop in the debugger, to print
_ALONE = {"--collect-only", "--co", "--pdb", "--trace", "-s", "--capture=no"}
_JOBS = re.compile(r"-j(\d*)")


def _pytest(
    run: Runner, databases: list[str], arguments: list[str], **environment: str
) -> int:
    """Run pytest, with a worker for each database where there are several."""
    # one process holds thousands of tests: Odoo's bound is for a worker's requests
    unbounded = {"limit_memory_hard": 0, "limit_memory_soft": 0}
    configurations = [
        str(run.configuration(database, max_cron_threads=0, **unbounded))
        for database in databases
    ]
    # each in one word: pytest takes a lone path for a place to look for tests in
    command = [run.python, "-m", "pytest", "-pdevtools.inside.share_out"]
    command += [f"--rootdir={REPOSITORY}", f"--override-ini=cache_dir={part('pytest')}"]
    command += [f"--odoo-config={configurations[0]}"]
    command += [f"--odoo-database={databases[0]}", "--odoo-http"]
    if len(databases) > 1:
        command += [f"--numprocesses={len(databases)}", "--max-worker-restart=0"]
    return process.foreground(
        [*command, *arguments],
        cwd=REPOSITORY,
        env={
            **run.environment(),
            "MULTICURRENCY_CONFIGURATIONS": os.pathsep.join(configurations),
            "MULTICURRENCY_DURATIONS": str(part("durations.json")),
            **environment,
        },
    )


def _from_here(argument: str) -> str:
    """A test's path, given from the caller's folder, as pytest finds it from ours.

    :raises DevError: a file that isn't there; of several workers none would name it
    """
    path, *rest = argument.split("::")
    if not argument.startswith("-") and os.path.exists(path):
        return "::".join([os.path.abspath(path), *rest])
    if not argument.startswith("-") and path.endswith(".py"):
        raise DevError(f"{path} isn't there: name a file or folder of tests.")
    return argument


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


def _jobs(arguments: list[str]) -> tuple[int, list[str]]:
    """How many workers share the tests, and what is left of the arguments.

    As many as `-j N` asks for; else one for a single file, and one for each core.

    :raises DevError: there is no number after `-j`
    """
    for place, word in enumerate(arguments):
        found = _JOBS.fullmatch(word)
        if found:
            left = arguments[:place] + arguments[place + 1 :]
            number = found[1] or (left.pop(place) if left[place:] else "")
            if not number.isdigit() or not int(number):
                raise DevError("-j needs the number of workers: ./dev test -j 2")
            return int(number), left
    paths = [word.partition("::")[0] for word in arguments if word.startswith(os.sep)]
    single = len(set(paths)) == 1 and os.path.isfile(paths[0])
    if single or _ALONE.intersection(arguments):
        return 1, arguments
    return len(os.sched_getaffinity(0)), arguments


def test(arguments: list[str]) -> int:
    """Run pytest on fresh databases; its exit status."""
    keep, more = KEEP in arguments, NEIGHBOURS if BESIDE in arguments else ()
    ours = {KEEP, BESIDE}
    seed, arguments = _seed([word for word in arguments if word not in ours])
    jobs, arguments = _jobs([_from_here(word) for word in arguments])
    explore = {"MULTICURRENCY_EXPLORE": str(_TIMES)} if seed else {}
    if seed:
        plugin = ["-p", "devtools.inside.only_properties"]
        arguments = [*plugin, f"--hypothesis-seed={seed}", *arguments]
    again = f"Seed {seed}: ./dev test {EXPLORE} {seed} draws the same examples"
    setup.browser()
    with setup.runner() as run, fresh_databases(run, jobs, keep, more) as databases:
        console.say("Everything is set up; pytest starts")
        if seed:
            console.say(again)
        status = _pytest(run, databases, arguments, **explore)
        if seed:
            console.say(again)
        console.quiet = True
    return status
