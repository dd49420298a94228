"""`./dev bench`: what is measured beside others, both in one run.

`rates`: storing rates, beside OCA's addon. `locks`: quotation to posted invoice, with
nothing configured, a locked rate, a credit policy, an agreement, beside Odoo without
this addon. `screens`: the screens of 50,000 customers, likewise. `credit`: assessing
every customer of a company, beside what OCA's addon takes to compute their risk.
`credit-large`: the same at ten times the size, for memory. `ledger`: the statements of
a company's customers, beside what OCA's addon takes to compute their figures.
`closing`: the revaluation of 100,000 open items, beside a plain SQL sum of them.
`history`: 5,000 open items and 50,000 past documents of spreadsheets, checked and
published. `life`: two nights of a company that follows its customers, and the list of
them beside Odoo's own; `life-large` at ten times the size, for memory.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import secrets
import zipfile
from pathlib import Path

from . import bench_page, process, setup
from .bench_report import Line, report
from .bench_turns import measure, opened
from .cache import ADDON, lock, part
from .console import DevError, console
from .odoo_run import Runner

PEER, RISK_PEER = "currency_rate_update", "account_financial_risk"
#: the last one is asked for, the others are what it needs
_STATEMENT_PEERS = ("report_xlsx", "report_xlsx_helper", "partner_statement")
_INSIDE = Path(__file__).parent / "inside"
_RATES, _LOCKS = _INSIDE / "bench_rates.py", _INSIDE / "bench_locks.py"
_CREDIT, _SCREENS = _INSIDE / "bench_credit.py", _INSIDE / "bench_screens.py"
_LEDGER, _CLOSING = _INSIDE / "bench_ledger.py", _INSIDE / "bench_closing.py"
_HISTORY, _LIFE = _INSIDE / "bench_history.py", _INSIDE / "bench_life.py"
_MARK = "BENCH "
_WRITE = "--write"
#: the peer may take this many times as long, at least
_FACTOR = 15
#: the full history of the ECB: seconds, and growth of memory in MB
_HISTORY_SECONDS, _HISTORY_MEGABYTES = 180, 600
#: the databases in which documents are sold, Odoo alone first
_LOOP_DATABASES = {"Odoo alone": (), "nothing": (ADDON,), "policy": (ADDON,)}
#: what Odoo alone is asked for beside a kind of document
_LOOP_PEERS = {
    "locked": "foreign",
    "policy": "company currency",
    "agreement": "foreign",
}
#: a step with the addon, as a share of the time without it
_LOOP_BOUNDS = {
    ("company currency", "whole"): 1.05,
    ("foreign", "whole"): 1.05,
    ("locked", "whole"): 1.10,
    ("policy", "create"): 1.30,
    ("policy", "confirm"): 1.30,
    ("policy", "whole"): 1.15,
    ("agreement", "create"): 1.30,
    ("agreement", "confirm"): 1.30,
    ("agreement", "whole"): 1.15,
}
#: assessing and storing, as a share of what the peer takes merely to compute
_CREDIT_SHARE = 1 / 3
#: 5,200 customers, 100,000 invoices and 368,000 journal items, so many times
_CREDIT_SIZE, _CREDIT_LARGE = "1", "10"
#: by how much memory may grow meanwhile at the large size, in MB
_CREDIT_MEGABYTES = 200
#: a company whose screens are measured; so many journal items are open, in three
#: foreign currencies
_SCREENS_SIZE = {"customers": 50_000, "invoices": 100_000}
#: a screen with the addon, as a share of the time without it
_SCREEN_SHARE = 1.25
#: the list by score as a share of its own order's time
_SCORE_SHARE = 1.5
#: the net position as a share of a plain SQL sum's time
_POSITION_SHARE = 3.0
#: the first *Assess Now* of a day
_ASSESS_SECONDS = 1
#: the figures of statements, as a share of what the peer takes to compute its own
_LEDGER_SHARE = 1 / 2
#: a company's history: dry run and publishing together, and growth of memory in MB
_IMPORT_SECONDS, _IMPORT_MEGABYTES = 300, 400
#: customers that are followed, and the same at ten times the size
_LIFE_SIZE = {"customers": 5_200, "invoices": 100_000, "paid": 84_000}
_LIFE_LARGE = {name: 10 * size for name, size in _LIFE_SIZE.items()}
#: the first night of them in seconds, by how much memory may grow in MB, and the list
#: of customers as a share of Odoo's own
_LIFE_SECONDS, _LIFE_MEGABYTES, _LIFE_SHARE = 60, 150, 2.0
#: by how much memory may grow while 5,200 statements are made, in MB
_LEDGER_MEGABYTES = 100
#: what 100,000 open items are worth, in times of a plain SQL sum of them
_PREVIEW_TIMES = 10
#: to post a revaluation of so many, and its reversal, in seconds
_POST_SECONDS = 5
#: by how much memory may grow while they are valued, in MB
_CLOSING_MEGABYTES = 20
#: how often each kind of document is sold, and each screen opened
_TURNS = int(os.environ.get("BENCH_TURNS", "60"))
_SCREEN_TURNS = int(os.environ.get("BENCH_TURNS", "25"))


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


def _beside(run: Runner, *peers: str) -> Runner:
    """A runner whose Odoo finds the peers' addons, too."""
    folders = dict.fromkeys(_peer_addons(run, peer) for peer in peers)
    addons = (*run.odoo.addons, *folders)
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


