"""S091, S092: statistics, versions and changes of a DAG over REST, compared with what the database holds."""

from dataclasses import replace
from datetime import timedelta
from statistics import median

from sqlalchemy import select

from jupyter_couture.model.ids import DagId, RunId, RunKey, VersionHash
from jupyter_couture.model.records import Batch, DagVersion, ParsedFile, RunUpdate
from jupyter_couture.model.states import RunState, TaskState
from jupyter_couture.store.tables import dag_run
from tests.server.conftest import Ask
from tests.server.yard import T0, Yard, etl


def _add_ended(yard: Yard, run_id: str, state: RunState, seconds: float) -> None:
    key = yard.add_run(etl(), run_id, {"extract": TaskState.SUCCESS})
    run = yard.store.run_row(key).run
    assert run.started_at is not None
    ended = replace(run, state=state, ended_at=run.started_at + timedelta(seconds=seconds))
    yard.commit(Batch(run_updates=[RunUpdate(ended, RunState.RUNNING)]))


def _add_version(yard: Yard, version: str, source: str) -> None:
    found = DagVersion(VersionHash(version), etl(), source)
    file = ParsedFile(file="etl.py", content_hash=version, dags=(found,))
    yard.store.record_parse([file], T0 + timedelta(hours=1), paused_at_creation=False)


def _ended_rows(yard: Yard) -> list[tuple[str, str, float]]:
    """Run id, state and seconds of every ended run, newest first, as the table says it."""
    wanted = select(dag_run).where(dag_run.c.ended_at.is_not(None)).order_by(dag_run.c.id.desc())
    with yard.store._db.engine.connect() as connection:
        rows = connection.execute(wanted).all()
    return [(row.run_id, row.state, (row.ended_at - row.started_at).total_seconds()) for row in rows]


async def test_S092_statistics_are_those_of_the_database(yard: Yard, ask: Ask) -> None:
    yard.add_dag(etl())
    for number in range(30):
        state = RunState.FAILED if number % 3 == 0 else RunState.SUCCESS
        _add_ended(yard, f"r{number}", state, 10.0 + number)
    yard.add_run(etl(), "live", {"extract": TaskState.RUNNING})
    answer = await ask("dags", "etl", "statistics")
    assert answer.status == 200, answer.body
    found = answer.json
    rows = _ended_rows(yard)
    assert found["looked_at"] == len(rows) == 30
    assert found["run_counts"] == {"queued": 0, "running": 1, "success": 20, "failed": 10}
    assert found["success_rate"] == sum(state == "success" for _, state, _ in rows) / 30
    assert found["success_rate_lately"] == sum(state == "success" for _, state, _ in rows[:25]) / 25
    seconds = sorted(seconds for _, state, seconds in rows if state == "success")
    assert abs(found["median_seconds"] - median(seconds)) < 0.01
    assert seconds[-2] < found["p95_seconds"] < seconds[-1]
    assert found["last_success"]["run_id"] == next(run_id for run_id, state, _ in rows if state == "success")
    (running,) = found["running"]
    started = yard.store.run_row(RunKey(DagId("etl"), RunId("live"))).run.started_at
    assert started is not None
    assert running == {
        "run_id": "live",
        "started_at": started.isoformat(),
        "expected_end_at": (started + timedelta(seconds=found["median_seconds"])).isoformat(),
    }
    assert found["operators"] == {"BashOperator": 1, "NotebookOperator": 1, "PythonOperator": 1}


async def test_a_dag_that_never_ran_has_no_rates(yard: Yard, ask: Ask) -> None:
    yard.add_dag(etl())
    found = (await ask("dags", "etl", "statistics")).json
    assert (found["looked_at"], found["success_rate"], found["median_seconds"], found["last_success"]) == (
        0,
        None,
        None,
        None,
    )
    assert (await ask("dags", "gone", "statistics")).status == 404


async def test_S091_versions_say_which_runs_are_of_them(yard: Yard, ask: Ask) -> None:
    yard.add_dag(etl())
    _add_ended(yard, "old-1", RunState.SUCCESS, 5)
    _add_ended(yard, "old-2", RunState.FAILED, 5)
    _add_version(yard, "etlv2", "# etl etlv2\nprint('new')\n")
    _add_ended(yard, "new-1", RunState.SUCCESS, 5)
    found = (await ask("dags", "etl", "versions")).json["versions"]
    assert [(row["version"], row["is_present"], row["run_count"], row["first_run_id"]) for row in found] == [
        ("etlv2", True, 1, "new-1"),
        ("etlv1", False, 2, "old-1"),
    ]
    assert found[1]["last_run_id"] == "old-2"
    assert (await ask("dags", "gone", "versions")).status == 404


async def test_S091_what_changed_between_two_versions(yard: Yard, ask: Ask) -> None:
    yard.add_dag(etl())
    _add_version(yard, "etlv2", "# etl etlv1\nprint('new')\n")
    reply = (await ask("dags", "etl", "diff", params={"older": "etlv1"})).json
    assert (reply["older"], reply["newer"], reply["file"]) == ("etlv1", "etlv2", "etl.py")
    assert reply["hunks"] == [
        {
            "older_start": 1,
            "newer_start": 1,
            "lines": [
                {"kind": "same", "older": "# etl etlv1", "newer": "# etl etlv1"},
                {"kind": "added", "older": None, "newer": "print('new')"},
            ],
        }
    ]
    same = await ask("dags", "etl", "diff", params={"older": "etlv2", "newer": "etlv2"})
    assert same.json["hunks"] == []
    assert (await ask("dags", "etl", "diff", params={"older": "unknown"})).status == 404
    assert (await ask("dags", "etl", "diff")).status == 422
