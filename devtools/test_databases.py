"""The databases that tests run on: installed once, cloned for each run and worker."""

from __future__ import annotations

import contextlib
import datetime
import os
import secrets

from . import setup
from .cache import ADDON, addon_checksum, key, lock, part, try_lock
from .console import DevError, console
from .database import Databases
from .odoo_run import Runner, complaints

_PREFIX = "multicurrency_test_"
_INSTALLED = "multicurrency_installed_"
_KEPT, _WHOLE = "kept", "whole"
_TEMPLATES = 4  # with the addon installed, of some 60 MB each: clones of other branches


def _forget(databases: Databases, name: str) -> None:
    """Drop a database, and what lies around it in the cache."""
    databases.drop(name)
    for path in part("configuration").glob(f"{name}.*"):
        path.unlink(missing_ok=True)
    part("logs", f"{name}.install.log").unlink(missing_ok=True)


def _drop_unused(databases: Databases, names) -> None:
    """Drop those whose lock nobody holds."""
    for name in names:
        held = try_lock(name)
        if held:
            with held:
                _forget(databases, name)
            part("locks", name).unlink(missing_ok=True)


def _drop_left_behind(databases: Databases) -> None:
    """Drop the databases of runs that were killed: nobody holds their lock, and
    nobody asked to keep them."""
    states = databases.states().items()
    ours = [name for name, state in states if state != _KEPT]
    _drop_unused(databases, [name for name in ours if name.startswith(_PREFIX)])


def _drop_old_templates(databases: Databases) -> None:
    """Keep the templates with the addon installed that were used last."""

    def used(name: str) -> float:
        path = part("locks", name)
        return path.stat().st_mtime if path.exists() else 0.0

    ours = [name for name in databases.states() if name.startswith(_INSTALLED)]
    _drop_unused(databases, sorted(ours, key=used, reverse=True)[_TEMPLATES:])


def install_addon(run: Runner, database: str) -> None:
    """Install the addon, and accept no warning of Odoo's while it does.

    :raises DevError: Odoo logged a warning or an error
    """
    with console.step("Installing the addon") as step:
        log = run.install(database, [ADDON], step)
    said = complaints(log)
    if said:
        raise DevError(
            "Odoo warned while it installed the addon: correct what it says.\n"
            + "\n".join(said[:80])
        )


@contextlib.contextmanager
def _installed(run: Runner, more: tuple[str, ...]):
    """The name of a template with the addon's files as they are now, installed today.

    Held as long as the block lasts; kept until four others were used after it.
    """
    modules = [*setup.addon_dependencies(), *more]
    base = setup.template(run, modules)
    today = datetime.datetime.now(datetime.timezone.utc).date()
    facts = key(base, str(run.python), addon_checksum(), str(today))
    name = f"{_INSTALLED}{facts}"
    databases = run.databases
    with lock(name) as held:
        os.utime(held.fileno())
        whole = databases.states().get(name) == _WHOLE
        if not whole or not databases.filestore(name).is_dir():
            databases.create(name, base)
            install_addon(run, name)
            databases.set_state(name, _WHOLE)
            _drop_old_templates(databases)
        yield name


@contextlib.contextmanager
def fresh_databases(
    run: Runner, count: int, keep: bool = False, more: tuple[str, ...] = ()
):
    """The names of databases with the addon, and with more modules, dropped after it.

    :param count: how many, all alike
    :param keep: drop them only when ``./dev clean`` does
    :raises DevError: the addon can't be installed, or not without a warning
    """
    databases = run.databases
    _drop_left_behind(databases)
    stem = f"{_PREFIX}{secrets.token_hex(4)}"
    names = [f"{stem}_{number}" if count > 1 else stem for number in range(count)]
    with contextlib.ExitStack() as locks:
        for name in names:
            locks.enter_context(try_lock(name))
        try:
            with _installed(run, more) as template:
                for name in names:
                    databases.create(name, template)
            if keep:
                # said now: after pytest its summary has the last word
                console.say(f"To be kept: ./dev shell {' or '.join(names)}")
            yield names
        finally:
            for name in names:
                if keep:
                    databases.set_state(name, _KEPT)
                else:
                    _forget(databases, name)
                    part("locks", name).unlink(missing_ok=True)
