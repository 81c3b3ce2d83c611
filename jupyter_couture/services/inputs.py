"""Tasks that wait for a person: what they ask, and the answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from jupyter_couture.model.dag import Json
from jupyter_couture.model.depth import TOO_DEEP, is_too_deep
from jupyter_couture.model.errors import Conflict, Denied, InvalidRequest
from jupyter_couture.model.facts import Fact, WaitEnded
from jupyter_couture.model.ids import RunKey, TaskKey
from jupyter_couture.model.records import TaskRow
from jupyter_couture.model.run import Wait, WaitKind
from jupyter_couture.model.states import TaskState
from jupyter_couture.ports.bus import ENGINE, Publisher
from jupyter_couture.ports.clock import Clock

FACTS = "facts"
"""What a signal on the engine's topic says when facts wait."""


class InputStore(Protocol):
    """What the service needs of the store."""

    def task_row(self, key: RunKey, task: TaskKey) -> TaskRow:
        """A task instance; raises ``NotFound``."""
        ...

    def add_facts(self, facts: Sequence[Fact]) -> None:
        """Put facts into the inbox."""
        ...


@dataclass(frozen=True, slots=True)
class Question:
    """What a task asks. ``assignees`` empty: whoever may act on tasks may answer. ``until``: when it stops asking."""

    subject: str
    body: str
    options: tuple[str, ...]
    is_multiple: bool
    defaults: tuple[str, ...]
    assignees: tuple[str, ...]
    params: Mapping[str, Json]
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person chose, and the values it entered."""

    options: tuple[str, ...]
    params: Mapping[str, Json] = field(default_factory=dict)


class Inputs:
    """See the module."""

    def __init__(self, store: InputStore, publisher: Publisher, clock: Clock) -> None:
        self._store = store
        self._publisher = publisher
        self._clock = clock

    def question(self, run: RunKey, task: TaskKey) -> Question:
        """What a task instance asks now; raises ``NotFound``, or ``Conflict`` if it asks nothing."""
        return _question(self._wait(run, task))

    def decide(self, run: RunKey, task: TaskKey, answer: Answer, user: str) -> Question:
        """Answer a task instance, which then goes on; what was asked.

        Raises ``Denied`` if others are asked, ``InvalidRequest`` if the answer does not fit, and as ``question`` does.
        Of several answers the first one counts.
        """
        wait = self._wait(run, task)
        asked = _question(wait)
        if asked.assignees and user not in asked.assignees:
            raise Denied(user=user, action="answer", resource=f"task {task.task_id!r}, which asks others")
        _check(asked, answer)
        event: dict[str, Json] = {"options": list(answer.options), "params": dict(answer.params), "by": user}
        at = self._clock.now()
        self._store.add_facts([WaitEnded(wait_id=wait.wait_id, run_key=run, task_key=task, at=at, event=event)])
        self._publisher.publish(ENGINE, FACTS)
        return asked

    def _wait(self, run: RunKey, task: TaskKey) -> Wait:
        found = self._store.task_row(run, task).task
        if found.state is not TaskState.AWAITING_INPUT or found.wait is None or found.wait.kind is not WaitKind.PERSON:
            message = f"task {task.task_id!r} asks nothing now; its state is {found.state.value}"
            raise Conflict(what="task", id=task.task_id, message=message)
        return found.wait


def _question(wait: Wait) -> Question:
    said: Mapping[str, Any] = wait.arguments
    return Question(
        subject=str(said.get("subject", "")),
        body=str(said.get("body", "")),
        options=tuple(str(option) for option in said.get("options", ())),
        is_multiple=bool(said.get("multiple")),
        defaults=tuple(str(option) for option in said.get("defaults", ())),
        assignees=tuple(str(name) for name in said.get("assignees", ())),
        params=said.get("params") or {},
        until=wait.timeout_at,
    )


def _check(asked: Question, answer: Answer) -> None:
    unknown = [option for option in answer.options if option not in asked.options]
    if unknown:
        message = f"{unknown[0]!r} is no option; they are {', '.join(asked.options)}"
        raise InvalidRequest(field="$.options", message=message)
    if not answer.options or (len(answer.options) > 1 and not asked.is_multiple):
        wanted = "at least one option" if asked.is_multiple else "one option"
        raise InvalidRequest(field="$.options", message=f"choose {wanted} of {', '.join(asked.options)}")
    for name in answer.params:
        if name not in asked.params:
            raise InvalidRequest(field=f"$.params.{name}", message=f"{name!r} is not asked for")
    if is_too_deep(answer.params):
        raise InvalidRequest(field="$.params", message=f"params {TOO_DEEP}")
