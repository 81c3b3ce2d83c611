"""What a pass wants told: missed deadlines, mails, and callbacks that no task's own process can run.

A callback of a task runs in the task's process; one in a process of its own is made where that was not possible: the
process was killed, timed out or lost, or ended before it knew the task. Callbacks of the DAG always have their own.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from jupyter_couture.decisions.advance import Draft
from jupyter_couture.decisions.deadlines import blocking_tasks, first_deadline, has_met_all, late_tasks
from jupyter_couture.decisions.live import LiveRun
from jupyter_couture.decisions.mails import Trouble, late_mail, trouble_mail
from jupyter_couture.model.alerts import WHOLE_RUN, LateTask, Mail, MailKind, SlaMiss
from jupyter_couture.model.dag import DagSpec
from jupyter_couture.model.facts import (
    AttemptCancelled,
    AttemptFact,
    AttemptFailed,
    AttemptLost,
    AttemptStarted,
    AttemptTimedOut,
    Fact,
)
from jupyter_couture.model.ids import AttemptId, DagId, RunKey, TaskId, TaskKey
from jupyter_couture.model.intents import CallbackOrder, StartAttempt
from jupyter_couture.model.records import RunUpdate
from jupyter_couture.model.run import DagRun, RunType, TaskInstance
from jupyter_couture.model.states import TERMINAL_RUN_STATES, TERMINAL_TASK_STATES, RunState, TaskState

CALLBACK_SECONDS = 300.0
"""How long a callback in a process of its own may take."""

_S = TaskState
_AT_WORK = frozenset({_S.QUEUED, _S.RUNNING})
_CALLED_FOR = {_S.FAILED: "on_failure", _S.UP_FOR_RETRY: "on_retry", _S.SUCCESS: "on_success"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What the leader watches besides live runs.

    ``callbacks`` are those that are not done; ``overdue`` the runs that are over and whose next deadline has come;
    ``wake_at`` is the next deadline of any other run that is over.
    """

    callbacks: Mapping[AttemptId, StartAttempt] = field(default_factory=dict)
    overdue: Mapping[RunKey, LiveRun] = field(default_factory=dict)
    wake_at: datetime | None = None


