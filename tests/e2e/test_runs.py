"""Runs as one watches them: colours, logs, errors, notebooks, cancel."""

import re
from pathlib import Path
from shutil import copy2

import pytest
from playwright.sync_api import Page, expect

from jupyter_couture.cli.lab import Lab
from jupyter_couture.examples import SHOWCASE_DAG, SHOWCASE_LAST_TASK, example_files
from tests.e2e.api import newest_run, tasks_of, trigger, wait_for_end
from tests.e2e.lab import READY_MS, node_of, open_dag, open_lab, panel_of, row_of, show_paused
from tests.e2e.pixels import taken_delays, watch_pixels

pytestmark = pytest.mark.timeout(180)

PIXEL_BUDGET_MS = 250
ROUNDS = 4


def test_S043_S068_S086_S171_a_triggered_run_is_followed_live_to_its_notebook(page: Page, lab: Lab) -> None:
    """Also S070, S074: colours change without reload, the log grows, the executed notebook opens."""
    open_lab(page, lab)
    show_paused(page)
    row = row_of(page, "pipeline")
    if row.get_by_role("switch").get_attribute("aria-checked") == "false":
        row.get_by_role("switch").click()
    open_dag(page, "pipeline")
    expect(node_of(page, "end")).to_be_visible()
    edges = lab.call("GET", "dags/pipeline/graph")["edges"]
    expect(page.locator('[data-couture="graph"] .couture-Edge')).to_have_count(len(edges))
    row.locator('[data-couture="trigger"]').click()
    slowly = node_of(page, "slowly")
    expect(slowly).to_have_attribute("data-state", "running", timeout=READY_MS)
    slowly.click()
    log = panel_of(page).locator('[data-couture="log"]')
    expect(log).to_contain_text("line 1 of the slow task", timeout=READY_MS)
    expect(log).to_contain_text("line 8 of the slow task", timeout=READY_MS)
    for task in ("first", "slowly", "sheet", "end"):
        expect(node_of(page, task)).to_have_attribute("data-state", "success", timeout=READY_MS)
    expect(log).to_have_attribute("data-status", "complete")
    run = wait_for_end(lab, newest_run(lab, "pipeline"))
    assert re.fullmatch(r"manual__\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00", run["run_id"])
    expect(row.locator('[data-couture="task-counters"] [data-state="success"]')).to_contain_text("4")
    legend = page.locator('[data-couture="legend"]:visible')
    expect(legend.locator('[data-state="success"]').first).to_contain_text("4")
    node_of(page, "first").click()
    panel_of(page).get_by_role("tab", name="Rendered").click()
    expect(panel_of(page)).to_contain_text(re.compile(r"echo hello from \d{4}-\d\d-\d\d"))
    node_of(page, "sheet").click()
    panel_of(page).locator('[data-couture="open-notebook"]').click()
    notebook = page.locator(".jp-NotebookPanel:visible")
    expect(notebook).to_contain_text("twice is 40", timeout=READY_MS)
    expect(notebook).to_contain_text("No Kernel")


def test_S086_a_state_change_is_on_the_screen_within_250_ms_of_its_commit(page: Page, lab: Lab) -> None:
    """The 90th percentile of the changes of a run in an open graph; the best of a few, as other work may disturb."""
    watch_pixels(page)
    open_lab(page, lab)
    open_dag(page, "relay")
    expect(node_of(page, "step_4")).to_be_visible()
    percentiles = []
    for _ in range(ROUNDS):
        taken_delays(page)
        wait_for_end(lab, trigger(lab, "relay"))
        expect(node_of(page, "step_4")).to_have_attribute("data-state", "success")
        page.wait_for_timeout(100)
        delays = taken_delays(page)
        assert len(delays) >= 8, f"too few changes were seen: {delays}"
        percentiles.append(delays[int(0.9 * (len(delays) - 1))])
        print(f"commit to pixel: median {delays[len(delays) // 2]} ms, p90 {percentiles[-1]} ms, worst {delays[-1]} ms")
        if percentiles[-1] <= PIXEL_BUDGET_MS:
            return
    raise AssertionError(f"90th percentiles of {ROUNDS} runs in ms: {percentiles}; the budget is {PIXEL_BUDGET_MS}")


def test_S093_S171_S179_the_reason_of_a_failure_is_a_click_away(page: Page, lab: Lab) -> None:
    """The failed attempt shows its error with the line in the DAG file."""
    open_lab(page, lab)
    open_dag(page, "failing")
    row_of(page, "failing").locator('[data-couture="trigger"]').click()
    expect(node_of(page, "fails")).to_have_attribute("data-state", "failed", timeout=READY_MS)
    expect(node_of(page, "never")).to_have_attribute("data-state", "upstream_failed", timeout=READY_MS)
    node_of(page, "fails").click()
    error = panel_of(page).locator('[data-couture="attempt-error"]')
    expect(error).to_contain_text("this task fails on purpose")
    error.locator("summary").click()
    expect(error).to_contain_text("small.py")
    panel_of(page).get_by_role("tab", name="Details").click()
    expect(panel_of(page)).to_contain_text("Exit code")


