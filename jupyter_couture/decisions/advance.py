"""The only code that changes a state.

A ``Draft`` is one run during one pass of the scheduler: facts and decisions go in, each change goes through the
transition tables, and at the end it is sealed into a new ``LiveRun`` with the list of what changed. What it was made
from stays as it was, so a refused pass leaves nothing behind.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from jupyter_couture.decisions.explain import sentence
from jupyter_couture.decisions.live import LiveRun, in_turn
from jupyter_couture.decisions.readiness import Ready, Settled, readiness
from jupyter_couture.decisions.retries import later, next_attempt_at
from jupyter_couture.model.dag import DagSpec, TaskKind
from jupyter_couture.model.facts import (
    AttemptCancelled,
    AttemptFailed,
    AttemptLost,
    AttemptSkipped,
    AttemptStarted,
    AttemptSucceeded,
    AttemptTimedOut,
    Fact,
    WaitEnded,
)
from jupyter_couture.model.ids import AttemptId, TaskKey
from jupyter_couture.model.reasons import Reason, ReasonKind
from jupyter_couture.model.run import DagRun, TaskInstance
from jupyter_couture.model.states import (
    OPEN_TASK_STATES,
    TERMINAL_RUN_STATES,
    TERMINAL_TASK_STATES,
    RunEvent,
    RunState,
    TaskEvent,
    TaskState,
    next_run_state,
    next_task_state,
)

_S, _E = TaskState, TaskEvent


@dataclass(frozen=True, slots=True)
class Rules:
    """Limits of the deployment that decide how attempts end. ``jitter`` in [0, 1) spreads exponential delays."""

    max_losses: int = 3
    jitter: float = 0.0


class Draft:
    """One run while it is being advanced. Lives for one pass; ``live``, ``is_changed`` and the rest read it out."""

    def __init__(self, live: LiveRun) -> None:
        self._was = live
        self._run = live.run
        self._tasks: dict[TaskKey, TaskInstance] | None = None
        self._before: dict[TaskKey, TaskInstance] = {}
        self._unsettled: set[str] = set()

    # --- reading ------------------------------------------------------------------------------------------------------

    @property
    def run(self) -> DagRun:
        """The run as it stands; its ``tasks`` are those of before the pass (see ``tasks``)."""
        return self._run

    @property
    def spec(self) -> DagSpec:
        """The spec of the run's version."""
        return self._was.spec

    @property
    def tasks(self) -> Mapping[TaskKey, TaskInstance]:
        """The task instances as they stand."""
        return self._tasks if self._tasks is not None else self._was.run.tasks

    @property
    def changed(self) -> Mapping[TaskKey, TaskInstance]:
        """For each changed task instance what it was before the pass."""
        return self._before

    @property
    def is_run_changed(self) -> bool:
        """Whether the run itself changed, besides its task instances."""
        return self._run is not self._was.run

    # --- the run ------------------------------------------------------------------------------------------------------

    def start(self, now: datetime) -> None:
        """Begin a queued run: give it its task instances and let the first tasks be ready."""
        self._move_run(RunEvent.STARTED, started_at=now)
        self._tasks = {TaskKey(task.task_id): TaskInstance(TaskKey(task.task_id)) for task in self.spec.tasks}
        self._unsettled.update(task.task_id for task in self.spec.tasks)

    def request_cancel(self) -> None:
        """Remember that a user wants the end of the run."""
        if not self._run.is_cancel_requested:
            self._run = replace(self._run, is_cancel_requested=True)

    def cancel_waiting(self, now: datetime, reason: str) -> None:
        """End every task that has no attempt; open attempts end by their own facts."""
        for key, task in list(self.tasks.items()):
            if task.state not in TERMINAL_TASK_STATES and task.state not in OPEN_TASK_STATES:
                self._move(key, _E.CANCELLED, ended_at=now, reason=reason, next_retry_at=None)

    def finish(self, now: datetime) -> None:
        """End the run if nothing of it is left to do: its leaves decide, a requested cancellation fails it."""
        if self._run.state in TERMINAL_RUN_STATES or self._count_unfinished():
            return
        if self._run.is_cancel_requested:
            self._move_run(RunEvent.FAILED, ended_at=now, reason=self._run.reason or "cancelled")
        elif self._run.state is RunState.RUNNING:
            states = {self.tasks[TaskKey(leaf)].state for leaf in map(_as_task_id, self.spec.leaves)}
            event = RunEvent.FAILED if states & {_S.FAILED, _S.UPSTREAM_FAILED} else RunEvent.SUCCEEDED
            self._move_run(event, ended_at=now)

    def note(self, reason: str) -> None:
        """Remember why the run will end as it does."""
        self._run = replace(self._run, reason=reason)

    # --- task instances -----------------------------------------------------------------------------------------------

    def apply(self, fact: Fact, rules: Rules) -> bool:
        """Let a fact act; False if it speaks of an attempt that is not the present one, and nothing happens."""
        task = self.tasks.get(fact.task_key)
        if isinstance(fact, WaitEnded):
            return False
        if task is None or task.attempt_id != fact.attempt_id or task.state not in OPEN_TASK_STATES:
            return False
        match fact:
            case AttemptStarted():
                self._started(task, fact.at)
            case AttemptSucceeded():
                self._end(task, _E.FINISHED, fact.at)
            case AttemptSkipped():
                self._end(task, _E.SKIPPED, fact.at, reason=fact.reason or "the task skipped itself")
            case AttemptCancelled():
                self._close(task.key, _E.CANCELLED, ended_at=fact.at, reason="cancelled")
            case AttemptFailed():
                delay = fact.retry_after_seconds
                self._failed(task, fact.at, fact.error.message, rules, is_final=fact.is_final, delay=delay)
            case AttemptTimedOut():
                self._failed(task, fact.at, fact.error.message, rules)
            case AttemptLost():
                self._lost(task, fact, rules)
        return True

    def admit(self, key: TaskKey, attempt_id: AttemptId, now: datetime) -> TaskInstance:
        """Give a scheduled task its next attempt."""
        number = self.tasks[key].try_number + 1
        return self._move(
            key,
            _E.ADMITTED,
            attempt_id=attempt_id,
            try_number=number,
            queued_at=now,
            started_at=None,
            ended_at=None,
            reason=None,
        )

    def release_due_retries(self, now: datetime) -> None:
        """Schedule every task whose next attempt has its time."""
        if self._run.is_cancel_requested:
            return
        for key in sorted({*self._was.retries, *self._before}):
            task = self.tasks[key]
            if task.state is _S.UP_FOR_RETRY and task.next_retry_at is not None and task.next_retry_at <= now:
                self._move(key, _E.RETRY_DUE, next_retry_at=None)

    def settle(self, now: datetime) -> None:
        """Decide every task whose upstream changed, and those this decides in turn, until nothing moves."""
        while self._unsettled:
            batch, self._unsettled = self._unsettled, set()
            for name in sorted(batch):
                self._settle_one(name, now)

    def seal(self) -> LiveRun:
        """The run after the pass."""
        if self._tasks is None:
            return replace(self._was, run=self._run)
        run = replace(self._run, tasks=self._tasks)
        if self.is_run_changed and self._was.run.state is RunState.QUEUED:
            return LiveRun.of(run, self.spec)
        opened, retries = set(self._was.open), dict(self._was.retries)
        arrived: list[TaskKey] = []
        for key in self._before:
            task = self._tasks[key]
            opened.discard(key)
            retries.pop(key, None)
            if task.state is _S.SCHEDULED:
                arrived.append(key)
            elif task.state in OPEN_TASK_STATES:
                opened.add(key)
            elif task.state is _S.UP_FOR_RETRY:
                retries[key] = task.next_retry_at or run.queued_at
        scheduled = tuple(key for key in self._was.scheduled if key not in self._before)
        return LiveRun(
            run=run,
            spec=self.spec,
            unfinished=self._count_unfinished(),
            scheduled=in_turn(self.spec, (*scheduled, *arrived)) if arrived else scheduled,
            open=frozenset(opened),
            retries=retries,
        )

    # --- inside -------------------------------------------------------------------------------------------------------

    def _started(self, task: TaskInstance, at: datetime) -> None:
        if task.state is _S.QUEUED:
            self._move(task.key, _E.STARTED, started_at=at)

    def _end(self, task: TaskInstance, event: TaskEvent, at: datetime, reason: str | None = None) -> None:
        self._started(task, at)
        self._close(task.key, event, ended_at=at, reason=reason)

    def _failed(
        self,
        task: TaskInstance,
        at: datetime,
        message: str,
        rules: Rules,
        *,
        is_final: bool = False,
        delay: float | None = None,
    ) -> None:
        failures = task.failures + 1
        policy = self.spec.task_by_id[task.key.task_id].retry
        again = None if is_final else next_attempt_at(policy, failures, at, rules.jitter)
        if again is not None and delay is not None:
            again = later(at, delay)
        if again is None or self._run.is_cancel_requested:
            self._close(task.key, _E.FAILED_FINAL, ended_at=at, failures=failures, reason=message)
        else:
            self._close(
                task.key, _E.FAILED_RETRYABLE, ended_at=at, failures=failures, next_retry_at=again, reason=message
            )

    def _lost(self, task: TaskInstance, fact: AttemptLost, rules: Rules) -> None:
        if not fact.was_started and task.state is _S.QUEUED:
            self._move(task.key, _E.UNDELIVERED, attempt_id=None, reason=fact.error.message)
            return
        losses = task.losses + 1
        is_final = losses >= rules.max_losses
        message = f"{fact.error.message} (lost {losses} times)" if is_final and losses > 1 else fact.error.message
        self._failed(replace(task, losses=losses), fact.at, message, rules, is_final=is_final, delay=0.0)
        self._change(task.key, losses=losses)

    def _settle_one(self, name: str, now: datetime) -> None:
        spec = self.spec.task_by_id[name]
        key = TaskKey(spec.task_id)
        if self.tasks[key].state is not _S.NONE:
            return
        verdict = readiness(spec, self.tasks)
        match verdict:
            case Ready():
                self._move(key, _E.UPSTREAM_MET)
                if spec.kind is TaskKind.EMPTY:
                    self._close(key, _E.FINISHED, started_at=now, ended_at=now)
            case Settled():
                self._close(key, verdict.event, ended_at=now, reason=sentence(verdict.reason))

    def _close(self, key: TaskKey, event: TaskEvent, **changes: Any) -> None:
        """Move, drop the attempt, and let what waits for the task look again."""
        self._move(key, event, attempt_id=None, **changes)

    def _move(self, key: TaskKey, event: TaskEvent, **changes: Any) -> TaskInstance:
        task = self.tasks[key]
        story = f"run {self._run.dag_id}/{self._run.run_id}, try {task.try_number}"
        state = next_task_state(task.state, event, task=key.task_id, story=story)
        moved = self._change(key, state=state, **changes)
        if state in TERMINAL_TASK_STATES:
            self._unsettled.update(self.spec.downstream[key.task_id])
        return moved

    def _change(self, key: TaskKey, **changes: Any) -> TaskInstance:
        if self._tasks is None:
            self._tasks = dict(self._was.run.tasks)
        task = self._tasks[key]
        self._before.setdefault(key, task)
        self._tasks[key] = replace(task, **changes)
        return self._tasks[key]

    def _move_run(self, event: RunEvent, **changes: Any) -> None:
        state = next_run_state(self._run.state, event, run=f"{self._run.dag_id}/{self._run.run_id}")
        self._run = replace(self._run, state=state, **changes)

    def _count_unfinished(self) -> int:
        if self._run.state is RunState.QUEUED:
            return 0 if self._run.is_cancel_requested else 1
        if not self._was.run.tasks:
            return sum(task.state not in TERMINAL_TASK_STATES for task in self.tasks.values())
        ended = sum(
            (self.tasks[key].state in TERMINAL_TASK_STATES) - (before.state in TERMINAL_TASK_STATES)
            for key, before in self._before.items()
        )
        return self._was.unfinished - ended


def _as_task_id(name: str) -> Any:
    return name


def replay(live: LiveRun, facts: Iterable[Fact], rules: Rules, now: datetime) -> LiveRun:
    """Advance a run by facts alone, as far as they lead: what a restarted scheduler and the replay tests do."""
    draft = Draft(live)
    for fact in facts:
        draft.apply(fact, rules)
    draft.settle(now)
    draft.finish(now)
    return draft.seal()


def run_timed_out(live: LiveRun, now: datetime) -> Reason | None:
    """Whether the run used up its ``run_timeout_seconds``."""
    limit, started = live.spec.run_timeout_seconds, live.run.started_at
    if limit is None or started is None or now < later(started, limit):
        return None
    return Reason(ReasonKind.RUN_TIMED_OUT, {"seconds": limit})
