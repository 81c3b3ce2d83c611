"""A PostgreSQL server of the test session's own: started in a temporary folder, durable in nothing, gone afterwards."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql

START_TIMEOUT_SECONDS = 60
UNPRIVILEGED_USER = "postgres"  # PostgreSQL refuses to run as root


@dataclass(frozen=True)
class PostgresServer:
    """A running server. ``names`` numbers the databases, so that no two tests share one."""

    port: int
    names: Iterator[int]

    def create_database(self, *, template: str | None = None) -> str:
        """Create a database, empty or as a copy of the database called ``template``, and return its SQLAlchemy URL."""
        name = f"test_{next(self.names)}"
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        with psycopg.connect(self.conninfo("postgres"), autocommit=True) as connection:
            connection.execute(statement.format(sql.Identifier(name), sql.Identifier(template or "template0")))
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{name}"

    def drop_database(self, url: str) -> None:
        """Drop a database made here, ending whatever connections are left open to it."""
        statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        with psycopg.connect(self.conninfo("postgres"), autocommit=True) as connection:
            connection.execute(statement.format(sql.Identifier(url.rsplit("/", 1)[1])))

    def conninfo(self, database: str) -> str:
        """How libpq connects to ``database``."""
        return f"host=127.0.0.1 port={self.port} user=postgres dbname={database}"


@contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    """Start a server (about 2 s, most of it ``initdb``), yield it, stop it and remove its files."""
    binaries = _binaries()
    account = pwd.getpwnam(UNPRIVILEGED_USER) if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    folder = Path(tempfile.mkdtemp(prefix="couture-pg-"))
    os.chown(folder, account.pw_uid, account.pw_gid)

    def spawn(program: str, *arguments: str) -> subprocess.Popen[bytes]:
        with (folder / "log").open("ab") as log:
            return subprocess.Popen(
                [binaries / program, *arguments],
                cwd=folder,
                stdout=log,
                stderr=log,
                user=account.pw_uid,
                group=account.pw_gid,
                extra_groups=[] if os.geteuid() == 0 else None,
                start_new_session=True,
            )

    server: subprocess.Popen[bytes] | None = None
    try:
        data = str(folder / "data")
        initdb = spawn("initdb", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync", "--locale=C")
        if initdb.wait(START_TIMEOUT_SECONDS) != 0:
            raise RuntimeError(f"initdb failed:\n{_log(folder)}")
        port = free_port()
        settings = {
            "port": port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "max_connections": 200,
        }
        server = spawn("postgres", "-D", data, *(f"--{name}={value}" for name, value in settings.items()))
        postgres = PostgresServer(port, count(1))
        _wait_until_it_answers(postgres, server, folder)
        yield postgres
    finally:
        if server is not None:
            server.terminate()
            server.wait(START_TIMEOUT_SECONDS)
        shutil.rmtree(folder)


def _binaries() -> Path:
    """The newest installed PostgreSQL's programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    raise RuntimeError("PostgreSQL is not installed; `make test` installs it (Debian package: postgresql)")


def free_port() -> int:
    """A port that nobody listens at just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _wait_until_it_answers(postgres: PostgresServer, server: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while True:
        try:
            psycopg.connect(postgres.conninfo("postgres")).close()
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start:\n{_log(folder)}") from None
            time.sleep(0.05)
        else:
            return


def _log(folder: Path) -> str:
    return (folder / "log").read_text(errors="replace")[-4000:]
