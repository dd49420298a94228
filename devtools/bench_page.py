"""`docs/PERFORMANCE.md` and its plot, written from what `./dev bench --write` found.

The figures lie in `docs/performance.json`, a run for each version that was measured:
the last one is what holds now, the one before it what held before.
"""

# ruff: noqa: E501 - lines of a page
from __future__ import annotations

import datetime
import json
import math
import os
import platform
import re
from pathlib import Path
from xml.sax.saxutils import escape

from . import process
from .bench_report import Line
from .cache import REPOSITORY
from .odoo_run import Runner, manifest

_FOLDER = REPOSITORY / "docs"
_FIGURES = _FOLDER / "performance.json"
_PAGE, _PLOT = _FOLDER / "PERFORMANCE.md", _FOLDER / "performance.svg"
_TITLES = {
    "locks": "Quotation, confirmation, invoice, posting",
    "screens": "Screens of a company with 50,000 customers",
}
_KINDS = {
    "company currency": "nothing configured",
    "foreign": "nothing configured, foreign currency",
    "locked": "locked rate",
    "policy": "credit policy, limit, grade",
    "agreement": "policy, agreement with a cap",
}
_HEAD = """# What the addon costs

Written by `./dev bench --write` from its own figures (`performance.json`), as is the plot: don't edit them.

Each figure is a share: the time of a step with the addon ÷ the time of the same step beside it, both in one run. Beside it
means Odoo 19 without the addon, with the same products, customers and documents; a list by score is measured beside the
list's own order, the net position beside a plain SQL sum of the same journal items.

The databases are measured in turns: one document, or one look at each screen, in one of them, then the same in the next, and
round again. A slow moment of the machine falls on all of them. The times are medians over the turns, in milliseconds, the
queries medians, too. Each step is a request of its own: nothing was read before it, unlike in a bench that keeps what it read
from step to step, in which the same documents cost less. The user is a salesperson who invoices
(on the screens, with all roles of the addon), and no superuser. An invoice is made and posted in two requests, as clients do;
before, in one. Of before, and of the screens, the figures were taken while other work shared the machine. The shares are
what to read, give or take some 10 %; the
queries are exact.

![Shares, before and after](performance.svg)
"""
_TAIL = """
## What is measured

- **Nothing configured**: the addon is installed, and no setting was touched. **Locked**: *Lock Rate* is clicked on the
  quotation; the click, which Odoo doesn't have, isn't counted.
- **Credit policy**: as a new one is; a customer with a limit, a grade and invoices. Confirming takes the customer's account,
  adds up what it owes and ordered, and looks at every check of the policy. Posting does so again.
- **Agreement**: the policy, and an agreement about the rate with a cap, which each order takes, with its prices, and draws on.
- **Screens**: 50,000 customers with a grade each, 100,000 open invoices in three foreign currencies. List and form ask for the
  fields of their views, as the web client does; a quotation is a new one for which a customer is picked and a line added.
- **Assess Now**: the first of a day, of one customer. The points of its peers are those of the last night (of the last three
  days, at most; none where the scorecard was changed since, then they are averaged anew over all customers).
"""


def describe_machine(run: Runner) -> str:
    """Say what the figures were taken on, and name nobody's machine."""
    info = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    model = re.search(r"^model name\s*:\s*(.+)$", info, re.MULTILINE)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    python = process.answer([run.python, "-c", "import sys; print(sys.version)"])
    return (
        f"{os.cpu_count()} cores ({model[1] if model else platform.machine()}), "
        f"{memory:.0f} GB of memory, Linux, Python {python.split()[0]}, PostgreSQL "
        f"{_get_postgres(run)}, all on one machine"
    )


def _get_postgres(run: Runner) -> str:
    [[version]] = run.databases.execute("SELECT current_setting('server_version')")
    return str(version).split()[0]


def keep(run: Runner, found: dict[str, list[Line]], turns: dict[str, int]) -> None:
    """Keep what was found as the figures of this version, and write page and plot."""
    runs = json.loads(_FIGURES.read_text(encoding="utf-8")) if _FIGURES.exists() else []
    version = manifest()["version"]
    mine = next((each for each in runs if each["version"] == version), None)
    if mine is None:
        mine = {"version": version, "benches": {}}
        runs.append(mine)
    mine["machine"] = describe_machine(run)
    mine["day"] = datetime.datetime.now(datetime.UTC).date().isoformat()
    for name, lines in found.items():
        mine["benches"][name] = {
            "turns": turns[name],
            "lines": [line.to_json() for line in lines],
        }
    _FIGURES.write_text(json.dumps(runs, indent=1) + "\n", encoding="utf-8")
    write(runs)


