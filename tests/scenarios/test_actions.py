"""S102 to S108, S127, D09: what users do to runs, on a deployment with its engine, processes and DAG files."""

import json
import time
from collections.abc import Iterator

import pytest

from jupyter_couture.bus.local import LocalPublisher
from jupyter_couture.clock import SystemClock
from jupyter_couture.decisions.selection import Directions
from jupyter_couture.model.commands import Check, CommandOutcome, RunOutcome, Target
from jupyter_couture.model.errors import NotFound, Stale
from jupyter_couture.model.ids import RunKey, TaskId, TaskKey
from jupyter_couture.model.run import TaskRef
from jupyter_couture.model.states import AttemptState, RunState, TaskState
from jupyter_couture.model.xcom import XComFilter
from jupyter_couture.runtime.logs import file_name
from jupyter_couture.services.actions import FAILED_STATES, Actions, Done
from jupyter_couture.services.versions import SpecCache
from tests.deployment import Deployment

pytestmark = pytest.mark.timeout(150)

HERE = Directions()

HEAD = """
import json, subprocess, time
from datetime import datetime
from pathlib import Path
from jupyter_couture import DAG, DagOperator, EmptyOperator, PythonOperator

WORLD = Path(__file__).parent.parent / "world.json"

def behave(ti, task, **context):
    "Do what the world says of this task: sleep with a process of its own, fail, or give back a large value."
    word = json.loads(WORLD.read_text()).get(task.task_id, "")
    if word == "sleep":
        subprocess.Popen(["sleep", "600"], start_new_session=True)
        time.sleep(600)
    if word == "fail":
        raise RuntimeError("told to")
    return "x" * 500_000 if word == "large" else ti.try_number

def tasks(*names):
    before = None
    for name in names:
        task = PythonOperator(task_id=name, python_callable=behave)
        if before is not None:
            before >> task
        before = task
"""

DAGS = (
    HEAD
    + """
with DAG("chain", schedule=None, start_date=datetime(2026, 1, 1)) as chain:
    tasks("a", "b", "c")

with DAG("member", schedule=None, start_date=datetime(2026, 1, 1)) as member:
    tasks("m", "n")

with DAG("master", schedule=None, start_date=datetime(2026, 1, 1)) as master:
    DagOperator(task_id="section", run_dag_id="member") >> EmptyOperator(task_id="end")
"""
)

VICTIM = (
    HEAD
    + """
with DAG("victim", schedule=None, start_date=datetime(2026, 1, 1)) as dag:
    tasks("a", "b")
"""
)


class Yard(Deployment):
    """A deployment with hands that act."""

    def open_for_business(self) -> None:
        """Write the files, start the engine."""
        self.bus = LocalPublisher(self.settings.run_dir)
        self.actions = Actions(self.store, self.bus, SpecCache(self.store), SystemClock())
        self.world()
        self.write_dag("dags.py", DAGS)
        self.start_engine()

    def world(self, **words: str) -> None:
        """Say what tasks do from now on."""
        path = self.settings.dags_folder.parent / "world.json"
        path.with_suffix(".new").write_text(json.dumps(words))
        path.with_suffix(".new").replace(path)

    def settle(self, done: Done) -> CommandOutcome:
        """What came of a command, once the leader has carried it out."""
        self.wait_for(lambda: self.actions.command(done.number).outcome is not None, "the outcome", 30)
        outcome = self.actions.command(done.number).outcome
        assert outcome is not None
        return outcome

    def knows(self, dag_id: str) -> bool:
        """Whether the DAG has been read."""
        return any(state.dag_id == dag_id for state in self.store.dag_states())

    def wait_for_state(self, key: RunKey, task: str, state: TaskState) -> None:
        """Wait until a task instance is there."""
        self.wait_for(lambda: self.states(key).get(task) == state.value, f"{task} {state.value}", 30)

    def states(self, key: RunKey) -> dict[str, str]:
        """States of the task instances."""
        return {name: row.task.state.value for name, row in self.tasks(key).items()}

    def tries(self, key: RunKey) -> dict[str, int]:
        """How often each task was tried."""
        return {name: row.task.try_number for name, row in self.tasks(key).items()}


