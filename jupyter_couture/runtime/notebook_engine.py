"""Our papermill engine: writes the notebook as it goes, says where it is, echoes what cells print.

papermill reads the notebook, injects parameters and marks the cell that failed; nbclient runs the cells. Ours are the
kernel (``kernels``), started first so that it wakes while the notebook is prepared; the writing, by replacing a file
that is whole at any moment; and the words of an error.

Heavy: import this module late, through ``notebook``.
"""

import asyncio
import logging
import os
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
from jupyter_core.utils import run_sync
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, NotebookExecutionManager, papermill_engines
from papermill.exceptions import PapermillExecutionError
from papermill.execute import execute_notebook
from papermill.iorw import load_notebook_node, papermill_io

from jupyter_couture.runtime.forked_kernel import read_ahead
from jupyter_couture.runtime.kernels import TaskKernel
from jupyter_couture.runtime.notebook_failures import (
    NotebookCellFailed,
    NotebookFailed,
    NotebookKernelDied,
    as_task_signal,
    without_ansi,
)
from jupyter_couture.runtime.notebook_request import NotebookReport, NotebookRequest
from jupyter_couture.runtime.notebook_secrets import shown

_ENGINE = "couture"
_DEFAULT_KERNEL = "python3"
_WRITE_EVERY_SECONDS = 0.3
_WRITE_SHARE = 0.1  # of the time may go into writing, however large the notebook
_OUTPUT_WAIT_SECONDS = 60  # for the outputs of a cell that has answered
_LABEL_LENGTH = 80
_REPORT_AGAIN_SECONDS = 0.3
_MERGED_LENGTH = 64 * 1024  # pieces of a stream are joined up to this length

_log = logging.getLogger("jupyter_couture.notebook")


def warm() -> None:
    """Do once what is slow the first time: read what kernels read, compile the schema of notebooks."""
    read_ahead()
    nbformat.validate(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("")]))


def execute(request: NotebookRequest, report: NotebookReport) -> None:
    """Run the notebook; see ``notebook.run_notebook``."""
    _files.without_secrets = report.without_secrets
    notebook = _load(request.input_path)
    kernel_name = request.kernel_name or notebook.metadata.get("kernelspec", {}).get("name") or _DEFAULT_KERNEL
    kernel = TaskKernel(kernel_name, request.cwd or _folder_of(request.input_path), report.handles())
    is_graceful = False
    try:
        request.output_path.parent.mkdir(parents=True, exist_ok=True)
        report.set_output("notebook", str(request.output_path))
        _log.info("Notebook %s with kernel %s, written to %s", request.input_path, kernel_name, request.output_path)
        with _quiet():
            execute_notebook(
                notebook,
                str(request.output_path).replace("{", "{{").replace("}", "}}"),  # papermill formats it
                parameters=dict(request.parameters),
                engine_name=_ENGINE,
                kernel_name=kernel_name,
                language=kernel.language,
                progress_bar=False,
                request=request,
                report=report,
                kernel=kernel,
            )
        is_graceful = True
    except PapermillExecutionError as error:
        is_graceful = True
        raise _explained(error, notebook_path=request.output_path) from None
    finally:
        kernel.close(is_graceful=is_graceful)


class CoutureEngine(Engine):
    """Registered with papermill as ``couture``."""

    @classmethod
    def execute_notebook(cls, nb: Any, kernel_name: str, **options: Any) -> Any:
        """Run ``nb`` on the kernel that was started for it."""
        request: NotebookRequest = options["request"]
        nb.metadata.papermill["input_path"] = request.input_path
        document = _Document(nb, options["report"], str(request.output_path))
        document.notebook_start()
        try:
            client = _Client(
                document, options["kernel"], request, kernel_name=kernel_name, timeout=request.cell_timeout_seconds
            )
            client.execute()
            document.report_done()
        except (DeadKernelError, CellTimeoutError) as error:
            raise document.ended_by(error, options["kernel"].exit_text()) from None
        finally:
            document.notebook_complete()
        return document.nb