def write(runs: list[dict]) -> None:
    """Write the page and its plot."""
    now, before = runs[-1], runs[-2] if len(runs) > 1 else None
    parts = [_HEAD, f"Machine: {now['machine']}. Measured on {now['day']}.\n"]
    for name, bench in now["benches"].items():
        known = before and before["benches"].get(name)
        parts.append(_make_table(name, bench, known))
    _PAGE.write_text("\n".join([*parts, _TAIL.strip()]) + "\n", encoding="utf-8")
    _PLOT.write_text(_draw(now, before), encoding="utf-8")


def _name(what: str) -> str:
    kind, colon, step = what.partition(": ")
    named = _KINDS.get(kind, kind)
    step = "quotation to posted invoice" if step == "whole" else step
    return f"{named}{colon}{step}"


def _find(bench: dict | None, what: str) -> dict | None:
    lines = bench["lines"] if bench else ()
    return next((line for line in lines if line["what"] == what), None)


def _make_table(name: str, bench: dict, known: dict | None) -> str:
    turns = f"{bench['turns']} turns" + (f"; before: {known['turns']}" if known else "")
    rows = [
        f"## {_TITLES[name]}\n",
        f"Medians of {turns}.\n",
        "| step | share | goal | | time | queries | beside it | queries | before | queries |",
        "| --- | ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for line in bench["lines"]:
        old = _find(known, line["what"])
        bound = line["bound"]
        is_good = not bound or line["share"] <= bound
        cells = [
            _name(line["what"]),
            f"{line['share']:.2f}" if line["beside"] else "",
            f"{bound:.2f}" if bound and line["beside"] else "< 1 s" if bound else "",
            "" if not bound else "ok" if is_good else "not ok",
            f"{line['milliseconds']:.0f}",
            f"{line['queries']:.0f}",
            *(f"{value:.0f}" for value in line["beside"] or ()),
            *(() if line["beside"] else ("", "")),
            (
                f"{old['share']:.2f}"
                if old["beside"]
                else f"{old['milliseconds']:.0f} ms"
            )
            if old
            else "",
            f"{old['queries']:.0f}" if old else "",
        ]
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


# === PLOT === #

_WIDTH, _LEFT, _ROW = 1000, 410, 26
_LEAST, _MOST = 0.7, 32.0


def _place(share: float) -> float:
    """Return where a share stands: each doubling is as far as the one before it."""
    share = min(max(share, _LEAST), _MOST)
    part = math.log(share / _LEAST) / math.log(_MOST / _LEAST)
    return _LEFT + part * (_WIDTH - _LEFT - 60)


def _draw(now: dict, before: dict | None) -> str:
    """Draw a bar for each share, the one before it behind, and a tick at its goal."""
    rows, height = [], 40
    for name, bench in now["benches"].items():
        rows.append(_write(10, height + 14, _TITLES[name], "bold"))
        height += _ROW
        for line in bench["lines"]:
            if line["beside"]:
                old = _find(before and before["benches"].get(name), line["what"])
                rows.append(_draw_row(height, line, old))
                height += _ROW
    marks = [
        f'<line x1="{_place(share):.0f}" x2="{_place(share):.0f}" y1="34" '
        f'y2="{height}" stroke="#ddd"/>'
        + _write(_place(share), 28, f"{share}×", "normal", "middle")
        for share in (1, 2, 4, 8, 16)
    ]
    legend = _write(
        10, height + 24, "dark: now; light: before; red tick: goal. Scale: doublings."
    )
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} '
            f'{height + 40}" font-family="sans-serif" font-size="12">',
            f'<rect width="{_WIDTH}" height="{height + 40}" fill="#fff"/>',
            *marks,
            *rows,
            legend,
            "</svg>",
            "",
        ]
    )


def _draw_row(top: float, line: dict, old: dict | None) -> str:
    parts = [_write(_LEFT - 8, top + 14, _name(line["what"]), anchor="end")]
    bars = [(old["share"], "#c9d3e0", 4, 16)] if old else []
    for share, colour, down, high in [*bars, (line["share"], "#2f5d8c", 7, 10)]:
        start, end = sorted((_place(1.0), _place(share)))
        parts.append(
            f'<rect x="{start:.1f}" y="{top + down}" width="{max(end - start, 1):.1f}" '
            f'height="{high}" fill="{colour}"/>'
        )
    if line["bound"]:
        goal = _place(line["bound"])
        parts.append(
            f'<line x1="{goal:.1f}" x2="{goal:.1f}" y1="{top + 2}" y2="{top + 22}" '
            'stroke="#c0392b" stroke-width="2"/>'
        )
    shares = [line["share"], line["bound"] or 0, old["share"] if old else 0]
    told = f"{line['share']:.2f}" + (f" (was {old['share']:.2f})" if old else "")
    parts.append(_write(_place(max(shares)) + 6, top + 16, told))
    return "\n".join(parts)


def _write(x, y, text, weight="normal", anchor="start") -> str:
    return (
        f'<text x="{x:.0f}" y="{y:.0f}" font-weight="{weight}" fill="#333" '
        f'text-anchor="{anchor}">{escape(text)}</text>'
    )
