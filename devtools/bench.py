"""`./dev bench`: storing rates, beside OCA's addon with the same data in one run."""

from __future__ import annotations

import dataclasses
import json
import secrets
import zipfile
from pathlib import Path

from . import process, setup
from .cache import ADDON, lock, part
from .console import DevError, console
from .odoo_run import Runner

PEER = "currency_rate_update"
_WHEEL = f"odoo-addon-{PEER}==19.*"
_SCRIPT = Path(__file__).parent / "inside" / "bench_rates.py"
_MARK = "BENCH "
#: the peer may take this many times as long, at least
_FACTOR = 15
#: the full history of the ECB: seconds, and growth of memory in MB
_HISTORY_SECONDS, _HISTORY_MEGABYTES = 180, 600


def _peer_addons(run: Runner) -> Path:
    """The folder with the peer's addon, as its authors publish it."""
    target = part("bench", "wheel")
    addons = target / "odoo" / "addons"
    with lock("bench"):
        if (addons / PEER / "__manifest__.py").exists():
            return addons
        target.mkdir(parents=True, exist_ok=True)
        log = part("logs", "bench.pip.log")
        command = [run.python, "-m", "pip", "download", "--no-input", "--no-deps"]
        try:
            process.run([*command, "--dest", target, _WHEEL], log=log)
        except process.CommandFailed as error:
            raise DevError(
                f"OCA's {PEER} can't be downloaded from the package index: see {log}."
            ) from error
        [wheel] = target.glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(target)
    return addons


def _measure(run: Runner, addon: str, what: str) -> list[dict]:
    """Install one addon into a fresh database and run the measurements of ``what``."""
    template = setup.template(run, setup.addon_dependencies())
    database = f"multicurrency_bench_{secrets.token_hex(4)}"
    try:
        with console.step(f"Measuring {addon}") as step:
            run.databases.create(database, template)
            run.install(database, [addon], step)
            log = run.script(database, _SCRIPT, BENCH=what)
    finally:
        run.databases.drop(database)
        part("configuration", f"{database}.conf").unlink(missing_ok=True)
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    found = [
        json.loads(line.partition(_MARK)[2]) for line in lines if line.startswith(_MARK)
    ]
    if not found:
        raise DevError(f"Nothing was measured: see {log}.")
    return found


def bench(_words: list[str]) -> int:
    """Print what was measured; 1 where a bound of ours is broken."""
    with setup.runner() as run:
        peer_odoo = dataclasses.replace(
            run.odoo, addons=(*run.odoo.addons, _peer_addons(run))
        )
        ours = _measure(run, ADDON, "store history")
        theirs = _measure(dataclasses.replace(run, odoo=peer_odoo), PEER, "peer")
    console.quiet = True
    for row in (*ours, *theirs):
        print("  ".join(f"{name}: {value}" for name, value in row.items()))
    stored = next(row for row in ours if row["what"].startswith("730"))
    history = next(row for row in ours if row["what"].startswith("history"))
    factor = theirs[0]["seconds"] / stored["seconds"]
    print(f"{PEER} takes {factor:.0f} times as long (at least {_FACTOR} is the rule)")
    good = (
        factor >= _FACTOR
        and history["seconds"] <= _HISTORY_SECONDS
        and history["megabytes"] <= _HISTORY_MEGABYTES
    )
    return 0 if good else 1