def test_a_mapped_task_shows_its_instances_and_a_waiting_one_its_reasons(page: Page, lab: Lab) -> None:
    """Instances that came while one watches have their states; what a task waits for is said without a click more."""
    open_lab(page, lab)
    open_dag(page, "many")
    expect(node_of(page, "fetch")).to_be_visible()
    trigger(lab, "many")
    fetch = node_of(page, "fetch")
    expect(fetch).to_have_attribute("data-state", "failed", timeout=READY_MS)
    expect(fetch).to_have_attribute("aria-label", re.compile("3 of 3"))
    fetch.click()
    chooser = panel_of(page).locator('[data-couture="instances"] select, select[data-couture="instances"]')
    expect(chooser).to_have_value("2")
    chooser.select_option("0")
    expect(panel_of(page)).to_have_attribute("data-state", "success")
    node_of(page, "no_room").click()
    expect(panel_of(page).locator('[data-couture="reasons"]')).to_contain_text("There is no pool called nowhere")
    ask = node_of(page, "ask")
    expect(ask).to_have_attribute("data-state", "awaiting_input", timeout=READY_MS)
    ask.click()
    expect(panel_of(page).locator('[data-couture="reasons"]')).to_contain_text("“Publish?”")


def test_S074_the_log_downloads_whole(page: Page, lab: Lab, tmp_path: Path) -> None:
    wait_for_end(lab, trigger(lab, "failing"))
    open_lab(page, lab)
    open_dag(page, "failing")
    node_of(page, "fails").click()
    with page.expect_download() as download:
        panel_of(page).locator('[data-couture="log-download"]').click()
    file = tmp_path / "log.txt"
    download.value.save_as(file)
    assert "this task fails on purpose" in file.read_text()


def test_a_running_run_is_cancelled_by_its_button_and_the_status_bar_counts_it(page: Page, lab: Lab) -> None:
    open_lab(page, lab)
    open_dag(page, "long")
    status = page.locator('[data-couture="status"]')
    run = trigger(lab, "long")
    expect(node_of(page, "waits")).to_have_attribute("data-state", "running", timeout=READY_MS)
    expect(status).to_contain_text("1 running", timeout=READY_MS)
    page.locator('[data-couture="cancel-run"]:visible').click()
    expect(page.locator('[data-couture="run-state"]:visible')).to_have_attribute(
        "data-state", "failed", timeout=READY_MS
    )
    ended = wait_for_end(lab, run)
    assert ended["cancel_requested"]
    assert tasks_of(lab, ended)["waits"]["state"] == "failed"
    expect(status).to_contain_text("0 running", timeout=READY_MS)


def test_S086_the_run_selector_shows_the_states_of_an_older_run(page: Page, lab: Lab) -> None:
    older = wait_for_end(lab, trigger(lab, "failing"))
    newer = wait_for_end(lab, trigger(lab, "failing"))
    open_lab(page, lab)
    open_dag(page, "failing")
    shown = page.locator('[data-couture="run-state"]:visible')
    expect(shown).to_have_attribute("data-run-id", newer["run_id"])
    page.get_by_label("Run to show").select_option(f"run:{older['run_id']}")
    expect(shown).to_have_attribute("data-run-id", older["run_id"])
    expect(node_of(page, "fails")).to_have_attribute("data-state", "failed")
    page.get_by_label("Run to show").select_option("version")
    expect(shown).to_have_count(0)
    expect(node_of(page, "fails")).to_have_attribute("data-state", "none")


@pytest.mark.timeout(300)
def test_S086_S171_the_showcase_is_triggered_and_followed_to_its_report(page: Page, lab: Lab) -> None:
    """What `make run` serves: seventeen tasks change colour without reload, a log grows, the report opens."""
    for example in example_files():
        if example.stem.startswith(SHOWCASE_DAG):
            copy2(example, lab.settings.dags_folder / example.name)
    watch_pixels(page)
    open_lab(page, lab)
    show_paused(page)
    row = row_of(page, SHOWCASE_DAG)
    row.get_by_role("switch").click(timeout=READY_MS)
    open_dag(page, SHOWCASE_DAG)
    expect(node_of(page, SHOWCASE_LAST_TASK)).to_be_visible()
    row.locator('[data-couture="trigger"]').click()
    node_of(page, "ingest").click()
    log = panel_of(page).locator('[data-couture="log"]')
    expect(log).to_contain_text("336,776 rows", timeout=READY_MS)
    last = node_of(page, SHOWCASE_LAST_TASK)
    expect(last).to_have_attribute("data-state", "success", timeout=4 * READY_MS)
    tasks = tasks_of(lab, newest_run(lab, SHOWCASE_DAG))
    assert len(tasks) == 17
    delays = taken_delays(page)
    print(f"showcase, commit to pixel: median {delays[len(delays) // 2]} ms, worst {delays[-1]} ms of {len(delays)}")
    assert len(delays) >= len(tasks)
    assert delays[len(delays) // 2] <= PIXEL_BUDGET_MS
    node_of(page, "report").click()
    panel_of(page).locator('[data-couture="open-notebook"]').click()
    expect(page.locator(".jp-NotebookPanel:visible")).to_contain_text("2013", timeout=READY_MS)
