"""The doors of the network: every one of them leads somewhere, and a DAG file with many of them loads and runs."""

import importlib
import json
import subprocess
import sys
from pathlib import Path

from jupyter_couture.compat.doors import network
from jupyter_couture.testing import run_dag
from tests.integration.compat.web import running_web

FILE = """\
from datetime import datetime

from airflow import DAG
from airflow.contrib.hooks.ssh_hook import SSHHook
from airflow.contrib.operators.sftp_operator import SFTPOperator
from airflow.contrib.operators.ssh_operator import SSHOperator
from airflow.hooks.http_hook import HttpHook
from airflow.operators.docker_operator import DockerOperator
from airflow.operators.http_operator import SimpleHttpOperator
from airflow.operators.python_operator import PythonOperator
from airflow.providers.slack.operators.slack import SlackAPIPostOperator
from airflow.providers.slack.notifications.slack_webhook import send_slack_webhook_notification
from airflow.sensors.http_sensor import HttpSensor

ssh = SSHHook(ssh_conn_id="nobody_made_it_yet")


def fetch(**context):
    answer = HttpHook(method="GET", http_conn_id="api").run("rows/" + context["ds"])
    return answer.json()["path"]


dag = DAG(
    "calls",
    start_date=datetime(2026, 1, 1),
    schedule_interval=None,
    on_failure_callback=send_slack_webhook_notification(text="{{ dag.dag_id }}"),
    default_args={"http_conn_id": "api", "ssh_conn_id": "host"},
)
there = HttpSensor(task_id="there", endpoint="up", request_params={}, poke_interval=0.1, dag=dag)
rows = PythonOperator(task_id="rows", python_callable=fetch, provide_context=True, dag=dag)
told = SimpleHttpOperator(
    task_id="told",
    endpoint="tell",
    data='{"rows": "{{ ti.xcom_pull(task_ids=\\'rows\\') }}"}',
    headers={"Content-Type": "application/json"},
    response_check=lambda response: response.json()["method"] == "POST",
    xcom_push=True,
    dag=dag,
)
posted = SlackAPIPostOperator(task_id="posted", channel="#a", text="{{ ds }}", slack_conn_id="slack", dag=dag)
there >> rows >> told >> posted

later = DAG("later", start_date=datetime(2026, 1, 1), schedule_interval=None)
SSHOperator(task_id="command", ssh_hook=ssh, command="templates/{{ ds }}", timeout=30, dag=later)
SFTPOperator(task_id="files", ssh_conn_id="x", local_filepath="a", remote_filepath="b", operation="get", dag=later)
DockerOperator(task_id="container", image="python:3", auto_remove=True, volumes=["/a:/b"], xcom_push=True, dag=later)
"""


def test_every_door_of_the_network_leads_to_something() -> None:
    targets = {target for names in network.DOORS.values() for target in names.values()}
    for target in targets:
        module, _, name = target.partition(":")
        assert getattr(importlib.import_module(module), name) is not None


def test_a_file_with_many_of_them_loads_and_runs(tmp_path: Path) -> None:
    file = tmp_path / "calls.py"
    file.write_text(FILE)
    with running_web() as web:
        base = f"http://127.0.0.1:{web.port}"
        web.answers["/chat.postMessage"] = lambda asked: (200, {"ok": True})
        slack = {"conn_type": "slack", "password": "t", "extra": json.dumps({"base_url": base})}
        result = run_dag(file, dag_id="calls", connections={"api": web.place, "slack": slack})
        assert [result.tasks[name].state for name in ("there", "rows", "told", "posted")] == ["success"] * 4
        paths = [asked.path for asked in web.requests]
    assert paths[0] == "/up"
    assert paths[1].startswith("/rows/20")
    assert web.requests[2].json == {"rows": paths[1]}
    assert web.requests[3].json["text"] == paths[1].removeprefix("/rows/")


def test_loading_a_file_reads_no_client_library(tmp_path: Path) -> None:
    code = (
        "import sys; from jupyter_couture.compat.importing import install; install();"
        "from airflow.providers.ssh.operators.ssh import SSHOperator;"
        "from airflow.providers.sftp.operators.sftp import SFTPOperator;"
        "from airflow.providers.http.operators.http import HttpOperator;"
        "from airflow.providers.slack.operators.slack import SlackAPIPostOperator;"
        "from airflow.providers.docker.operators.docker import DockerOperator;"
        "from airflow.io.path import ObjectStoragePath;"
        "print(*sorted({'requests', 'paramiko', 'docker', 'fsspec', 'slack_sdk'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == ""
