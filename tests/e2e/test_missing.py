"""Tasks that cannot run here, as people see them: in the graph, in words and in the panel of the task."""

import re

import pytest
from playwright.sync_api import Page, expect

from jupyter_couture.cli.lab import Lab
from tests.e2e.api import trigger, wait_for_end
from tests.e2e.lab import READY_MS, LabHost, node_of, open_dag, open_lab, panel_of, row_of

pytestmark = pytest.mark.timeout(180)

FOREIGN = """
from datetime import datetime
from airflow import DAG
from airflow.operators.bash_operator import BashOperator
from airflow.operators import CoutureSparkOperator
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.providers.amazon.aws.sensors.s3 import S3KeySensor

with DAG("foreign", start_date=datetime(2026, 1, 1), schedule_interval=None, is_paused_upon_creation=False) as dag:
    first = BashOperator(task_id="first", bash_command="echo ready")
    pod = KubernetesPodOperator(task_id="pod", name="pod", image="python:3.12", cmds=["python"], retries=2)
    wait = S3KeySensor(task_id="wait_for_file", bucket_key="s3://bucket/{{ ds }}")
    spark = CoutureSparkOperator(task_id="spark", class_path="ai.couture.Main", code_artifact="Spark.jar")
    last = BashOperator(task_id="last", bash_command="echo over")
    first >> [pod, wait, spark] >> last
"""
SENTENCE = "KubernetesPodOperator belongs to the Airflow provider apache-airflow-providers-cncf-kubernetes"


def test_a_task_that_cannot_run_is_marked_and_says_why(page: Page, lab: Lab, host: LabHost) -> None:
    (host.settings.dags_folder / "foreign.py").write_text(FOREIGN)
    open_lab(page, lab)
    expect(row_of(page, "foreign")).to_be_visible(timeout=READY_MS)
    open_dag(page, "foreign")
    expect(node_of(page, "pod")).to_have_attribute("data-missing", "apache-airflow-providers-cncf-kubernetes")
    expect(node_of(page, "pod")).to_have_attribute("aria-label", re.compile(rf"cannot run: {SENTENCE}"))
    expect(node_of(page, "pod").locator(".couture-Node-hatch")).to_be_visible()
    expect(node_of(page, "first")).not_to_have_attribute("data-missing", re.compile("."))
    node_of(page, "pod").click()
    expect(panel_of(page).locator('[data-couture="missing"]')).to_contain_text(SENTENCE)
    wait_for_end(lab, trigger(lab, "foreign"))
    expect(node_of(page, "pod")).to_have_attribute("data-state", "failed", timeout=READY_MS)
    expect(panel_of(page).locator('[data-couture="attempt-error"]')).to_contain_text(SENTENCE)
    expect(panel_of(page).locator('[data-couture="missing"]')).to_have_count(0)
    page.locator('[data-couture="as-list"]:visible').click()
    row = page.locator('[data-couture="task-table"] [data-task-id="wait_for_file"]')
    expect(row).to_contain_text("S3KeySensor belongs to the Airflow provider apache-airflow-providers-amazon")
