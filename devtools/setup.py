"""Everything that a command needs, found or made: Odoo, Python, a server, databases."""

from __future__ import annotations

import contextlib

from . import apt, odoo_source, postgres, postgres_binaries, process, python_env
from .cache import key, lock
from .console import console
from .database import Databases
from .odoo_run import Runner, manifest
from .postgres import Cluster

_BROWSERS = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")


@contextlib.contextmanager
def runner():
    """A runner on a server that runs as long as the block does."""
    server = postgres.existing()
    found = process.together(odoo=odoo_source.find, python=python_env.ensure)
    python = found["python"]
    if server:
        databases = Databases(server, python)
        databases.check()
        yield Runner(found["odoo"], python, databases)
        return
    cluster = Cluster(postgres_binaries.find(python))
    try:
        databases = Databases(cluster.acquire(), python)
        yield Runner(found["odoo"], python, databases)
    finally:
        cluster.release()


def browser() -> None:
    """Have a Chromium for the tests' tours.

    :raise DevError: there is none and none can be installed
    """
    if any(map(apt.shutil.which, _BROWSERS)):
        return
    if not apt.may_install():
        raise apt.explain_missing(
            "chromium", "The tests' tours need Chromium, and it is missing"
        )
    apt.install("chromium")


def template(run: Runner, modules: list[str]) -> str:
    """The name of a database with the modules installed, without demonstration data."""
    name = f"multicurrency_template_{key(run.odoo.version, sorted(modules))}"
    databases = run.databases
    with lock(name):
        whole = databases.states().get(name) == "whole"
        if not whole or not databases.filestore(name).is_dir():
            title = "Installing Odoo's modules into a template database"
            with console.step(title) as step:
                databases.create(name)
                run.install(name, modules, step)
                databases.set_state(name, "whole")
    return name


def addon_dependencies() -> list[str]:
    """The modules that the addon's manifest names."""
    return list(manifest()["depends"])
