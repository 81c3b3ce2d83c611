"""``SFTPSensor`` and ``FTPSensor``: wait for a file on another host."""

import ftplib
import posixpath
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from jupyter_couture.authoring.arguments import aware
from jupyter_couture.authoring.context import Context
from jupyter_couture.authoring.operators.python import call_arguments
from jupyter_couture.authoring.sensors.sensor import BaseSensor, PokeReturnValue
from jupyter_couture.compat.hooks.ftp import FTPHook, FTPSHook
from jupyter_couture.compat.hooks.sftp import SFTPHook


class SFTPSensor(BaseSensor):
    """Waits until ``path`` is there, or a file in the folder ``path`` whose name fits ``file_pattern``.

    ``newer_than`` (a time, or its text): only files changed after it count. ``python_callable`` is called with
    ``op_args``, ``op_kwargs`` (and ``files_found`` among them) once there are files; what it returns decides, and is
    kept with their names. ``deferrable`` is accepted; the sensor waits in its ``mode``.
    """

    template_fields = ("path", "newer_than")

    def __init__(
        self,
        task_id: str,
        *,
        path: str,
        file_pattern: str = "",
        newer_than: datetime | str | None = None,
        sftp_conn_id: str = "sftp_default",
        python_callable: Callable[..., Any] | None = None,
        op_args: Sequence[Any] | None = None,
        op_kwargs: Mapping[str, Any] | None = None,
        use_managed_conn: bool = True,
        deferrable: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(task_id, **options)
        self.path = path
        self.file_pattern = file_pattern
        self.newer_than = newer_than
        self.sftp_conn_id = sftp_conn_id
        self.python_callable = python_callable
        self.op_args = list(op_args or ())
        self.op_kwargs = dict(op_kwargs or {})
        self.deferrable = bool(deferrable)

    def poke(self, context: Context) -> bool | PokeReturnValue:
        """Look once."""
        found = self._files()
        if not found or self.python_callable is None:
            return bool(found)
        kwargs = {**self.op_kwargs, "files_found": found}
        given = call_arguments(self.python_callable, self.op_args, kwargs, context)
        decided = self.python_callable(*self.op_args, **given)
        return PokeReturnValue(True, {"files_found": found, "decorator_return_value": decided})

    def _files(self) -> list[str]:
        hook = SFTPHook(self.sftp_conn_id)
        after = aware(self.newer_than, "newer_than")
        with hook.get_managed_conn() as conn:
            paths = [self.path]
            if self.file_pattern:
                names = hook.get_files_by_pattern(self.path, self.file_pattern) if hook.isdir(self.path) else []
                paths = [posixpath.join(self.path, name) for name in names]
            if after is None:
                return [path for path in paths if hook.path_exists(path)]
            changed = {path: conn.stat(path).st_mtime or 0 for path in paths if hook.path_exists(path)}
            return [path for path, moment in changed.items() if datetime.fromtimestamp(moment, UTC) > after]


class FTPSensor(BaseSensor):
    """Waits until the file ``path`` is on the FTP server of ``ftp_conn_id``.

    A server that is busy (its answers 421, 425, 426, 434, 450) means "not yet", unless ``fail_on_transient_errors``.
    """

    template_fields = ("path",)
    hook_class: type[FTPHook] = FTPHook

    def __init__(
        self,
        task_id: str,
        *,
        path: str,
        ftp_conn_id: str = "ftp_default",
        fail_on_transient_errors: bool = True,
        **options: Any,
    ) -> None:
        super().__init__(task_id, **options)
        self.path = path
        self.ftp_conn_id = ftp_conn_id
        self.fail_on_transient_errors = bool(fail_on_transient_errors)

    def poke(self, context: Context) -> bool:
        """Look once."""
        with self.hook_class(self.ftp_conn_id) as hook:
            try:
                hook.get_mod_time(self.path)
            except ftplib.Error as error:
                code = str(error)[:3]
                if code == "550" or (not self.fail_on_transient_errors and code in _TRANSIENT):
                    return False
                raise
        return True


_TRANSIENT = ("421", "425", "426", "434", "450")


class FTPSSensor(FTPSensor):
    """The same over FTP with TLS."""

    hook_class = FTPSHook
