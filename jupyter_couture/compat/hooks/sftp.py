"""``SFTPHook``: files on another host, over SSH."""

import os
import posixpath
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from fnmatch import fnmatch
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from jupyter_couture.compat.hooks.ssh import SSHHook
from jupyter_couture.model.errors import AirflowException

_P = ParamSpec("_P")
_R = TypeVar("_R")


class ConnectionNotOpenedException(AirflowException):
    """A hook with ``use_managed_conn`` False was used before ``get_conn``."""


def _connected(
    method: Callable[Concatenate["SFTPHook", _P], _R],
) -> Callable[Concatenate["SFTPHook", _P], _R]:
    """Let the method find an open connection in ``self.conn``, which is closed afterwards if it was opened for it."""

    @wraps(method)
    def inside(self: "SFTPHook", /, *args: _P.args, **kwargs: _P.kwargs) -> _R:
        with self.get_managed_conn():
            return method(self, *args, **kwargs)

    return inside


class SFTPHook(SSHHook):
    """Lists, fetches and stores files on the host of ``ssh_conn_id``; other arguments are those of ``SSHHook``.

    Each call opens a connection and closes it, unless one is open: within ``with hook.get_managed_conn():``, or after
    ``get_conn()`` and until ``close_conn()``. Paths over there are POSIX paths.
    """

    conn_name_attr = "ssh_conn_id"
    default_conn_name = "sftp_default"
    conn_type = "sftp"
    hook_name = "SFTP"

    def __init__(
        self,
        ssh_conn_id: str | None = "sftp_default",
        host_proxy_cmd: str | None = None,
        use_managed_conn: bool = True,
        *,
        ftp_conn_id: str | None = None,
        ssh_hook: SSHHook | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(ftp_conn_id or ssh_conn_id, host_proxy_cmd=host_proxy_cmd, **kwargs)
        self.use_managed_conn = bool(use_managed_conn)
        self.conn: Any = None
        self._users = 0
        self._over = ssh_hook

    def get_conn(self) -> Any:
        """An open ``paramiko.SFTPClient``; the same one until ``close_conn``."""
        if self.conn is None:
            client = self._over.get_conn() if self._over is not None else super().get_conn()
            self.conn = client.open_sftp()
        return self.conn

    def close_conn(self) -> None:
        """Close the connection, if there is one."""
        if self.conn is not None:
            self.conn.close()
            self.conn = None
        if self._over is None:
            self.close()

    @contextmanager
    def get_managed_conn(self) -> Iterator[Any]:
        """An open ``paramiko.SFTPClient``, closed when the outermost of several is left."""
        if not self.use_managed_conn and self.conn is None:
            raise ConnectionNotOpenedException(
                "Connection not open, use with hook.get_managed_conn() Managed Connection in order to create and open "
                "the connection"
            )
        is_ours = self.conn is None
        self._users += 1
        try:
            yield self.get_conn()
        finally:
            self._users -= 1
            if is_ours:
                self.close_conn()

    def get_conn_count(self) -> int:
        """How many users a managed connection has now."""
        return self._users

    @_connected
    def describe_directory(self, path: str) -> dict[str, dict[str, Any]]:
        """By name: ``size`` in bytes, ``type`` (``dir`` or ``file``) and ``modify`` (``20260131120000``, local)."""
        found = sorted(self.conn.listdir_attr(path), key=lambda each: str(each.filename))
        return {
            each.filename: {
                "size": each.st_size,
                "type": "dir" if stat.S_ISDIR(each.st_mode) else "file",
                "modify": _moment(each.st_mtime),
            }
            for each in found
        }

    @_connected
    def list_directory(self, path: str) -> list[str]:
        """The names in a folder, in order."""
        return sorted(self.conn.listdir(path))

    @_connected
    def list_directory_with_attr(self, path: str) -> list[Any]:
        """What ``paramiko`` tells of each file in a folder."""
        return list(self.conn.listdir_attr(path))

    @_connected
    def mkdir(self, path: str, mode: int = 0o777) -> None:
        """Make a folder, whose parent must be there."""
        self.conn.mkdir(path, mode)

    @_connected
    def isdir(self, path: str) -> bool:
        """Whether a folder is there."""
        return self._is(path, stat.S_ISDIR)

    @_connected
    def isfile(self, path: str) -> bool:
        """Whether a file is there."""
        return self._is(path, stat.S_ISREG)

    @_connected
    def path_exists(self, path: str) -> bool:
        """Whether anything is there."""
        return self._is(path, lambda mode: True)

    @_connected
    def create_directory(self, path: str, mode: int = 0o777) -> None:
        """Make a folder and those above it, unless it is there."""
        if self.isdir(path):
            return
        if self.isfile(path):
            raise AirflowException(f"{path} already exists and is a file")
        above, name = posixpath.split(path)
        if above and not self.isdir(above):
            self.create_directory(above, mode)
        if name:
            self.conn.mkdir(path, mode)

    @_connected
    def delete_directory(self, path: str, include_files: bool = False) -> None:
        """Remove a folder; one that is not empty only with ``include_files``. What links lead to stays."""
        if include_files:
            if stat.S_ISLNK(self.conn.lstat(path).st_mode or 0):
                self.conn.remove(path)
                return
            for each in self.conn.listdir_attr(path):
                place = posixpath.join(path, _own_name(each.filename))
                if stat.S_ISDIR(each.st_mode or 0):
                    self.delete_directory(place, include_files=True)
                else:
                    self.conn.remove(place)
        self.conn.rmdir(path)

    @_connected
    def retrieve_file(self, remote_full_path: str, local_full_path: Any, prefetch: bool = True) -> None:
        """Fetch a file to a path here, or into a binary stream."""
        if hasattr(local_full_path, "write"):
            self.conn.getfo(remote_full_path, local_full_path, prefetch=prefetch)
        else:
            self.conn.get(remote_full_path, os.fspath(local_full_path), prefetch=prefetch)

    @_connected
    def store_file(self, remote_full_path: str, local_full_path: Any, confirm: bool = True) -> None:
        """Store a file, or the rest of a binary stream, over there; ``confirm``: look whether it is whole."""
        if hasattr(local_full_path, "read"):
            self.conn.putfo(local_full_path, remote_full_path, confirm=confirm)
        else:
            self.conn.put(os.fspath(local_full_path), remote_full_path, confirm=confirm)

    @_connected
    def delete_file(self, path: str) -> None:
        """Remove a file."""
        self.conn.remove(path)

    @_connected
    def retrieve_directory(self, remote_full_path: str, local_full_path: str, prefetch: bool = True) -> None:
        """Fetch a folder with everything in it to a path here, where nothing may be yet."""
        target = Path(local_full_path)
        if target.exists():
            raise AirflowException(f"{local_full_path} already exists")
        target.mkdir(parents=True)
        files, folders, _ = self.get_tree_map(remote_full_path)
        for folder in folders:
            (target / posixpath.relpath(folder, remote_full_path)).mkdir(parents=True, exist_ok=True)
        for file in files:
            self.retrieve_file(file, str(target / posixpath.relpath(file, remote_full_path)), prefetch)

    @_connected
    def store_directory(self, remote_full_path: str, local_full_path: str, confirm: bool = True) -> None:
        """Store a folder with everything in it over there, where nothing may be yet."""
        if self.path_exists(remote_full_path):
            raise AirflowException(f"{remote_full_path} already exists")
        self.create_directory(remote_full_path)
        source = Path(local_full_path)
        for path in sorted(source.rglob("*")):
            place = posixpath.join(remote_full_path, path.relative_to(source).as_posix())
            if path.is_dir():
                self.create_directory(place)
            else:
                self.store_file(place, str(path), confirm)

    def retrieve_directory_concurrently(
        self, remote_full_path: str, local_full_path: str, workers: int = 1, prefetch: bool = True
    ) -> None:
        """As ``retrieve_directory``; one connection does the work of all ``workers``."""
        self.retrieve_directory(remote_full_path, local_full_path, prefetch)

    def store_directory_concurrently(
        self, remote_full_path: str, local_full_path: str, confirm: bool = True, workers: int = 1
    ) -> None:
        """As ``store_directory``; one connection does the work of all ``workers``."""
        self.store_directory(remote_full_path, local_full_path, confirm)

    @_connected
    def get_mod_time(self, path: str) -> str:
        """When a file was changed, as ``20260131120000`` in local time."""
        return _moment(self.conn.stat(path).st_mtime)

    @_connected
    def get_tree_map(
        self, path: str, prefix: str | None = None, delimiter: str | None = None
    ) -> tuple[list[str], list[str], list[str]]:
        """The paths of files, of folders (those above first) and of what is neither, below ``path``.

        Only those are listed that begin with ``prefix`` and end with ``delimiter``.
        """
        found: tuple[list[str], list[str], list[str]] = ([], [], [])
        self.walktree(path, found[0].append, found[1].append, found[2].append)
        files, folders, others = (
            [each for each in kind if each.startswith(prefix or "") and each.endswith(delimiter or "")]
            for kind in found
        )
        return files, folders, others

    @_connected
    def walktree(
        self,
        path: str,
        fcallback: Callable[[str], Any],
        dcallback: Callable[[str], Any],
        ucallback: Callable[[str], Any],
        recurse: bool = True,
    ) -> None:
        """Call back for each file, folder, and thing that is neither, below ``path``; links are followed."""
        for name in self.list_directory(path):
            place = posixpath.join(path, _own_name(name))
            if self.isdir(place):
                dcallback(place)
                if recurse:
                    self.walktree(place, fcallback, dcallback, ucallback, recurse)
            elif self.isfile(place):
                fcallback(place)
            else:
                ucallback(place)

    @_connected
    def get_file_by_pattern(self, path: str, fnmatch_pattern: str) -> str:
        """The newest file in a folder whose name fits; empty if none does."""
        fitting = [each for each in self.conn.listdir_attr(path) if fnmatch(each.filename, fnmatch_pattern)]
        return str(max(fitting, key=lambda each: each.st_mtime or 0).filename) if fitting else ""

    @_connected
    def get_files_by_pattern(self, path: str, fnmatch_pattern: str) -> list[str]:
        """The files in a folder whose names fit."""
        return [name for name in self.list_directory(path) if fnmatch(name, fnmatch_pattern)]

    def test_connection(self) -> tuple[bool, str]:
        """Whether the host can be reached, and what is wrong if not."""
        try:
            with self.get_managed_conn() as conn:
                conn.normalize(".")
        except Exception as error:  # noqa: BLE001  # the answer to the question
            return False, str(error)
        return True, "Connection successfully tested"

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "conn": None, "_users": 0}

    def _is(self, path: str, kind: Callable[[int], bool]) -> bool:
        try:
            return kind(self.conn.stat(path).st_mode or 0)
        except FileNotFoundError:
            return False


def _own_name(name: str) -> str:
    """A name in a folder, as the server tells it; raises ``AirflowException`` for one that leads elsewhere."""
    if "/" in name or name in ("", ".", ".."):
        raise AirflowException(f"The server lists {name!r}, which is no name of a file")
    return name


def _moment(timestamp: float | None) -> str:
    return datetime.fromtimestamp(timestamp or 0, UTC).astimezone().strftime("%Y%m%d%H%M%S")
