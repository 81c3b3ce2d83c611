"""How a notebook can fail, told so that the reader sees the cell that failed."""

import re

from jupyter_couture.model.errors import GiveUp, RetryLater, Skip, TaskSignal

_EXCERPT_LINES = 12
_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
_SIGNALS: dict[str, type[TaskSignal]] = {kind.__name__: kind for kind in (GiveUp, RetryLater, Skip)}


class NotebookFailed(Exception):
    """Root of the two ways: fields name the cell, counted from 1 over the code cells."""

    def __init__(self, *, cell: int, cells: int, source: str, problem: str, traceback: str = "") -> None:
        self.cell, self.cells, self.source, self.problem, self.traceback = cell, cells, source, problem, traceback
        parts = [f"{problem}\nin cell {cell} of {cells}:", _indented(_excerpt(source)), traceback]
        super().__init__("\n\n".join(part for part in parts if part))

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.cell, self.cells, self.source, self.problem, self.traceback)


class NotebookCellFailed(NotebookFailed):
    """A cell raised an exception; ``problem`` is its name and text, ``traceback`` is without colour codes."""


class NotebookKernelDied(NotebookFailed):
    """The kernel ended while it ran the cell."""


def _rebuild(
    kind: type[NotebookFailed], cell: int, cells: int, source: str, problem: str, traceback: str
) -> NotebookFailed:
    return kind(cell=cell, cells=cells, source=source, problem=problem, traceback=traceback)


def as_task_signal(name: str, text: str) -> TaskSignal | None:
    """The signal that a cell raised by this exception name, or None if it is an ordinary exception."""
    kind = _SIGNALS.get(name)
    return None if kind is None else kind(text)


def without_ansi(text: str) -> str:
    """``text`` without terminal colour codes."""
    return _ANSI.sub("", text)


def _excerpt(source: str) -> str:
    lines = source.strip("\n").splitlines()
    if len(lines) <= _EXCERPT_LINES:
        return "\n".join(lines)
    half = _EXCERPT_LINES // 2
    return "\n".join([*lines[:half], f"... ({len(lines) - 2 * half} more lines)", *lines[-half:]])


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())
