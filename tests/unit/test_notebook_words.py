"""Where notebooks lie and how their failures are told."""

import pickle
from pathlib import Path

import pytest

from jupyter_couture.model.errors import GiveUp, Skip
from jupyter_couture.runtime.notebook import notebook_output_path
from jupyter_couture.runtime.notebook_failures import (
    NotebookCellFailed,
    NotebookKernelDied,
    as_task_signal,
    without_ansi,
)


def test_each_attempt_has_a_notebook_of_its_own() -> None:
    paths = {notebook_output_path(Path("/out"), "flights", "manual__1", "report", number) for number in (1, 2, 3)}

    assert len(paths) == 3
    assert Path("/out/flights/manual__1/report.ipynb") in paths


@pytest.mark.parametrize("run_id", ["../../etc", "a/b", "..%2F..", "\x00"])
def test_no_id_leaves_the_outputs_folder(run_id: str) -> None:
    path = notebook_output_path(Path("/out"), "dag", run_id, "task", 1)

    assert path.parent.parent == Path("/out/dag")
    assert path.parent.name not in {".", ".."}
    assert "\x00" not in str(path)


def test_a_failure_names_the_cell_and_shows_its_source() -> None:
    error = NotebookCellFailed(cell=3, cells=5, source="a\nb", problem="ValueError: no", traceback="Traceback ...")

    assert str(error) == "ValueError: no\nin cell 3 of 5:\n\n    a\n    b\n\nTraceback ..."


def test_a_long_cell_is_shown_by_its_ends() -> None:
    source = "\n".join(f"line {number}" for number in range(40))
    text = str(NotebookKernelDied(cell=1, cells=1, source=source, problem="The kernel died"))

    assert "line 0" in text
    assert "line 39" in text
    assert "(28 more lines)" in text
    assert "line 20" not in text


def test_failures_survive_pickling() -> None:
    error = NotebookCellFailed(cell=1, cells=2, source="x", problem="E: x", traceback="t")
    copy = pickle.loads(pickle.dumps(error))

    assert (type(copy), str(copy), copy.cell, copy.problem) == (type(error), str(error), 1, "E: x")


def test_only_our_own_signals_are_taken_from_a_cell() -> None:
    assert isinstance(as_task_signal("Skip", "x"), Skip)
    assert isinstance(as_task_signal("GiveUp", "x"), GiveUp)
    assert as_task_signal("ValueError", "x") is None


def test_colour_codes_are_taken_out() -> None:
    assert without_ansi("\x1b[0;31mValueError\x1b[0m: \x1b[38;5;241mx") == "ValueError: x"
