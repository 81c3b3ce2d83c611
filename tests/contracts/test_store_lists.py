"""What pages show: counters that fit the runs, the newest first, and filters that take any text."""

from dataclasses import replace
from datetime import timedelta

import pytest

from jupyter_couture.model.browsing import DagOrder
from jupyter_couture.model.errors import NotFound
from jupyter_couture.model.ids import DagId, RunId, RunKey
from jupyter_couture.model.policy import Schedule, ScheduleKind
from jupyter_couture.model.records import Batch, DagQuery, ParsedFile, RunUpdate
from jupyter_couture.model.run import DagRun
from jupyter_couture.model.states import RunState, TaskState
from jupyter_couture.store import SqlStore
from tests.builders import T0, a_dag, a_task
from tests.contracts.store_desk import Desk, a_file, a_version, a_wish, key_of, to

GHOST = RunKey(DagId("d"), RunId("ghost"))
NO_RUNS = {"queued": 0, "running": 0, "success": 0, "failed": 0}


def _ended(desk: Desk, run: DagRun, state: RunState, task_state: TaskState, after: float = 1.0) -> None:
    ended = replace(run, state=state, ended_at=T0 + timedelta(seconds=after))
    desk.commit(
        Batch(
            run_updates=[RunUpdate(ended, RunState.RUNNING)],
            task_updates=[to(task.key.task_id, task_state, run) for task in desk.tasks],
        )
    )


@pytest.fixture
def shelf(store: SqlStore) -> SqlStore:
    """A store with four DAGs, one of them off and one in a file with a problem."""
    specs = [
        replace(a_dag(a_task("a"), dag_id="etl_daily"), tags=("Finance", "50%"), owner="Ada"),
        replace(a_dag(a_task("a"), dag_id="etl_hourly"), tags=("ops",), owner="Grace"),
        replace(a_dag(replace(a_task("a"), owner="Müller"), dag_id="Report"), owner=""),
        a_dag(dag_id="asleep"),
    ]
    files = [a_file(a_version(spec), file=f"{spec.dag_id}.py") for spec in specs]
    store.record_parse(files, T0, paused_at_creation=False)
    store.record_parse([ParsedFile("bad.py", "h", (), ())], T0, paused_at_creation=False)
    store.set_paused(DagId("asleep"), True)
    return store


def test_tags_and_owners_are_counted_by_name_and_each_one_finds_its_dags(shelf: SqlStore) -> None:
    labels = shelf.dag_labels()
    assert dict(labels.tags) == {"50%": 1, "Finance": 1, "ops": 1}
    assert list(labels.owners) == sorted(labels.owners)
    assert {"Ada": 1, "Grace": 1, "Müller": 1}.items() <= labels.owners.items()
    for owner, count in labels.owners.items():
        assert shelf.list_dags(DagQuery(owner=owner)).total == count
    for tag, count in labels.tags.items():
        assert shelf.list_dags(DagQuery(tag=tag)).total == count


def _ids(store: SqlStore, query: DagQuery) -> list[str]:
    return [row.spec.dag_id for row in store.list_dags(query).rows]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("", ["Report", "asleep", "etl_daily", "etl_hourly"]),
        ("ETL", ["etl_daily", "etl_hourly"]),
        ("finance", ["etl_daily"]),
        (" grace ", ["etl_hourly"]),
        ("müller", ["Report"]),
        ("MÜLLER", ["Report"]),
        ("%", ["etl_daily"]),
        ("_", ["etl_daily", "etl_hourly"]),
        ("etl%daily", []),
        ("'; DROP TABLE dag; --", []),
    ],
)
def test_the_search_looks_in_ids_tags_and_owners(shelf: SqlStore, search: str, found: list[str]) -> None:
    assert sorted(_ids(shelf, DagQuery(search=search))) == found


def test_a_tag_and_an_owner_are_meant_whole_and_as_they_are_written(shelf: SqlStore) -> None:
    assert _ids(shelf, DagQuery(tag="Finance")) == ["etl_daily"]
    assert _ids(shelf, DagQuery(tag="50%")) == ["etl_daily"]
    assert _ids(shelf, DagQuery(tag="Fin")) == _ids(shelf, DagQuery(tag="ada")) == _ids(shelf, DagQuery(tag="%")) == []
    assert _ids(shelf, DagQuery(owner="Müller")) == ["Report"], "the owner of one of its tasks"
    assert _ids(shelf, DagQuery(owner="Grace", tag="ops", search="etl")) == ["etl_hourly"]
    assert _ids(shelf, DagQuery(owner="Grace", tag="Finance")) == []