class _Document(NotebookExecutionManager):
    """The notebook while it runs: written when a cell starts or ends and while outputs come, but not too often."""

    def __init__(self, nb: Any, report: NotebookReport, output_path: str) -> None:
        super().__init__(nb, output_path=output_path, progress_bar=False, autosave_cell_every=0)
        self._report = report
        self._code_cells = [index for index, cell in enumerate(nb.cells) if _is_code(cell)]
        self._current = -1
        self._is_changed = False
        self._is_planned = False
        self._next_write = 0.0

    @property
    def position(self) -> int:
        """Number of the present code cell, from 1."""
        return self._code_cells.index(self._current) + 1 if self._current in self._code_cells else 0

    def cell_start(self, cell: Any, cell_index: int | None = None, **options: Any) -> None:
        """Say which cell begins."""
        super().cell_start(cell, cell_index, **options)
        if cell_index in self._code_cells:
            self._current = cell_index
            self.report_position()
            _log.info("Cell %d of %d: %s", self.position, len(self._code_cells), _label(cell))

    def notebook_complete(self, **options: Any) -> None:
        """Write what has not been written."""
        super().notebook_complete(**options)
        self.write()

    def without_secrets(self, text: str) -> str:
        """``text`` as it may be shown."""
        return str(self._report.without_secrets(text))

    def report_position(self) -> None:
        """Say which cell is at hand."""
        label = _label(self.nb.cells[self._current])
        self._report.report_progress(self.position - 1, len(self._code_cells), label)

    def report_done(self) -> None:
        """Say that all cells are done, if they are."""
        if not self.nb.metadata.papermill.get("exception"):
            self._report.report_progress(len(self._code_cells), len(self._code_cells), "")

    def save(self, **_options: Any) -> None:
        """Write if the last writing was long enough ago; what is left out is written a little later."""
        self._is_changed = True
        if time.monotonic() >= self._next_write:
            self.write()

    def save_soon(self) -> None:
        """``save``, and have the running event loop write later what that leaves out."""
        self.save()
        self.write_soon()

    def write_soon(self) -> None:
        """Have the running event loop write later what ``save`` has left out."""
        if self._is_changed and not self._is_planned:
            self._is_planned = True
            asyncio.get_running_loop().call_later(self._next_write - time.monotonic(), self._write_as_planned)

    def write(self) -> None:
        """Write now."""
        begun = time.monotonic()
        _files.replace(nbformat.writes(shown(self.nb, self._report.without_secrets)), self.output_path)
        ended = time.monotonic()
        self._is_changed = False
        self._next_write = ended + max(_WRITE_EVERY_SECONDS, (ended - begun) / _WRITE_SHARE)

    def ended_by(self, error: Exception, exit_text: str) -> NotebookFailed:
        """Mark the present cell as the one that ended the notebook without an exception of its own."""
        cell = self.nb.cells[self._current]
        kind: type[NotebookFailed] = NotebookKernelDied
        if isinstance(error, CellTimeoutError):
            kind, problem = NotebookCellFailed, "CellTimeoutError: the cell took longer than it may"
        else:
            problem = "The kernel died" + (f" ({exit_text})" if exit_text else "")
        cell.outputs.append(
            nbformat.v4.new_output("error", ename=type(error).__name__, evalue=problem, traceback=[problem])
        )
        self.cell_exception(cell, cell_index=self._current)
        return kind(cell=self.position, cells=len(self._code_cells), source=cell.source, problem=problem)

    def _write_as_planned(self) -> None:
        self._is_planned = False
        if self._is_changed:
            self.write()


class _Client(PapermillNotebookClient):
    """Runs the cells on a kernel that was started before, and leaves its end to whoever started it."""

    def __init__(self, document: _Document, kernel: TaskKernel, request: NotebookRequest, **options: Any) -> None:
        super().__init__(
            document,
            km=kernel.manager,
            log=logging.getLogger("papermill"),
            coalesce_streams=False,  # quadratic in the length of a line; see _merge_streams
            iopub_timeout=_OUTPUT_WAIT_SECONDS,
            **options,
        )
        self._document = document
        self._kernel = kernel
        self._start_timeout_seconds = request.start_timeout_seconds

    @contextmanager
    def setup_kernel(self, **_options: Any) -> Iterator[None]:
        """Connect."""
        self.kc = self._kernel.connect(self._start_timeout_seconds)
        yield

    async def async_execute_cell(self, cell: Any, cell_index: int, *args: Any, **options: Any) -> Any:
        """Run a cell; one that takes longer is reported again, since reports that come fast may be held back."""
        again = asyncio.get_running_loop().call_later(_REPORT_AGAIN_SECONDS, self._document.report_position)
        self._document.write_soon()  # that the last cell has ended, and this one begun
        try:
            return await super().async_execute_cell(cell, cell_index, *args, **options)
        finally:
            again.cancel()

    execute_cell = run_sync(async_execute_cell)

    def process_message(self, msg: dict[str, Any], cell: Any, cell_index: int) -> Any:
        """Take a message of the kernel into the notebook, its text into the log."""
        output = super().process_message(msg, cell, cell_index)
        if output is not None and output.output_type == "stream":
            output = output.copy()
            _merge_streams(cell.outputs)
        if msg["msg_type"] not in {"status", "execute_input"}:
            self._document.save_soon()
        if output is not None and output.output_type in {"stream", "error"}:
            text = str(output.text) if output.output_type == "stream" else "\n".join([*output.traceback, ""])
            sys.stdout.write(self._document.without_secrets(text))
            sys.stdout.flush()
        return output


