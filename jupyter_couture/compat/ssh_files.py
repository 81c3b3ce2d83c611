"""Files over SSH for ``fsspec``, connected as ``SSHHook`` does it: with its keys, and with what it knows of hosts."""

from typing import Any

from fsspec.implementations.sftp import SFTPFileSystem

from jupyter_couture.compat.hooks.ssh import SSHHook


class SshFiles(SFTPFileSystem):  # type: ignore[misc]  # untyped
    """The files of a host: that of the connection ``conn_id``, or ``host`` itself. Read only where paramiko is."""

    def __init__(self, conn_id: str | None = None, host: str | None = None, **account: Any) -> None:
        self.hook_options = {"ssh_conn_id": conn_id, "remote_host": host, **account}
        super().__init__(host or conn_id)

    def _connect(self) -> None:
        self.client = SSHHook(**self.hook_options).get_conn()
        self.ftp = self.client.open_sftp()