class Alerts:
    """See the module. Lives for one pass; the lists are read out in the end."""

    def __init__(self, watch: Watch, *, fence: int, max_losses: int, new_id: Callable[[], str], now: datetime) -> None:
        self._fence = fence
        self._max_losses = max_losses
        self._new_id = new_id
        self._now = now
        self.callbacks: dict[AttemptId, StartAttempt] = dict(watch.callbacks)
        self.starts: list[StartAttempt] = []
        self.ended_callbacks: list[tuple[RunKey, TaskKey]] = []
        self.mails: list[Mail] = []
        self.misses: list[SlaMiss] = []
        self.run_updates: list[RunUpdate] = []

    # --- facts --------------------------------------------------------------------------------------------------------

    def hear(self, fact: Fact) -> bool:
        """Take a fact about a callback; False if it is about something else.

        One that was lost, or whose process died without a word, is made again; any other end is one.
        """
        if not isinstance(fact, AttemptFact) or fact.attempt_id not in self.callbacks:
            return False
        if isinstance(fact, AttemptStarted):
            return True
        start = self.callbacks.pop(fact.attempt_id)
        is_undone = isinstance(fact, AttemptLost) or (isinstance(fact, AttemptFailed) and fact.is_silent)
        if is_undone and start.try_number < self._max_losses:
            attempt_id = AttemptId(self._new_id())
            self._take(replace(start, attempt_id=attempt_id, try_number=start.try_number + 1, fence=self._fence))
        else:
            self.ended_callbacks.append((start.run_key, start.task_key))
        return True

    def note(self, draft: Draft, before: TaskInstance | None, fact: Fact) -> None:
        """See what a fact has made of a task instance."""
        if before is None or not isinstance(fact, AttemptFact) or before.attempt_id != fact.attempt_id:
            return
        after = draft.tasks.get(before.key)
        if after is None:
            return
        if isinstance(fact, AttemptFailed | AttemptTimedOut | AttemptLost):
            if before.state in _AT_WORK:
                self._mail_trouble(draft, before, after, fact)
            if isinstance(fact, AttemptFailed) and not fact.is_silent:
                return
            self._call_back(draft, before, after, fact.error.message)
        elif isinstance(fact, AttemptCancelled):
            self._call_back(draft, before, after, after.reason or "cancelled")

    def _mail_trouble(
        self,
        draft: Draft,
        before: TaskInstance,
        after: TaskInstance,
        fact: AttemptFailed | AttemptTimedOut | AttemptLost,
    ) -> None:
        task = draft.spec.task_by_id[before.key.task_id]
        if after.state is _S.FAILED and task.email_on_failure:
            kind = MailKind.FAILURE
        elif after.state is _S.UP_FOR_RETRY and task.email_on_retry:
            kind = MailKind.RETRY
        else:
            return
        if task.email:
            trouble = Trouble(
                key=before.key,
                try_number=before.try_number,
                error=f"{fact.error.type}: {fact.error.message}",
                at=fact.at,
                again_at=after.next_retry_at,
            )
            self.mails.append(trouble_mail(self._new_id(), kind, draft.run, task, trouble))

    def _call_back(self, draft: Draft, before: TaskInstance, after: TaskInstance, reason: str) -> None:
        if before.state not in _AT_WORK and before.state not in TERMINAL_TASK_STATES:
            return
        name = _CALLED_FOR.get(after.state, "")
        if name in draft.spec.task_by_id[before.key.task_id].callbacks:
            order = CallbackOrder(name=name, task=before.key, try_number=before.try_number, reason=reason)
            self._order(draft.run, draft.spec, order)

    # --- runs ---------------------------------------------------------------------------------------------------------

    def look_at_runs(
        self, before: Mapping[RunKey, DagRun], drafts: Mapping[RunKey, Draft], overdue: Iterable[LiveRun]
    ) -> None:
        """See what has become of the runs of a pass, and which deadlines are past."""
        late: dict[DagId, list[tuple[LiveRun, list[LateTask]]]] = {}
        for key, draft in drafts.items():
            self._look_at(before[key], draft)
            item = draft.seal()
            found = self._judge(item)
            if found is not None:
                draft.set_deadline(self._next_deadline(item))
                late.setdefault(key.dag_id, []).append((item, found))
            elif item.run.next_deadline is not None and item.run.state in TERMINAL_RUN_STATES and has_met_all(item):
                draft.set_deadline(None)
        for item in overdue:
            if item.run.key in drafts:
                continue
            found = self._judge(item)
            if found is not None:
                changed = replace(item.run, next_deadline=self._next_deadline(item))
                self.run_updates.append(RunUpdate(changed, item.run.state))
                late.setdefault(item.run.dag_id, []).append((item, found))
        for dag_id in sorted(late):
            self._tell_late(dag_id, [(item, found) for item, found in late[dag_id] if found])

    def _look_at(self, was: DagRun, draft: Draft) -> None:
        run, spec = draft.run, draft.spec
        was_over, is_over = was.state in TERMINAL_RUN_STATES, run.state in TERMINAL_RUN_STATES
        if was_over and not is_over and run.run_type is RunType.SCHEDULED:
            draft.set_deadline(first_deadline(spec, run.data_interval_end, self._now))
        if is_over and not was_over:
            is_good = run.state is RunState.SUCCESS
            name = "on_success" if is_good else "on_failure"
            if name in spec.callbacks:
                reason = run.reason or ("success" if is_good else "task_failure")
                self._order(run, spec, CallbackOrder(name=name, reason=reason))

    def _judge(self, item: LiveRun) -> list[LateTask] | None:
        """Who is late; None if no deadline has come."""
        at = item.run.next_deadline
        return late_tasks(item, self._now) if at is not None and at <= self._now else None

    def _next_deadline(self, item: LiveRun) -> datetime | None:
        return first_deadline(item.spec, item.run.data_interval_end, self._now)

    def _tell_late(self, dag_id: DagId, found: list[tuple[LiveRun, list[LateTask]]]) -> None:
        """One mail and one callback for all that one DAG is late with, and a record of each."""
        if not found:
            return
        late = [task for _, tasks in found for task in tasks]
        blocking = [task for item, tasks in found for task in blocking_tasks(item, {each.task_id for each in tasks})]
        newest = max((item for item, _ in found), key=lambda item: item.run.logical_date)
        mail_id = self._mail_late(dag_id, found, late, blocking)
        callback: str | None = None
        if "sla_miss" in newest.spec.callbacks:
            order = CallbackOrder(name="sla_miss", late=tuple(late), blocking=tuple(blocking))
            callback = self._order(newest.run, newest.spec, order).task_key.task_id
        self.misses += [
            SlaMiss(
                dag_id=dag_id,
                run_id=each.run_id,
                task_id=each.task_id,
                logical_date=each.logical_date,
                deadline=each.deadline or self._now,
                recorded_at=self._now,
                mail_id=mail_id,
                callback=callback,
            )
            for each in late
        ]

    def _mail_late(
        self,
        dag_id: DagId,
        found: list[tuple[LiveRun, list[LateTask]]],
        late: list[LateTask],
        blocking: list[LateTask],
    ) -> str | None:
        to = dict.fromkeys(
            address for item, tasks in found for each in tasks for address in _addresses(item.spec, each.task_id)
        )
        if not to:
            return None
        mail = late_mail(self._new_id(), dag_id, tuple(to), late, blocking, self._now)
        self.mails.append(mail)
        return mail.mail_id

    # --- callbacks ----------------------------------------------------------------------------------------------------

    def _order(self, run: DagRun, spec: DagSpec, order: CallbackOrder) -> StartAttempt:
        """Have a callback run; ids of tasks hold no tilde, so its key is none of theirs."""
        start = StartAttempt(
            attempt_id=AttemptId(self._new_id()),
            run_key=run.key,
            task_key=TaskKey(TaskId(f"~{order.name}~{self._new_id()}")),
            try_number=1,
            version=run.version,
            fence=self._fence,
            operator_kind="python",
            logical_date=run.logical_date,
            data_interval_start=run.data_interval_start,
            data_interval_end=run.data_interval_end,
            run_type=run.run_type.value,
            run_queued_at=run.queued_at,
            conf=run.conf,
            max_tries=spec.task_by_id[order.task.task_id].retry.retries + 1 if order.task is not None else 1,
            timeout_seconds=CALLBACK_SECONDS,
            callback=order,
            parent=run.parent,
            asset_events=run.asset_events,
            run_started_at=run.started_at,
        )
        self._take(start)
        return start

    def _take(self, start: StartAttempt) -> None:
        self.starts.append(start)
        self.callbacks[start.attempt_id] = start


def _addresses(spec: DagSpec, name: str) -> tuple[str, ...]:
    """Whom to tell that a task is late; that a run is, everybody whom its tasks name."""
    if name == WHOLE_RUN:
        return tuple(dict.fromkeys(address for task in spec.tasks for address in task.email))
    return spec.task_by_id[name].email
