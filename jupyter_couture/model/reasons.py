"""Reasons: why something does not happen now. A refusal is a value; ``decisions.explain`` makes the sentence."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from jupyter_couture.model.dag import Json

_NOTHING: Mapping[str, Json] = MappingProxyType({})


class ReasonKind(StrEnum):
    """What kind of thing stands in the way."""

    UPSTREAM_UNFINISHED = "upstream_unfinished"  # tasks: the ones waited for
    UPSTREAM_RULE = "upstream_rule"  # rule, tasks: the trigger rule can no longer hold
    RETRY_NOT_DUE = "retry_not_due"  # at
    NO_SLOTS = "no_slots"  # slots: all slots of all workers are taken
    NO_WORKERS = "no_workers"  # no worker is there
    DAG_TASK_LIMIT = "dag_task_limit"  # limit: max_active_tasks of the DAG
    TASK_LIMIT = "task_limit"  # limit: max_active_tis_per_dag of the task
    DAG_PAUSED = "dag_paused"
    DAG_MISSING = "dag_missing"  # the DAG left the folder
    RUN_LIMIT = "run_limit"  # limit: max_active_runs of the DAG
    RUN_QUEUED = "run_queued"  # the run itself has not started
    RUN_CANCELLED = "run_cancelled"
    RUN_TIMED_OUT = "run_timed_out"  # seconds
    ATTEMPT_OPEN = "attempt_open"  # handed to the executor, not started yet
    ATTEMPT_FAILED = "attempt_failed"  # try, error: the first line of what the newest attempt ended with
    TERMINAL = "terminal"  # state: it is over
    POOL_FULL = "pool_full"  # pool, slots
    POOL_MISSING = "pool_missing"  # pool
    POOL_TOO_SMALL = "pool_too_small"  # pool, slots, wanted
    RUN_TASK_LIMIT = "run_task_limit"  # limit: max_active_tis_per_dagrun of the task
    PAST_UNFINISHED = "past_unfinished"  # run: the run before; depends_on_past
    PAST_DOWNSTREAM = "past_downstream"  # run, tasks: wait_for_downstream
    NOT_YET_STARTED = "not_yet_started"  # at: the start_date of the task
    PAST_END = "past_end"  # at: the end_date of the task
    MAP_LENGTH_UNKNOWN = "map_length_unknown"  # tasks: whose values it is mapped over
    MAP_TOO_LONG = "map_too_long"  # length, limit
    RESCHEDULE_NOT_DUE = "reschedule_not_due"  # at
    WAITS_FOR_TRIGGER = "waits_for_trigger"  # trigger, until
    WAITS_FOR_PERSON = "waits_for_person"  # subject, until
    NOT_CHOSEN = "not_chosen"  # task: the branch that decided
    SETUP_FAILED = "setup_failed"  # tasks
    NO_LEADER = "no_leader"  # no engine leads
    DAG_OVER = "dag_over"  # a task failed and the DAG is fail_fast
    RESTARTING = "restarting"  # cleared; its attempt is being stopped


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that stands in the way, with the facts its sentence needs."""

    kind: ReasonKind
    facts: Mapping[str, Json] = field(default_factory=lambda: _NOTHING)
