"""Takes the pictures in docs/images anew: ``python -m tests.e2e.screenshots [name ...]``.

A lab of its own runs the showcase and a DAG that fails; every picture is taken in the light and in the dark theme.
"""

import io
import tempfile
from collections.abc import Callable, Collection, Sequence
from functools import partial
from pathlib import Path
from urllib.parse import quote

import click
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from jupyter_couture.cli.lab import Lab
from jupyter_couture.examples import SHOWCASE_DAG, copy_examples
from tests.e2e.api import trigger, wait_for_end
from tests.e2e.lab import (
    PAGES,
    READY_MS,
    LabHost,
    lab_host,
    node_of,
    open_dag,
    open_lab,
    open_overview,
    open_page,
    panel_of,
    row_of,
    running_browser,
    set_theme,
    show_paused,
)
from tests.e2e.notebook import open_notebook, run_cell, write_notebook

WIDGET_CELLS = (
    f"""from ipywidgets import VBox
from jupyter_couture.widgets import DagGraph, RunProgress, TaskDuration

VBox([RunProgress({SHOWCASE_DAG!r}), DagGraph({SHOWCASE_DAG!r}, height=300)])""",
    f"TaskDuration({SHOWCASE_DAG!r}, height=350)",
)
IMAGES = Path(__file__).parents[2] / "docs" / "images"
SIZE = (1400, 850)
NOTEBOOK_HEIGHT = 1060
LARGEST_BYTES = 150_000
RUNS_BEFORE = 6
"""Runs of the showcase before the pictures, for the views of several runs."""
DIALOG_SETTLES_MS = 400
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}

FAILING = '''
"""Takes in the measurements of the day. Today a file is missing."""
from datetime import datetime

from jupyter_couture import BashOperator, dag, task


@task
def read_stations() -> dict[str, str]:
    """Which station sends which file."""
    return {"harbour": "harbour.csv", "airport": "airport.csv"}


@task(retries=1, retry_delay=1)
def merge(files: dict[str, str]) -> int:
    """One table of all stations."""
    print("Merging", ", ".join(files))
    rows = 0
    for station, file in files.items():
        print(f"reading {file} of station {station}")
        with open(file) as lines:
            rows += sum(1 for _ in lines)
    return rows


@dag(schedule="15 6 * * *", start_date=datetime(2026, 1, 1), catchup=False, is_paused_upon_creation=False)
def measurements():
    """Measurements of the day."""
    merge(read_stations()) >> BashOperator("publish", bash_command="echo published")


measurements()
'''

WAITING = '''
"""Sends out the bulletin of the week, when everything is there and somebody has read it."""
from datetime import datetime

from jupyter_couture import ApprovalOperator, BashOperator, dag, task


@task(retries=3, retry_delay=3600)
def fetch_forecast() -> None:
    """The forecast of the week."""
    raise ConnectionError("weather.example does not answer")


@dag(schedule=None, start_date=datetime(2026, 1, 1), max_active_runs=1, is_paused_upon_creation=False)
def bulletin():
    """The bulletin of the week."""
    archive = BashOperator("archive", bash_command="echo archived", pool="archive")
    read = ApprovalOperator("read_through", subject="Is the bulletin right?")
    [fetch_forecast(), archive, read] >> BashOperator("send", bash_command="echo sent")


bulletin()
'''

VARIABLES = {
    "limits": {"value": '{"rows": 100000, "months": [1, 2, 3]}', "description": "What a report may take"},
    "region": {"value": "eu-central", "description": "Where the stations lie"},
    "stations": '["harbour", "airport"]',
    "stations_password": "not to be seen",
    "weather": {"value": '{"host": "weather.example", "token": "not to be seen"}', "description": "The service"},
}


class Camera:
    """Takes one picture in every theme, as small files."""

    def __init__(self, page: Page, wanted: Collection[str]) -> None:
        self._page = page
        self._wanted = wanted

    def take(
        self, name: str, prepare: Callable[[], None] | None = None, tidy: Callable[[], None] | None = None
    ) -> None:
        """The page as it is, ``prepare``d anew for each theme and tidied up after the picture."""
        if self._wanted and name not in self._wanted:
            return
        for theme, title in THEMES.items():
            set_theme(self._page, title)
            if prepare is not None:
                prepare()
            self._page.mouse.move(SIZE[0] - 300, 12)
            self._page.wait_for_timeout(300)
            path = IMAGES / f"{name}-{theme}.png"
            path.write_bytes(packed(self._page.screenshot()))
            if tidy is not None:
                tidy()
            print(f"{path.name}: {path.stat().st_size // 1024} KB")
        set_theme(self._page, THEMES["light"])

    def take_dialog(self, name: str, ask: Callable[[], None]) -> None:
        """A dialog that ``ask`` opens; the menu with the themes cannot be reached while it is open."""
        if self._wanted and name not in self._wanted:
            return

        def open_anew() -> None:
            ask()
            self._page.wait_for_timeout(DIALOG_SETTLES_MS)

        self.take(name, open_anew, lambda: self._page.keyboard.press("Escape"))


