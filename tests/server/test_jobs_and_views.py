"""S128: what works now; S130: a page that is opened leaves one audit entry."""

from dataclasses import replace

from jupyter_couture.model.records import Lease
from jupyter_couture.model.states import TaskState
from tests.server.conftest import Ask
from tests.server.yard import Yard, etl


def lead(yard: Yard, holder: str, seconds: float) -> Lease:
    """Take the lease from whoever has it."""
    held = yard.store.current_lease()
    if held is not None:
        yard.store.release_lease(held)
    lease = yard.store.acquire_lease(holder, seconds)
    assert lease is not None
    return lease


async def test_S128_jobs_are_the_scheduler_its_workers_and_their_attempts(yard: Yard, ask: Ask) -> None:
    key = yard.add_run(yard.add_dag(etl()), "r1", {"extract": TaskState.RUNNING})
    yard.add_attempt(key, "extract")
    yard.store.renew_lease(lead(yard, "tower:42:home-1", 30), 30, slots=4)
    answer = await ask("jobs")
    rows = answer.json["jobs"]
    assert [row["kind"] for row in rows] == ["scheduler", "executor", "worker", "task"]
    scheduler, executor, worker, task = rows
    assert (scheduler["host"], scheduler["pid"], scheduler["state"]) == ("tower", 42, "running")
    assert scheduler["heartbeat_at"].endswith("+00:00")
    assert (executor["slots"], executor["running"]) == (4, 1)
    assert (worker["running"], worker["host"]) == (1, task["host"])
    assert (task["dag_id"], task["run_id"], task["task_id"], task["try_number"]) == ("etl", "r1", "extract", 1)
    assert [row["kind"] for row in (await ask("jobs", params={"kind": "task", "dag_id": "etl"})).json["jobs"]] == [
        "task"
    ]
    assert (await ask("jobs", params={"host": "nowhere"})).json["total"] == 0
    page = (await ask("jobs", params={"limit": "1", "offset": "1"})).json
    assert ([row["kind"] for row in page["jobs"]], page["total"]) == (["executor"], 4)
    assert (await ask("jobs", params={"kind": "colour"})).status == 422


async def test_S128_where_nobody_leads_there_are_no_jobs(yard: Yard, ask: Ask) -> None:
    held = yard.store.current_lease()
    assert held is not None
    yard.store.release_lease(held)
    assert (await ask("jobs")).json == {"jobs": [], "total": 0}


async def test_S128_a_lease_whose_time_is_up_is_a_silent_scheduler(yard: Yard, ask: Ask) -> None:
    lead(yard, "tower:42:home-1", -1)
    (row,) = (await ask("jobs")).json["jobs"]
    assert (row["kind"], row["state"], row["slots"]) == ("scheduler", "silent", None)


async def test_S130_an_opened_page_leaves_one_entry_called_as_the_page(yard: Yard, ask: Ask) -> None:
    yard.add_dag(etl())
    assert (await ask("views", method="POST", json={"page": "jobs"})).json["page"] == "jobs"
    await ask("dags", "etl", "views", method="POST", json={"page": "tries"})
    await ask("dags", "etl", "views", method="POST", json={"page": "graph", "run_id": "r1"})
    entries = [(each["event"], each["dag_id"], each["run_id"]) for each in yard.audit()]
    assert entries == [("jobs", None, None), ("tries", "etl", None), ("graph", "etl", "r1")]
    assert (await ask("views", method="POST", json={"page": "dag_deleted"})).status == 422
    assert yard.audit()[-1]["event"] == "view", "nobody can make an entry look like another"
    assert (await ask("views", method="POST", json={"page": "overview"})).json["page"] == "overview"
    assert yard.audit()[-1]["event"] == "overview"
    for odd in ("r1\nforged", "\x1b[2J", "\x7f"):
        refused = await ask("dags", "etl", "views", method="POST", json={"page": "graph", "run_id": odd})
        assert (refused.status, yard.audit()[-1]["run_id"]) == (422, None)


async def test_S129_the_audit_list_has_number_and_execution_date(yard: Yard, ask: Ask) -> None:
    spec = yard.add_dag(etl())
    yard.add_run(spec, "r1", {})
    await ask("dags", "etl", "views", method="POST", json={"page": "graph", "run_id": "r1"})
    await ask("views", method="POST", json={"page": "jobs"})
    newest, oldest = (await ask("audit")).json["entries"]
    assert newest["number"] > oldest["number"]
    run = (await ask("dags", "etl", "runs", "r1")).json
    assert (newest["logical_date"], oldest["logical_date"]) == (None, run["logical_date"])


async def test_S132_task_instances_say_queue_and_priority(yard: Yard, ask: Ask) -> None:
    spec = etl()
    first = replace(spec.tasks[0], queue="big", priority_weight=7)
    yard.add_run(yard.add_dag(replace(spec, tasks=(first, *spec.tasks[1:]))), "r1", {})
    rows = (await ask("task-instances")).json["tasks"]
    said = {row["task_id"]: (row["queue"], row["priority_weight"]) for row in rows}
    assert said == {"extract": ("big", 7), "transform": ("", 1), "load": ("", 1)}
