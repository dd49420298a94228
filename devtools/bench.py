"""`./dev bench`: what is measured beside others, both in one run.

`rates`: storing rates, beside OCA's addon. `locks`: quotation to posted invoice, beside
Odoo without this addon. `credit`: assessing every customer of a company, beside what
OCA's addon takes to compute their risk. `credit-large`: the same at ten times the size,
for memory.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import secrets
import zipfile
from pathlib import Path

from . import process, setup
from .cache import ADDON, lock, part
from .console import DevError, console
from .odoo_run import Runner

PEER, RISK_PEER = "currency_rate_update", "account_financial_risk"
_INSIDE = Path(__file__).parent / "inside"
_RATES, _LOCKS = _INSIDE / "bench_rates.py", _INSIDE / "bench_locks.py"
_CREDIT = _INSIDE / "bench_credit.py"
_MARK = "BENCH "
#: the peer may take this many times as long, at least
_FACTOR = 15
#: the full history of the ECB: seconds, and growth of memory in MB
_HISTORY_SECONDS, _HISTORY_MEGABYTES = 180, 600
#: quotation to posted invoice with the addon, as a share of the time without it
_LOOP_SHARE = 1.10
#: assessing and storing, as a share of what the peer takes merely to compute
_CREDIT_SHARE = 1 / 3
#: 5,200 customers, 100,000 invoices and 368,000 journal items, so many times
_CREDIT_SIZE, _CREDIT_LARGE = "1", "10"
#: by how much memory may grow meanwhile at the large size, in MB
_CREDIT_MEGABYTES = 200
#: documents of each kind in a round; a round measures both databases
_TURNS, _ROUNDS = 25, 3


def _peer_addons(run: Runner, peer: str) -> Path:
    """The folder with a peer's addon, as its authors publish it."""
    target = part("bench", "wheel")
    addons = target / "odoo" / "addons"
    with lock("bench"):
        if (addons / peer / "__manifest__.py").exists():
            return addons
        target.mkdir(parents=True, exist_ok=True)
        log = part("logs", "bench.pip.log")
        command = [run.python, "-m", "pip", "download", "--no-input", "--no-deps"]
        try:
            wheel = f"odoo-addon-{peer.replace('_', '-')}==19.*"
            process.run([*command, "--dest", target, wheel], log=log)
        except process.CommandFailed as error:
            raise DevError(
                f"OCA's {peer} can't be downloaded from the package index: see {log}."
            ) from error
        [wheel] = target.glob(f"odoo_addon_{peer}-*.whl")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(target)
    return addons


def _beside(run: Runner, peer: str) -> Runner:
    """A runner whose Odoo finds the peer's addon, too."""
    addons = (*run.odoo.addons, _peer_addons(run, peer))
    return dataclasses.replace(run, odoo=dataclasses.replace(run.odoo, addons=addons))


@contextlib.contextmanager
def installed(run: Runner, *addons: str):
    """The name of a fresh database, with addons or with Odoo's modules alone."""
    template = setup.template(run, setup.addon_dependencies())
    database = f"multicurrency_bench_{secrets.token_hex(4)}"
    try:
        with console.step(f"Installing {', '.join(addons) or 'nothing more'}") as step:
            run.databases.create(database, template)
            if addons:
                run.install(database, list(addons), step)
        yield database
    finally:
        run.databases.drop(database)
        part("configuration", f"{database}.conf").unlink(missing_ok=True)


def _measure(run: Runner, database: str, script: Path, what: str) -> list[dict]:
    """Run the measurements of ``what`` and read their rows."""
    with console.step(f"Measuring in {database}"):
        log = run.script(database, script, BENCH=what)
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    found = [
        json.loads(line.partition(_MARK)[2]) for line in lines if line.startswith(_MARK)
    ]
    if not found:
        raise DevError(f"Nothing was measured: see {log}.")
    return found


