"""The numbered lessons in ``notebooks/``: run from top to bottom, what they show, and the pages made of them."""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import nbclient
import nbconvert
import nbformat
import papermill
import pytest

from jupyter_couture.cli.lab import Lab
from jupyter_couture.settings import SERVER_TOKEN, SERVER_URL
from tests.e2e.lab import lab_host

LESSONS = sorted((Path(__file__).parents[2] / "notebooks").glob("[0-9][0-9]-*.ipynb"))
CELL_SECONDS = 120

pytestmark = pytest.mark.timeout(300)

DRAWN = 'aria-label="{}: {} tasks, {} dependencies"'

SHOWN = {
    "01-first-dag": [
        DRAWN.format("DAG first", 3, 2),
        "first, @daily (UTC):",
        "Test of first: success",
        "Hello Ada, this is 2026-03-01",
        "'report': 'upstream_failed'",
        "ZeroDivisionError",
        "Cycle in DAG",
    ],
    "02-cells-as-tasks": [
        "there are 5 orders",
        DRAWN.format("DAG shop", 3, 3),
        "def total(orders):\n    return sum(orders)",
        "shop.py",
        "unrecognized arguments: --quickly",
    ],
    "03-notebook-tasks": ["100 squares", str(sum(n * n for n in range(100))), "limit"],
    "04-schedules": [
        DRAWN.format("DAG lesson_daily", 2, 1),
        "next runs (UTC)",
        "2026-03-02T06:30:00",
        "'completed'",
        "backfill__2026-03-01",
    ],
    "05-client": [
        DRAWN.format("Run of lesson_orders", 3, 2),
        "3 orders are sent",
        "an order without a customer",
        "success\n",
        "['success', 'success']",
    ],
    "06-dashboard": [
        "DagGraph('lesson_shop')",
        DRAWN.format("Run of lesson_shop", 4, 3),
        "Log of publish",
        "<td>fetch_oslo</td>",
        "published",
        "RunTree('lesson_shop')",
        "LogView('lesson_shop'",
        "Seconds per task",
        "fetch_lisbon",
    ],
}


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """One lab with its engine for all lessons. What a lesson leaves is there for the next."""
    with lab_host(tmp_path_factory.mktemp("lessons")) as host:
        lab = host.start()
        yield lab
        lab.close()


@pytest.fixture
def desk(lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in; kernels have the environment that those of the lab have."""
    for name, value in lab.settings.environ().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv(SERVER_URL, lab.base)
    monkeypatch.setenv(SERVER_TOKEN, lab.token)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


def by_papermill(lesson: Path, folder: Path) -> Any:
    papermill.execute_notebook(
        lesson, folder / "out.ipynb", cwd=folder, progress_bar=False, execution_timeout=CELL_SECONDS
    )
    return nbformat.read(folder / "out.ipynb", as_version=4)


def by_nbclient(lesson: Path, folder: Path) -> Any:
    notebook = nbformat.read(lesson, as_version=4)
    resources = {"metadata": {"path": str(folder)}}
    nbclient.NotebookClient(notebook, timeout=CELL_SECONDS, resources=resources).execute()
    return notebook


@pytest.mark.parametrize("execute", [by_papermill, by_nbclient])
@pytest.mark.parametrize("lesson", LESSONS, ids=[item.stem for item in LESSONS])
def test_the_lesson_runs_and_the_page_made_of_it_shows_its_views(
    lesson: Path, execute: Callable[[Path, Path], Any], desk: Path
) -> None:
    notebook = execute(lesson, desk)

    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert [output for output in outputs if output.output_type == "error"] == []
    assert [output.text for output in outputs if output.get("name") == "stderr"] == []
    said = "\n".join(text for output in outputs for text in texts_of(output))
    assert [words for words in SHOWN[lesson.stem] if words not in said] == []

    page, _ = nbconvert.exporters.export(nbconvert.HTMLExporter, notebook, template_name="basic")
    for view in re.findall(r'aria-label="[^"]* tasks, [^"]*"', said):
        assert view in page
    assert addresses_asked_for(page) == []


def texts_of(output: Any) -> list[str]:
    """What an output shows, in all its forms."""
    return [output.text] if "text" in output else [str(each) for each in output.get("data", {}).values()]


def addresses_asked_for(page: str) -> list[str]:
    """Addresses of other hosts that a browser asks when it shows the page; links wait until they are clicked."""
    return re.findall(r'<(?:script|link|img|iframe|source)[^>]*?\s(?:src|href)="(?:https?:)?//[^"]*"', page)


@pytest.mark.parametrize("lesson", LESSONS, ids=[item.stem for item in LESSONS])
def test_the_lesson_is_kept_without_outputs(lesson: Path) -> None:
    notebook = nbformat.read(lesson, as_version=4)

    assert notebook.metadata.kernelspec.name == "python3"
    assert not [cell for cell in notebook.cells if cell.get("outputs") or cell.get("execution_count")]


def test_every_lesson_leads_to_the_next() -> None:
    for lesson, following in pairwise(LESSONS):
        assert f"({following.name})" in nbformat.read(lesson, as_version=4).cells[-1].source
