"""S102 to S108, S127: previews and actions over REST, with somebody in the engine's place, and with nobody."""

import json
import threading
from collections.abc import Iterator

import pytest
from click.testing import CliRunner

from jupyter_couture.cli.main import main
from jupyter_couture.decisions.commands import runs_of
from jupyter_couture.model.commands import (
    Check,
    ClearTasks,
    Command,
    CommandOutcome,
    DeleteDag,
    DeleteRuns,
    MarkTasks,
    RunOutcome,
    RunTask,
    SetRunState,
    Target,
)
from jupyter_couture.model.ids import RunKey, TaskId, TaskKey
from jupyter_couture.model.records import Batch
from jupyter_couture.model.states import RunState, TaskState
from jupyter_couture.services import actions
from tests.server.conftest import Answer, Ask
from tests.server.yard import Yard, etl

S = TaskState
RUN = ("dags", "etl", "runs", "r1")
EXTRACT = (*RUN, "tasks", "extract")


class Leader:
    """Takes commands down and says that they are done: ``touched`` is the number of their targets."""

    def __init__(self, yard: Yard) -> None:
        self.given: list[Command] = []
        self._yard = yard
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._lead)
        self._thread.start()

    def _lead(self) -> None:
        while not self._is_over.wait(0.005):
            for stored in self._yard.store.commands(10):
                self.given.append(stored.command)
                touched = len(getattr(stored.command, "targets", "x"))
                runs = tuple(RunOutcome(key, 1, ("so",)) for key in runs_of([stored]))
                outcome = CommandOutcome(stored.number, touched, (stored.actor,), runs)
                self._yard.commit(Batch(command_outcomes=[outcome]))

    def close(self) -> None:
        """Lead no more."""
        self._is_over.set()
        self._thread.join()


@pytest.fixture
def leader(yard: Yard) -> Iterator[Leader]:
    """Somebody who carries out commands."""
    leader = Leader(yard)
    yield leader
    leader.close()


@pytest.fixture
def key(yard: Yard) -> RunKey:
    """The second of three runs, in which the first task has failed."""
    spec = yard.add_dag(etl())
    failed = {"extract": S.FAILED, "transform": S.UPSTREAM_FAILED, "load": S.UPSTREAM_FAILED}
    yard.add_run(spec, "r0", failed, RunState.FAILED)
    key = yard.add_run(spec, "r1", failed, RunState.FAILED)
    yard.add_run(spec, "r2", {"extract": S.SUCCESS, "transform": S.RUNNING})
    return key


def at(key: RunKey, task: str) -> Target:
    return Target(key, TaskKey(TaskId(task)))


def shown(answer: Answer) -> list[tuple[str, str, str]]:
    """Run, task and state of what a preview lists."""
    assert answer.status == 200, answer.body
    assert answer.json["total"] == len(answer.json["touched"])
    return [(row["run_id"], row["task_id"], row["state"]) for row in answer.json["touched"]]


async def test_S103_the_preview_of_a_clear_lists_what_it_will_touch(key: RunKey, ask: Ask) -> None:
    assert shown(await ask(*EXTRACT, "clear")) == [("r1", "extract", "failed")]
    assert shown(await ask(*EXTRACT, "clear", params={"downstream": "true", "past": "true"})) == [
        (run, task, state)
        for run in ("r0", "r1")
        for task, state in (("extract", "failed"), ("transform", "upstream_failed"), ("load", "upstream_failed"))
    ]
    future = {"downstream": "true", "future": "true"}
    assert shown(await ask(*EXTRACT, "clear", params=future))[3:] == [
        ("r2", "extract", "success"),
        ("r2", "transform", "running"),
    ], "what has not begun has nothing to clear"
    assert shown(await ask(*EXTRACT, "clear", params={**future, "only_failed": "true"}))[3:] == []
    assert len(shown(await ask(*RUN, "clear"))) == 3
    assert shown(await ask(*RUN, "delete"))[0] == ("r1", "extract", "failed")
    assert shown(await ask(*RUN, "state", params={"state": "success"})) == []
    assert shown(await ask("dags", "etl", "runs", "r2", "state", params={"state": "success"})) == [
        ("r2", "transform", "running"),
        ("r2", "load", "none"),
    ]


