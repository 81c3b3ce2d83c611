"""A real lab with a real engine for all tests of the client."""

from collections.abc import Iterator

import pytest

from jupyter_couture.cli.lab import Lab
from jupyter_couture.client import Client
from tests.e2e.api import wait_for_dags
from tests.e2e.lab import LabHost, lab_host

DAGS = '''
"""What the tests of the client run."""
from datetime import datetime
import time
from jupyter_couture import DAG, BashOperator, EmptyOperator, PythonOperator, task

START = datetime(2026, 1, 1)

def count(**context):
    for number in range(1, 6):
        print(f"line {number} of {context['params']['word']}", flush=True)
        time.sleep(0.1)

def fail(**context):
    raise ValueError("this fails on purpose")

def hold(**context):
    time.sleep(context["params"]["seconds"])

with DAG("etl", schedule="0 12 * * *", start_date=START, tags=["client"], params={"word": "etl"},
         description="Counts <b>", is_paused_upon_creation=False) as etl:
    extract = PythonOperator(task_id="extract", python_callable=count)
    extract >> [EmptyOperator(task_id="left"), EmptyOperator(task_id="right")] >> EmptyOperator(task_id="load")

with DAG("broken", schedule=None, start_date=START, is_paused_upon_creation=False) as broken:
    PythonOperator(task_id="fails", python_callable=fail) >> EmptyOperator(task_id="never")

with DAG("slow", schedule=None, start_date=START, params={"seconds": 60}, is_paused_upon_creation=False) as slow:
    PythonOperator(task_id="begin", python_callable=print) >> PythonOperator(task_id="hold", python_callable=hold)

with DAG("many", schedule=None, start_date=START, is_paused_upon_creation=False) as many:
    @task
    def fetch(page):
        return page
    fetch.expand(page=["alpha", "beta", "gamma"])

with DAG("off", schedule="@daily", start_date=START, is_paused_upon_creation=True) as off:
    EmptyOperator(task_id="only")
'''
NAMES = ("broken", "etl", "many", "off", "slow")


@pytest.fixture(scope="session")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabHost]:
    """Folders with the DAGs above."""
    with lab_host(tmp_path_factory.mktemp("client")) as host:
        (host.settings.dags_folder / "client.py").write_text(DAGS)
        yield host


@pytest.fixture(scope="session")
def lab(host: LabHost) -> Iterator[Lab]:
    """The lab that the tests share."""
    lab = host.start()
    wait_for_dags(lab, *NAMES)
    yield lab
    lab.close()


@pytest.fixture
def client(lab: Lab) -> Iterator[Client]:
    """A client of it."""
    with Client(lab.base, lab.token) as client:
        yield client
