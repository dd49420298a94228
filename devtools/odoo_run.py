"""Odoo's own programs, run with a configuration of ours."""

from __future__ import annotations

import ast
import os
import re
from dataclasses import dataclass
from pathlib import Path

from . import process
from .cache import ADDON, REPOSITORY, part, write_private
from .console import DevError
from .database import Databases
from .odoo_source import Odoo
from .printing import Printing

_LOG_LINE = re.compile(r"^\d{4}-\d\d-\d\d [\d:,]+ \d+ (?P<level>[A-Z]+) (?P<rest>.*)")
_LOADING = re.compile(r"Loading module \S+ \((\d+)/(\d+)\)")
_BAD = {"WARNING", "ERROR", "CRITICAL"}


def manifest() -> dict:
    """The addon's manifest."""
    path = REPOSITORY / ADDON / "__manifest__.py"
    return ast.literal_eval(path.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Runner:
    """Odoo, its Python, its databases and what prints, put together."""

    odoo: Odoo
    python: Path
    databases: Databases
    printing: Printing

    def environment(self) -> dict[str, str]:
        """What Odoo's processes get: its code on the Python path, what prints."""
        passed = {}
        if not self.databases.server.private:
            passed = {k: v for k, v in os.environ.items() if k.startswith("PG")}
        return process.environment(
            PYTHONPATH=str(self.odoo.python_path),
            **self.printing.environment(),
            **passed,
        )

    def configuration(self, database: str, port: int = 0, **more) -> Path:
        """Write an odoo.conf for a database and return its path."""
        server = self.databases.server
        settings = {
            "addons_path": self.odoo.addons_path(REPOSITORY),
            "data_dir": part("data"),
            "db_name": database,
            "dbfilter": f"^{re.escape(database)}$",
            "db_host": server.host,
            "db_port": server.port,
            "db_user": server.user,
            "db_password": server.password,
            "list_db": False,
            "http_interface": "127.0.0.1",
            "http_port": port or 8069,
            "workers": 0,
            **more,
        }
        lines = [f"{name} = {value}" for name, value in settings.items() if value != ""]
        path = part("configuration", f"{database}.conf")
        write_private(path, "\n".join(["[options]", *lines, ""]))
        return path

    def command(self, configuration: Path, *arguments) -> list:
        """The command line of an Odoo program: `server` unless another is named."""
        start = "import odoo.cli; odoo.cli.main()"
        words = [str(argument) for argument in arguments]
        name = [words.pop(0)] if words and not words[0].startswith("-") else []
        return [self.python, "-c", start, *name, "--config", configuration, *words]

    def install(self, database: str, modules: list[str], step, *, update=False) -> Path:
        """Install or update modules, to the end; the log's path.

        :raise DevError: Odoo could not
        """
        configuration = self.configuration(database, max_cron_threads=0)
        log = part("logs", f"{database}.install.log")

        def follow(line: str) -> None:
            found = _LOADING.search(line)
            number, count = map(int, found.groups()) if found else (0, 1)
            if count > 1:  # the first module, base, is counted alone
                step.progress(f"module {number} of {count}", 100 * number / count)
            else:
                step.progress()

        try:
            process.run(
                self.command(
                    configuration,
                    *("--update" if update else "--init", ",".join(modules)),
                    *("--stop-after-init", "--no-http"),
                ),
                log=log,
                on_line=follow,
                env=self.environment(),
                cwd=REPOSITORY,
            )
        except process.CommandFailed as error:
            shown = complaints(log) or error.tail
            raise DevError(
                f"Odoo could not install {', '.join(modules)}: correct what it says"
                f" (whole log: {log}).\n" + "\n".join(shown[-60:])
            ) from error
        return log

    def script(self, database: str, source: Path, **asked: str) -> Path:
        """Run a script of `devtools/inside` in Odoo's shell; the log's path."""
        configuration = self.configuration(database, max_cron_threads=0)
        log = part("logs", f"{database}.{source.stem}.log")
        environment = {**self.environment(), **asked}
        with open(source, "rb") as program, open(log, "wb") as kept:
            child = process.start(
                self.command(configuration, "shell", "--no-http"),
                stdin=program,
                stdout=kept,
                stderr=kept,
                env=environment,
                cwd=REPOSITORY,
            )
            try:
                status = child.wait()
            finally:
                process.end(child)
        if status:
            tail = log.read_text(encoding="utf-8", errors="replace").splitlines()
            raise DevError(
                f"{source.stem} failed in Odoo: correct what it says (whole log:"
                f" {log}).\n" + "\n".join(tail[-25:])
            )
        return log


def complaints(log: Path) -> list[str]:
    """Warnings and errors in a log of Odoo, with the lines that belong to them."""
    found: list[str] = []
    belongs = False
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        match = _LOG_LINE.match(line)
        if match:
            belongs = match["level"] in _BAD
        if belongs:
            found.append(line)
    return found
