"""The PostgreSQL server: the one that the user names, else a private cluster."""

from __future__ import annotations

import configparser
import contextlib
import os
import pwd
import secrets
import shutil
import socket
from dataclasses import dataclass
from pathlib import Path

from . import process
from .cache import folder, lock, part, try_lock, write_private
from .console import DevError, console
from .postgres_binaries import Binaries

_VARIABLES = ("PGHOST", "PGHOSTADDR", "PGPORT", "PGUSER", "PGPASSWORD", "PGSERVICE")
# A cluster for development: what it loses in a power cut is made again.
_SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 200
shared_buffers = 256MB
work_mem = 16MB
maintenance_work_mem = 128MB
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum_naptime = 10min
jit = off
max_wal_size = 2GB
log_timezone = 'UTC'
timezone = 'UTC'
"""


@dataclass(frozen=True)
class Server:
    """How to reach a server; empty values are left to libpq (sockets, ~/.pgpass)."""

    host: str = ""
    port: str = ""
    user: str = ""
    password: str = ""
    database: str = "postgres"
    private: bool = False

    def connection(self, database: str = "") -> dict[str, str]:
        """Arguments for a connection."""
        wanted = {
            "host": self.host,
            "port": self.port,
            "user": self.user,
            "password": self.password,
            "dbname": database or self.database,
        }
        return {name: value for name, value in wanted.items() if value}


def existing() -> Server | None:
    """The server that PG* variables or the odoo.conf of ODOO_RC name, if they do."""
    if any(os.environ.get(name) for name in _VARIABLES):
        return Server(
            host=os.environ.get("PGHOST", ""),
            port=os.environ.get("PGPORT", ""),
            user=os.environ.get("PGUSER", ""),
            password=os.environ.get("PGPASSWORD", ""),
            database=os.environ.get("PGDATABASE", "postgres"),
        )
    file = os.environ.get("ODOO_RC")
    if not file:
        return None
    parser = configparser.RawConfigParser()
    try:
        if not parser.read(Path(file).expanduser()):
            raise DevError(f"ODOO_RC names {file}, which can't be read: correct it.")
    except configparser.Error as error:
        raise DevError(
            f"ODOO_RC names {file}, which is no odoo.conf: correct it."
        ) from error

    def setting(name: str) -> str:
        value = parser.get("options", name, fallback="").strip()
        return "" if value.lower() in ("false", "none") else value

    names = ("db_host", "db_port", "db_user", "db_password")
    if not any(map(setting, names)):
        return None
    return Server(*map(setting, names))


def free_port_or_none(port: int = 0) -> int | None:
    """The port (any, if 0) if nothing listens on it at 127.0.0.1, else None."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            return None
        return probe.getsockname()[1]


