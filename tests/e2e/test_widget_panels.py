"""The panels of a task and a run as widgets: one run from its form to its mending, seen from Python as well."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from jupyter_couture.cli.lab import Lab
from tests.e2e.api import newest_run, tasks_of, wait_for_dags, wait_for_end
from tests.e2e.lab import READY_MS, LabHost
from tests.e2e.notebook import open_notebook, read_back, run_cell, write_notebook
from tests.e2e.workshop import previewed

pytestmark = pytest.mark.timeout(240)

TAILOR = """
from datetime import datetime
from pathlib import Path
import time
from jupyter_couture import DAG, EmptyOperator, NotebookOperator, PythonOperator

HERE = Path(__file__).parent

def sew(params):
    print(f"the first of {params['stitches']} stitches", flush=True)
    deadline = time.monotonic() + 120
    while not (HERE / "tailor_may_end").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    print("the last stitch", flush=True)
    if not (HERE / "tailor_is_mended").exists():
        raise RuntimeError("the thread is torn")

options = dict(schedule=None, start_date=datetime(2026, 1, 1), is_paused_upon_creation=False)
with DAG("tailor", params={"stitches": 7}, **options):
    sews = PythonOperator(task_id="sews", python_callable=sew)
    measures = NotebookOperator(task_id="measures", input_path="tailor.ipynb")
    [sews, measures] >> EmptyOperator(task_id="irons")
"""

MEASURE = """
from IPython.display import HTML
print("an arm of", 60 + 1)
HTML("<table><tr><td>waist</td></tr></table><script>document.body.textContent = 'a script ran'</script>")
"""

SHOW = """
from ipywidgets import VBox
from traitlets import link
from jupyter_couture.widgets import DagGraph, LogView, NotebookOutput, RunProgress, TaskActions, TriggerForm

form, progress, graph = TriggerForm("tailor"), RunProgress("tailor"), DagGraph("tailor", height=140)
log, actions = LogView("tailor", height=180), TaskActions("tailor")
sheet = NotebookOutput("tailor", task_id="measures", height=240)
for view in (progress, graph, log, actions, sheet):
    link((form, "run_id"), (view, "run_id"))
for view in (log, actions):
    link((graph, "selected"), (view, "task_id"))
VBox([form, progress, graph, log, actions, sheet])
"""


@pytest.fixture(scope="session")
def tailor(lab: Lab, host: LabHost) -> Path:
    """The folder of the DAG ``tailor``, whose first task ends and succeeds as files in it allow."""
    path = write_notebook(host.settings.dags_folder, "tailor", MEASURE)
    (host.settings.dags_folder / path).with_suffix(".py").write_text(TAILOR)
    wait_for_dags(lab, "tailor")
    return host.settings.dags_folder


def test_a_run_is_triggered_followed_and_mended_from_a_notebook(
    page: Page, lab: Lab, host: LabHost, tailor: Path
) -> None:
    told = "print(form.run_id, progress.state, progress.done)"
    done = "print(actions.acted['action'], actions.acted['touched'], progress.state, progress.done)"
    open_notebook(page, lab, write_notebook(host.root, "tailor", SHOW, told, done))
    widgets = run_cell(page, 0).locator('[data-couture="widget"]')
    form, progress, graph, log, actions, sheet = (widgets.nth(number) for number in range(6))
    cells = page.locator(".jp-Notebook:visible .jp-CodeCell")

    form.get_by_label("stitches").fill("8", timeout=READY_MS)
    form.get_by_role("button", name="Trigger", exact=True).click()
    expect(form.locator('[data-couture="triggered"]')).to_be_visible(timeout=READY_MS)
    run = newest_run(lab, "tailor")
    assert run["conf"] == {"stitches": 8}

    expect(log).to_contain_text("No task is chosen")
    graph.locator('[data-task-id="sews"]').click(timeout=READY_MS)
    expect(log).to_contain_text("the first of 8 stitches", timeout=READY_MS)
    expect(log.locator('[data-couture="log"]')).to_have_attribute("data-status", "following")
    shown = progress.locator('[data-couture="run-progress"]')
    expect(shown).to_have_attribute("data-run-id", run["run_id"], timeout=READY_MS)
    expect(shown).to_have_attribute("data-state", "running", timeout=READY_MS)
    read_back(page, 1, f"{run['run_id']} running False")

    expect(sheet.locator('[data-couture="cell-outputs"]')).to_contain_text("an arm of 61", timeout=READY_MS)
    expect(sheet.frame_locator("iframe").locator("body")).to_have_text("waist")

    (tailor / "tailor_may_end").touch()
    log.scroll_into_view_if_needed()  # out of sight it asks the server nothing
    expect(log).to_contain_text("the last stitch", timeout=READY_MS)
    expect(log).to_contain_text("the thread is torn", timeout=READY_MS)
    outcome = progress.locator('[data-couture="run-outcome"]')
    expect(outcome).to_contain_text("The run failed", timeout=READY_MS)
    read_back(page, 1, f"{run['run_id']} failed True")

    (tailor / "tailor_is_mended").touch()
    actions.locator('[data-couture="act-clear"]').click()
    dialog = page.get_by_role("dialog", name="Clear sews")
    assert previewed(dialog, 2) == ["sews", "irons"]
    expect(dialog.locator("input[data-flag]").first).to_be_focused()
    page.keyboard.press("b")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(actions.locator('[data-couture="act-clear"]')).to_be_focused()
    expect(cells).to_have_count(3)  # 'b' would have inserted one
    assert tasks_of(lab, run)["sews"]["try_number"] == 1
    page.keyboard.press("Enter")
    dialog.get_by_role("button", name="Clear 2 task instances").click()
    expect(actions.locator('[data-couture="act-outcome"]')).to_contain_text(
        "2 task instances cleared", timeout=READY_MS
    )
    expect(outcome).to_contain_text("The run succeeded", timeout=READY_MS)
    expect(log.locator('[data-couture="try"]')).to_contain_text("Attempt 2 of 2", timeout=READY_MS)
    read_back(page, 2, "clear 2 success True")

    page.locator('.jp-NotebookPanel:visible [data-jp-item-name="restart"]').click()
    page.locator(".jp-Dialog .jp-mod-accept").click()
    expect(page.locator('[data-couture="orphan"]')).to_have_count(6, timeout=READY_MS)
    form.get_by_role("button", name="Trigger", exact=True).click()
    again = form.locator(f'[data-couture="triggered"]:not([data-run-id="{run["run_id"]}"])')
    expect(again).to_be_visible(timeout=READY_MS)
    assert wait_for_end(lab, newest_run(lab, "tailor"))["state"] == "success"
