"""The error tree. A branch answers the question "what now?".

::

    AirflowException              what DAG files raise and catch by that name; itself an ordinary failure
    ├── CoutureError
    │   ├── AuthoringError        fix your DAG
    │   │   ├── InvalidId         an id holds what it may not
    │   │   ├── DagCycle          tasks wait for each other; the path is named
    │   │   ├── DuplicateDependency   one edge given twice
    │   │   ├── DuplicateTask     two tasks of one DAG share an id
    │   │   └── InvalidDag        anything else a DAG may not say
    │   ├── InvalidRequest        fix your call: the field and the rule are named
    │   ├── Unavailable           try later: database, engine or workers are away
    │   │   └── LeaseLost         another scheduler leads now
    │   ├── Denied                not yours
    │   ├── NotFound              gone, or never was
    │   ├── Conflict              someone was first
    │   │   └── Stale             you looked at an older state
    │   ├── TaskDeferralError     what a task waited for did not come: its trigger failed
    │   │   └── TaskDeferralTimeout   or the time for it was up
    │   └── IllegalTransition     our bug: a state that cannot follow another
    └── TaskSignal                not failures of ours, see below

Task code raises others, which are not failures of ours: ``RetryLater``, ``GiveUp``, ``Skip``; and, to go on waiting
without a slot, ``RescheduleTask``, ``TaskDeferred`` and ``AwaitInput``.

Every error of ours is built from keyword fields, so it survives pickling and can be shown as data. Code of users' that
raises one of them under Airflow's name gives a text instead.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta


class AirflowException(Exception):
    """Root of all that task code may catch. Existing DAG files raise and catch it; native code has no need to."""

    status_code = 500


class CoutureError(AirflowException):
    """Root of our errors. ``fields`` hold the facts, ``hint`` says what to do next."""

    hint = "See the log of the process that raised this."

    def __init__(self, *words: object, **fields: object) -> None:
        self.fields: Mapping[str, object] = dict(fields)
        super().__init__(*(words or (self.describe(),)))

    def describe(self) -> str:
        """The message, made from the fields."""
        return ", ".join(f"{name}={value!r}" for name, value in self.fields.items())

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.args, dict(self.fields))


def _rebuild(kind: type[CoutureError], words: tuple[object, ...], fields: dict[str, object]) -> CoutureError:
    return kind(*words, **fields)


class AuthoringError(CoutureError):
    """A DAG says something it may not. Fields are free; ``message`` is shown as it is if given."""

    hint = "Change the DAG file and save it."

    def describe(self) -> str:
        message = self.fields.get("message")
        return str(message) if message is not None else super().describe()


class InvalidId(AuthoringError):
    """Fields: ``what`` (which id), ``value``, ``rule``."""

    def describe(self) -> str:
        return f"{self.fields['what']} {self.fields['value']!r} is not usable: {self.fields['rule']}"


class DagCycle(AuthoringError):
    """Fields: ``dag_id``, ``path`` (task ids; the first stands again at the end)."""

    hint = "Remove one dependency of the path."

    def describe(self) -> str:
        path = self.fields["path"]
        steps = " >> ".join(path) if isinstance(path, (list, tuple)) else str(path)
        return f"Cycle in DAG {self.fields['dag_id']!r}: {steps}"


class DuplicateDependency(AuthoringError):
    """Fields: ``dag_id``, ``upstream``, ``downstream``."""

    hint = "Name each dependency once; COUTURE_STRICT_DEPENDENCIES=0 makes this a warning, as in Airflow."

    def describe(self) -> str:
        pair = f"{self.fields['upstream']} >> {self.fields['downstream']}"
        return f"Dependency {pair} is given twice in DAG {self.fields['dag_id']!r}"


class DuplicateTask(AuthoringError):
    """Fields: ``dag_id``, ``task_id``."""

    hint = "Give each task of a DAG its own task_id."

    def describe(self) -> str:
        return f"Task id {self.fields['task_id']!r} is used twice in DAG {self.fields['dag_id']!r}"


class InvalidDag(AuthoringError):
    """Fields: ``dag_id`` and ``message``, optionally ``task_id``."""


class InvalidRequest(CoutureError):
    """A caller's argument is wrong. Fields: ``field``, ``message``."""

    hint = "Correct it and try again."

    def describe(self) -> str:
        return str(self.fields.get("message", super().describe()))


class Unavailable(CoutureError):
    """Something we need is away for now. Fields: ``what``, ``message``."""

    hint = "Try again in a moment; the health page says which part is away."

    def describe(self) -> str:
        return f"{self.fields.get('what', 'service')} is not available: {self.fields.get('message', 'no answer')}"


class LeaseLost(Unavailable):
    """Another scheduler leads now. Fields: ``holder`` (ours), ``fence`` (ours)."""

    hint = "Nothing to do: the other scheduler goes on with the work."

    def describe(self) -> str:
        return f"Scheduler {self.fields['holder']} no longer holds the lease of fence {self.fields['fence']}"