def free_port(first: int = 0) -> int:
    """A port of 127.0.0.1 that nothing listens on: `first` or one after it."""
    for port in range(first, first + 100) if first else (0,):
        found = free_port_or_none(port)
        if found:
            return found
    raise DevError(f"No port is free from {first} on: name another with --port.")


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(2)
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Cluster:
    """A private cluster in the cache folder, shared by every running `./dev`."""

    def __init__(self, binaries: Binaries):
        self._binaries = binaries
        self._home = part("postgresql", str(binaries.major), "data").parent
        self._data = self._home / "data"
        self._password = self._home / "password"
        self._log = self._home / "server.log"
        self._users = f"postgresql-{binaries.major}-users"
        self._in_use = None

    @classmethod
    def made(cls) -> list[Cluster]:
        """The clusters that are in the cache folder, with the programs they ran on."""
        found = []
        for home in sorted((folder() / "postgresql").glob("*")):
            with contextlib.suppress(OSError, ValueError):
                programs = Path((home / "programs").read_text())
                found.append(cls(Binaries(programs, int(home.name))))
        return found

    # PostgreSQL refuses to run as root. Its user must reach the cache folder, which
    # may lie below a folder closed to others: it keeps the one capability for that.
    def _as_its_user(self, **options) -> list[str]:
        if os.geteuid():
            return []
        user = self._owner()
        change = ["--reuid", str(user.pw_uid), "--regid", str(user.pw_gid)]
        command = ["setpriv", *change, "--clear-groups"]
        reach = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
        with contextlib.suppress(process.CommandFailed):
            process.run([*command, *reach, "true"], **options)
            return command + reach
        return command

    @staticmethod
    def _owner() -> pwd.struct_passwd:
        for name in ("postgres", "nobody"):
            with contextlib.suppress(KeyError):
                return pwd.getpwnam(name)
        raise DevError(
            "PostgreSQL refuses to run as root and this machine has neither the user"
            " postgres nor nobody: start ./dev as an ordinary user."
        )

    def _program(self, name: str, *arguments, closing=False, **options) -> list[str]:
        user = self._as_its_user(closing=closing)
        return process.run(
            [*user, self._binaries.folder / name, *arguments],
            cwd="/",
            closing=closing,
            env=process.environment(LC_ALL="C.UTF-8"),
            **options,
        )

    def _create(self) -> None:
        """Make the cluster; a half-made one is thrown away first."""
        partial = self._home / "data.partial"
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(mode=0o700)
        write_private(self._password, secrets.token_urlsafe(24))
        reading = self._home / "password.initdb"
        write_private(reading, self._password.read_text())
        if not os.geteuid():
            owner = self._owner()
            for path in (partial, reading):
                os.chown(path, owner.pw_uid, owner.pw_gid)
        with console.step(f"Making a private PostgreSQL {self._binaries.major}"):
            self._program(
                "initdb",
                *("--pgdata", partial, "--username", "odoo", "--pwfile", reading),
                *("--auth", "scram-sha-256", "--encoding", "UTF8", "--no-sync"),
                *("--locale", "C.UTF-8"),
                log=part("logs", "initdb.log"),
            )
        reading.unlink()
        with open(partial / "postgresql.conf", "a", encoding="utf-8") as settings:
            settings.write(_SETTINGS)
        partial.rename(self._data)

    def _running_port(self) -> int | None:
        """The port of the running server; a pid file left behind counts for nothing."""
        try:
            lines = (self._data / "postmaster.pid").read_text().splitlines()
            pid, port = int(lines[0]), int(lines[3])
            name = Path(f"/proc/{pid}/comm").read_text().strip()
        except (OSError, ValueError, IndexError):
            return None
        return port if name.startswith("postgres") and _listens(port) else None

    def _start(self) -> int:
        """Start the server on a free port, its last one if possible."""
        remembered = self._home / "port"
        with contextlib.suppress(OSError, ValueError):
            port = free_port(int(remembered.read_text()))
            return self._start_on(port)
        port = free_port()
        remembered.write_text(str(port))
        return self._start_on(port)

    def _start_on(self, port: int) -> int:
        self._log.touch()
        if not os.geteuid():
            owner = self._owner()
            os.chown(self._log, owner.pw_uid, owner.pw_gid)
        (self._home / "programs").write_text(str(self._binaries.folder))
        self._forget_stranger()
        with console.step("Starting PostgreSQL"):
            try:
                self._program(
                    *("pg_ctl", "start", "--wait", "--timeout", "60", "--silent"),
                    *("--pgdata", self._data, "--log", self._log),
                    *("--options", f"-p {port}"),
                )
            except process.CommandFailed as error:
                raise DevError(
                    f"The private PostgreSQL does not start (see {self._log}): try"
                    " again, or throw it away with `./dev clean`."
                ) from error
        return port

    def _forget_stranger(self) -> None:
        """Remove a pid file whose process is no PostgreSQL (any more)."""
        file = self._data / "postmaster.pid"
        with contextlib.suppress(OSError, ValueError, IndexError):
            pid = int(file.read_text().splitlines()[0])
            comm = Path(f"/proc/{pid}/comm")
            if not comm.exists() or not comm.read_text().startswith("postgres"):
                file.unlink()

    def acquire(self) -> Server:
        """Have the server running until `release`, at least."""
        with lock("postgresql"):
            if not self._data.is_dir():
                self._create()
            port = self._running_port() or self._start()
            self._in_use = try_lock(self._users, shared=True)
        password = self._password.read_text()
        return Server("127.0.0.1", str(port), "odoo", password, private=True)

    def release(self) -> None:
        """Stop the server if nobody else uses it."""
        with lock("postgresql"):
            if self._in_use:
                self._in_use.close()
                self._in_use = None
            self.stop_if_unused()

    def stop_if_unused(self) -> bool:
        """Stop the server unless a running `./dev` uses it; whether it is stopped."""
        alone = try_lock(self._users)
        if alone is None:
            return False
        with alone:
            if self._running_port():
                self._program(
                    *("pg_ctl", "stop", "--mode", "fast", "--wait", "--silent"),
                    *("--pgdata", self._data),
                    closing=True,
                )
        return True
