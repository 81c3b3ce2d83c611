"""People who answer in a test: by task, the answer or a function of the question."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from jupyter_couture.clock import ManualClock
from jupyter_couture.decisions.live import LiveRun
from jupyter_couture.model.errors import InvalidRequest
from jupyter_couture.model.facts import Fact
from jupyter_couture.model.ids import RunKey, TaskKey
from jupyter_couture.model.records import TaskRow
from jupyter_couture.model.run import WaitKind
from jupyter_couture.services.inputs import Answer, Inputs
from jupyter_couture.testing.desk import Nobody

PERSON = "tester"


class Answers:
    """Gives each question its answer, once."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self._given = given
        self._answered: set[str] = set()

    def to(self, live: Mapping[RunKey, LiveRun], now: datetime) -> Iterator[Fact]:
        """The answers to what is asked now. One that does not fit is refused as a person's would be."""
        for run_key, item in live.items():
            for task_key, wait in item.waits.items():
                given = self._given.get(task_key.task_id)
                if wait.kind is not WaitKind.PERSON or given is None or wait.wait_id in self._answered:
                    continue
                self._answered.add(wait.wait_id)
                desk = _Form(item)
                inputs = Inputs(desk, Nobody(), ManualClock(now))
                question = inputs.question(run_key, task_key)
                answer = _answer(given(question) if callable(given) else given)
                person = question.assignees[0] if question.assignees else PERSON
                inputs.decide(run_key, task_key, answer, person)
                yield from desk.facts


def _answer(given: Any) -> Answer:
    match given:
        case Answer():
            return given
        case str():
            return Answer((given,))
        case Mapping():
            return Answer(tuple(given.get("options", ())), given.get("params", {}))
        case list() | tuple():
            return Answer(tuple(given))
    raise InvalidRequest(field="answers", message=f"an answer is an option, several, or a mapping, not {given!r}")


class _Form:
    """Implements the store of ``Inputs`` for one question."""

    def __init__(self, item: LiveRun) -> None:
        self._item = item
        self.facts: list[Fact] = []

    def task_row(self, key: RunKey, task: TaskKey) -> TaskRow:
        """The task that asks."""
        return TaskRow(self._item.run.tasks[task])

    def add_facts(self, facts: Sequence[Fact]) -> None:
        """The answer."""
        self.facts += facts