def packed(shot: bytes) -> bytes:
    """A picture with a palette, which is enough for a user interface; raises ``ValueError`` if it is still large."""
    out = io.BytesIO()
    image = Image.open(io.BytesIO(shot)).convert("RGB")
    image.quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    if out.tell() > LARGEST_BYTES:
        raise ValueError(f"the picture has {out.tell()} bytes; {LARGEST_BYTES} are allowed")
    return out.getvalue()


def take_all(page: Page, host: LabHost, lab: Lab, camera: Camera) -> None:
    """From the empty list to every view of the showcase and its runs."""
    open_lab(page, lab)
    camera.take("empty")
    dags = host.settings.dags_folder
    copy_examples(dags)
    (dags / "measurements.py").write_text(FAILING.lstrip())
    expect(row_of(page, "measurements")).to_be_visible(timeout=READY_MS)
    wait_for_end(lab, trigger(lab, "measurements"))
    take_failure(page, camera)
    take_why(page, host, lab, camera)
    lab.call("PATCH", f"dags/{SHOWCASE_DAG}", {"is_paused": False})
    for _ in range(RUNS_BEFORE):
        wait_for_end(lab, trigger(lab, SHOWCASE_DAG))
    show_paused(page)
    document = open_dag(page, SHOWCASE_DAG)
    camera.take("code", lambda: open_tab(document, "Code", ".cm-content"))
    open_tab(document, "Graph View", '[data-couture="graph"]')
    run = trigger(lab, SHOWCASE_DAG)
    expect(node_of(page, "month_03")).to_have_attribute("data-state", "running", timeout=READY_MS)
    camera.take("graph")
    overview = open_overview(page)
    expect(overview.locator('[data-couture="active-runs"]')).to_contain_text(SHOWCASE_DAG)
    camera.take("overview")
    open_dag(page, SHOWCASE_DAG)
    wait_for_end(lab, run)
    expect(node_of(page, "pack_report")).to_have_attribute("data-state", "success")
    take_tasks(page, camera)
    take_tabs(page, document, camera)
    take_dialogs(page, document, camera)
    take_browsing(page, lab, camera)
    page.get_by_role("button", name="Open as a table").click()
    camera.take("list")
    take_widgets(page, host, lab, camera)


def open_tab(document: Locator, name: str, contents: str) -> None:
    """Choose a view of a DAG and wait for what it shows."""
    document.get_by_role("tab", name=name, exact=True).click()
    expect(document.locator(contents).first).to_be_visible(timeout=READY_MS)


def take_tasks(page: Page, camera: Camera) -> None:
    """The panel of a task, and the notebook that a task has executed."""
    node_of(page, "pack_report").click()
    panel = panel_of(page)
    expect(panel.locator('[data-couture="log"]')).to_contain_text("Report:")
    camera.take("task")
    node_of(page, "report").click()
    panel.get_by_role("tab", name="Notebook", exact=True).click()
    panel.locator('[data-couture="open-executed"]').click()
    expect(page.locator(".jp-NotebookPanel:visible .jp-OutputArea img").first).to_be_visible(timeout=READY_MS)
    camera.take("notebook")


def take_tabs(page: Page, document: Locator, camera: Camera) -> None:
    """The other views of the showcase."""
    open_dag(page, SHOWCASE_DAG)
    panel_of(page).get_by_role("button", name="Close", exact=True).click()
    for name, tab, contents in (
        ("tree", "Tree View", "canvas"),
        ("duration", "Task Duration", '[data-couture="figure"][data-ready]'),
        ("tries", "Task Tries", '[data-couture="figure"][data-ready]'),
        ("landing", "Landing Times", '[data-couture="figure"][data-ready]'),
        ("gantt", "Gantt", '[data-couture="figure"][data-ready]'),
        ("details", "Details", "dl"),
        ("runs", "Runs", "table"),
        ("audit", "Audit", "table"),
    ):
        camera.take(name, partial(open_tab, document, tab, contents))
    open_tab(document, "Graph View", '[data-couture="graph"]')


