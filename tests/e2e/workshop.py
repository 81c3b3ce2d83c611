"""The DAGs behind the tests of the task panel, and what these tests do again and again."""

import time
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import quote

from playwright.sync_api import Locator, Page, expect

from jupyter_couture.cli.lab import Lab
from tests.e2e.api import END_SECONDS, tasks_of
from tests.e2e.lab import READY_MS, node_of, open_dag, open_lab, panel_of

WORKSHOP = '''
"""What the tests of the task panel run."""
from datetime import datetime
from pathlib import Path
import logging
import time

from jupyter_couture import (
    DAG, ApprovalOperator, BashOperator, DagOperator, EmptyOperator, NotebookOperator, PythonOperator
)

log = logging.getLogger("workshop")

def options(dag_id):
    return dict(dag_id=dag_id, schedule=None, start_date=datetime(2026, 1, 1), is_paused_upon_creation=False)

def talk(ti, **context):
    print(f"this is attempt {ti.try_number}")
    for number in range(200):
        log.info("step %d of the talk", number)
    log.warning("the Needle is near")
    print("\\x1b[32mgreen needle\\x1b[0m and <b>no markup</b>")
    if ti.try_number == 1:
        log.error("the first attempt gives up")
        for number in range(100):
            log.info("farewell %d", number)
        raise ValueError("no luck at first")
    ti.xcom_push("where", {"city": "Basel"})
    return "said"

def mend(name):
    if not Path(__file__).with_name(name).exists():
        raise RuntimeError("somebody must mend it first")

def shout():
    line = "x" * 99 + "\\n"
    with open("/dev/stdout", "w") as out:
        for _ in range(100):
            out.write(line * 10_000)
            out.flush()
    print("the very last line", flush=True)

with DAG(**options("workshop")):
    (
        BashOperator(task_id="first", bash_command="echo {{ ds }}")
        >> PythonOperator(task_id="talks", python_callable=talk, retries=1, retry_delay=0)
        >> [EmptyOperator(task_id="left"), EmptyOperator(task_id="right")]
        >> EmptyOperator(task_id="end")
    )
for name in ("marked", "cleared", "again"):
    with DAG(**options(f"workshop_{name}")):
        (
            PythonOperator(task_id="mends", python_callable=mend, op_args=[name])
            >> EmptyOperator(task_id="after")
            >> EmptyOperator(task_id="last")
        )
with DAG(**options("workshop_ask")):
    ask = ApprovalOperator(
        task_id="publish", subject="Publish the report?", body="It has 12 pages.", params={"note": "", "copies": 3}
    )
    ask >> EmptyOperator(task_id="then")
with DAG(**options("workshop_long")):
    PythonOperator(task_id="sleeps", python_callable=time.sleep, op_args=[600])
with DAG(**options("workshop_loud")):
    PythonOperator(task_id="shouts", python_callable=shout)
with DAG(**options("workshop_study")):
    NotebookOperator("studies", input_path="study.ipynb")
with DAG(**options("workshop_child")):
    EmptyOperator(task_id="kernel")
with DAG(**options("workshop_parent")):
    DagOperator("runs_child", run_dag_id="workshop_child")
'''

STUDY = (
    """from pathlib import Path
from time import sleep
from IPython.display import HTML, Image, display
from base64 import b64decode
print("the first output")
display(HTML("<b class='rich' onclick='window.harmed = true'>in bold</b><script>window.harmed = true</script>"))
display(Image(b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M/wHwAEBgIApD5fRAAAAABJRU5ErkJggg==")))""",
    """for number in range(150):
    display(number)
print("the second one waits")
while not Path("go").exists():
    sleep(0.1)
print("the second output")""",
    "1 / 0",
)
"""The cells of ``study.ipynb``: the second waits until there is a file ``go`` beside it, the third fails."""

T = TypeVar("T")


def place_of(run: dict[str, Any], task_id: str) -> str:
    """The route of a task instance."""
    return f"dags/{run['dag_id']}/runs/{quote(run['run_id'], safe='')}/tasks/{task_id}"


def wait_until(look: Callable[[], T], is_there: Callable[[T], bool]) -> T:
    """What ``look`` gives as soon as ``is_there`` holds for it."""
    deadline = time.monotonic() + END_SECONDS
    while not is_there(found := look()):
        assert time.monotonic() < deadline, f"still {found} after {END_SECONDS:g} s"
        time.sleep(0.1)
    return found


def states_of(lab: Lab, run: dict[str, Any]) -> dict[str, str]:
    """States of a run's tasks by id."""
    return {name: task["state"] for name, task in tasks_of(lab, run).items()}


def open_task(page: Page, lab: Lab, dag_id: str, task_id: str) -> Locator:
    """The panel of a task of the latest run, with the graph beside it."""
    open_lab(page, lab)
    open_dag(page, dag_id)
    node_of(page, task_id).click(timeout=READY_MS)
    expect(panel_of(page)).to_have_attribute("data-task-id", task_id)
    return panel_of(page)


def open_tab(page: Page, name: str) -> Locator:
    """A tab of the panel, by its full name; its contents."""
    panel_of(page).get_by_role("tab", name=name, exact=True).click()
    body = panel_of(page).get_by_role("tabpanel", name=name, exact=True)
    expect(body).to_be_visible()
    return body


def start_act(page: Page, kind: str) -> Locator:
    """The dialog of an action, opened by its button."""
    panel_of(page).locator(f'[data-couture="act-{kind}"]').click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("input[data-flag]").first).to_be_focused()
    return dialog


def choose(dialog: Locator, *flags: str) -> None:
    """Set exactly these toggles."""
    for box in dialog.locator("input[data-flag]").all():
        box.set_checked(box.get_attribute("data-flag") in flags)


def previewed(dialog: Locator, total: int) -> list[str]:
    """The tasks that the dialog lists, once it lists ``total``."""
    shown = dialog.locator(f'[data-couture="act-preview"][data-total="{total}"][aria-busy="false"]')
    expect(shown).to_be_visible()
    return [str(item.get_attribute("data-task")) for item in shown.locator("li").all()]