def _bench_rates(run: Runner, _found: dict) -> bool:
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


def _bench_locks(run: Runner, found: dict) -> bool:
    with contextlib.ExitStack() as stack:
        shells = []
        for name, addons in _LOOP_DATABASES.items():
            database = stack.enter_context(installed(run, *addons))
            configured = "policy" if name == "policy" else "nothing"
            opening = opened(run, name, database, _LOCKS, BENCH=configured)
            shells.append(stack.enter_context(opening))
        measure(shells, _TURNS)
    alone, *others = shells
    bare, lines = alone.get_medians(), []
    for shell in others:
        for what, taken in shell.get_medians().items():
            kind, _colon, stage = what.partition(": ")
            peer = _LOOP_PEERS.get(kind, kind)
            bound = _LOOP_BOUNDS.get((kind, stage))
            if stage != "lock":
                lines.append(Line(what, taken, bare[f"{peer}: {stage}"], bound))
    found["locks"] = lines
    return report(lines)


def _bench_screens(run: Runner, found: dict) -> bool:
    with contextlib.ExitStack() as stack:
        shells = []
        for name, addons in {"Odoo alone": (), "with the addon": (ADDON,)}.items():
            database = stack.enter_context(installed(run, *addons))
            size = json.dumps(_SCREENS_SIZE)
            opening = opened(run, name, database, _SCREENS, BENCH=size)
            shells.append(stack.enter_context(opening))
        measure(shells, _SCREEN_TURNS)
    bare, ours = (shell.get_medians() for shell in shells)
    lines = [
        Line(what, ours[what], peers[peer], bound)
        for peers, what, peer, bound in (
            (bare, "list", "list", _SCREEN_SHARE),
            (bare, "list at 40,000", "list at 40,000", _SCREEN_SHARE),
            (bare, "form", "form", _SCREEN_SHARE),
            (bare, "quotation", "quotation", _SCREEN_SHARE),
            (ours, "by score", "list", _SCORE_SHARE),
            (ours, "by score at 40,000", "list at 40,000", None),
            (ours, "net position", "plain sum", _POSITION_SHARE),
        )
    ]
    lines.append(Line("assess now", ours["assess now"], None, _ASSESS_SECONDS))
    few, many = (ours[what][1] - bare[what][1] for what in ("list, 20 rows", "list"))
    flat = many <= few
    print(
        f"list: {few:.0f} queries more than Odoo alone for 20 rows, {many:.0f} for 80"
        f" (as many is the rule: {'ok' if flat else 'not ok'})"
    )
    found["screens"] = lines
    return report(lines) and flat


def _bench_credit(run: Runner, _found: dict) -> bool:
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


def _bench_credit_large(run: Runner, _found: dict) -> bool:
    with installed(run, ADDON) as database:
        *rows, stored = _measure(run, database, _CREDIT, _CREDIT_LARGE)
    for row in (*rows, stored):
        print("  ".join(f"{name}: {value}" for name, value in row.items()))
    grown = max(row["megabytes"] for row in rows)
    print(f"memory grew by {grown} MB (at most {_CREDIT_MEGABYTES} is the rule)")
    return grown <= _CREDIT_MEGABYTES and stored["rows"] == stored["of"]


def _bench_ledger(run: Runner, _found: dict) -> bool:
    try:
        both = _beside(run, *_STATEMENT_PEERS)
    except DevError as error:
        print(f"ledger: skipped. {error}")
        return True
    with installed(both, ADDON, _STATEMENT_PEERS[-1]) as database:
        *rows, stored = _measure(both, database, _LEDGER, "ledger")
    best = {}
    for row in rows:
        known = best.setdefault(row["what"], row)
        best[row["what"]] = min(known, row, key=lambda each: each["seconds"])
    share, made = (
        best[what]["seconds"] / best["peer"]["seconds"] for what in ("figures", "some")
    )
    for row in (*best.values(), stored):
        print("  ".join(f"{name}: {value}" for name, value in row.items()))
    print(
        f"figures in {share:.2f} of what {_STATEMENT_PEERS[-1]} takes to compute its"
        f" own (at most {_LEDGER_SHARE:.2f} is the rule), made and stored in {made:.2f}"
    )
    return (
        share <= _LEDGER_SHARE
        and best["all"]["megabytes"] <= _LEDGER_MEGABYTES
        and stored["rows"] == stored["of"] == stored["tied"]
    )


