"""Running a notebook as a task: the door. What stands behind it is heavy and is read only when a notebook is run.

A nursery that expects notebooks calls ``warm_notebook`` once; the attempts forked from it then reach their first cell
in a tenth of a second. Anything else may call ``run_notebook`` at once and pays for the reading, about a second.
"""

import contextlib
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jupyter_couture.model.dag import Json
from jupyter_couture.runtime.logs import file_name
from jupyter_couture.runtime.notebook_request import NotebookReport, NotebookRequest

_NOT_NEEDED = ("debugpy", "pyarrow.fs", "rfc3987_syntax")
"""Optional parts of ipykernel, papermill and nbformat that cost 0.8 s, 50 MiB and two threads; no task needs them."""


def warm_notebook() -> None:
    """Read all that a notebook task needs: once a second or so, later nothing. Starts no thread."""
    with _without(_NOT_NEEDED):
        from jupyter_couture.runtime import notebook_engine  # noqa: PLC0415  # heavy

        notebook_engine.warm()


def run_notebook(  # noqa: PLR0913  # the input, the output and how: named at every call
    input_path: Path | str,
    output_path: Path,
    parameters: Mapping[str, Json] | None = None,
    *,
    report: NotebookReport,
    kernel_name: str | None = None,
    cwd: Path | None = None,
    cell_timeout_seconds: int | None = None,
    start_timeout_seconds: float = 60.0,
) -> Path:
    """Run a notebook to its end with papermill and return ``output_path``.

    Parameters
    ----------
    input_path
        A local path, or any address papermill can read (``s3://``, ``https://`` ...).
    output_path
        Written while the cells run, and whole at any moment: each write replaces the file. Its folder is made.
        Reported as the output ``notebook`` before the first cell starts.
    parameters
        Injected after the cell tagged ``parameters``, or on top.
    kernel_name
        Default: the kernel the notebook names; else ``python3``.
    cwd
        Working directory of the kernel. Default: the folder of a local notebook, as when it is opened in JupyterLab.

    Raises
    ------
    NotebookCellFailed
        A cell raised; it holds the cell's number, source and traceback.
    NotebookKernelDied
        The kernel ended during a cell.
    Skip, GiveUp, RetryLater
        A cell raised one of these.
    Unavailable
        The kernel is not installed or does not start.
    """
    warm_notebook()
    from jupyter_couture.runtime import notebook_engine  # noqa: PLC0415  # heavy

    request = NotebookRequest(
        input_path=str(input_path),
        output_path=output_path.absolute(),
        parameters=dict(parameters or {}),
        kernel_name=kernel_name or "",
        cwd=cwd,
        cell_timeout_seconds=cell_timeout_seconds,
        start_timeout_seconds=start_timeout_seconds,
    )
    notebook_engine.execute(request, report)
    return output_path


def notebook_output_path(outputs_dir: Path, dag_id: str, run_id: str, task_name: str, try_number: int) -> Path:
    """Where the executed notebook of an attempt lies: one folder a run, one file an attempt.

    ``task_name`` is the task id, with the map index in brackets if it is mapped. The first try has no number.
    """
    suffix = "" if try_number <= 1 else f"-{try_number}"
    return outputs_dir / file_name(dag_id) / file_name(run_id) / f"{file_name(task_name)}{suffix}.ipynb"


@contextlib.contextmanager
def _without(names: tuple[str, ...]) -> Iterator[None]:
    """Make optional imports of ``names`` fail, as if they were not installed; those read before stay."""
    hidden = [name for name in names if name not in sys.modules]
    not_importable: dict[str, Any] = dict.fromkeys(hidden)  # None is how Python spells it
    sys.modules.update(not_importable)
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
