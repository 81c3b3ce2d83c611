"""``FTPHook`` and ``FTPSHook``: files on an FTP server, with the standard library."""

import ftplib
import os
import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from jupyter_couture.authoring.connections import BaseHook

FTP_PORT = 21
_TIMEOUT_SECONDS = 60.0


class FTPHook(BaseHook):
    """Lists, fetches and stores files on the server of ``ftp_conn_id``; ``with`` it, or call ``close_conn`` at the end.

    In the connection's extra: ``passive`` (True), ``timeout`` in seconds (60).
    """

    conn_name_attr = "ftp_conn_id"
    default_conn_name = "ftp_default"
    conn_type = "ftp"
    hook_name = "FTP"

    def __init__(self, ftp_conn_id: str = default_conn_name) -> None:
        super().__init__()
        self.ftp_conn_id = ftp_conn_id
        self.conn: ftplib.FTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close_conn()

    def get_conn(self) -> ftplib.FTP:
        """The open connection; the same one until ``close_conn``."""
        if self.conn is None:
            params = self.get_connection(self.ftp_conn_id)
            timeout = float(params.extra_dejson.get("timeout", _TIMEOUT_SECONDS))
            conn = self._client(timeout)
            try:
                conn.connect(params.host or "", params.port or FTP_PORT)
                conn.login(params.login or "", params.password or "")
                if isinstance(conn, ftplib.FTP_TLS):
                    conn.prot_p()
            except BaseException:
                conn.close()
                raise
            conn.set_pasv(str(params.extra_dejson.get("passive", True)).lower() != "false")
            self.conn = conn
        return self.conn

    def close_conn(self) -> None:
        """Close the connection, if there is one."""
        conn, self.conn = self.conn, None
        if conn is None:
            return
        try:
            conn.quit()
        except (OSError, EOFError, ftplib.Error):
            conn.close()

    def describe_directory(self, path: str) -> dict[str, dict[str, str]]:
        """By name, what the server tells of each file (``size``, ``type``, ``modify`` ...); it must know ``MLSD``."""
        return {name: dict(facts) for name, facts in self.get_conn().mlsd(path)}

    def list_directory(self, path: str) -> list[str]:
        """The names in a folder."""
        conn = self.get_conn()
        before = conn.pwd()
        conn.cwd(path)
        try:
            return conn.nlst()
        finally:
            conn.cwd(before)

    def create_directory(self, path: str) -> None:
        """Make a folder."""
        self.get_conn().mkd(path)

    def delete_directory(self, path: str) -> None:
        """Remove an empty folder."""
        self.get_conn().rmd(path)

    def retrieve_file(
        self,
        remote_full_path: str,
        local_full_path_or_buffer: Any,
        callback: Callable[[bytes], Any] | None = None,
        block_size: int = 8192,
    ) -> None:
        """Fetch a file to a path here, or into a binary stream; ``callback`` is given each block instead."""
        order = f"RETR {remote_full_path}"
        if callback is not None:
            self.get_conn().retrbinary(order, callback, block_size)
        elif hasattr(local_full_path_or_buffer, "write"):
            self.get_conn().retrbinary(order, local_full_path_or_buffer.write, block_size)
        else:
            with Path(os.fspath(local_full_path_or_buffer)).open("wb") as file:
                self.get_conn().retrbinary(order, file.write, block_size)

    def store_file(self, remote_full_path: str, local_full_path_or_buffer: Any, block_size: int = 8192) -> None:
        """Store a file, or the rest of a binary stream, over there."""
        order = f"STOR {remote_full_path}"
        if hasattr(local_full_path_or_buffer, "read"):
            self.get_conn().storbinary(order, local_full_path_or_buffer, block_size)
        else:
            with Path(os.fspath(local_full_path_or_buffer)).open("rb") as file:
                self.get_conn().storbinary(order, file, block_size)

    def delete_file(self, path: str) -> None:
        """Remove a file."""
        self.get_conn().delete(path)

    def rename(self, from_name: str, to_name: str) -> str:
        """Give a file another name; what the server answers."""
        return self.get_conn().rename(from_name, to_name)

    def get_mod_time(self, path: str) -> datetime:
        """When a file was changed, a naive time in UTC."""
        told = self.get_conn().sendcmd(f"MDTM {path}").split()[-1]
        form = "%Y%m%d%H%M%S.%f" if "." in told else "%Y%m%d%H%M%S"
        return datetime.strptime(told, form).replace(tzinfo=UTC).replace(tzinfo=None)

    def get_size(self, path: str) -> int | None:
        """The size of a file in bytes, if the server tells."""
        self.get_conn().voidcmd("TYPE I")
        return self.get_conn().size(path)

    def test_connection(self) -> tuple[bool, str]:
        """Whether the server can be reached, and what is wrong if not."""
        try:
            with self:
                self.get_conn().pwd()
        except Exception as error:  # noqa: BLE001  # the answer to the question
            return False, str(error)
        return True, "Connection successfully tested"

    def _client(self, timeout_seconds: float) -> ftplib.FTP:
        return ftplib.FTP(timeout=timeout_seconds)


class FTPSHook(FTPHook):
    """The same over TLS, for commands and for files."""

    def _client(self, timeout_seconds: float) -> ftplib.FTP:
        return ftplib.FTP_TLS(timeout=timeout_seconds, context=ssl.create_default_context())