def test_dags_are_ordered_by_owner_and_by_schedule_those_without_one_last(store: SqlStore) -> None:
    said = {"a": ("zoe", "@daily"), "b": ("Ada", "*/5 * * * *"), "c": ("", None), "d": ("ada", "@daily")}
    for dag_id, (owner, label) in said.items():
        schedule = Schedule(ScheduleKind.CRON, label=label, expression="0 0 * * *") if label else None
        spec = replace(a_dag(a_task("t"), dag_id=dag_id), owner=owner, schedule=schedule)
        store.record_parse([a_file(a_version(spec), file=f"{dag_id}.py")], T0, paused_at_creation=dag_id == "d")

    assert _ids(store, DagQuery(order=DagOrder.OWNER)) == ["b", "d", "a", "c"]
    assert _ids(store, DagQuery(order=DagOrder.OWNER_DOWN)) == ["a", "b", "d", "c"]
    assert _ids(store, DagQuery(order=DagOrder.SCHEDULE)) == ["b", "a", "d", "c"]
    assert _ids(store, DagQuery(order=DagOrder.SCHEDULE_DOWN)) == ["a", "d", "b", "c"]
    assert _ids(store, DagQuery(order=DagOrder.OWNER, limit=2, offset=1)) == ["d", "a"]
    page = store.list_dags(DagQuery(order=DagOrder.OWNER, is_paused=False, limit=2))
    assert ([row.spec.dag_id for row in page.rows], page.total, page.hidden_paused) == (["b", "a"], 3, 1)


def test_dags_are_ordered_by_their_last_and_next_runs_and_found_by_the_state_of_the_newest(store: SqlStore) -> None:
    desk = Desk.at(store, "a", dag_id="b")
    for name in ("a", "c"):
        store.record_parse(
            [a_file(a_version(a_dag(a_task("a"), dag_id=name)), file=f"{name}.py")], T0, paused_at_creation=False
        )
    store.create_run(a_wish(a_dag(dag_id="c"), "first", 1))
    run = desk.started()
    _ended(desk, run, RunState.FAILED, TaskState.FAILED)
    desk.commit(Batch(next_due={DagId("a"): T0, DagId("b"): T0 + timedelta(days=1)}))

    assert _ids(store, DagQuery(order=DagOrder.LAST_RUN)) == ["c", "b", "a"]
    assert _ids(store, DagQuery(order=DagOrder.LAST_RUN_DOWN)) == ["b", "c", "a"]
    assert _ids(store, DagQuery(order=DagOrder.NEXT_RUN)) == ["a", "b", "c"]
    assert _ids(store, DagQuery(order=DagOrder.NEXT_RUN_DOWN)) == ["b", "a", "c"]
    assert _ids(store, DagQuery(order=DagOrder.ID_DOWN)) == ["c", "b", "a"]
    assert _ids(store, DagQuery(state=RunState.FAILED)) == ["b"]
    assert _ids(store, DagQuery(state=RunState.QUEUED)) == ["c"]


def test_the_list_can_be_limited_to_dags_that_are_on_or_off(shelf: SqlStore) -> None:
    on = shelf.list_dags(DagQuery(is_paused=False))
    assert (len(on.rows), on.total, on.hidden_paused) == (3, 3, 1)
    off = shelf.list_dags(DagQuery(is_paused=True))
    assert ([row.spec.dag_id for row in off.rows], off.total, off.hidden_paused) == (["asleep"], 1, 0)
    both = shelf.list_dags(DagQuery())
    assert (both.total, both.hidden_paused) == (4, 0)
    assert shelf.list_dags(DagQuery(search="etl", is_paused=False)).hidden_paused == 0


def test_the_list_comes_in_pages_in_a_fixed_order(shelf: SqlStore) -> None:
    whole = _ids(shelf, DagQuery())
    assert [_ids(shelf, DagQuery(limit=1, offset=at))[0] for at in range(4)] == whole
    assert shelf.list_dags(DagQuery(limit=1)).total == 4
    assert _ids(shelf, DagQuery(offset=4)) == []


def test_a_dag_without_runs_has_zeros_and_no_last_run(desk: Desk) -> None:
    row = desk.store.dag_row(desk.spec.dag_id)
    assert row == desk.store.list_dags(DagQuery()).rows[0]
    assert (row.spec, row.version) == (desk.spec, "d@1")
    assert (row.is_paused, row.is_active, row.has_import_error) == (False, True, False)
    assert (row.last_run, row.next_due) == (None, None)
    assert (row.run_counts, row.recent_tasks) == (NO_RUNS, {})
    with pytest.raises(NotFound):
        desk.store.dag_row(DagId("ghost"))