class _WholeFiles:
    """papermill's handler of local files: it replaces a file instead of writing into it, and hides what is secret."""

    without_secrets: Callable[[Any], Any] = staticmethod(lambda data: data)

    def read(self, path: str) -> str:
        return Path(path).read_text(encoding="utf-8")

    def listdir(self, path: str) -> list[str]:
        return [str(item) for item in Path(path).iterdir()]

    def write(self, text: str, path: str) -> None:
        """What papermill writes by itself: a notebook, before its first cell and once more after a failure."""
        notebook = nbformat.reads(text, as_version=4)
        told = shown(notebook, self.without_secrets)
        self.replace(text if told is notebook else nbformat.writes(told), path)

    def replace(self, text: str, path: str) -> None:
        target = Path(path)
        part = target.with_name(f".{target.name}.part")
        part.write_text(text, encoding="utf-8")
        os.replace(part, target)  # noqa: PTH105  # Path.replace is the same

    def pretty_path(self, path: str) -> str:
        return path


papermill_engines.register(_ENGINE, CoutureEngine)
_files = _WholeFiles()
papermill_io.register("/", _files)


def _load(path: str) -> Any:
    with _quiet():
        return load_notebook_node(str(Path(path).absolute()) if "://" not in path else path)


def _folder_of(path: str) -> Path:
    return Path.cwd() if "://" in path else Path(path).absolute().parent


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the libraries' warnings about each other: user code runs in the kernel, not here."""
    logger = logging.getLogger("papermill")
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)


def _explained(error: PapermillExecutionError, notebook_path: Path) -> Exception:
    signal = as_task_signal(error.ename, error.evalue)
    if signal is not None:
        return signal
    notebook = nbformat.read(notebook_path, as_version=4)
    code_cells = [cell for cell in notebook.cells if _is_code(cell)]
    failed = next((i for i, cell in enumerate(code_cells) if cell.metadata.get("papermill", {}).get("exception")), 0)
    return NotebookCellFailed(
        cell=failed + 1,
        cells=len(code_cells),
        source=error.source,
        problem=f"{error.ename}: {without_ansi(error.evalue)}",
        traceback=without_ansi("\n".join(error.traceback)),
    )


def _merge_streams(outputs: list[Any]) -> None:
    """Join the newest piece of a stream to the one before it; as on a terminal, a return overwrites its line."""
    if len(outputs) > 1 and outputs[-2].output_type == "stream" and outputs[-2].name == outputs[-1].name:
        if len(outputs[-2].text) > _MERGED_LENGTH:
            return
        newest = outputs.pop()
        outputs[-1].text += newest.text
    if "\r" in outputs[-1].text:
        lines = outputs[-1].text.replace("\r\n", "\n").split("\n")
        lines[:-1] = [line.rpartition("\r")[2] for line in lines[:-1]]
        kept, _, end = lines[-1].rpartition("\r")
        lines[-1] = end or kept.rpartition("\r")[2] + "\r" if kept else lines[-1]
        outputs[-1].text = "\n".join(lines)


def _is_code(cell: Any) -> bool:
    return bool(cell.cell_type == "code" and cell.source.strip())


def _label(cell: Any) -> str:
    """The first line of code, or of a comment if there is nothing else."""
    lines = [line.strip() for line in str(cell.source).splitlines() if line.strip()]
    code = next((line for line in lines if not line.startswith(("#", "%"))), lines[0])
    return code if len(code) <= _LABEL_LENGTH else code[: _LABEL_LENGTH - 1] + "…"
