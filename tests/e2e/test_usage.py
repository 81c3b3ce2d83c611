"""CPU and memory of attempts in the panel of a task: live while it runs, by attempt, and of what was too short."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, Page, expect

from jupyter_couture.cli.lab import Lab
from tests.e2e.api import END_SECONDS, newest_run, trigger, wait_for_dags, wait_for_end
from tests.e2e.workshop import open_tab, open_task, place_of

pytestmark = pytest.mark.timeout(240)

EATERS = '''
"""What uses memory and CPU, and what does not."""
from datetime import datetime
from pathlib import Path
import time

from jupyter_couture import DAG, EmptyOperator, PythonOperator

def eat():
    held = bytearray(200 * 1024 * 1024)
    held[::4096] = b"x" * (len(held) // 4096)
    gate = Path(__file__).with_name("eaten")
    while not gate.exists():
        sum(range(100_000))
    return len(held)

def fail_once(ti):
    time.sleep(3.5 if ti.try_number == 1 else 0)
    if ti.try_number == 1:
        raise ValueError("the first attempt fails")

with DAG("eaters", schedule=None, start_date=datetime(2026, 1, 1), is_paused_upon_creation=False):
    PythonOperator(task_id="eats", python_callable=eat) >> PythonOperator(
        task_id="fails_once", python_callable=fail_once, retries=1, retry_delay=0
    )
'''


@pytest.fixture(scope="module")
def eating(lab: Lab) -> Iterator[dict[str, Any]]:
    """A run whose first task eats until the file ``eaten`` is there."""
    (lab.settings.dags_folder / "eaters.py").write_text(EATERS)
    wait_for_dags(lab, "eaters")
    yield trigger(lab, "eaters")
    (lab.settings.dags_folder / "eaten").touch()


def shown(body: Locator) -> int:
    """How many samples are drawn."""
    return int(body.locator('[data-couture="usage"]').get_attribute("data-samples") or 0)


def test_memory_and_cpu_are_drawn_while_the_task_runs_and_stay_when_it_has_ended(
    page: Page, lab: Lab, eating: dict[str, Any]
) -> None:
    open_task(page, lab, "eaters", "eats")
    body = open_tab(page, "Attempts")
    usage = body.locator('[data-couture="usage"]')
    memory = usage.locator('[data-kind="memory"]')
    expect(usage).to_have_attribute("data-samples", re.compile(r"[1-9]"), timeout=END_SECONDS * 1000)
    expect(memory).to_contain_text(re.compile(r"peak 2[0-3]\d\.\d MB at"), timeout=END_SECONDS * 1000)
    before = shown(body)
    expect(usage).not_to_have_attribute("data-samples", str(before), timeout=END_SECONDS * 1000)
    assert shown(body) > before, "it grows while the task runs"
    expect(usage.get_by_role("img", name=re.compile(r"^CPU .*: peak \d+ % at .* average \d+ %$"))).to_be_visible()
    picture = usage.get_by_role("img", name=re.compile("^Memory: peak 2"))
    box = picture.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] - 2, box["y"] + box["height"] / 2)
    expect(memory.locator("figcaption")).to_contain_text(re.compile(r"2\d\d\.\d MB at \d"))
    (lab.settings.dags_folder / "eaten").touch()
    run = wait_for_end(lab, eating)
    found = lab.call("GET", f"{place_of(run, 'eats')}/attempts/1/usage")
    assert found["complete"]
    assert found["samples"][-1]["cpu_seconds"] > 0.5
    expect(usage).to_have_attribute("data-samples", str(len(found["samples"])))
    expect(body.locator("tbody tr")).to_contain_text(re.compile(r"2[0-3]\d\.\d MB"))


def test_each_attempt_has_its_own_and_a_short_one_says_that_it_was_short(
    page: Page, lab: Lab, eating: dict[str, Any]
) -> None:
    (lab.settings.dags_folder / "eaten").touch()
    wait_for_end(lab, eating)
    run = newest_run(lab, "eaters")
    panel = open_task(page, lab, "eaters", "fails_once")
    body = open_tab(page, "Attempts")
    usage = body.locator('[data-couture="usage"]')
    expect(usage).to_have_attribute("data-try", "2")
    expect(usage).to_contain_text("Nothing was measured")
    body.get_by_role("button", name="Show attempt 1", exact=True).click()
    expect(usage).to_have_attribute("data-try", "1")
    expect(usage.get_by_role("img", name=re.compile("^Memory: peak"))).to_be_visible()
    expect(panel.get_by_label("Attempt to show")).to_have_value("1")
    first = lab.call("GET", f"dags/eaters/runs/{quote(run['run_id'], safe='')}/tasks/fails_once/attempts/1/usage")
    assert shown(body) == len(first["samples"]) > 0
