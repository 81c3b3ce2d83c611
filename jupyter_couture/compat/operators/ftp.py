"""``FTPFileTransmitOperator``: files to and from an FTP server as a task."""

import ftplib
import posixpath
from pathlib import Path
from typing import Any

from jupyter_couture.authoring.context import Context
from jupyter_couture.authoring.operator import BaseOperator
from jupyter_couture.compat.hooks.ftp import FTPHook, FTPSHook
from jupyter_couture.model.errors import AirflowException, InvalidDag


class FTPOperation:
    """What an ``FTPFileTransmitOperator`` may do."""

    PUT = "put"
    GET = "get"


class FTPFileTransmitOperator(BaseOperator):
    """Stores (``put``, the default) or fetches (``get``) files; what is kept is ``local_filepath``.

    ``local_filepath`` and ``remote_filepath`` are templates: one path, or lists of the same length. Missing folders are
    made with ``create_intermediate_dirs``.
    """

    template_fields = ("local_filepath", "remote_filepath")
    hook_class: type[FTPHook] = FTPHook

    def __init__(
        self,
        task_id: str,
        *,
        local_filepath: str | list[str],
        remote_filepath: str | list[str],
        ftp_conn_id: str = "ftp_default",
        operation: str = FTPOperation.PUT,
        create_intermediate_dirs: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(task_id, **options)
        self.operation = str(operation).lower()
        if self.operation not in (FTPOperation.PUT, FTPOperation.GET):
            message = f"Unsupported operation value {operation}, expected one of put, get."
            raise InvalidDag(task_id=self.task_id, message=message)
        self.local_filepath = local_filepath
        self.remote_filepath = remote_filepath
        self.ftp_conn_id = ftp_conn_id
        self.create_intermediate_dirs = bool(create_intermediate_dirs)

    def execute(self, context: Context) -> str | list[str]:
        """Do it."""
        ours = [self.local_filepath] if isinstance(self.local_filepath, str) else self.local_filepath
        theirs = [self.remote_filepath] if isinstance(self.remote_filepath, str) else self.remote_filepath
        if len(ours) != len(theirs):
            message = f"{len(ours)} paths in local_filepath do not match {len(theirs)} in remote_filepath"
            raise AirflowException(message)
        with self.hook_class(self.ftp_conn_id) as hook:
            for here, there in zip(ours, theirs, strict=True):
                self.log.info("%s %s", self.operation, there)
                if self.operation == FTPOperation.GET:
                    if self.create_intermediate_dirs:
                        Path(here).parent.mkdir(parents=True, exist_ok=True)
                    hook.retrieve_file(there, here)
                else:
                    if self.create_intermediate_dirs:
                        _make_folders(hook, posixpath.dirname(there))
                    hook.store_file(there, here)
        return self.local_filepath


class FTPSFileTransmitOperator(FTPFileTransmitOperator):
    """The same over FTP with TLS."""

    hook_class = FTPSHook


def _make_folders(hook: FTPHook, path: str) -> None:
    if path in ("", "/"):
        return
    _make_folders(hook, posixpath.dirname(path))
    try:
        hook.create_directory(path)
    except ftplib.error_perm:  # it is there, or the file itself will be refused
        return
