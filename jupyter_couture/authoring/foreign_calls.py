"""Calling a Python function in another interpreter: its text goes there, arguments and value travel in files."""

import contextlib
import importlib
import inspect
import os
import re
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from jupyter_couture.model.errors import InvalidDag, InvalidRequest

_SCRIPT = """\
from __future__ import annotations

import sys
import traceback

import {serializer} as _serializer

with open(sys.argv[1], "rb") as _file:
    _given = _serializer.load(_file)
virtualenv_string_args = _given["strings"]

{source}

try:
    _answer = {{"value": {name}(*_given["args"], **_given["kwargs"])}}
except Exception as _error:
    traceback.print_exc()
    _answer = {{"error": [type(_error).__name__, str(_error)]}}
with open(sys.argv[2], "wb") as _file:
    _serializer.dump(_answer, _file)
"""


class ForeignCallFailed(RuntimeError):
    """A function failed in another Python; ``type_name`` is the type of what it raised there."""

    def __init__(self, type_name: str, message: str) -> None:
        super().__init__(f"{type_name}: {message}" if message else type_name)
        self.type_name = type_name
        self.message = message

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.type_name, self.message)


def function_source(task_id: str, function: Callable[..., Any]) -> str:
    """The text of a function without its decorators; raises ``InvalidDag`` if it has none (a lambda, a builtin)."""
    name = getattr(function, "__name__", "")
    try:
        text = textwrap.dedent(inspect.getsource(function))
    except (OSError, TypeError):
        text = ""
    lines = text.splitlines(keepends=True)
    for number, line in enumerate(lines):
        if re.match(rf"def {re.escape(name)}\s*[(\[]", line):
            return "".join(lines[number:])
    message = f"python_callable of task {task_id!r} must be a function defined by def, whose text can be sent elsewhere"
    raise InvalidDag(task_id=task_id, message=message)


def call_script(serializer: str, source: str, name: str) -> str:
    """A program that calls the function ``name`` of ``source``: its arguments are the files to read and to write."""
    return _SCRIPT.format(serializer=serializer, source=source, name=name)


def call_input(
    args: Sequence[Any], kwargs: Mapping[str, Any], explicit: Collection[str], strings: Sequence[str] = ()
) -> dict[str, Any]:
    """What the program reads; ``kwargs`` that are not ``explicit`` and are no plain values stay here."""
    plain = {name: _plain(value) for name, value in kwargs.items() if name in explicit or _is_plain(value)}
    return {"args": list(args), "kwargs": plain, "strings": list(strings)}


def value_in(answer: Mapping[str, Any]) -> Any:
    """What the function returned, of what the program wrote; raises ``ForeignCallFailed``."""
    if "error" in answer:
        raise ForeignCallFailed(*answer["error"])
    return answer["value"]


def serializer_module(name: str) -> Any:
    """The module that a ``serializer`` names; raises ``InvalidRequest``."""
    try:
        return importlib.import_module(name)
    except ImportError:
        message = f"serializer {name!r} is not installed where tasks run"
        raise InvalidRequest(field="serializer", message=message) from None


@dataclass(slots=True)
class ForeignCall:
    """One call. ``serializer`` is the name of a module with ``load`` and ``dump``."""

    python: str
    source: str
    name: str
    serializer: str = "pickle"
    env_vars: Mapping[str, str] = field(default_factory=dict)
    is_env_inherited: bool = True
    _process: "subprocess.Popen[bytes] | None" = None

    def run(
        self,
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
        explicit: Collection[str],
        strings: Sequence[str],
        expected_codes: Collection[int] = (),
    ) -> tuple[int, Any]:
        """Exit code, and what the function returned.

        ``kwargs`` that are not ``explicit`` come from the context: those that are no plain values stay here. Raises
        ``ForeignCallFailed``; an exit code of ``expected_codes`` is given back.
        """
        module = serializer_module(self.serializer)
        with tempfile.TemporaryDirectory(prefix="call-") as folder:
            script, given, answer = (Path(folder) / name for name in ("call.py", "given", "answer"))
            script.write_text(call_script(self.serializer, self.source, self.name))
            given.write_bytes(module.dumps(call_input(args, kwargs, explicit, strings)))
            exit_code = self._execute([self.python, str(script), str(given), str(answer)])
            if exit_code in expected_codes:
                return exit_code, None
            if exit_code or not answer.exists():
                raise ForeignCallFailed("Exit", f"the interpreter {self.python} ended with exit code {exit_code}")
            return exit_code, value_in(module.loads(answer.read_bytes()))

    def stop(self) -> None:
        """Ask the interpreter to end."""
        process = self._process
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()

    def _execute(self, command: list[str]) -> int:
        names = os.environ if self.is_env_inherited else {}
        kept = {name: value for name, value in os.environ.items() if name.startswith("COUTURE_")} | dict(names)
        kept.pop("PYTHONPATH", None)
        sys.stdout.flush()
        process = self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, env={**kept, **self.env_vars})
        try:
            return process.wait()
        finally:
            self._process = None


def _is_plain(value: Any) -> bool:
    if value is None or isinstance(value, str | int | float | bool | bytes | date | timedelta):
        return True
    if isinstance(value, Mapping):
        return all(isinstance(name, str) and _is_plain(item) for name, item in value.items())
    return isinstance(value, list | tuple | set | frozenset) and all(_is_plain(item) for item in value)


def _plain(value: Any) -> Any:
    """The value as types of the standard library: pendulum need not be installed there."""
    if isinstance(value, datetime) and type(value) is not datetime:
        return datetime.fromisoformat(value.isoformat())
    if isinstance(value, Mapping) and type(value) is not dict:
        return {name: _plain(item) for name, item in value.items()}
    return value