@pytest.fixture(scope="module")
def _yard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Yard]:
    home = tmp_path_factory.mktemp("actions") / "home"
    yard = Yard(home, executor="local", sweep_seconds=2.0)
    with yard:
        yard.open_for_business()
        yield yard
        yard.bus.close()


@pytest.fixture
def yard(_yard: Yard) -> Yard:
    """The deployment, its tasks behaving well."""
    _yard.world()
    return _yard


def at(key: RunKey, task: str) -> Target:
    """An unmapped task instance."""
    return Target(key, TaskKey(TaskId(task)))


def ended(yard: Yard, dag_id: str = "chain") -> RunKey:
    """A run that is over."""
    key = yard.trigger(dag_id)
    yard.wait_for_end(key, 30)
    return key


def test_S108_clearing_a_running_instance_stops_it_and_runs_it_again_and_never_two_at_once(yard: Yard) -> None:
    yard.world(a="sleep")
    key = yard.trigger("chain")
    yard.wait_for(lambda: len(yard.attempt_processes()) >= 2, "the task and its process")
    yard.world()
    preview = yard.actions.preview_clear(at(key, "a"), HERE, None)
    assert [(one.target, one.state) for one in preview.touched] == [(at(key, "a"), TaskState.RUNNING)]
    began = time.monotonic()
    assert yard.settle(yard.actions.clear(preview, "ada")).touched == 1
    assert yard.wait_for_end(key, 30).state is RunState.SUCCESS
    assert time.monotonic() - began < 15
    first, second = yard.store.attempts_of(key, TaskKey(TaskId("a")))
    assert (first.state, second.state) == (AttemptState.CANCELLED, AttemptState.SUCCESS)
    assert first.ended_at is not None
    assert second.started_at is not None
    assert first.ended_at <= second.started_at
    assert yard.attempt_processes() == []


def test_S103_what_the_preview_lists_is_what_is_done_again(yard: Yard) -> None:
    yard.world(b="fail")
    key = ended(yard)
    assert yard.states(key) == {"a": "success", "b": "failed", "c": "upstream_failed"}
    preview = yard.actions.preview_clear(at(key, "a"), Directions(downstream=True), None, FAILED_STATES)
    assert [one.target.task_key.task_id for one in preview.touched] == ["b", "c"]
    yard.world()
    assert yard.settle(yard.actions.clear(preview, "ada", preview.token)).touched == 2
    yard.wait_for(lambda: yard.run(key).state is RunState.SUCCESS, "the run")
    assert yard.tries(key) == {"a": 1, "b": 2, "c": 1}
    with pytest.raises(Stale):
        yard.actions.clear(yard.actions.preview_clear(at(key, "b"), HERE, None), "ada", preview.token)


def test_S103_a_cleared_run_goes_on_with_the_mended_file_if_that_is_wanted(yard: Yard) -> None:
    name = "mended.py"
    broken = HEAD + 'with DAG("mended", schedule=None, start_date=datetime(2026, 1, 1)):\n    tasks("a", "worn", "z")\n'
    yard.write_dag(name, broken)
    yard.wait_for(lambda: yard.knows("mended"), "the DAG")
    yard.world(worn="fail")
    key = ended(yard, "mended")
    before = yard.run(key).version
    assert yard.states(key) == {"a": "success", "worn": "failed", "z": "upstream_failed"}

    yard.write_dag(name, broken.replace('"worn"', '"sound", "last"'))
    yard.wait_for(lambda: yard.store.dag_row(key.dag_id).version != before, "the new version")
    preview = yard.actions.preview_clear_run(key, FAILED_STATES)
    outcome = yard.settle(yard.actions.clear(preview, "ada", preview.token, latest_version=True))
    notes = ("worn is no longer part of run " + key.run_id + ".",)
    assert outcome == CommandOutcome(outcome.number, 4, notes, (RunOutcome(key, 4, notes),))
    yard.wait_for(lambda: yard.run(key).state is RunState.SUCCESS, "the run")
    assert yard.states(key) == dict.fromkeys(("a", "sound", "last", "z"), "success")
    assert yard.tries(key) == {"a": 1, "sound": 1, "last": 1, "z": 1}
    assert yard.run(key).version == yard.store.dag_row(key.dag_id).version != before
    (yard.settings.dags_folder / name).unlink()