def _bench_closing(run: Runner, _found: dict) -> bool:
    with installed(run, ADDON) as database:
        *rows, booked = _measure(run, database, _CLOSING, "closing")
    best: dict[str, dict] = {}
    for row in rows:
        known = best.setdefault(row["what"], row)
        best[row["what"]] = min(known, row, key=lambda each: each["seconds"])
    grown = max(row["megabytes"] for row in rows if row["what"] != "plain")
    for row in (*best.values(), booked):
        print("  ".join(f"{name}: {value}" for name, value in row.items()))
    times = best["preview"]["seconds"] / best["plain"]["seconds"]
    print(f"valued in {times:.1f} times a plain sum (at most {_PREVIEW_TIMES})")
    return (
        times <= _PREVIEW_TIMES
        and best["post"]["seconds"] <= _POST_SECONDS
        and grown <= _CLOSING_MEGABYTES
        and booked["items"] == booked["of"]
        and booked["lines"] <= booked["most"]
    )


def _bench_history(run: Runner, _found: dict) -> bool:
    with installed(run, ADDON) as database:
        *rows, brought = _measure(run, database, _HISTORY, "history")
    for row in (*rows, brought):
        print("  ".join(f"{name}: {value}" for name, value in row.items()))
    seconds = sum(row["seconds"] for row in rows if row["what"] != "take items back")
    grown = sum(row["megabytes"] for row in rows)
    print(
        f"checked and published in {seconds:.0f} s (at most {_IMPORT_SECONDS}), memory"
        f" grown by {grown} MB (at most {_IMPORT_MEGABYTES})"
    )
    return (
        seconds <= _IMPORT_SECONDS
        and grown <= _IMPORT_MEGABYTES
        and (brought["items"], brought["past"]) == (5_000, 50_000)
    )


def _bench_life(run: Runner, _found: dict) -> bool:
    return _follow(run, _LIFE_SIZE)


def _bench_life_large(run: Runner, _found: dict) -> bool:
    return _follow(run, _LIFE_LARGE)


def _follow(run: Runner, sizes: dict) -> bool:
    with installed(run, ADDON) as database:
        *rows, noted = _measure(run, database, _LIFE, json.dumps(sizes))
    for row in (*rows, noted):
        print("  ".join(f"{name}: {value}" for name, value in row.items()))
    seconds = {row["what"]: row["seconds"] for row in rows}
    grown = max(row["megabytes"] for row in rows)
    lists = {w: found for w, found in seconds.items() if w.startswith("list ")}
    own = lists.pop("list core opened") + 2 * lists.pop("list core sorted")
    share = sum(lists.values()) / own  # opened once, sorted and grouped twice
    size = sizes["customers"] / _LIFE_SIZE["customers"]
    first, bound = seconds["first night"], _LIFE_SECONDS * size
    print(
        f"first night {first:.0f} s (at most {bound:.0f}), memory grown by {grown} MB"
        f" (at most {_LIFE_MEGABYTES}), lists {share:.2f} times Odoo's own (at most"
        f" {_LIFE_SHARE})"
    )
    return (
        first <= bound
        and grown <= _LIFE_MEGABYTES
        and share <= _LIFE_SHARE
        and noted["lives"] == noted["staged"] == sizes["customers"]
    )


_BENCHES = {
    "rates": _bench_rates,
    "locks": _bench_locks,
    "screens": _bench_screens,
    "credit": _bench_credit,
    "credit-large": _bench_credit_large,
    "ledger": _bench_ledger,
    "closing": _bench_closing,
    "history": _bench_history,
    "life": _bench_life,
    "life-large": _bench_life_large,
}


def bench(words: list[str]) -> int:
    """Print what was measured; 1 where a bound of ours is broken.

    ``--write`` keeps the figures of `locks` and `screens`, and writes the page of them.
    """
    write, words = _WRITE in words, [word for word in words if word != _WRITE]
    if unknown := set(words) - set(_BENCHES):
        raise DevError(
            f"Nothing called {', '.join(sorted(unknown))} is measured: choose from"
            f" {', '.join(_BENCHES)}."
        )
    found: dict[str, list[Line]] = {}
    with setup.runner() as run:
        results = [_BENCHES[word](run, found) for word in words or _BENCHES]
        if write:
            bench_page.keep(run, found, {"locks": _TURNS, "screens": _SCREEN_TURNS})
    return 0 if all(results) else 1
