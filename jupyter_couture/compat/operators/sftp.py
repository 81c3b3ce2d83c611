"""``SFTPOperator``: files to and from another host as a task."""

import posixpath
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jupyter_couture.authoring.context import Context
from jupyter_couture.authoring.operator import BaseOperator
from jupyter_couture.compat.hooks.sftp import SFTPHook
from jupyter_couture.compat.hooks.ssh import SSHHook
from jupyter_couture.model.errors import AirflowException, InvalidDag


class SFTPOperation:
    """What an ``SFTPOperator`` may do."""

    PUT = "put"
    GET = "get"
    DELETE = "delete"


_OPERATIONS = (SFTPOperation.PUT, SFTPOperation.GET, SFTPOperation.DELETE)


class SFTPOperator(BaseOperator):
    """Stores, fetches or removes files on a host over SSH; what is kept is ``local_filepath``.

    Parameters
    ----------
    ssh_conn_id, sftp_hook, ssh_hook
        The connection, or a hook made otherwise.
    remote_host
        Over that of the connection; a template.
    local_filepath, remote_filepath
        Templates; one path or a list of the same length. A path that is a folder stands for all in it.
    operation
        ``put`` (the default), ``get`` or ``delete``.
    create_intermediate_dirs
        Make missing folders where files go.
    confirm, prefetch
        See ``SFTPHook``. ``concurrency`` is accepted; one connection does the work.
    """

    template_fields = ("local_filepath", "remote_filepath", "remote_host")

    def __init__(
        self,
        task_id: str,
        *,
        remote_filepath: str | list[str],
        local_filepath: str | list[str] | None = None,
        ssh_hook: SSHHook | None = None,
        sftp_hook: SFTPHook | None = None,
        ssh_conn_id: str | None = None,
        remote_host: str | None = None,
        operation: str = SFTPOperation.PUT,
        confirm: bool = True,
        create_intermediate_dirs: bool = False,
        concurrency: int = 1,
        prefetch: bool = True,
        **options: Any,
    ) -> None:
        super().__init__(task_id, **options)
        if str(operation).lower() not in _OPERATIONS:
            message = f"Unsupported operation value {operation}, expected one of {', '.join(_OPERATIONS)}."
            raise InvalidDag(task_id=self.task_id, message=message)
        self.operation = str(operation).lower()
        self.remote_filepath = remote_filepath
        self.local_filepath = local_filepath
        self.ssh_hook = ssh_hook
        self.sftp_hook = sftp_hook
        self.ssh_conn_id = ssh_conn_id
        self.remote_host = remote_host
        self.confirm = bool(confirm)
        self.create_intermediate_dirs = bool(create_intermediate_dirs)
        self.concurrency = concurrency
        self.prefetch = bool(prefetch)

    def execute(self, context: Context) -> str | list[str] | None:
        """Do it."""
        theirs = _paths(self.remote_filepath)
        ours = _paths(self.local_filepath)
        if self.operation != SFTPOperation.DELETE and len(ours) != len(theirs):
            message = f"{len(ours)} paths in local_filepath do not match {len(theirs)} in remote_filepath"
            raise AirflowException(message)
        hook = self._hook()
        with hook.get_managed_conn():
            for index, there in enumerate(theirs):
                self.log.info("%s %s", self.operation, there)
                if self.operation == SFTPOperation.DELETE:
                    self._delete(hook, there)
                elif self.operation == SFTPOperation.GET:
                    self._fetch(hook, ours[index], there)
                else:
                    self._store(hook, ours[index], there)
        return self.local_filepath

    def _hook(self) -> SFTPHook:
        if self.sftp_hook is not None:
            hook = self.sftp_hook
        elif self.ssh_conn_id:
            hook = SFTPHook(self.ssh_conn_id)
        elif self.ssh_hook is not None:
            return SFTPHook(None, remote_host=self.remote_host or self.ssh_hook.remote_host, ssh_hook=self.ssh_hook)
        else:
            raise AirflowException("Cannot operate without sftp_hook or ssh_conn_id.")
        if self.remote_host:
            hook.remote_host = self.remote_host
        return hook

    def _fetch(self, hook: SFTPHook, here: str, there: str) -> None:
        if self.create_intermediate_dirs:
            Path(here).parent.mkdir(parents=True, exist_ok=True)
        if hook.isdir(there):
            hook.retrieve_directory(there, here, self.prefetch)
        else:
            hook.retrieve_file(there, here, self.prefetch)

    def _store(self, hook: SFTPHook, here: str, there: str) -> None:
        if self.create_intermediate_dirs:
            hook.create_directory(posixpath.dirname(there) or ".")
        if Path(here).is_dir():
            hook.store_directory(there, here, self.confirm)
        else:
            hook.store_file(there, here, self.confirm)

    def _delete(self, hook: SFTPHook, there: str) -> None:
        if hook.isdir(there):
            hook.delete_directory(there, include_files=True)
        else:
            hook.delete_file(there)


def _paths(given: str | Sequence[str] | None) -> list[str]:
    return [given] if isinstance(given, str) else list(given or ())
