"""Reason to sentence, and the reasons of a task that is not running: the same ones that the plan acts on."""

from collections.abc import Callable, Mapping
from typing import Any

from jupyter_couture.decisions.capacity import Occupancy
from jupyter_couture.decisions.live import LiveRun
from jupyter_couture.decisions.readiness import Settled, Waiting, readiness, waiting_for
from jupyter_couture.model.ids import TaskKey
from jupyter_couture.model.reasons import Reason, ReasonKind
from jupyter_couture.model.states import OPEN_TASK_STATES, TERMINAL_TASK_STATES, RunState, TaskState

_K = ReasonKind


def _list(names: Any) -> str:
    return ", ".join(str(name) for name in names or ())


def _until(facts: Mapping[str, Any]) -> str:
    return f", until {facts['until']}" if facts.get("until") else ""


_SENTENCES: Mapping[ReasonKind, Callable[[Mapping[str, Any]], str]] = {
    _K.UPSTREAM_UNFINISHED: lambda f: f"It waits for {_list(f['tasks'])}.",
    _K.UPSTREAM_RULE: lambda f: f"Its trigger rule {f['rule']} can no longer hold because of {_list(f['tasks'])}.",
    _K.RETRY_NOT_DUE: lambda f: f"Its last attempt failed; the next one is due at {f['at']}.",
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
    _K.TERMINAL: lambda f: f"It is over: {f['state']}.",
    _K.POOL_FULL: lambda f: f"All {f['slots']} slots of pool {f['pool']} are taken.",
    _K.POOL_MISSING: lambda f: f"There is no pool called {f['pool']}; create it or change the task.",
    _K.POOL_TOO_SMALL: lambda f: f"It wants {f['wanted']} slots of pool {f['pool']}, which has only {f['slots']}.",
    _K.RUN_TASK_LIMIT: lambda f: f"{f['limit']} instances of this task run in this run already, as many as it allows.",
    _K.PAST_UNFINISHED: lambda f: f"It depends on its past: the same task of run {f['run']} has not ended well.",
    _K.PAST_DOWNSTREAM: lambda f: f"It waits for what follows it in run {f['run']}: {_list(f['tasks'])}.",
    _K.NOT_YET_STARTED: lambda f: f"Its start_date is {f['at']}.",
    _K.PAST_END: lambda f: f"Its end_date was {f['at']}.",
    _K.MAP_LENGTH_UNKNOWN: lambda f: f"It is mapped over what {_list(f['tasks'])} will return.",
    _K.MAP_TOO_LONG: lambda f: f"It would be mapped {f['length']} times; the limit is {f['limit']}.",
    _K.RESCHEDULE_NOT_DUE: lambda f: f"It looked in vain; it looks again at {f['at']}.",
    _K.WAITS_FOR_TRIGGER: lambda f: f"It waits for {f['trigger']}{_until(f)}.",
    _K.WAITS_FOR_PERSON: lambda f: f"It waits for somebody to decide: {f['subject']}{_until(f)}.",
    _K.NOT_CHOSEN: lambda f: f"Task {f['task']} chose another way.",
    _K.SETUP_FAILED: lambda f: f"Its setup did not end well: {_list(f['tasks'])}.",
    _K.NO_LEADER: lambda f: "No engine is running; start one with 'jupyter couture engine'.",
    _K.DAG_OVER: lambda f: f"Task {f['task']} failed and the DAG is fail_fast.",
    _K.RESTARTING: lambda f: "It was cleared while it ran; its attempt is being stopped.",
}


def sentence(reason: Reason) -> str:
    """The reason for people, in one sentence."""
    return _SENTENCES[reason.kind](reason.facts)


def waiting_reasons(item: LiveRun, key: TaskKey, occupancy: Occupancy, run_reasons: tuple[Reason, ...]) -> list[Reason]:
    """Everything that keeps a task from running now; empty if it runs or is about to.

    ``run_reasons`` are those of the whole run (its DAG is paused, its limits are reached), from ``plan.run_refusals``.
    """
    if item.run.state is RunState.QUEUED:
        return [Reason(_K.RUN_QUEUED), *run_reasons]
    task = item.run.tasks[key]
    if task.state is TaskState.RUNNING:
        return []
    if task.state in TERMINAL_TASK_STATES:
        return [Reason(_K.TERMINAL, {"state": task.state.value})]
    if task.state in OPEN_TASK_STATES:
        return [Reason(_K.ATTEMPT_OPEN)]
    found = list(run_reasons)
    if task.state is TaskState.UP_FOR_RETRY and task.next_retry_at is not None:
        found.append(Reason(_K.RETRY_NOT_DUE, {"at": task.next_retry_at.isoformat()}))
    elif task.state is TaskState.NONE:
        spec = item.spec.task_by_id[key.task_id]
        verdict = readiness(spec, item.run.tasks)
        if isinstance(verdict, Waiting):
            found.append(waiting_for(spec, item.run.tasks))
        elif isinstance(verdict, Settled):
            found.append(verdict.reason)
    else:
        refusal = occupancy.refusal(item, key)
        if refusal is not None:
            found.append(refusal)
    return found
