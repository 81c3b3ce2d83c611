"""Widgets in notebooks that nobody looks at while they run, and in what is made of them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbclient
import nbformat
import papermill
import pytest

from jupyter_couture.export import CoutureExporter

SOURCE = "from jupyter_couture.widgets import DagGraph\nDagGraph('etl')"


def executed_by_nbclient(folder: Path) -> Any:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(SOURCE)])
    nbclient.NotebookClient(notebook, timeout=60, resources={"metadata": {"path": str(folder)}}).execute()
    return notebook


def executed_by_papermill(folder: Path) -> Any:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(SOURCE)])
    notebook.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    nbformat.write(notebook, folder / "in.ipynb")
    papermill.execute_notebook(folder / "in.ipynb", folder / "out.ipynb", progress_bar=False)
    return nbformat.read(folder / "out.ipynb", as_version=4)


@pytest.mark.parametrize("execute", [executed_by_nbclient, executed_by_papermill])
def test_a_notebook_that_is_run_unattended_keeps_the_picture_and_exports_it(
    execute: Callable[[Path], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))  # where no server is to be found
    notebook = execute(tmp_path)

    [output] = notebook.cells[-1].outputs
    assert set(output.data) == {"text/plain", "text/html"}
    page, _ = CoutureExporter().from_notebook_node(notebook)
    assert "DAG etl" in page
