"""What a notebook run is told, and whom it tells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from jupyter_couture.model.dag import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class NotebookRequest:
    """See ``notebook.run_notebook`` for each field; an empty ``kernel_name`` leaves the choice to the notebook."""

    input_path: str
    output_path: Path
    parameters: Mapping[str, Json]
    kernel_name: str
    cwd: Path | None
    cell_timeout_seconds: int | None
    start_timeout_seconds: float


class NotebookReport(Protocol):
    """Where a running notebook says how far it is; ``authoring.context.AttemptServices`` is one."""

    def report_progress(self, done: int, total: int, label: str) -> None:
        """Say that ``done`` of ``total`` code cells are done and what is next."""
        ...

    def set_output(self, name: str, value: Json) -> None:
        """Store a value beside the attempt."""
        ...

    def without_secrets(self, data: Any) -> Any:
        """JSON data with ``***`` for what the attempt, its kernel included, has learned in confidence up to now."""
        ...

    def handles(self) -> Sequence[int]:
        """Open files through which a kernel forked from this process speaks as the attempt; it keeps them."""
        ...
