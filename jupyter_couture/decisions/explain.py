"""Reason to sentence, and the reasons of a task that is not running: the same ones that the plan acts on."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from jupyter_couture.decisions.capacity import Occupancy
from jupyter_couture.decisions.dates import out_of_dates
from jupyter_couture.decisions.expansion import MAX_MAP_LENGTH, Unknown, lengths_of, too_long
from jupyter_couture.decisions.live import LiveRun
from jupyter_couture.decisions.past import FIRST, Past, past_refusals
from jupyter_couture.decisions.readiness import RunView, Settled, Waiting, culprit, readiness, waiting_for
from jupyter_couture.model.ids import NOT_MAPPED, TaskKey
from jupyter_couture.model.reasons import Reason, ReasonKind
from jupyter_couture.model.run import Attempt, TaskInstance, WaitKind
from jupyter_couture.model.states import OPEN_TASK_STATES, TERMINAL_TASK_STATES, RunState, TaskState

_K = ReasonKind
_LINE = 300  # characters of an error that are told


def _list(names: Any) -> str:
    return ", ".join(str(name) for name in names or ())


def _moment(text: str) -> str:
    """``2026-11-22 16:00:05 UTC``: a moment for people."""
    return f"{datetime.fromisoformat(text).astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if text else ""


def _until(facts: Mapping[str, Any]) -> str:
    return f", until {_moment(facts['until'])}" if facts.get("until") else ""


_SENTENCES: Mapping[ReasonKind, Callable[[Mapping[str, Any]], str]] = {
    _K.UPSTREAM_UNFINISHED: lambda f: f"It waits for {_list(f['tasks'])}.",
    _K.UPSTREAM_RULE: lambda f: f"Its trigger rule {f['rule']} can no longer hold because of {_list(f['tasks'])}.",
    _K.RETRY_NOT_DUE: lambda f: f"The next attempt is due at {_moment(f['at'])}.",
    _K.NO_SLOTS: lambda f: f"All {f['slots']} slots of the workers are taken.",
    _K.NO_WORKERS: lambda f: "No worker is there; see the health page.",
    _K.DAG_TASK_LIMIT: lambda f: f"The DAG runs {f['limit']} tasks already, as many as max_active_tasks allows.",
    _K.TASK_LIMIT: lambda f: f"{f['limit']} instances of this task run already, as many as it allows.",
    _K.DAG_PAUSED: lambda f: "The DAG is paused; turn it on.",
    _K.DAG_MISSING: lambda f: "The DAG is no longer in the DAG folder.",
    _K.RUN_LIMIT: lambda f: f"{f['limit']} runs of this DAG are active already, as many as max_active_runs allows.",
    _K.RUN_QUEUED: lambda f: "The run has not started yet.",
    _K.RUN_CANCELLED: lambda f: "The run was cancelled.",
    _K.RUN_TIMED_OUT: lambda f: f"The run took longer than its limit of {f['seconds']:g} s.",
    _K.ATTEMPT_OPEN: lambda f: "It was handed to the workers and waits there for its start.",
    _K.ATTEMPT_FAILED: lambda f: f"Attempt {f['try']} failed: {f['error']}",
    _K.TERMINAL: lambda f: f"It is over: {f['state']}.",
    _K.POOL_FULL: lambda f: f"All {f['slots']} slots of pool {f['pool']} are taken.",
    _K.POOL_MISSING: lambda f: f"There is no pool called {f['pool']}; create it or change the task.",
    _K.POOL_TOO_SMALL: lambda f: f"It wants {f['wanted']} slots of pool {f['pool']}, which has only {f['slots']}.",
    _K.RUN_TASK_LIMIT: lambda f: f"{f['limit']} instances of this task run in this run already, as many as it allows.",
    _K.PAST_UNFINISHED: lambda f: f"It depends on its past: the same task of run {f['run']} has not ended well.",
    _K.PAST_DOWNSTREAM: lambda f: f"It waits for what follows it in run {f['run']}: {_list(f['tasks'])}.",
    _K.NOT_YET_STARTED: lambda f: f"Its start_date is {_moment(f['at'])}.",
    _K.PAST_END: lambda f: f"Its end_date was {_moment(f['at'])}.",
    _K.MAP_LENGTH_UNKNOWN: lambda f: f"It is mapped over what {_list(f['tasks'])} will return.",
    _K.MAP_TOO_LONG: lambda f: f"It would be mapped {f['length']} times; the limit is {f['limit']}.",
    _K.RESCHEDULE_NOT_DUE: lambda f: f"It looked in vain; it looks again at {_moment(f['at'])}.",
    _K.WAITS_FOR_TRIGGER: lambda f: f"It waits for {f['trigger']}{_until(f)}.",
    _K.WAITS_FOR_PERSON: lambda f: f"It waits for somebody to decide “{f['subject']}”{_until(f)}.",
    _K.NOT_CHOSEN: lambda f: f"Task {f['task']} chose another way.",
    _K.SETUP_FAILED: lambda f: f"Its setup did not end well: {_list(f['tasks'])}.",
    _K.NO_LEADER: lambda f: "No engine is running; start one with 'jupyter couture engine'.",
    _K.DAG_OVER: lambda f: f"Task {f['task']} failed and the DAG is fail_fast.",
    _K.RESTARTING: lambda f: "It was cleared while it ran; its attempt is being stopped.",
}


def sentence(reason: Reason) -> str:
    """The reason for people, in one sentence."""
    return _SENTENCES[reason.kind](reason.facts)


def obstacles(view: RunView, key: TaskKey, past: Past) -> list[Reason]:
    """Everything that keeps an undecided instance from being scheduled: its upstream, its length, its past."""
    task = view.spec.task_by_id[key.task_id]
    instance = view.tasks[key]
    found: list[Reason] = []
    if instance.attempt_id is not None:
        found.append(Reason(_K.RESTARTING))
    verdict = readiness(view, task, key.map_index)
    if isinstance(verdict, Settled):
        return [*found, verdict.reason]
    if isinstance(verdict, Waiting):
        found.append(waiting_for(view, task, key.map_index))
    if task.expand is not None and key.map_index == NOT_MAPPED:
        lengths = lengths_of(view, task)
        if isinstance(lengths, Unknown):
            found.append(lengths.reason)
    return [*found, *past_refusals(past, view.spec, task)]


def waiting_reasons(
    item: LiveRun,
    key: TaskKey,
    occupancy: Occupancy,
    run_reasons: tuple[Reason, ...],
    past: Past = FIRST,
    max_map_length: int = MAX_MAP_LENGTH,
) -> list[Reason]:
    """Everything that keeps a task from running now; empty if it runs or is about to.

    ``run_reasons`` are those of the whole run (its DAG is paused, its limits are reached), from ``plan.run_refusals``.
    Of an instance that is over they are what made it so, as far as that can be told from the run.
    """
    if item.run.state is RunState.QUEUED:
        return [Reason(_K.RUN_QUEUED), *run_reasons]
    task = item.tasks[key]
    if task.state is TaskState.RUNNING:
        return []
    if task.state in TERMINAL_TASK_STATES:
        return [Reason(_K.TERMINAL, {"state": task.state.value}), *_causes(item, key, max_map_length)]
    if task.state is TaskState.RESTARTING:
        return [Reason(_K.RESTARTING)]
    if task.state in OPEN_TASK_STATES:
        return [Reason(_K.ATTEMPT_OPEN)]
    found = list(run_reasons)
    if task.state is TaskState.NONE:
        found += obstacles(item, key, past)
    elif task.state is TaskState.SCHEDULED:
        if task.attempt_id is not None:
            found.append(Reason(_K.RESTARTING))
        found += occupancy.refusals(item, key.task_id)
    else:
        found += _timed(task)
    return found


def _timed(task: TaskInstance) -> list[Reason]:
    """What an instance waits for that time or somebody outside ends."""
    at = task.next_retry_at.isoformat() if task.next_retry_at is not None else ""
    if task.state is TaskState.UP_FOR_RETRY:
        return [Reason(_K.RETRY_NOT_DUE, {"at": at})]
    if task.state is TaskState.UP_FOR_RESCHEDULE:
        return [Reason(_K.RESCHEDULE_NOT_DUE, {"at": at})]
    wait = task.wait
    if wait is None:
        return []
    until = wait.timeout_at.isoformat() if wait.timeout_at is not None else ""
    if wait.kind is WaitKind.PERSON:
        subject = wait.arguments.get("subject")
        return [Reason(_K.WAITS_FOR_PERSON, {"subject": str(subject or task.key.name), "until": until})]
    return [Reason(_K.WAITS_FOR_TRIGGER, {"trigger": wait.trigger, "until": until})]


def _causes(item: LiveRun, key: TaskKey, max_map_length: int) -> list[Reason]:
    """Why an instance that never ran is over."""
    task, spec = item.tasks[key], item.spec.task_by_id[key.task_id]
    if task.try_number or task.state not in (TaskState.SKIPPED, TaskState.UPSTREAM_FAILED, TaskState.REMOVED):
        return []
    if task.state is TaskState.REMOVED:
        dates = out_of_dates(item.run, spec)
        return [dates] if dates is not None else []
    verdict = readiness(item, spec, key.map_index)
    if isinstance(verdict, Settled):
        return [verdict.reason]
    if task.state is TaskState.UPSTREAM_FAILED and spec.expand is not None:
        lengths = lengths_of(item, spec)
        refusal = lengths.reason if isinstance(lengths, Unknown) else too_long(lengths, max_map_length)
        return [refusal] if refusal is not None else []
    if task.state is TaskState.SKIPPED:
        return _ended_with_the_rest(item, task)
    return []


def _ended_with_the_rest(item: LiveRun, task: TaskInstance) -> list[Reason]:
    """Why an instance that could have run was skipped: its run was stopped, or another task's failure ended all."""
    run, limit = item.run, item.spec.run_timeout_seconds
    if run.is_cancel_requested:
        spent = (task.ended_at - run.started_at).total_seconds() if task.ended_at and run.started_at else 0.0
        is_late = limit is not None and spent >= limit
        return [Reason(_K.RUN_TIMED_OUT, {"seconds": limit}) if is_late else Reason(_K.RUN_CANCELLED)]
    failed = culprit(item) if item.spec.is_fail_fast else None
    return [Reason(_K.DAG_OVER, {"task": failed})] if failed is not None else []


def failure(task: TaskInstance, attempts: Sequence[Attempt]) -> list[Reason]:
    """What the newest of an instance's ``attempts`` ended with, if it failed and that is why it does not run."""
    if task.state not in (TaskState.FAILED, TaskState.UP_FOR_RETRY):
        return []
    errors = [(each.try_number, each.error) for each in attempts if each.error is not None]
    if not errors:
        return []
    number, error = errors[-1]
    line = next((line.strip() for line in error.message.splitlines() if line.strip()), "")
    told = f"{error.type}: {line}" if line else error.type
    return [
        Reason(_K.ATTEMPT_FAILED, {"try": number, "error": told if len(told) <= _LINE else told[: _LINE - 1] + "…"})
    ]
