"""``BashOperator``: a Bash command as a task."""

import codecs
import contextlib
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Collection, Mapping
from typing import IO, Any, ClassVar

from jupyter_couture.authoring.context import Context
from jupyter_couture.authoring.operator import BaseOperator
from jupyter_couture.model.dag import TaskKind
from jupyter_couture.model.errors import Skip

_CHUNK_BYTES = 65_536
_TAIL_CHARACTERS = 65_536
_LOOK_SECONDS = 0.1
_FIRST_SIGNAL_CODE = 128
_BOOKKEEPING = "COUTURE_"


class BashCommandFailed(RuntimeError):
    """A Bash command ended with an exit code other than 0. ``last_line`` is the last line it wrote."""

    def __init__(self, exit_code: int, last_line: str = "") -> None:
        said = f"; its last line was: {last_line[-500:]}" if last_line else ""
        super().__init__(f"Bash command failed with exit code {exit_code}{_signal_name(exit_code)}{said}")
        self.exit_code = exit_code
        self.last_line = last_line

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.exit_code, self.last_line)


class BashOperator(BaseOperator):
    """Runs ``bash_command`` with ``bash -c``; the last line it writes is kept for other tasks.

    What it writes goes to the task's log as it comes. Any exit code but 0 fails the task, ``skip_on_exit_code``
    (one or several; None for none) skips it. ``env`` replaces the environment, with ``append_env`` it is put over it.
    ``cwd`` is where the command starts; by default where the attempt does. ``output_encoding``: how what it writes
    is read. ``output_processor`` is called with the last line and gives what is kept instead.

    Errors: ``BashCommandFailed`` with the exit code and the last line.
    """

    template_fields = ("bash_command", "env", "cwd")
    template_ext = (".sh", ".bash")
    kind: ClassVar[TaskKind] = TaskKind.BASH

    def __init__(
        self,
        task_id: str,
        *,
        bash_command: str,
        env: Mapping[str, Any] | None = None,
        append_env: bool = False,
        cwd: str | None = None,
        skip_on_exit_code: int | Collection[int] | None = 99,
        skip_exit_code: int | None = None,
        output_encoding: str = "utf-8",
        output_processor: Callable[[str], Any] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(task_id, **options)
        self.bash_command = bash_command
        self.output_processor = output_processor
        self.env = env
        self.append_env = append_env
        self.cwd = cwd
        skips = skip_on_exit_code if skip_exit_code is None else skip_exit_code
        codes = [skips] if isinstance(skips, int) else skips
        self.skip_on_exit_code = tuple(codes or ())
        self.output_encoding = output_encoding
        self._command: BashCommand | None = None

    def execute(self, context: Context) -> Any:
        """Run the command to its end; the last line it wrote."""
        command = self._command = BashCommand(
            str(self.bash_command), self.env, self.cwd, append_env=self.append_env, encoding=self.output_encoding
        )
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


class BashCommand:
    """One run of a Bash command; for the operator and the sensor."""

    def __init__(
        self,
        command: str,
        env: Mapping[str, Any] | None = None,
        cwd: str | None = None,
        *,
        append_env: bool = False,
        encoding: str = "utf-8",
    ) -> None:
        self._encoding = encoding
        self._command = command
        self._env = env
        self._cwd = cwd
        self._append_env = append_env
        self._process: subprocess.Popen[bytes] | None = None

    def run(self) -> tuple[int, str]:
        """Run it to its end: exit code (128 and the number of a signal that ended it), and the last line it wrote."""
        process = subprocess.Popen(
            ["bash", "-c", self._command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=self._environment(),
            cwd=self._cwd,
        )
        self._process = process
        try:
            last_line = _forward(process, self._encoding)
            exit_code = process.wait()
        finally:
            self._process = None
            if process.stdout is not None:
                process.stdout.close()
        return (exit_code if exit_code >= 0 else _FIRST_SIGNAL_CODE - exit_code), last_line

    def stop(self) -> None:
        """Ask it to end."""
        process = self._process
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()

    def _environment(self) -> dict[str, str]:
        if self._env is None or self._append_env:
            kept: dict[str, str] = dict(os.environ)
        else:  # the names by which an attempt's processes are found again always stay
            kept = {name: value for name, value in os.environ.items() if name.startswith(_BOOKKEEPING)}
        return {**kept, **{str(name): str(value) for name, value in (self._env or {}).items()}}


def _forward(process: subprocess.Popen[bytes], encoding: str) -> str:
    """Copy the output of ``process`` to ours as it comes, until it has ended; the last line.

    Does not wait for processes left behind that still hold the pipe.
    """
    pipe = process.stdout
    if pipe is None:
        return ""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    tail = ""
    is_over = False
    while True:
        chunk = _read(pipe, 0.0 if is_over else _LOOK_SECONDS)
        if chunk is None:
            if is_over:
                break
            is_over = process.poll() is not None
            continue
        text = decoder.decode(chunk, final=not chunk)
        sys.stdout.write(text)
        sys.stdout.flush()
        tail = (tail + text)[-_TAIL_CHARACTERS:]
        if not chunk:
            break
    lines = tail.rstrip("\r\n").splitlines()
    return lines[-1] if lines else ""


def _read(pipe: IO[bytes], seconds: float) -> bytes | None:
    """The next piece, empty at the end, None if none came in time."""
    ready, _, _ = select.select([pipe], [], [], seconds)
    return os.read(pipe.fileno(), _CHUNK_BYTES) if ready else None


def _signal_name(exit_code: int) -> str:
    try:
        return f" ({signal.Signals(exit_code - _FIRST_SIGNAL_CODE).name})" if exit_code > _FIRST_SIGNAL_CODE else ""
    except ValueError:
        return ""