class Denied(CoutureError):
    """Not allowed. Fields: ``user``, ``action``, ``resource``."""

    hint = "Ask an Admin for the permission."

    def describe(self) -> str:
        return f"{self.fields['user']} may not {self.fields['action']} {self.fields['resource']}"


class NotFound(CoutureError):
    """Fields: ``what`` and ``id``."""

    hint = "Check the id; the list shows what exists."

    def describe(self) -> str:
        return f"There is no {self.fields['what']} {self.fields['id']!r}"


class Conflict(CoutureError):
    """Someone was first. Fields: ``what``, ``id``, ``message``."""

    hint = "Look at the present state, then decide again."

    def describe(self) -> str:
        subject = f"{self.fields.get('what')} {self.fields.get('id')!r}"
        return str(self.fields.get("message") or f"{subject} changed meanwhile")


class Stale(Conflict):
    """The caller's version is not the present one. Fields: ``what``, ``id``, ``expected``, ``actual``."""

    def describe(self) -> str:
        if self.fields.get("what") == "preview":
            return "Things have changed since the preview was made. Look again at what would be done."
        return (
            f"{self.fields.get('what')} {self.fields.get('id')!r} is at {self.fields.get('actual')!r}, "
            f"you looked at {self.fields.get('expected')!r}"
        )


class TaskDeferralError(CoutureError):
    """A deferred task goes on without the event it waited for. Fields: ``message``, ``trigger``."""

    hint = "The message is the trigger's; the log of the triggerer says more."

    def describe(self) -> str:
        return str(self.fields.get("message", super().describe()))


class TaskDeferralTimeout(TaskDeferralError):
    """The time for a wait was up. Fields as above."""

    hint = "Allow more time, or see why what it waits for does not come."


class IllegalTransition(CoutureError):
    """Fields: ``what``, ``id``, ``state``, ``event``, ``story`` (what led here)."""

    hint = "This is a fault of ours: please report it with this message."

    def describe(self) -> str:
        where = f"{self.fields['what']} {self.fields['id']!r}"
        refusal = f"in state {self.fields['state']} cannot take {self.fields['event']}"
        return f"{where} {refusal} ({self.fields.get('story', '')})"


class TaskSignal(AirflowException):
    """What task code may raise to say how its attempt ended; not an error of ours."""


class RetryLater(TaskSignal):
    """End this attempt and try again after ``delay_seconds``, if retries are left."""

    def __init__(self, message: str = "", delay_seconds: float | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.delay_seconds = delay_seconds

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.message, self.delay_seconds)


class GiveUp(TaskSignal):
    """End this attempt as failed, whatever retries are left."""


class CannotRun(GiveUp):
    """What the task is made of is not part of this installation: no other try would end better."""


class Skip(TaskSignal):
    """End this attempt as skipped."""


class RescheduleTask(TaskSignal):
    """Give the slot back and begin the same try again at ``at`` (aware)."""

    def __init__(self, at: datetime) -> None:
        super().__init__(f"to look again at {at.isoformat()}")
        self.at = at

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.at,)


class TaskDeferred(BaseException):
    """Give the slot back until ``trigger`` fires; then ``method_name`` of the operator goes on.

    No ``Exception``, so that an operator that catches those around its work can still defer in it.

    ``trigger`` is an object with ``serialize() -> (path, arguments)``. The method is called with ``context``, ``event``
    and ``kwargs``. After ``timeout`` (``timedelta`` or seconds; None: never) the task goes on without an event.
    """

    def __init__(
        self,
        *,
        trigger: object,
        method_name: str,
        kwargs: Mapping[str, object] | None = None,
        timeout: timedelta | float | None = None,
    ) -> None:
        super().__init__(f"until {trigger!r} fires")
        self.trigger = trigger
        self.method_name = method_name
        self.kwargs = dict(kwargs or {})
        self.timeout = timeout

    def __reduce__(self) -> tuple[object, ...]:
        return _deferred_again, (type(self), self.trigger, self.method_name, self.kwargs, self.timeout)


def _deferred_again(
    kind: type[TaskDeferred], trigger: object, method_name: str, kwargs: dict[str, object], timeout: float | None
) -> TaskDeferred:
    return kind(trigger=trigger, method_name=method_name, kwargs=kwargs, timeout=timeout)


class AwaitInput(TaskSignal):
    """Give the slot back until a person decides; then ``method_name`` of the operator goes on.

    ``question`` (JSON) says what to ask: ``subject``, ``body``, ``options``, ``assignees``. ``timeout`` as above.
    """

    def __init__(
        self, question: Mapping[str, object], method_name: str, timeout: timedelta | float | None = None
    ) -> None:
        super().__init__(f"until somebody answers: {question.get('subject', '')}")
        self.question = dict(question)
        self.method_name = method_name
        self.timeout = timeout

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.question, self.method_name, self.timeout)
