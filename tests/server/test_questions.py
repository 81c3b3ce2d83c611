"""Tasks that wait for a person, over REST."""

import json
from collections.abc import Mapping

from click.testing import CliRunner, Result

from jupyter_couture.cli.main import main
from jupyter_couture.model.dag import Json
from jupyter_couture.model.facts import WaitEnded
from jupyter_couture.model.ids import RunKey, TaskId, TaskKey
from jupyter_couture.model.records import Batch, TaskUpdate
from jupyter_couture.model.run import TaskInstance, Wait, WaitKind
from jupyter_couture.model.states import TaskState
from tests.server.conftest import Ask
from tests.server.yard import Yard, etl

QUESTION: Mapping[str, Json] = {
    "subject": "Ship?",
    "body": "**Now**",
    "options": ["Approve", "Reject"],
    "multiple": False,
    "defaults": [],
    "assignees": [],
    "params": {"size": 3},
}


def asking(yard: Yard, **changes: Json) -> RunKey:
    """A run whose task ``extract`` asks people."""
    key = yard.add_run(yard.add_dag(etl()), "r1", {})
    wait = Wait("w1", WaitKind.PERSON, "execute_complete", arguments={**QUESTION, **changes})
    task = TaskKey(TaskId("extract"))
    before = yard.store.task_row(key, task).task.state
    after = TaskInstance(task, TaskState.AWAITING_INPUT, try_number=1, wait=wait)
    yard.store.commit(yard.fence, Batch(task_updates=[TaskUpdate(key, after, before)]))
    return key


PLACE = ("dags", "etl", "runs", "r1", "tasks", "extract", "decision")


async def test_a_question_is_shown_and_its_answer_told_to_the_engine(yard: Yard, ask: Ask) -> None:
    asking(yard)
    shown = await ask(*PLACE)
    assert (shown.status, shown.json) == (200, {**QUESTION, "until": None})
    wish = {"options": ["Reject"], "params": {"size": 4}}
    answered = await ask(*PLACE, method="POST", json=wish)
    assert answered.status == 202
    (stored,) = yard.store.facts(10)
    assert isinstance(stored.fact, WaitEnded)
    assert stored.fact.wait_id == "w1"
    entry = yard.audit()[-1]
    assert (entry["event"], entry["task_id"]) == ("decide", "extract")
    assert stored.fact.event == {**wish, "by": entry["actor"]}


async def test_answers_that_do_not_fit_are_refused(yard: Yard, ask: Ask) -> None:
    asking(yard)
    for wish in (
        {"options": ["Maybe"]},
        {"options": ["Approve", "Reject"]},
        {"options": ["Approve"], "params": {"x": 1}},
    ):
        assert (await ask(*PLACE, method="POST", json=wish)).status == 422
    assert (await ask("dags", "etl", "runs", "r1", "tasks", "load", "decision")).status == 409
    assert yard.store.facts(10) == []


async def test_who_is_not_asked_may_not_answer(yard: Yard, ask: Ask) -> None:
    asking(yard, assignees=["somebody else"])
    assert (await ask(*PLACE, method="POST", json={"options": ["Approve"]})).status == 403


def test_a_question_is_shown_and_answered_at_the_terminal(yard: Yard) -> None:
    asking(yard)

    def run(*words: str) -> Result:
        return CliRunner().invoke(main, ["--home", str(yard.home), "tasks", "decide", "etl", "r1", "extract", *words])

    shown = run()
    assert (shown.exit_code, shown.output) == (0, "Ship?\n**Now**\nOptions: Approve, Reject\n")
    assert yard.store.facts(10) == []
    assert run("Maybe").exit_code != 0
    answered = run("Approve", "--param", "size=5", "--json")
    assert json.loads(answered.output)["chosen"] == ["Approve"]
    (stored,) = yard.store.facts(10)
    assert isinstance(stored.fact, WaitEnded)
    assert isinstance(stored.fact.event, Mapping)
    assert stored.fact.event["params"] == {"size": 5}
