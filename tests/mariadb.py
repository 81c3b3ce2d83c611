"""A MariaDB server of the test session's own: started in a temporary folder, durable in nothing, gone afterwards."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pymysql

from tests.postgres import free_port

START_TIMEOUT_SECONDS = 60
UNPRIVILEGED_USER = "mysql"  # MariaDB refuses to run as root


@dataclass(frozen=True)
class MariaDbServer:
    """A running server. ``names`` numbers the databases, so that no two tests share one."""

    port: int
    socket: Path
    names: Iterator[int]
    user: str = "couture"
    password: str = "p@ss/word"

    def create_database(self) -> str:
        """Create an empty database and return its name."""
        name = f"test_{next(self.names)}"
        self._run(f"CREATE DATABASE {name}")
        return name

    def drop_database(self, name: str) -> None:
        """Drop a database made here."""
        self._run(f"DROP DATABASE IF EXISTS {name}")

    def _run(self, statement: str) -> None:
        with (
            closing(
                pymysql.connect(unix_socket=str(self.socket), user=self.user, password=self.password)
            ) as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


@contextmanager
def running_mariadb() -> Iterator[MariaDbServer]:
    """Start a server (about 3 s, most of it the first tables), yield it, stop it and remove its files."""
    is_root = os.geteuid() == 0
    account = pwd.getpwnam(UNPRIVILEGED_USER) if is_root else pwd.getpwuid(os.geteuid())
    folder = Path(tempfile.mkdtemp(prefix="couture-my-"))
    os.chown(folder, account.pw_uid, account.pw_gid)

    def spawn(program: str, *arguments: str) -> subprocess.Popen[bytes]:
        with (folder / "log").open("ab") as log:
            return subprocess.Popen(
                [_program(program), *arguments],
                cwd=folder,
                env={**os.environ, "HOME": str(folder), "TMPDIR": str(folder)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                user=account.pw_uid,
                group=account.pw_gid,
                extra_groups=[] if is_root else None,
                start_new_session=True,
            )

    server: subprocess.Popen[bytes] | None = None
    try:
        data = f"--datadir={folder / 'data'}"
        made = spawn(
            "mariadb-install-db", "--no-defaults", data, "--auth-root-authentication-method=normal", "--skip-test-db"
        )
        if made.wait(START_TIMEOUT_SECONDS) != 0:
            raise RuntimeError(f"mariadb-install-db failed:\n{_log(folder)}")
        mariadb = MariaDbServer(free_port(), folder / "s", count(1))
        (folder / "first.sql").write_text(
            f"CREATE USER '{mariadb.user}'@'%' IDENTIFIED BY '{mariadb.password}';\n"
            f"GRANT ALL ON *.* TO '{mariadb.user}'@'%' WITH GRANT OPTION;\n"
        )
        (folder / "first.sql").chmod(0o644)
        settings = {
            "port": mariadb.port,
            "bind-address": "127.0.0.1",
            "socket": mariadb.socket,
            "pid-file": folder / "pid",
            "init-file": folder / "first.sql",
            "innodb-flush-log-at-trx-commit": 0,
            "innodb-buffer-pool-size": "16M",
            "innodb-log-file-size": "4M",
            "local-infile": 1,
            "secure-file-priv": "",
        }
        server = spawn("mariadbd", "--no-defaults", data, *(f"--{name}={value}" for name, value in settings.items()))
        _wait_until_it_answers(mariadb, server, folder)
        yield mariadb
    finally:
        if server is not None:
            server.terminate()
            server.wait(START_TIMEOUT_SECONDS)
        shutil.rmtree(folder)


def _program(name: str) -> str:
    """Where a program of MariaDB is; the server's own lies where an ordinary user does not look."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None:
        raise RuntimeError("MariaDB is not installed; `make test` installs it (Debian package: mariadb-server)")
    return found


def _wait_until_it_answers(mariadb: MariaDbServer, server: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while True:
        try:
            with socket.socket(socket.AF_UNIX) as probe:
                probe.connect(str(mariadb.socket))
        except OSError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"MariaDB did not start:\n{_log(folder)}") from None
            time.sleep(0.05)
        else:
            return


def _log(folder: Path) -> str:
    return (folder / "log").read_text(errors="replace")[-4000:]
