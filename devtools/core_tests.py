"""`./dev core-tests`: Odoo's own tests, without the addon and with it."""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path

from . import process, setup
from .cache import ADDON, REPOSITORY, key, lock, part, write_private
from .console import DevError, console
from .odoo_run import Runner
from .postgres import free_port

MODULES = [
    "sale",
    "sale_management",
    "crm",
    "sale_crm",
    "product",
    "account",
    "account_payment",
    "payment",
    "sale_stock",
]
_LOG_NAME = "multicurrency_core_"
_FAILURE = re.compile(
    r"^\d{4}-\S+ \S+ \d+ ERROR \S+ odoo\.(?:addons\.)?(?P<logger>\S+): "
    r"(?P<kind>FAIL|ERROR): (?:Subtest )?(?P<test>[\w.]+(?: \(\w[\w.]*\))?)"
)
_SUMMARY = re.compile(
    r"odoo\.tests\.result: (\d+) failed, (\d+) error\(s\) of (\d+) tests"
)


@dataclass
class Outcome:
    """What one run of Odoo's tests gave."""

    tests: int = 0
    failures: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, lines) -> Outcome:
        """Read it from the lines of Odoo's log."""
        outcome, seen = cls(), set()
        for line in lines:
            failure = _FAILURE.match(line)
            summary = _SUMMARY.search(line)
            if failure:
                seen.add(f"{failure['logger']}: {failure['test']}")
            elif summary:
                outcome.tests = int(summary[3])
        outcome.failures = sorted(seen)
        return outcome


def _log(name: str) -> Path:
    return part("logs", f"{_LOG_NAME}{name}.log")


def _run_tests(run: Runner, modules: list[str], more: list[str], log: Path) -> Outcome:
    """Install modules with their tests into a fresh database, and drop it.

    :raise DevError: Odoo ended before it had counted its tests
    """
    database = f"{_LOG_NAME}{secrets.token_hex(4)}"
    tags = ",".join(f"/{module}" for module in modules)
    count = 0
    with console.step(f"Odoo's tests {log.stem.rpartition('_')[2]} the addon") as step:

        def follow(line: str) -> None:
            nonlocal count
            count += ": Starting " in line
            step.progress(f"{count} tests started")

        try:
            run.databases.create(database)
            configuration = run.configuration(database, free_port(), max_cron_threads=0)
            process.run(
                run.command(
                    configuration,
                    *("--init", ",".join([*modules, *more]), "--test-enable"),
                    *("--test-tags", tags, "--stop-after-init"),
                ),
                log=log,
                on_line=follow,
                env=run.environment(),
                cwd=REPOSITORY,
            )
        except process.CommandFailed:
            pass  # it ends so when a test fails; the log tells which
        finally:
            run.databases.drop(database)
            part("configuration", f"{database}.conf").unlink(missing_ok=True)
    with open(log, encoding="utf-8", errors="replace") as lines:
        outcome = Outcome.of(lines)
    if not outcome.tests:
        raise DevError(f"Odoo ran no tests: correct what it says in {log}.")
    return outcome


def _baseline(run: Runner, modules: list[str]) -> Outcome:
    """What Odoo's tests give without the addon; run once for a version of Odoo.

    What prints counts, too: Odoo passes over tests of what it can't print.
    """
    facts = key(run.odoo.version, modules, run.printing.by)
    kept = part("core-tests", f"{facts}.json")
    with lock(kept.name):
        if kept.exists():
            return Outcome(**json.loads(kept.read_text(encoding="utf-8")))
        outcome = _run_tests(run, modules, [], _log("without"))
        write_private(kept, json.dumps(asdict(outcome)))
    return outcome


def core_tests(words: list[str]) -> int:
    """Compare; 1 if a test fails with the addon that does not fail without it."""
    modules = [name for word in words for name in word.split(",") if name] or MODULES
    setup.browser()
    with setup.runner() as run:
        before = _baseline(run, sorted(modules))
        after = _run_tests(run, sorted(modules), [ADDON], _log("with"))
    console.quiet = True
    new = [test for test in after.failures if test not in before.failures]
    print(f"without the addon: {len(before.failures)} of {before.tests} tests fail")
    print(f"with the addon:    {len(after.failures)} of {after.tests} tests fail")
    for test in new:
        print(f"  only with it: {test}")
    if after.tests < before.tests:
        print(f"  {before.tests - after.tests} tests did not run with it")
    if new or after.tests < before.tests:
        print(f"Odoo's log: {_log('with')}")
        return 1
    print("no failure that is not there without it")
    return 0