def test_S103_S105_past_and_future_reach_the_other_runs_of_the_dag(yard: Yard) -> None:
    yard.world(b="fail")
    keys = [ended(yard) for _ in range(3)]
    yard.world()
    way = Directions(past=True, downstream=True)
    preview = yard.actions.preview_mark(at(keys[1], "b"), way, None, TaskState.SUCCESS)
    wanted = {at(key, task) for key in keys[:2] for task in ("b", "c")}
    assert {one.target for one in preview.touched} >= wanted
    assert not [one for one in preview.touched if one.target.run_key == keys[2]]
    yard.settle(yard.actions.mark(preview, TaskState.SUCCESS, "ada"))
    assert [yard.run(key).state for key in keys] == [RunState.SUCCESS, RunState.SUCCESS, RunState.FAILED]
    preview = yard.actions.preview_clear(at(keys[1], "b"), Directions(future=True), None)
    assert [one.target.run_key for one in preview.touched] == keys[1:]
    yard.settle(yard.actions.clear(preview, "ada"))
    yard.wait_for(lambda: yard.states(keys[1])["b"] == "success" and yard.states(keys[2])["b"] == "success", "both")
    assert yard.states(keys[2])["c"] == "upstream_failed", "only what was named is cleared"


def test_S104_marking_a_running_instance_failed_ends_its_processes(yard: Yard) -> None:
    yard.world(b="sleep")
    key = yard.trigger("chain")
    yard.wait_for(lambda: len(yard.attempt_processes()) >= 2, "the task and its process")
    preview = yard.actions.preview_mark(at(key, "b"), HERE, None, TaskState.FAILED)
    yard.settle(yard.actions.mark(preview, TaskState.FAILED, "ada"))
    assert yard.wait_for_end(key, 30).state is RunState.FAILED
    assert yard.states(key) == {"a": "success", "b": "failed", "c": "upstream_failed"}
    yard.wait_for(lambda: yard.attempt_processes() == [], "the end of its processes", 15)


def test_S107_a_recursive_clear_does_the_run_of_the_member_again_and_the_parent_waits_for_that_one(
    yard: Yard,
) -> None:
    key = ended(yard, "master")
    (child,) = yard.store.children_of([TaskRef(key.dag_id, key.run_id, "section")])
    assert yard.run(child).state is RunState.SUCCESS
    preview = yard.actions.preview_clear(at(key, "section"), Directions(recursive=True, downstream=True), None)
    assert [one.target for one in preview.touched] == [
        at(key, "section"),
        at(key, "end"),
        at(child, "m"),
        at(child, "n"),
    ]
    yard.world(m="sleep")
    yard.settle(yard.actions.clear(preview, "ada"))
    yard.wait_for_state(key, "section", TaskState.DEFERRED)
    yard.world(m="sleep", n="fail")
    yard.wait_for_state(child, "m", TaskState.RUNNING)
    running = yard.actions.preview_mark(at(child, "m"), HERE, None, TaskState.SUCCESS)
    yard.settle(yard.actions.mark(running, TaskState.SUCCESS, "ada"))
    assert yard.wait_for_end(key, 30).state is RunState.FAILED, "the parent heard of the end of the same run"
    assert yard.store.children_of([TaskRef(key.dag_id, key.run_id, "section")]) == [child]


