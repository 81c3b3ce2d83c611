"""DAGs that run DAGs, over REST."""

from dataclasses import replace
from datetime import timedelta

from jupyter_couture.model.ids import RunId
from jupyter_couture.model.records import NewRun
from jupyter_couture.model.run import RunType, TaskRef
from tests.server.conftest import Ask
from tests.server.yard import T0, Yard, etl


async def test_S082_the_runs_that_a_task_made_are_told(yard: Yard, ask: Ask) -> None:
    key = yard.add_run(yard.add_dag(etl("master")), "r1", {})
    child = yard.add_dag(etl("child"))
    wish = NewRun(
        dag_id=child.dag_id,
        run_id=RunId("c1"),
        run_type=RunType.MANUAL,
        logical_date=T0,
        data_interval_start=T0,
        data_interval_end=T0,
        conf={},
        at=T0,
        parent=TaskRef(key.dag_id, key.run_id, "extract"),
    )
    yard.store.create_run(wish)
    yard.store.create_run(replace(wish, run_id=RunId("c2"), logical_date=T0 + timedelta(hours=1)))
    path = ("dags", "master", "runs", "r1", "tasks")
    found = (await ask(*path, "extract", "triggered-runs")).json["runs"]
    assert [(run["dag_id"], run["run_id"]) for run in found] == [("child", "c2"), ("child", "c1")]
    assert (await ask(*path, "load", "triggered-runs")).json == {"runs": []}
    assert (await ask(*path, "nobody", "triggered-runs")).status == 404
    assert (await ask(*path, "extract", "triggered-runs", params={"map_index": "4"})).status == 404
