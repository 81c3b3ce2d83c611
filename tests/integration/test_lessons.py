"""The numbered lessons in ``notebooks/`` run from top to bottom."""

from pathlib import Path
from typing import Any

import nbformat
import pytest

from jupyter_couture.model.dag import Json
from jupyter_couture.runtime.notebook import run_notebook

LESSONS = sorted((Path(__file__).parents[2] / "notebooks").glob("[0-9][0-9]-*.ipynb"))


class Quiet:
    """Takes reports and keeps none."""

    def report_progress(self, done: int, total: int, label: str) -> None:
        """Nobody watches."""

    def set_output(self, name: str, value: Json) -> None:
        """Nobody asks."""

    def without_secrets(self, data: Any) -> Any:
        """There are none."""
        return data

    def handles(self) -> tuple[int, ...]:
        """There are none."""
        return ()


@pytest.mark.parametrize("lesson", LESSONS, ids=[item.stem for item in LESSONS])
def test_the_lesson_runs(lesson: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUTURE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    executed = nbformat.read(run_notebook(lesson, tmp_path / "out.ipynb", report=Quiet()), as_version=4)

    said = "".join(output.get("text", "") for cell in executed.cells for output in cell.get("outputs", []))
    assert "Traceback" not in said
    assert "ommand not found" not in said


@pytest.mark.parametrize("lesson", LESSONS, ids=[item.stem for item in LESSONS])
def test_the_lesson_is_kept_without_outputs(lesson: Path) -> None:
    notebook = nbformat.read(lesson, as_version=4)

    assert notebook.metadata.kernelspec.name == "python3"
    assert not [cell for cell in notebook.cells if cell.get("outputs") or cell.get("execution_count")]