def _bench_rates(run: Runner) -> bool:
    peer_run = _beside(run, PEER)
    with installed(run, ADDON) as database:
        ours = _measure(run, database, _RATES, "store history")
    with installed(peer_run, PEER) as database:
        theirs = _measure(peer_run, database, _RATES, "peer")
    for row in (*ours, *theirs):
        print("  ".join(f"{name}: {value}" for name, value in row.items()))
    stored = next(row for row in ours if row["what"].startswith("730"))
    history = next(row for row in ours if row["what"].startswith("history"))
    factor = theirs[0]["seconds"] / stored["seconds"]
    print(f"{PEER} takes {factor:.0f} times as long (at least {_FACTOR} is the rule)")
    return (
        factor >= _FACTOR
        and history["seconds"] <= _HISTORY_SECONDS
        and history["megabytes"] <= _HISTORY_MEGABYTES
    )


def _best(rounds: list[list[dict]]) -> dict[str, dict]:
    """The fastest round of each kind: what disturbs a machine only ever adds."""
    kinds = zip(*rounds, strict=True)
    best = (min(rows, key=lambda row: row["seconds"]) for rows in kinds)
    return {row["what"]: row for row in best}


def _bench_locks(run: Runner) -> bool:
    rounds: dict[str, list] = {"with": [], "without": []}
    with installed(run, ADDON) as ours, installed(run) as bare:
        for _number in range(_ROUNDS):
            rounds["without"].append(_measure(run, bare, _LOCKS, str(_TURNS)))
            rounds["with"].append(_measure(run, ours, _LOCKS, str(_TURNS)))
    alone, good = _best(rounds["without"]), True
    for what, row in _best(rounds["with"]).items():
        peer = alone.get(what) or alone["foreign"]
        share = row["seconds"] / peer["seconds"]
        good &= share <= _LOOP_SHARE
        print(
            f"{what}: {1000 * row['seconds']:.1f} ms, {row['queries']:.0f} queries; "
            f"Odoo alone {1000 * peer['seconds']:.1f} ms, {peer['queries']:.0f} "
            f"queries: {share:.2f} (at most {_LOOP_SHARE:.2f} is the rule)"
        )
        if row["click"]:
            print(f"  Lock Rate itself: {1000 * row['click']:.1f} ms")
    return good


def _bench_credit(run: Runner) -> bool:
    try:
        both = _beside(run, RISK_PEER)
    except DevError as error:
        print(f"credit: skipped. {error}")
        return True
    with installed(both, ADDON, RISK_PEER) as database:
        *rows, stored = _measure(both, database, _CREDIT, _CREDIT_SIZE)
    best = {}
    for row in rows:
        known = best.setdefault(row["what"], row)
        best[row["what"]] = min(known, row, key=lambda each: each["seconds"])
    share = best["assess"]["seconds"] / best["peer"]["seconds"]
    for row in (*best.values(), stored):
        print("  ".join(f"{name}: {value}" for name, value in row.items()))
    print(f"assessed and stored in {share:.2f} of what {RISK_PEER} takes to compute")
    print(f"(at most {_CREDIT_SHARE:.2f} is the rule)")
    return share <= _CREDIT_SHARE and stored["rows"] == stored["of"]


def _bench_credit_large(run: Runner) -> bool:
    with installed(run, ADDON) as database:
        *rows, stored = _measure(run, database, _CREDIT, _CREDIT_LARGE)
    for row in (*rows, stored):
        print("  ".join(f"{name}: {value}" for name, value in row.items()))
    grown = max(row["megabytes"] for row in rows)
    print(f"memory grew by {grown} MB (at most {_CREDIT_MEGABYTES} is the rule)")
    return grown <= _CREDIT_MEGABYTES and stored["rows"] == stored["of"]


_BENCHES = {
    "rates": _bench_rates,
    "locks": _bench_locks,
    "credit": _bench_credit,
    "credit-large": _bench_credit_large,
}


def bench(words: list[str]) -> int:
    """Print what was measured; 1 where a bound of ours is broken."""
    if unknown := set(words) - set(_BENCHES):
        raise DevError(
            f"Nothing called {', '.join(sorted(unknown))} is measured: choose from"
            f" {', '.join(_BENCHES)}."
        )
    with setup.runner() as run:
        results = [_BENCHES[word](run) for word in words or _BENCHES]
    return 0 if all(results) else 1
