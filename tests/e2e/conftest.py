"""One lab and one browser for all browser tests."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from jupyter_couture.cli.lab import Lab
from tests.e2e.api import trigger, wait_for_dags, wait_for_end
from tests.e2e.lab import LabHost, lab_host, running_browser, watched_page
from tests.e2e.notebook import write_notebook
from tests.e2e.workshop import STUDY, WORKSHOP

EXPECT_MS = 20_000
"""What is awaited without a time of its own: Playwright's five seconds are too few where two suites share two cores."""
expect.set_options(timeout=EXPECT_MS)

PIPELINE = '''
"""A pipeline for the browser tests."""
from datetime import datetime
import time
from jupyter_couture import DAG, BashOperator, EmptyOperator, NotebookOperator, PythonOperator

def slow(**context):
    for number in range(1, 9):
        print(f"line {number} of the slow task", flush=True)
        time.sleep(0.25)

with DAG("pipeline", schedule="0 12 * * *", start_date=datetime(2026, 1, 1), tags=["browser"], catchup=False,
         description="What the browser tests run", params={"greeting": "hello"}) as dag:
    first = BashOperator(task_id="first", bash_command="echo {{ params.greeting }} from {{ ds }}",
                         description="Says hello")
    slowly = PythonOperator(task_id="slowly", python_callable=slow)
    sheet = NotebookOperator(task_id="sheet", input_path="sheet.ipynb", parameters={"number": 20})
    first >> [slowly, sheet] >> EmptyOperator(task_id="end")
'''

SMALL = '''
"""Small DAGs, turned on at once."""
from datetime import datetime
import time
from jupyter_couture import DAG, ApprovalOperator, EmptyOperator, PythonOperator, task

def fail(**context):
    raise ValueError("this task fails on purpose")

with DAG("failing", schedule=None, start_date=datetime(2026, 1, 1), is_paused_upon_creation=False,
         doc_md="Fails *always*") as failing:
    PythonOperator(task_id="fails", python_callable=fail) >> EmptyOperator(task_id="never")

with DAG("relay", schedule=None, start_date=datetime(2026, 1, 1), is_paused_upon_creation=False) as relay:
    tasks = [PythonOperator(task_id=f"step_{n}", python_callable=time.sleep, op_args=[0.3]) for n in range(5)]
    for one, next_one in zip(tasks, tasks[1:]):
        one >> next_one

with DAG("many", schedule=None, start_date=datetime(2026, 1, 1), is_paused_upon_creation=False) as many:
    @task
    def fetch(page):
        assert page != "gamma", "there is no such page"
    fetch.expand(page=["alpha", "beta", "gamma"])
    PythonOperator(task_id="no_room", python_callable=print, pool="nowhere")
    ApprovalOperator(task_id="ask", subject="Publish?")

with DAG("long", schedule=None, start_date=datetime(2026, 1, 1), is_paused_upon_creation=False) as long:
    PythonOperator(task_id="waits", python_callable=time.sleep, op_args=[600])
'''

SHEET = {
    "cells": [
        {
            "cell_type": "code",
            "execution_count": None,
            "id": "a",
            "metadata": {"tags": ["parameters"]},
            "outputs": [],
            "source": "number = 1",
        },
        {
            "cell_type": "code",
            "execution_count": None,
            "id": "b",
            "metadata": {},
            "outputs": [],
            "source": "import time\ntime.sleep(1.5)\nprint('twice is', 2 * number)",
        },
    ],
    "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}


@pytest.fixture
def jp_asyncio_loop() -> None:
    """No event loop: pytest-jupyter makes one for every test, and Playwright has its own in this thread."""


@pytest.fixture
def jp_server_cleanup() -> None:
    """No server lives in this process, so there is none to clean up after."""


@pytest.fixture(scope="session")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabHost]:
    """Folders with the DAGs ``pipeline`` (paused), ``failing``, ``relay`` and ``long`` (on)."""
    with lab_host(tmp_path_factory.mktemp("lab")) as host:
        dags = host.settings.dags_folder
        (dags / "pipeline.py").write_text(PIPELINE)
        (dags / "small.py").write_text(SMALL)
        (dags / "sheet.ipynb").write_text(json.dumps(SHEET))
        yield host


@pytest.fixture(scope="session")
def lab(host: LabHost) -> Iterator[Lab]:
    """The lab that most tests share."""
    lab = host.start()
    wait_for_dags(lab, "pipeline", "failing", "relay", "many", "long")
    yield lab
    lab.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium."""
    with running_browser() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser, lab: Lab) -> Iterator[Page]:
    """A fresh page; the test fails if the page throws or asks another host for anything."""
    with watched_page(browser, lab) as page:
        yield page


@pytest.fixture(scope="session")
def reading_lab(host: LabHost, lab: Lab) -> Iterator[Lab]:
    """A second lab of the same deployment, where everything may be read and nothing changed."""
    reading = host.start_for_reading()
    yield reading
    reading.close()


@pytest.fixture
def reader(browser: Browser, reading_lab: Lab) -> Iterator[Page]:
    """A fresh page of ``reading_lab``, with the checks of ``page``."""
    with watched_page(browser, reading_lab) as page:
        yield page


@pytest.fixture(scope="session")
def workshop(lab: Lab, host: LabHost) -> Lab:
    """A lab with the DAGs of `tests.e2e.workshop`."""
    write_notebook(host.settings.dags_folder, "study", *STUDY)
    (host.settings.dags_folder / "workshop.py").write_text(WORKSHOP)
    names = ("marked", "cleared", "again", "ask", "long", "loud", "study", "child", "parent")
    wait_for_dags(lab, "workshop", *(f"workshop_{name}" for name in names))
    return lab


@pytest.fixture(scope="session")
def talked(workshop: Lab) -> dict[str, Any]:
    """A run of ``workshop`` whose task ``talks`` took two attempts."""
    return wait_for_end(workshop, trigger(workshop, "workshop"))
