"""``BashSensor``: waits until a Bash command ends with exit code 0."""

from collections.abc import Mapping
from typing import Any

from jupyter_couture.authoring.context import Context
from jupyter_couture.authoring.operators.bash import BashCommand, BashCommandFailed
from jupyter_couture.authoring.sensors.sensor import BaseSensor


class BashSensor(BaseSensor):
    """Runs ``bash_command`` at each look, with ``env`` over the environment; exit code 0 means that it is there.

    ``retry_exit_code``: if given, only this code means "not yet", and any other fails the task
    (``BashCommandFailed``). What the command writes goes to the log.
    """

    template_fields = ("bash_command", "env")
    template_ext = (".sh", ".bash")

    def __init__(
        self,
        task_id: str,
        *,
        bash_command: str,
        env: Mapping[str, Any] | None = None,
        output_encoding: str = "utf-8",
        retry_exit_code: int | None = None,
        **options: Any,
    ) -> None:
        super().__init__(task_id, **options)
        self.bash_command = bash_command
        self.env = env
        self.output_encoding = output_encoding
        self.retry_exit_code = retry_exit_code
        self._command: BashCommand | None = None

    def poke(self, context: Context) -> bool:
        """Run the command."""
        command = self._command = BashCommand(
            str(self.bash_command), self.env, append_env=True, encoding=self.output_encoding
        )
        exit_code, last_line = command.run()
        if exit_code and self.retry_exit_code is not None and exit_code != self.retry_exit_code:
            raise BashCommandFailed(exit_code, last_line)
        return exit_code == 0

    def on_kill(self) -> None:
        """Ask the command to end."""
        if self._command is not None:
            self._command.stop()