@pytest.mark.parametrize(("state", "runs"), [("success", ["r0", "r1"]), ("failed", [])])
async def test_S104_S105_the_preview_of_a_mark_leaves_out_what_is_so_already(
    key: RunKey, ask: Ask, state: str, runs: list[str]
) -> None:
    found = shown(await ask(*EXTRACT, "mark", params={"state": state, "past": "true"}))
    assert [run for run, _, _ in found] == runs


async def test_S103_what_was_previewed_is_ordered_and_its_outcome_told(
    yard: Yard, leader: Leader, key: RunKey, ask: Ask
) -> None:
    way = {"downstream": True}
    token = (await ask(*EXTRACT, "clear", params={"downstream": "true"})).json["token"]
    answer = await ask(*EXTRACT, "clear", method="POST", json={**way, "expect": token})
    number = answer.json["number"]
    name = yard.audit()[-1]["actor"]
    assert (answer.status, answer.json) == (
        202,
        {
            "number": number,
            "is_done": True,
            "touched": 3,
            "notes": [name],
            "runs": [{"dag_id": "etl", "run_id": "r1", "touched": 1, "notes": ["so"]}],
        },
    )
    assert leader.given == [ClearTasks(tuple(at(key, task) for task in ("extract", "transform", "load")))]
    assert (await ask("commands", str(number))).json == answer.json
    entry = yard.audit()[-1]
    assert (entry["event"], entry["dag_id"], entry["run_id"], entry["task_id"]) == ("clear", "etl", "r1", "extract")
    assert '"downstream":true' in str(entry["extra"])
    stale = await ask(*EXTRACT, "clear", method="POST", json={"expect": token})
    assert (stale.status, stale.error["type"]) == (412, "stale"), "another selection than the one that was seen"
    assert (await ask(*RUN, "state", method="POST", json={"state": "success", "expect": token})).status == 412
    assert len(leader.given) == 1


async def test_every_action_reaches_the_leader_as_it_was_asked_for(leader: Leader, key: RunKey, ask: Ask) -> None:
    """S102, S104, S105, S127."""
    many = [{"dag_id": "etl", "run_id": run} for run in ("r0", "r1")]
    keys = (RunKey(key.dag_id, type(key.run_id)("r0")), key)
    wishes = [
        ((*EXTRACT, "mark"), {"state": "success", "past": True}),
        ((*EXTRACT, "run"), {"ignore_all_dependencies": True, "ignore_task_state": True}),
        ((*RUN, "clear"), {"only_failed": True, "latest_version": True}),
        ((*RUN, "state"), {"state": "queued"}),
        (("runs", "actions"), {"action": "set_success", "runs": many}),
        (("runs", "actions"), {"action": "set_running", "runs": many}),
        (("runs", "actions"), {"action": "set_failed", "runs": many}),
        (("runs", "actions"), {"action": "clear", "runs": many[1:]}),
        (("runs", "actions"), {"action": "delete", "runs": many}),
    ]
    for path, body in wishes:
        answer = await ask(*path, method="POST", json=body)
        assert (answer.status, answer.json["is_done"]) == (202, True), answer.body
    assert (await ask(*RUN, method="DELETE")).status == 202
    assert (await ask("dags", "etl", method="DELETE")).status == 202
    all_of_it = tuple(at(key, task) for task in ("extract", "transform", "load"))
    assert leader.given == [
        MarkTasks((at(keys[0], "extract"), at(key, "extract")), S.SUCCESS),
        RunTask(at(key, "extract"), (Check.DEPENDENCIES, Check.STATE)),
        ClearTasks(all_of_it, latest_version=True),
        SetRunState((key,), RunState.QUEUED),
        SetRunState(keys, RunState.SUCCESS),
        SetRunState(keys, RunState.RUNNING),
        SetRunState(keys, RunState.FAILED),
        ClearTasks(all_of_it),
        DeleteRuns(keys),
        DeleteRuns((key,)),
        DeleteDag(key.dag_id),
    ]


async def test_without_an_engine_the_command_waits_and_says_so_at_once(
    yard: Yard, key: RunKey, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "WAIT_SECONDS", 0.02)
    answer = await ask(*EXTRACT, "mark", method="POST", json={"state": "success"})
    assert answer.json == {
        "number": answer.json["number"],
        "is_done": False,
        "touched": 0,
        "notes": ["No engine has come to it yet."],
        "runs": [],
    }
    lease = yard.store.current_lease()
    assert lease is not None
    yard.store.release_lease(lease)
    monkeypatch.setattr(actions, "WAIT_SECONDS", 60.0)
    assert not (await ask(*RUN, method="DELETE")).json["is_done"]
    assert [type(each.command) for each in yard.store.commands(10)] == [MarkTasks, DeleteRuns]


