"""Databases of a server: made, cloned with their files, dropped; only our own."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
from pathlib import Path

from . import process
from .cache import folder, part
from .console import DevError
from .postgres import Server
from .postgres_binaries import OLDEST

_SQL = Path(__file__).parent / "inside" / "sql.py"
_MAKER = "multicurrency_crm ./dev"


class Databases:
    """The databases that `./dev` makes on a server, and their files in the cache.

    Each carries a comment that says which cache folder it belongs to and what state it
    is in: that tells ours from others' and whole ones from half-made ones.
    """

    def __init__(self, server: Server, python: Path):
        self.server = server
        self._python = python

    def execute(self, *statements, database: str = "") -> list:
        """Run statements, each a text or (text, values); the last one's rows."""
        pairs = [(text, ()) if isinstance(text, str) else text for text in statements]
        asked = {"connection": self.server.connection(database), "statements": pairs}
        done = subprocess.run(
            [os.fspath(self._python), os.fspath(_SQL)],
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            check=False,
            start_new_session=True,
            env=None if not self.server.private else process.environment(),
        )
        result = json.loads(done.stdout or "{}")
        if "rows" not in result:
            raise DevError(
                f"PostgreSQL refused ({result.get('error') or done.stderr.strip()}):"
                " correct that, or the PG* variables, and start again."
            )
        return result["rows"]

    def check(self) -> None:
        """Stop with a sentence if the server can't be used.

        :raise DevError: out of reach, too old, or without the right to make databases
        """
        [[version, user, may_create]] = self.execute(
            "SELECT current_setting('server_version_num')::int / 10000, current_user,"
            " rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
        )
        if version < OLDEST:
            raise DevError(
                f"Odoo 19 needs PostgreSQL {OLDEST} or later and the server is"
                f" {version}: name another one with the PG* variables."
            )
        if not may_create:
            raise DevError(
                f"The PostgreSQL user {user} may not create databases: grant it with"
                f" `ALTER ROLE {user} CREATEDB`."
            )
        if user == "postgres":
            raise DevError(
                "Odoo refuses the PostgreSQL user postgres: make another that may"
                " create databases, and name it in PGUSER."
            )

    def states(self) -> dict[str, str]:
        """Our databases on the server, with the state that their comments tell."""
        rows = self.execute(
            "SELECT datname, shobj_description(oid, 'pg_database') FROM pg_database"
            " WHERE shobj_description(oid, 'pg_database') LIKE '{%'"
        )
        ours = {}
        for name, comment in rows:
            with contextlib.suppress(ValueError):
                said = json.loads(comment)
                if (said.get("maker"), said.get("cache")) == (_MAKER, str(folder())):
                    ours[name] = said.get("state", "")
        return ours

    def set_state(self, name: str, state: str) -> None:
        """Keep a state with a database of ours."""
        said = {"maker": _MAKER, "cache": str(folder()), "state": state}
        self.execute((f'COMMENT ON DATABASE "{name}" IS %s', [json.dumps(said)]))

    def _exists(self, name: str) -> bool:
        return bool(
            self.execute(("SELECT 1 FROM pg_database WHERE datname = %s", [name]))
        )

    def create(self, name: str, template: str = "template0") -> None:
        """Make a database from a template, with copies of the template's files.

        One of ours with this name is dropped first.

        :raise DevError: somebody else's database has this name
        """
        self.drop(name)
        if self._exists(name):
            raise DevError(
                f"The server has a database {name} that ./dev did not make from this"
                " cache folder: rename it, or use another server."
            )
        encoding = " ENCODING 'UTF8' LC_COLLATE 'C'" if template == "template0" else ""
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"{encoding}')
        self.set_state(name, "being made")
        source, target = self.filestore(template), self.filestore(name)
        shutil.rmtree(target, ignore_errors=True)
        if source.is_dir():
            shutil.copytree(source, target, copy_function=_link)

    def drop(self, name: str) -> None:
        """Drop a database of ours with its files; others' are left alone."""
        if name in self.states():
            self.execute(
                (
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = %s AND usename = current_user",
                    [name],
                ),
                f'DROP DATABASE IF EXISTS "{name}"',
            )
            shutil.rmtree(self.filestore(name), ignore_errors=True)

    def filestore(self, name: str) -> Path:
        """Where Odoo keeps a database's files."""
        return part("data", "filestore", name)


def _link(source: str, target: str) -> None:
    """Odoo never changes a stored file, so that two databases may share it."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
