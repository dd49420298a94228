"""Everything that a command needs, found or made: Odoo, Python, a server, databases."""

from __future__ import annotations

import contextlib

from . import odoo_source, postgres, postgres_binaries, printing, process, python_env
from .cache import key, lock
from .console import console
from .database import Databases
from .odoo_run import Runner, manifest
from .postgres import Cluster

browser = printing.browser


@contextlib.contextmanager
def runner():
    """A runner on a server that runs as long as the block does."""
    server = postgres.existing()
    found = process.together(
        odoo=odoo_source.find, python=python_env.ensure, printing=printing.fetch
    )
    odoo, python = found["odoo"], found["python"]
    prints = printing.find(python)
    if server:
        databases = Databases(server, python)
        databases.check()
        yield Runner(odoo, python, databases, prints)
        return
    cluster = Cluster(postgres_binaries.find(python))
    try:
        databases = Databases(cluster.acquire(), python)
        yield Runner(odoo, python, databases, prints)
    finally:
        cluster.release()


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