def test_counters_follow_the_runs(desk: Desk) -> None:
    _ended(desk, desk.started("one", 1), RunState.SUCCESS, TaskState.SUCCESS)
    _ended(desk, desk.started("two", 2), RunState.FAILED, TaskState.FAILED)
    row = desk.store.dag_row(desk.spec.dag_id)
    assert row.run_counts == {**NO_RUNS, "success": 1, "failed": 1}
    assert row.recent_tasks == {"failed": 2}  # of the last run, since none is active
    assert row.last_run is not None
    assert (row.last_run.run.run_id, row.last_run.task_counts) == ("two", {"failed": 2})
    for at, name in ((3, "three"), (4, "four")):
        run = desk.started(name, at)
        desk.commit(Batch(task_updates=[to("a", TaskState.SCHEDULED, run)]))
    desk.store.create_run(a_wish(desk.spec, "five", 5))
    row = desk.store.dag_row(desk.spec.dag_id)
    assert row.run_counts == {"queued": 1, "running": 2, "success": 1, "failed": 1}
    assert row.recent_tasks == {"scheduled": 2, "none": 2}  # of the active runs together
    assert row.last_run is not None
    assert (row.last_run.run.run_id, row.last_run.task_counts) == ("five", {})


def test_runs_come_newest_first_in_pages_with_their_counters(desk: Desk) -> None:
    for number in range(5):
        desk.started(f"r{number}", number)
    other = Desk.at(desk.store, dag_id="e")
    other.started("elsewhere")
    rows, total = desk.store.list_runs(desk.spec.dag_id, 2, 1)
    assert ([row.run.run_id for row in rows], total) == (["r3", "r2"], 5)
    assert rows[0].task_counts == {"none": 2}
    assert rows[0].run.tasks == {}
    assert desk.store.list_runs(desk.spec.dag_id, 10, 5) == ([], 5)
    with pytest.raises(NotFound):
        desk.store.list_runs(DagId("ghost"), 10, 0)


def test_one_run_and_its_tasks_can_be_looked_up(desk: Desk) -> None:
    run = desk.started()
    desk.dispatched(run)
    row = desk.store.run_row(run.key)
    assert (row.run, row.task_counts) == (run, {"queued": 1, "none": 1})
    assert desk.states(run.key) == {"a": "queued", "b": "none"}
    assert desk.store.task_row(run.key, key_of("a")).task.state is TaskState.QUEUED
    queued, _ = desk.store.create_run(a_wish(desk.spec, "queued", 9))
    assert desk.store.task_rows(queued.key) == []


def test_what_is_not_there_is_not_found(desk: Desk) -> None:
    run = desk.started()
    for ask in (desk.store.run_row, desk.store.task_rows):
        with pytest.raises(NotFound):
            ask(GHOST)
    for key, task in ((GHOST, "a"), (run.key, "ghost")):
        with pytest.raises(NotFound):
            desk.store.task_row(key, key_of(task))
    for look in (desk.store.attempts_of, desk.store.rendered):
        with pytest.raises(NotFound):
            look(GHOST, key_of("a"))
    assert desk.store.attempts_of(run.key, key_of("ghost")) == []
    assert desk.store.rendered(run.key, key_of("ghost")) is None
    assert desk.store.dag_versions(DagId("ghost")) == []
    with pytest.raises(NotFound):
        desk.store.dag_version(DagId("ghost"))


def test_the_overview_counts_what_is_going_on(desk: Desk) -> None:
    _ended(desk, desk.started("old", 1), RunState.FAILED, TaskState.FAILED, after=-10)
    _ended(desk, desk.started("new", 2), RunState.FAILED, TaskState.FAILED, after=10)
    run = desk.started("r", 3)
    desk.dispatched(run, ("a", "b"))
    task = replace(desk.tasks[0], state=TaskState.RUNNING)
    desk.commit(Batch(task_updates=[replace(to("a", TaskState.RUNNING, run, TaskState.QUEUED), task=task)]))
    desk.store.create_run(a_wish(desk.spec, "waiting", 4))
    assert desk.store.overview(T0) == {
        "running_tasks": 1,
        "queued_tasks": 1,
        "running_runs": 1,
        "failed_runs": 1,
        "import_errors": 0,
    }


def test_the_check_names_the_database(store: SqlStore) -> None:
    assert store.check() in ("sqlite", "postgresql")
