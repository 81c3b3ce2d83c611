"""The numbered lessons in ``notebooks/``: run from top to bottom, what they show, and the pages made of them."""

import re
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import nbclient
import nbformat
import papermill
import pytest
from playwright.sync_api import Browser

from jupyter_couture.export import CoutureExporter
from jupyter_couture.settings import SERVER_TOKEN, SERVER_URL
from tests.e2e.lab import READY_MS, environment, lab_host, running_browser

LESSONS = sorted((Path(__file__).parents[2] / "notebooks").glob("[0-9][0-9]-*.ipynb"))
CELL_SECONDS = 120

pytestmark = pytest.mark.timeout(300)

DRAWN = 'aria-label="{}: {} tasks, {} dependencies"'

SHOWN = {
    "01-first-dag": [
        DRAWN.format("DAG first", 3, 2),
        "first, @daily (UTC): Every day at 00:00.",
        "Test of first: success",
        "Hello Ada, this is 2026-03-01",
        "'report': 'upstream_failed'",
        "ZeroDivisionError",
        "Cycle in DAG",
    ],
    "02-cells-as-tasks": [
        "there are 5 orders",
        "[21, 10, 26, 42, 4]",
        "103",
        DRAWN.format("DAG shop", 3, 3),
        "def total(orders):\n    return sum(orders)",
        "shop.py",
        "unrecognized arguments: --quickly",
    ],
    "03-notebook-tasks": [
        "100 squares",
        str(sum(n * n for n in range(100))),
        "parameter limit: 0 is less than the minimum of 1",
        "squares: failed. parameter limit",
    ],
    "04-schedules": [
        DRAWN.format("DAG lesson_daily", 2, 1),
        "every day at 06:30 (UTC)",
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


Execute = Callable[[Path, Path], Any]


@pytest.fixture
def jp_asyncio_loop() -> None:
    """No event loop: pytest-jupyter makes one for every test, and Playwright has its own in this thread."""


@pytest.fixture
def jp_server_cleanup() -> None:
    """No server lives in this process, so there is none to clean up after."""


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path, Execute], Any]]:
    """Runs a lesson, once in each way, in an environment as the kernels of a lab have it.

    One lab with its engine serves them all. What a lesson leaves is there for the next.
    """
    with lab_host(tmp_path_factory.mktemp("lessons")) as host:
        lab = host.start()
        folder = tmp_path_factory.mktemp("desk")
        told = {**lab.settings.environ(), SERVER_URL: lab.base, SERVER_TOKEN: lab.token, "TMPDIR": str(folder)}

        @cache
        def run(lesson: Path, execute: Execute) -> Any:
            with environment(**told):
                return execute(lesson, tmp_path_factory.mktemp("lesson"))

        yield run
        lab.close()


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
    lesson: Path, execute: Execute, executed: Callable[[Path, Execute], Any]
) -> None:
    notebook = executed(lesson, execute)

    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert [output for output in outputs if output.output_type == "error"] == []
    assert [output.text for output in outputs if output.get("name") == "stderr"] == []
    said = "\n".join(text for output in outputs for text in texts_of(output))
    assert [words for words in SHOWN[lesson.stem] if words not in said] == []

    page, _ = CoutureExporter().from_notebook_node(notebook)
    for view in re.findall(r'aria-label="[^"]* tasks, [^"]*"', said):
        assert view in page
    assert addresses_asked_for(page) == []


@pytest.mark.browser
def test_a_page_made_of_a_lesson_asks_nobody_and_is_as_dark_as_the_reader_likes(
    executed: Callable[[Path, Execute], Any], tmp_path: Path
) -> None:
    notebook = executed(LESSONS[-1], by_nbclient)
    with running_browser() as browser:
        lesson = write_page(tmp_path, notebook)
        light, dark = look_at(browser, lesson, "light"), look_at(browser, lesson, "dark")
        with socket.create_server(("127.0.0.2", 0)) as elsewhere:
            host = f"http://127.0.0.2:{elsewhere.getsockname()[1]}"
            nosy = f'<img src="{host}/a"><script src="{host}/b"></script><script>fetch("{host}/c")</script>'
            refused = look_at(browser, write_page(tmp_path, notebook, nosy), "light").asked
            elsewhere.setblocking(False)
            with pytest.raises(BlockingIOError):
                elsewhere.accept()

    assert [light.asked, dark.asked] == [[], []]
    assert f"{host}/a" in refused, "what is asked would have been seen"
    assert (light.ground, light.success) == ("rgb(255, 255, 255)", "rgb(14, 110, 44)")
    assert (dark.ground, dark.success) == ("rgb(17, 17, 17)", "rgb(53, 168, 87)")


@dataclass(frozen=True)
class Seen:
    """What a page asked the network for, and the colours of its ground and of success."""

    asked: list[str]
    ground: str
    success: str


def look_at(browser: Browser, file: Path, scheme: Literal["light", "dark"]) -> Seen:
    """Open the page of the last lesson from disk; its pictures have to be there."""
    asked: list[str] = []
    context = browser.new_context(color_scheme=scheme)
    try:
        context.on("request", lambda request: asked.append(request.url))
        page = context.new_page()
        page.goto(file.as_uri())
        page.frame_locator('iframe[title="Seconds per task"]').locator("canvas").first.wait_for(timeout=READY_MS)
        page.locator("svg[aria-label^='Run of lesson_shop']").first.wait_for(timeout=READY_MS)
        mark = page.locator("h4 .couture-show-state[data-state=success] path").first
        return Seen(
            [url for url in asked if url.startswith(("http", "ws"))],
            page.evaluate("getComputedStyle(document.body).backgroundColor"),
            mark.evaluate("mark => getComputedStyle(mark).stroke"),
        )
    finally:
        context.close()


def write_page(folder: Path, notebook: Any, *more: str) -> Path:
    """The page of a notebook, with outputs of HTML put before its own."""
    shown = [nbformat.v4.new_output("display_data", {"text/html": each}) for each in more]
    cell = nbformat.v4.new_code_cell("", outputs=shown)
    made = nbformat.v4.new_notebook(cells=[cell, *notebook.cells], metadata=notebook.metadata)
    page, _ = CoutureExporter().from_notebook_node(made)
    (folder / "lesson.html").write_text(page, encoding="utf-8")
    return folder / "lesson.html"


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