async def test_what_does_not_make_sense_is_refused(yard: Yard, key: RunKey, ask: Ask) -> None:
    twice = [{"dag_id": "etl", "run_id": "r1"}] * 2
    gone = [{"dag_id": "etl", "run_id": "gone"}]
    for status, path, body in (
        (422, (*EXTRACT, "mark"), {"state": "running"}),
        (422, (*EXTRACT, "clear"), {"sideways": True}),
        (422, ("runs", "actions"), {"action": "clear", "runs": []}),
        (422, ("runs", "actions"), {"action": "clear", "runs": twice}),
        (404, ("runs", "actions"), {"action": "delete", "runs": gone}),
        (404, ("runs", "actions"), {"action": "clear", "runs": gone}),
        (404, (*RUN, "tasks", "nobody", "clear"), {}),
        (404, ("dags", "etl", "runs", "gone", "clear"), {}),
        (404, ("dags", "gone", "runs", "gone", "state"), {"state": "failed"}),
    ):
        answer = await ask(*path, method="POST", json=body)
        assert answer.status == status, (path, answer.body)
        assert yard.audit()[-1]["extra"] is not None
    assert (await ask("dags", "gone", method="DELETE")).status == 404
    assert (await ask("commands", "77")).status == 404
    assert yard.store.commands(10) == []


async def test_S127_the_audit_says_which_runs_were_acted_on(yard: Yard, leader: Leader, key: RunKey, ask: Ask) -> None:
    runs = [{"dag_id": "etl", "run_id": run} for run in ("r0", "r1")]
    await ask("runs", "actions", method="POST", json={"action": "set_failed", "runs": runs})
    entry = yard.audit()[-1]
    assert entry["event"] == "act_on_runs"
    assert all(f'"{run}"' in str(entry["extra"]) for run in ("r0", "r1", "set_failed"))


# --- the command line -------------------------------------------------------------------------------------------------


def run(yard: Yard, *words: str, exit_code: int = 0, answer: str = "") -> str:
    result = CliRunner().invoke(main, ["--home", str(yard.home), *words], input=answer)
    assert result.exit_code == exit_code, result.output
    return result.output


def test_commands_look_first_ask_and_tell_what_came_of_it(yard: Yard, leader: Leader, key: RunKey) -> None:
    """S103 to S105, S127."""
    name = ("etl", "r1", "extract")
    listed = json.loads(run(yard, "tasks", "clear", *name, "--downstream", "--dry-run", "--json"))
    assert (listed["total"], [row["task_id"] for row in listed["touched"]]) == (3, ["extract", "transform", "load"])
    run(yard, "tasks", "clear", *name, answer="n\n", exit_code=1)
    assert leader.given == []
    assert "Done: 1 touched." in run(yard, "tasks", "clear", *name, answer="y\n")
    done = json.loads(run(yard, "tasks", "mark", *name, "success", "--past", "--json"))
    assert (done["is_done"], done["touched"]) == (True, 2)
    assert yard.audit()[-1]["event"] == "mark"
    run(yard, "runs", "set-state", "etl", "r1", "queued")
    run(yard, "runs", "delete", "etl", "r0", "r1", "--yes")
    run(yard, "dags", "delete", "etl", answer="n\n", exit_code=1)
    run(yard, "dags", "delete", "etl", "--yes")
    assert [type(given) for given in leader.given] == [ClearTasks, MarkTasks, SetRunState, DeleteRuns, DeleteDag]
    assert "nothing to do" in run(yard, "tasks", "mark", *name, "failed", "--yes")
    assert "nothing to do" in run(yard, "tasks", "mark", *name, "failed", "--dry-run")
    run(yard, "dags", "delete", "nobody", "--yes", exit_code=2)


def test_a_command_without_an_engine_is_kept_and_exits_with_1(yard: Yard, key: RunKey) -> None:
    lease = yard.store.current_lease()
    assert lease is not None
    yard.store.release_lease(lease)
    assert "no engine has come to it" in run(yard, "runs", "clear", "etl", "r1", "--yes", exit_code=1)
    assert len(yard.store.commands(10)) == 1