def test_S102_a_task_runs_by_hand_ahead_of_those_before_it(yard: Yard) -> None:
    yard.world(a="sleep")
    key = yard.trigger("chain")
    yard.wait_for_state(key, "a", TaskState.RUNNING)
    refused = yard.settle(yard.actions.run(at(key, "c"), [], "ada"))
    assert refused.touched == 0
    assert "c cannot run yet" in refused.notes[0]
    assert yard.settle(yard.actions.run(at(key, "c"), [Check.UPSTREAM], "ada")).touched == 1
    yard.wait_for_state(key, "c", TaskState.SUCCESS)
    assert "success already" in yard.settle(yard.actions.run(at(key, "c"), [], "ada")).notes[0]
    assert yard.settle(yard.actions.run(at(key, "c"), [Check.STATE, Check.UPSTREAM], "ada")).touched == 1
    yard.wait_for(lambda: yard.tries(key)["c"] == 2 and yard.states(key)["c"] == "success", "the second try")
    assert yard.states(key) == {"a": "running", "b": "none", "c": "success"}

    assert yard.settle(yard.actions.set_run_state([key], RunState.SUCCESS, "ada")).touched == 1
    assert yard.run(key).state is RunState.SUCCESS
    assert yard.states(key)["a"] == "success"
    yard.wait_for(lambda: yard.attempt_processes() == [], "the end of its processes", 15)


def test_S127_a_deleted_run_leaves_no_process_no_row_and_no_file(yard: Yard) -> None:
    yard.world(a="large", b="sleep")
    key = yard.trigger("chain")
    yard.wait_for(lambda: len(yard.attempt_processes()) >= 2, "the task and its process")
    folders = [path / "chain" / file_name(key.run_id) for path in (yard.settings.logs_dir, yard.settings.xcom_dir)]
    assert [path.is_dir() for path in folders] == [True, True]
    preview = yard.actions.preview_delete([key])
    assert [one.state.value for one in preview.touched] == ["success", "running", "none"]
    outcome = yard.settle(yard.actions.delete_runs([key], "ada"))
    assert (outcome.touched, outcome.notes) == (1, ())
    with pytest.raises(NotFound):
        yard.store.run_row(key)
    assert yard.store.list_xcoms(XComFilter(run_id=key.run_id)).total == 0
    yard.wait_for(lambda: not any(path.exists() for path in folders), "the end of its files", 15)
    assert not yard.pids_of("sleep 600")


def test_D09_a_dag_deleted_while_it_runs_is_gone_within_seconds_and_comes_back_clean(yard: Yard) -> None:
    path = yard.write_dag("victim.py", VICTIM)
    yard.world(a="sleep")
    key = yard.trigger("victim")
    yard.wait_for(lambda: len(yard.attempt_processes()) >= 2, "the task and its process")
    began = time.monotonic()
    outcome = yard.settle(yard.actions.delete_dag(yard.dag_id("victim"), "ada"))
    assert time.monotonic() - began < 15
    assert outcome.touched == 1
    assert "victim.py is still there" in outcome.notes[0]
    assert not yard.pids_of("sleep 600")
    with pytest.raises(NotFound):
        yard.store.run_row(key)

    def is_back() -> bool:
        return any(state.dag_id == "victim" for state in yard.store.dag_states())

    yard.wait_for(is_back, "the DAG of the file", 15)
    row = yard.store.dag_row(yard.dag_id("victim"))
    assert (row.last_run, sum(row.run_counts.values())) == (None, 0)
    yard.world()
    assert yard.wait_for_end(yard.trigger("victim"), 30).state is RunState.SUCCESS

    path.unlink()
    yard.wait_for(lambda: not is_back(), "the file to be missed", 15)
    outcome = yard.settle(yard.actions.delete_dag(yard.dag_id("victim"), "ada"))
    assert (outcome.touched, outcome.notes) == (1, ())
    with pytest.raises(NotFound):
        yard.store.dag_row(yard.dag_id("victim"))