def take_dialogs(page: Page, document: Locator, camera: Camera) -> None:
    """What is asked before a run with configuration, and what is shown before tasks are cleared."""

    def trigger_form() -> None:
        document.locator('header [data-couture="trigger-with-conf"]').click()
        expect(page.locator('[data-couture="trigger-form"]')).to_be_visible(timeout=READY_MS)

    def clear_preview() -> None:
        node_of(page, "combine").click()
        panel_of(page).locator('[data-couture="act-clear"]').click()
        page.get_by_role("dialog").locator('input[data-flag="downstream"]').check()
        shown = page.get_by_role("dialog").locator('[data-couture="act-preview"][aria-busy="false"]')
        expect(shown).to_be_visible()

    camera.take_dialog("trigger", trigger_form)
    camera.take_dialog("clear", clear_preview)
    close_panel = panel_of(page).get_by_role("button", name="Close", exact=True)
    if close_panel.is_visible():  # not if only other pictures are wanted
        close_panel.click()


def take_browsing(page: Page, lab: Lab, camera: Camera) -> None:
    """The pages of the menus Browse and Admin."""
    lab.call("POST", "variables/import", {"variables": VARIABLES})
    for key in PAGES:
        open_page(page, key)
        camera.take(f"browse-{key}")


def take_failure(page: Page, camera: Camera) -> None:
    """The graph, the log and the traceback of a task that failed twice."""
    open_dag(page, "measurements")
    node_of(page, "merge").click()
    error = panel_of(page).locator('[data-couture="attempt-error"]')
    expect(error).to_contain_text("FileNotFoundError")
    error.locator("summary").click()
    camera.take("failed")


def take_why(page: Page, host: LabHost, lab: Lab, camera: Camera) -> None:
    """What holds up a run, with what one can do about it."""
    (host.settings.dags_folder / "bulletin.py").write_text(WAITING.lstrip())
    expect(row_of(page, "bulletin")).to_be_visible(timeout=READY_MS)
    run = trigger(lab, "bulletin")
    document = open_dag(page, "bulletin")
    open_tab(document, "Why", '[data-couture="remedy-run-now"]')
    expect(document.locator('[data-couture="remedy-answer"]')).to_be_visible(timeout=READY_MS)
    camera.take("why")
    page.locator(".lm-TabBar-tab").filter(has_text="bulletin").locator(".lm-TabBar-tabCloseIcon").click()
    lab.call("DELETE", f"dags/bulletin/runs/{quote(run['run_id'], safe='')}")
    (host.settings.dags_folder / "bulletin.py").unlink()
    expect(row_of(page, "bulletin")).to_have_count(0, timeout=READY_MS)


def take_widgets(page: Page, host: LabHost, lab: Lab, camera: Camera) -> None:
    """A notebook with views of the showcase, high enough for all of them."""
    page.set_viewport_size({"width": SIZE[0], "height": NOTEBOOK_HEIGHT})
    open_notebook(page, lab, write_notebook(host.root, "watch", *WIDGET_CELLS))
    page.keyboard.press("Control+b")
    for number in range(len(WIDGET_CELLS)):
        run_cell(page, number)
    expect(page.locator('[data-couture="widget"] svg [data-task-id="pack_report"]')).to_be_visible(timeout=READY_MS)
    expect(page.locator('[data-couture="figure"][data-ready]')).to_be_visible(timeout=READY_MS)
    camera.take("widgets")


@click.command(name="tests.e2e.screenshots")
@click.argument("names", nargs=-1)
def main(names: Sequence[str]) -> None:
    """Take the pictures named as they are in docs/images, without the theme; all if none is named."""
    known = {path.stem.rpartition("-")[0] for path in IMAGES.glob("*.png")}
    if unknown := set(names) - known:
        raise click.UsageError(f"there is no picture {', '.join(sorted(unknown))}; a new one comes with all")
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="couture-pictures-") as folder, lab_host(Path(folder)) as host:
        lab = host.start()
        try:
            with running_browser() as browser:
                page = browser.new_page(viewport={"width": SIZE[0], "height": SIZE[1]})
                take_all(page, host, lab, Camera(page, names))
        finally:
            lab.close()


if __name__ == "__main__":
    main()
