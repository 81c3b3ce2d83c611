"""The operators behind ``@task.bash``, ``@task.virtualenv`` and their kin: a function makes the task."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, ClassVar

from jupyter_couture.authoring.context import Context
from jupyter_couture.authoring.operators.bash import BashCommand, BashCommandFailed
from jupyter_couture.authoring.operators.python import PythonOperator
from jupyter_couture.authoring.operators.virtualenv import (
    BranchExternalPythonOperator,
    BranchPythonVirtualenvOperator,
    ExternalPythonOperator,
    PythonVirtualenvOperator,
)
from jupyter_couture.authoring.sensors.python import PythonSensor
from jupyter_couture.model.dag import TaskKind
from jupyter_couture.model.errors import InvalidRequest, Skip


class DecoratedBash(PythonOperator):
    """Runs the Bash command that the function returns, its templates filled; arguments as of ``BashOperator``."""

    operator_name: ClassVar[str] = "@task.bash"
    kind: ClassVar[TaskKind] = TaskKind.BASH
    template_fields: Sequence[str] = (*PythonOperator.template_fields, "env", "cwd")

    def __init__(
        self,
        task_id: str,
        *,
        env: Mapping[str, Any] | None = None,
        append_env: bool = False,
        cwd: str | None = None,
        skip_on_exit_code: int | Collection[int] | None = 99,
        output_encoding: str = "utf-8",
        output_processor: Callable[[str], Any] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(task_id, **options)
        self.env = env
        self.output_processor = output_processor
        self.append_env = append_env
        self.cwd = cwd
        codes = [skip_on_exit_code] if isinstance(skip_on_exit_code, int) else skip_on_exit_code
        self.skip_on_exit_code = tuple(codes or ())
        self.output_encoding = output_encoding
        self._command: BashCommand | None = None

    def execute(self, context: Context) -> Any:
        """Ask for the command and run it; the last line it wrote."""
        text = super().execute(context)
        if not isinstance(text, str) or not text.strip():
            message = f"{self.task_id} must return a Bash command, not {text!r}"
            raise InvalidRequest(field="bash_command", message=message)
        if any(mark in text for mark in ("{{", "{%")):
            text = str(self.render_template(text, context))
        encoding = self.output_encoding
        command = self._command = BashCommand(text, self.env, self.cwd, append_env=self.append_env, encoding=encoding)
        exit_code, last_line = command.run()
        if exit_code in self.skip_on_exit_code:
            raise Skip(f"Bash command asked to be skipped with exit code {exit_code}")
        if exit_code:
            raise BashCommandFailed(exit_code, last_line)
        return last_line if self.output_processor is None else self.output_processor(last_line)

    def on_kill(self) -> None:
        """Ask the command to end."""
        if self._command is not None:
            self._command.stop()


class DecoratedSensor(PythonSensor):
    """The task that a call of a ``@task.sensor`` function makes."""

    operator_name: ClassVar[str] = "@task.sensor"


class DecoratedVirtualenv(PythonVirtualenvOperator):
    """The task that a call of a ``@task.virtualenv`` function makes."""

    operator_name: ClassVar[str] = "@task.virtualenv"


class DecoratedExternalPython(ExternalPythonOperator):
    """The task that a call of a ``@task.external_python`` function makes."""

    operator_name: ClassVar[str] = "@task.external_python"


class DecoratedBranchVirtualenv(BranchPythonVirtualenvOperator):
    """The task that a call of a ``@task.branch_virtualenv`` function makes."""

    operator_name: ClassVar[str] = "@task.branch_virtualenv"


class DecoratedBranchExternalPython(BranchExternalPythonOperator):
    """The task that a call of a ``@task.branch_external_python`` function makes."""

    operator_name: ClassVar[str] = "@task.branch_external_python"
