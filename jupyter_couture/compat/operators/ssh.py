"""``SSHOperator``: a command on another host as a task."""

import base64
from collections.abc import Collection, Mapping
from typing import Any

from jupyter_couture.authoring import dialects
from jupyter_couture.authoring.context import Context
from jupyter_couture.authoring.operator import BaseOperator
from jupyter_couture.compat.hooks.ssh import NOTSET, SSHHook
from jupyter_couture.model.errors import AirflowException, Skip


class SSHOperator(BaseOperator):
    """Runs ``command`` on a host over SSH; what it writes is kept, base64-encoded as in Airflow.

    Parameters
    ----------
    ssh_conn_id, ssh_hook
        The connection (see ``SSHHook``), or a hook made otherwise. The hook is taken if both are given.
    remote_host
        Over that of the connection; a template.
    command, environment
        Templates; a command that ends in ``.sh``, ``.bash`` or ``.json`` names a file. The server must accept the names
        of the environment (``AcceptEnv``), or it drops them.
    conn_timeout, cmd_timeout
        Seconds to wait for the connection, and seconds that the command may be silent (10 each; ``cmd_timeout`` None:
        any time). Files written for Airflow 1.10 have no bound of the latter kind.
    get_pty
        Ask for a terminal, so that the command ends with the connection. Always asked for by ``sudo ...``.
    skip_on_exit_code
        Exit codes that end the task skipped.

    Errors: ``AirflowException`` for an exit code other than 0, or silence; what ``paramiko`` raises.
    """

    template_fields = ("command", "environment", "remote_host")
    template_ext = (".sh", ".bash", ".json")

    def __init__(
        self,
        task_id: str,
        *,
        ssh_hook: SSHHook | None = None,
        ssh_conn_id: str | None = None,
        remote_host: str | None = None,
        command: str | None = None,
        timeout: float | None = None,
        conn_timeout: float | None = None,
        cmd_timeout: float | None = NOTSET,
        environment: Mapping[str, str] | None = None,
        get_pty: bool = False,
        banner_timeout: float = 30.0,
        skip_on_exit_code: int | Collection[int] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(task_id, **options)
        if cmd_timeout is NOTSET and dialects.current() is dialects.Dialect.AIRFLOW_1:
            cmd_timeout = None
        self.ssh_hook = ssh_hook
        self.ssh_conn_id = ssh_conn_id
        self.remote_host = remote_host
        self.command = command
        self.conn_timeout = conn_timeout if conn_timeout is not None else timeout
        self.cmd_timeout = cmd_timeout
        self.environment = environment
        self.get_pty = bool(get_pty)
        self.banner_timeout = banner_timeout
        codes = [skip_on_exit_code] if isinstance(skip_on_exit_code, int) else skip_on_exit_code
        self.skip_on_exit_code = tuple(codes or ())
        self._client: Any = None

    @property
    def hook(self) -> SSHHook:
        """The hook that was given, with the task's host if it has one; else one for the connection."""
        if isinstance(self.ssh_hook, SSHHook):
            if self.remote_host:
                self.ssh_hook.remote_host = self.remote_host
            return self.ssh_hook
        if not self.ssh_conn_id:
            raise AirflowException("Cannot operate without ssh_hook or ssh_conn_id.")
        return SSHHook(
            ssh_conn_id=self.ssh_conn_id,
            remote_host=self.remote_host or "",
            conn_timeout=self.conn_timeout,
            cmd_timeout=self.cmd_timeout,
            banner_timeout=self.banner_timeout,
        )

    def get_hook(self) -> SSHHook:
        """As ``hook``, by its older name."""
        return self.hook

    def execute(self, context: Context) -> str:
        """Run it; what it wrote to standard output, base64-encoded."""
        if not self.command:
            raise AirflowException("SSH operator error: SSH command not specified. Aborting.")
        hook = self.hook
        with hook.get_conn() as client:
            self._client = client
            output = self.run_ssh_client_command(client, self.command, hook)
        return base64.b64encode(output).decode("ascii")

    def run_ssh_client_command(self, ssh_client: Any, command: str, hook: SSHHook | None = None) -> bytes:
        """Run a command over an open connection; what it wrote to standard output."""
        exit_code, output, errors = (hook or self.hook).exec_ssh_client_command(
            ssh_client,
            command,
            get_pty=self.get_pty or command.startswith("sudo"),
            environment=self.environment,
            timeout=self.cmd_timeout,
        )
        self.raise_for_status(exit_code, errors)
        return output

    def raise_for_status(self, exit_status: int, stderr: bytes, context: Context | None = None) -> None:
        """Raise what an exit code means."""
        if exit_status in self.skip_on_exit_code:
            raise Skip(f"SSH command returned exit code {exit_status}. Skipping.")
        if exit_status != 0:
            last = stderr.decode("utf-8", "replace").strip()[-500:]
            told = f", error = {last}" if last else ""
            raise AirflowException(f"SSH operator error: exit status = {exit_status}{told}")

    def on_kill(self) -> None:
        """Close the connection; a command with a terminal ends with it."""
        if self._client is not None:
            self._client.close()
