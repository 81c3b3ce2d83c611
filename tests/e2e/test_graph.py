"""The graph: groups that fold, the way through DAGs that run DAGs, search, the critical path, pictures, words."""

import pytest
from playwright.sync_api import Page, expect

from jupyter_couture.cli.lab import Lab
from tests.e2e.api import newest_run, trigger, wait_for_dags, wait_for_end
from tests.e2e.lab import READY_MS, LabHost, document_of, node_of, open_dag, open_lab, panel_of

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

NESTED = """
from datetime import datetime
from jupyter_couture import DAG, DagOperator, EmptyOperator

def options(dag_id):
    return dict(dag_id=dag_id, schedule=None, start_date=datetime(2026, 1, 1), is_paused_upon_creation=False)

with DAG(**options("nest_inner")) as inner:
    EmptyOperator(task_id="kernel")
with DAG(**options("nest_middle")) as middle:
    EmptyOperator(task_id="before") >> DagOperator("run_inner", run_dag_id="nest_inner")
with DAG(**options("nest_outer")) as outer:
    DagOperator("run_middle", run_dag_id="nest_middle") >> EmptyOperator(task_id="after")
"""

GROUPED = """
from datetime import datetime
import time
from jupyter_couture import DAG, EmptyOperator, PythonOperator, TaskGroup, task

@task
def part(number):
    time.sleep(0.1)

with DAG("grouped", schedule=None, start_date=datetime(2026, 1, 1), is_paused_upon_creation=False) as dag:
    start = EmptyOperator(task_id="start")
    with TaskGroup("load") as load:
        read = PythonOperator(task_id="read", python_callable=time.sleep, op_args=[0.6])
        with TaskGroup("check") as check:
            types = PythonOperator(task_id="types", python_callable=time.sleep, op_args=[0.1])
            ranges = PythonOperator(task_id="ranges", python_callable=time.sleep, op_args=[0.1])
        read >> check
    quick = PythonOperator(task_id="quick", python_callable=time.sleep, op_args=[0.1])
    parts = part.expand(number=[1, 2, 3])
    end = EmptyOperator(task_id="end")
    start >> [load, quick] >> end
    quick >> parts >> end
"""


@pytest.fixture(scope="module")
def graphs(lab: Lab, host: LabHost) -> Lab:
    """A lab with DAGs that run DAGs, and one with groups."""
    (host.settings.dags_folder / "nested.py").write_text(NESTED)
    (host.settings.dags_folder / "grouped.py").write_text(GROUPED)
    wait_for_dags(lab, "nest_outer", "nest_middle", "nest_inner", "grouped")
    return lab


def test_S082_S083_zoom_into_dag_opens_the_run_it_made_and_leads_back_through_all_levels(
    page: Page, graphs: Lab
) -> None:
    older = wait_for_end(graphs, trigger(graphs, "nest_outer"))
    child = newest_run(graphs, "nest_middle")
    grandchild = newest_run(graphs, "nest_inner")
    wait_for_end(graphs, trigger(graphs, "nest_outer"))
    open_lab(page, graphs)
    open_dag(page, "nest_outer").get_by_label("Run to show").select_option(f"run:{older['run_id']}")
    node_of(page, "run_middle").click()
    panel_of(page).get_by_role("button", name="Zoom into DAG").click()
    middle = document_of(page, "nest_middle")
    expect(middle.locator('[data-couture="run-state"]')).to_have_attribute(
        "data-run-id", child["run_id"], timeout=READY_MS
    )
    node_of(page, "run_inner").click(button="right")
    page.locator(".lm-Menu-item", has_text="Zoom into DAG").click()
    inner = document_of(page, "nest_inner")
    expect(inner.locator('[data-couture="run-state"]')).to_have_attribute(
        "data-run-id", grandchild["run_id"], timeout=READY_MS
    )
    way = inner.get_by_role("navigation", name="DAGs around this one")
    expect(way.get_by_role("listitem")).to_have_text(["nest_outerrun_middle", "nest_middlerun_inner", "nest_inner"])
    page.wait_for_timeout(1500)
    open_lab(page, graphs, reset=False)
    expect(way).to_be_visible(timeout=READY_MS)
    way.get_by_role("button", name="nest_middle").click()
    expect(middle.locator('[data-couture="run-state"]')).to_have_attribute("data-run-id", child["run_id"])
    expect(panel_of(page)).to_have_attribute("data-task-id", "run_inner")
    back = middle.get_by_role("navigation", name="DAGs around this one")
    expect(back.get_by_role("listitem")).to_have_count(2)
    back.get_by_role("button", name="nest_outer").click()
    outer = document_of(page, "nest_outer")
    expect(outer.locator('[data-couture="run-state"]')).to_have_attribute("data-run-id", older["run_id"])
    expect(outer.get_by_role("navigation", name="DAGs around this one")).to_have_count(0)
