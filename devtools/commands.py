"""The sub-commands of `./dev`, and how it ends."""

from __future__ import annotations

import signal
import sys

from . import demo, process
from .bench import bench
from .console import DevError, console
from .core_tests import core_tests
from .house import house
from .lint import lint
from .load import load
from .security import security
from .sources import sources
from .testing import test

HELP = """\
usage: ./dev COMMAND [arguments]

  demo [--port N] [--fresh] [--detach]
      open a real Odoo with the addon and a demonstration company; Ctrl-C stops it;
      --fresh makes the data again, --detach goes on in the background
  test [-j N] [--keep-db] [--beside] [--explore [SEED]] [pytest arguments]
      run the addon's tests with pytest, by N workers with a fresh database each (as
      many as there are cores, one for a single file); --keep-db keeps the databases;
      --beside has Odoo's modules for stock, delivery, tills … installed, too;
      --explore runs the property tests alone, with ten times the examples, from a
      fresh seed that it prints, or from SEED once more
  lint [--fix]
      ruff, pylint-odoo and the rules of the house; clean is the rule
  core-tests [modules]
      run Odoo's own tests of its sales, accounting and payment modules, or of those
      named (a,b), without and with the addon; fails on what fails with it only
  bench [rates] [locks] [screens] [credit] [credit-large] [ledger] [closing] [--write]
      time the storing of rates, beside OCA's currency_rate_update, quotation to
      posted invoice, and the screens of 50,000 customers, beside Odoo without the
      addon, and the assessment of customers, beside OCA's account_financial_risk; each
      pair in the same run; --write writes docs/PERFORMANCE.md and its plot
  load [--clients N] [--minutes N] [--workers N] [--seed N] [--kill] [--stock]
       [--without]
      have colleagues of several roles work at once on few customers, on a server of
      several workers, and say what doesn't tie out; --kill ends workers and
      connections meanwhile, --stock has them sell goods, and deliver them, --without
      has them work in Odoo alone first
  house [checkout]
      measure the rooms of the addon, and say what breaks their rules
  house --without ROOM FOLDER
      copy the checkout into a new folder, without a room and those after it: the
      others live on
  sources
      write the tables of rate sources from what the adapters declare
  security
      write the tables of docs/SECURITY.md: who may what, and every sudo() with its
      reason; fails on one without
  shell [database]
      Odoo's shell on the demonstration, or on another database of ours
  stop
      stop the demonstration and the private PostgreSQL
  clean
      remove everything that ./dev made
  help
      this page

An Odoo 19.0 that ODOO_HOME names or that is on the PATH is used before one is fetched,
and a PostgreSQL that PG* variables or ODOO_RC (an odoo.conf) name before a private one,
and a wkhtmltopdf on the PATH before Debian's; where Debian has none, Chromium prints.
Everything private lies in ${XDG_CACHE_HOME:-~/.cache}/multicurrency_crm.
"""


def show_help(_arguments: list[str]) -> int:
    """Print the commands."""
    print(HELP, end="")
    return 0


COMMANDS = {
    "help": show_help,
    "--help": show_help,
    "-h": show_help,
    "bench": bench,
    "clean": demo.clean,
    "core-tests": core_tests,
    "demo": demo.demo,
    "house": house,
    "lint": lint,
    "load": load,
    "security": security,
    "shell": demo.shell,
    "sources": sources,
    "stop": demo.stop,
    "test": test,
}


def _interrupt(number: int, _frame) -> None:
    """SIGTERM and SIGHUP clean up as Ctrl-C does; a second signal changes nothing."""
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    process.interrupted_by = number
    raise KeyboardInterrupt


def main(arguments: list[str]) -> int:
    """Run one command; its exit status."""
    name, *rest = arguments or ["help"]
    if name not in COMMANDS:
        print(f"./dev: there is no command {name}: see ./dev help.", file=sys.stderr)
        return 1
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        return COMMANDS[name](rest)
    except DevError as error:
        process.end_all()
        print(f"./dev: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        process.end_all()
        console.say("Stopped; what is whole is kept")
        return 128 + (process.interrupted_by or signal.SIGINT)
    finally:
        process.end_all()
