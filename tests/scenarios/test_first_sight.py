"""S065, S075: a file that an engine sees for the first time, from off to on, with the commands of the terminal."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from jupyter_couture.cli.main import main
from jupyter_couture.model.ids import RunId, RunKey
from jupyter_couture.model.run import RunType
from jupyter_couture.model.states import RunState
from tests.deployment import Deployment

pytestmark = pytest.mark.timeout(120)

SOURCE = """
from datetime import datetime, timedelta
from jupyter_couture import DAG, BashOperator

with DAG("new", schedule_interval=timedelta(seconds=1), start_date=datetime(2026, 1, 1), catchup=False):
    BashOperator("work", bash_command="true")
"""


@pytest.fixture
def deployment(tmp_path: Path) -> Iterator[Deployment]:
    """A deployment as it comes, its engine running."""
    with Deployment(tmp_path / "home", executor="local", paused_at_creation=True) as deployment:
        deployment.start_engine()
        yield deployment


def couture(deployment: Deployment, *words: str) -> str:
    result = CliRunner().invoke(main, ["--home", str(deployment.settings.home), *words])
    assert result.exit_code == 0, result.output
    return result.output


def test_S065_S075_a_new_dag_is_off_and_a_run_made_by_hand_waits_until_it_is_on(deployment: Deployment) -> None:
    dag_id = deployment.dag_id("new")
    deployment.write_dag("new.py", SOURCE)
    deployment.wait_for(lambda: any(state.dag_id == dag_id for state in deployment.store.dag_states()), "the DAG")
    assert deployment.store.dag_row(dag_id).is_paused

    told = couture(deployment, "runs", "trigger", "new", "--run-id", "mine")
    assert "The DAG is paused: the run stays queued until you turn it on." in told
    mine = RunKey(dag_id, RunId("mine"))
    time.sleep(2.5)  # two intervals end meanwhile
    assert [row.run.run_id for row in deployment.store.list_runs(dag_id, 10, 0)[0]] == ["mine"], "none is scheduled"
    assert deployment.run(mine).state is RunState.QUEUED
    assert "The DAG is paused; turn it on." in couture(deployment, "why", "new", "mine", "work")

    assert couture(deployment, "dags", "unpause", "new") == "new is on.\n"
    assert deployment.wait_for_end(mine).state is RunState.SUCCESS

    def scheduled() -> int:
        rows, _ = deployment.store.list_runs(dag_id, 100, 0)
        return sum(row.run.run_type is RunType.SCHEDULED for row in rows)

    deployment.wait_for(lambda: scheduled() > 0, "a run of the schedule")
    assert couture(deployment, "dags", "pause", "new") == "new is off.\n"
    assert deployment.store.dag_row(dag_id).is_paused
    couture(deployment, "dags", "unpause", "new", "--json")
    assert not deployment.store.dag_row(dag_id).is_paused
