"""The leader's transaction: every step finds the rows it expects, or nothing of it happens.

Statements are built once and run with many parameter sets, since this is the hot path: a pass over fifty task
instances is a handful of round trips.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from itertools import islice
from types import MappingProxyType
from typing import Any, TypeAlias

from sqlalchemy import (
    Boolean,
    Connection,
    Delete,
    Insert,
    Update,
    and_,
    bindparam,
    delete,
    insert,
    not_,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from jupyter_couture.model.codec import to_document
from jupyter_couture.model.dag import Json
from jupyter_couture.model.errors import Conflict
from jupyter_couture.model.ids import DagId, RunKey, TaskKey
from jupyter_couture.model.intents import StartAttempt
from jupyter_couture.model.records import AttemptUpdate, Batch, RunUpdate, TaskUpdate
from jupyter_couture.model.run import DagRun, RunType, TaskInstance
from jupyter_couture.model.states import TERMINAL_RUN_STATES, TERMINAL_TASK_STATES, AttemptState, TaskState
from jupyter_couture.store import feed
from jupyter_couture.store.alerts import add_callbacks, add_mails, add_misses, end_callbacks
from jupyter_couture.store.assets import add_events, move_cursors
from jupyter_couture.store.backfills import write_steps
from jupyter_couture.store.columns import DatabaseNow
from jupyter_couture.store.leases import check_fence
from jupyter_couture.store.orders import close_commands, delete_dags, delete_runs
from jupyter_couture.store.part import StorePart
from jupyter_couture.store.rows import TASK_COLUMNS, open_key, run_values, task_values
from jupyter_couture.store.tables import attempt, dag, dag_run, fact, task_instance
from jupyter_couture.store.xcoms import drop_xcoms

_Rows: TypeAlias = Sequence[dict[str, Any]]

_DONE = TERMINAL_TASK_STATES | {TaskState.RESTARTING}
"""States whose values are void once an instance leaves them to run again."""

_NO_CONF: Mapping[str, Json] = MappingProxyType({})

_RUN_PK = (
    select(dag_run.c.id)
    .where(dag_run.c.dag_id == bindparam("of_dag"), dag_run.c.run_id == bindparam("of_run"))
    .scalar_subquery()
)

_INSERT_RUN = insert(dag_run)
_NOTE_SCHEDULED = (
    update(dag)
    .where(dag.c.dag_id == bindparam("of_dag"))
    .where(or_(dag.c.latest_scheduled.is_(None), dag.c.latest_scheduled < bindparam("latest_scheduled")))
    .values(latest_scheduled=bindparam("latest_scheduled"), latest_end=bindparam("latest_end"))
)
_REWIND = (
    update(dag)
    .where(dag.c.dag_id == bindparam("of_dag"))
    .values(latest_scheduled=bindparam("latest_scheduled"), latest_end=bindparam("latest_end"))
)
_FIND_RUN = select(dag_run.c.id).where(dag_run.c.dag_id == bindparam("of_dag"), dag_run.c.run_id == bindparam("of_run"))
_INSERT_TASKS = insert(task_instance)
_UPDATE_RUN = (
    update(dag_run)
    .where(
        dag_run.c.dag_id == bindparam("of_dag"),
        dag_run.c.run_id == bindparam("of_run"),
        dag_run.c.state == bindparam("expected"),
    )
    .values(
        {
            **{
                name: bindparam(name)
                for name in ("state", "version", "queued_at", "started_at", "ended_at", "reason", "next_deadline")
            },
            # A wish to cancel that came since the leader looked stays, but for that of a run which is opened again.
            "is_cancel_requested": or_(
                and_(dag_run.c.is_cancel_requested, not_(bindparam("is_opened", type_=Boolean))),
                bindparam("is_cancel_requested", type_=Boolean),
            ),
        }
    )
)
_UPDATE_TASK = (
    update(task_instance)
    .where(
        task_instance.c.run_pk == _RUN_PK,
        task_instance.c.task_id == bindparam("of_task"),
        task_instance.c.map_index == bindparam("of_index"),
        task_instance.c.state == bindparam("expected"),
    )
    .values({column.name: bindparam(column.name) for column in TASK_COLUMNS[2:]})
)
_INSERT_ATTEMPT = insert(attempt).values(
    {
        "run_pk": _RUN_PK,
        "dispatched_at": DatabaseNow(),
        **{
            name: bindparam(name)
            for name in (
                "attempt_id",
                "task_id",
                "map_index",
                "try_number",
                "state",
                "fence",
                "is_cancel_requested",
                "intent",
                "open_key",
            )
        },
    }
)
_CANCEL_ATTEMPT = (
    update(attempt)
    .where(attempt.c.attempt_id == bindparam("of_attempt"), attempt.c.open_key.is_not(None))
    .values(is_cancel_requested=True)
)
_REMOVE_TASK = delete(task_instance).where(
    task_instance.c.run_pk == _RUN_PK,
    task_instance.c.task_id == bindparam("of_task"),
    task_instance.c.map_index == bindparam("of_index"),
)
_TURN_OFF = update(dag).where(dag.c.dag_id == bindparam("of_dag")).values(is_paused=True)
_SET_NEXT_DUE = update(dag).where(dag.c.dag_id == bindparam("of_dag")).values(next_due=bindparam("next_due"))
_CONSUME = delete(fact).where(fact.c.number == bindparam("of_number"))


@cache
def _close_attempt(expected: int) -> Update:
    """Close an attempt that is in one of ``expected`` states."""
    states = [attempt.c.state == bindparam(f"expected_{index}") for index in range(expected)]
    return (
        update(attempt)
        .where(attempt.c.attempt_id == bindparam("of_attempt"), or_(*states))
        .values(state=bindparam("state"), ended_at=bindparam("ended_at"), open_key=None, intent=None)
    )


def _change(
    connection: Connection, statement: Insert | Update | Delete, rows: _Rows, what: str, names: Iterable[str]
) -> None:
    """Run ``statement`` for each of ``rows``; raises ``Conflict`` if one of them does not have its effect."""
    if not rows:
        return
    try:
        changed = connection.execute(statement, rows).rowcount
        is_done = changed == len(rows) or statement.is_insert  # an insert that fails raises
        cause: IntegrityError | None = None
    except IntegrityError as error:
        is_done, cause = False, error
    if not is_done:
        some = ", ".join(islice(names, 5)) + (", ..." if len(rows) > 5 else "")
        raise Conflict(what=what, id=some, message=f"{what} {some}: not all are as the leader knew them") from cause


def _named(key: RunKey) -> dict[str, Any]:
    return {"of_dag": key.dag_id, "of_run": key.run_id}


def _insert_runs(connection: Connection, runs: Sequence[DagRun]) -> None:
    _change(connection, _INSERT_RUN, [run_values(run) for run in runs], "DAG run", (_name(run.key) for run in runs))
    scheduled = [run for run in runs if run.run_type is RunType.SCHEDULED]
    _note_scheduled(connection, ((run.dag_id, run.logical_date, run.data_interval_end) for run in scheduled))


def _note_scheduled(connection: Connection, intervals: Iterable[tuple[DagId, datetime, datetime]]) -> None:
    rows = [{"of_dag": dag_id, "latest_scheduled": start, "latest_end": end} for dag_id, start, end in intervals]
    if rows:
        connection.execute(_NOTE_SCHEDULED, rows)


def _insert_tasks(connection: Connection, groups: Sequence[tuple[RunKey, Sequence[TaskInstance]]]) -> None:
    for key, tasks in groups:
        run_pk = connection.execute(_FIND_RUN, _named(key)).scalar()
        if run_pk is None:
            raise Conflict(what="DAG run", id=_name(key))
        rows = [
            {"run_pk": run_pk, "task_id": task.key.task_id, "map_index": task.key.map_index, **task_values(task)}
            for task in tasks
        ]
        _change(connection, _INSERT_TASKS, rows, "task instance", (_name(key, task.key) for task in tasks))


def _remove_tasks(connection: Connection, groups: Sequence[tuple[RunKey, Sequence[TaskKey]]]) -> None:
    rows = [
        {**_named(key), "of_task": task.task_id, "of_index": task.map_index} for key, tasks in groups for task in tasks
    ]
    _change(
        connection, _REMOVE_TASK, rows, "task instance", (_name(key, task) for key, some in groups for task in some)
    )


def _update_runs(connection: Connection, changes: Sequence[RunUpdate]) -> None:
    rows = [
        {
            **_named(change.run.key),
            "expected": change.expected.value,
            "state": change.run.state.value,
            "version": change.run.version,
            "queued_at": change.run.queued_at,
            "started_at": change.run.started_at,
            "ended_at": change.run.ended_at,
            "reason": change.run.reason,
            "next_deadline": change.run.next_deadline,
            "is_cancel_requested": change.run.is_cancel_requested,
            "is_opened": change.expected in TERMINAL_RUN_STATES,
        }
        for change in changes
    ]
    _change(connection, _UPDATE_RUN, rows, "DAG run", (_name(change.run.key) for change in changes))


def _update_tasks(connection: Connection, changes: Sequence[TaskUpdate]) -> None:
    rows = [
        {
            **_named(change.run_key),
            "of_task": change.task.key.task_id,
            "of_index": change.task.key.map_index,
            "expected": change.expected.value,
            **task_values(change.task),
        }
        for change in changes
    ]
    names = (_name(change.run_key, change.task.key) for change in changes)
    _change(connection, _UPDATE_TASK, rows, "task instance", names)
    drop_xcoms(connection, [(change.run_key, change.task.key) for change in changes if _begins_anew(change)])


def _begins_anew(change: TaskUpdate) -> bool:
    """Whether an instance was cleared, so that what it left is void; marking it keeps that."""
    state, before = change.task.state, change.expected
    if state is TaskState.NONE:
        return before is not TaskState.NONE
    return before in _DONE and state not in (TaskState.SUCCESS, TaskState.FAILED)


def _insert_attempts(connection: Connection, intents: Sequence[StartAttempt]) -> None:
    rows = [
        {
            **_named(intent.run_key),
            "attempt_id": intent.attempt_id,
            "task_id": intent.task_key.task_id,
            "map_index": intent.task_key.map_index,
            "try_number": intent.try_number,
            "state": AttemptState.DISPATCHING.value,
            "fence": intent.fence,
            "is_cancel_requested": False,
            "intent": to_document(replace(intent, conf=_NO_CONF)),  # the run's row has it once for all
            "open_key": open_key(intent.run_key, intent.task_key),
        }
        for intent in intents
    ]
    _change(connection, _INSERT_ATTEMPT, rows, "attempt", (intent.attempt_id for intent in intents))


def _close_attempts(connection: Connection, changes: Sequence[AttemptUpdate]) -> None:
    by_count: dict[int, list[AttemptUpdate]] = {}
    for change in sorted(changes, key=lambda change: change.attempt_id):
        by_count.setdefault(len(change.expected), []).append(change)
    for count, group in by_count.items():
        rows = [
            {
                "of_attempt": change.attempt_id,
                "state": change.state.value,
                "ended_at": change.at,
                **{f"expected_{index}": state.value for index, state in enumerate(change.expected)},
            }
            for change in group
        ]
        _change(connection, _close_attempt(count), rows, "attempt", (change.attempt_id for change in group))


def _set_next_due(connection: Connection, times: Mapping[DagId, datetime | None]) -> None:
    rows = [{"of_dag": dag_id, "next_due": at} for dag_id, at in sorted(times.items())]
    _change(connection, _SET_NEXT_DUE, rows, "DAG", sorted(times))


def _consume(connection: Connection, numbers: Sequence[int]) -> None:
    unique = sorted(set(numbers))
    _change(connection, _CONSUME, [{"of_number": number} for number in unique], "fact", map(str, unique))


def _name(key: RunKey, task: TaskKey | None = None) -> str:
    parts = [*key] if task is None else [*key, task.task_id, *([] if task.map_index < 0 else [str(task.map_index)])]
    return "/".join(parts)


class CommitPart(StorePart):
    """The leader's writing."""

    def commit(self, fence: int, batch: Batch) -> int:
        """Write ``batch`` as leader of ``fence``; the newest feed number.

        Raises ``LeaseLost`` or ``Conflict``; then nothing was done.
        """

        def body(connection: Connection) -> int:
            check_fence(connection, fence)
            _insert_runs(connection, batch.new_runs)
            _remove_tasks(connection, batch.removed_tasks)
            _insert_tasks(connection, batch.new_tasks)
            _change(
                connection, _TURN_OFF, [{"of_dag": dag_id} for dag_id in batch.paused_dags], "DAG", batch.paused_dags
            )
            _update_runs(connection, batch.run_updates)
            _update_tasks(connection, batch.task_updates)
            _insert_attempts(connection, batch.new_attempts)
            add_callbacks(connection, batch.new_attempts)
            _close_attempts(connection, batch.attempt_updates)
            if batch.cancel_attempts:
                connection.execute(_CANCEL_ATTEMPT, [{"of_attempt": name} for name in sorted(batch.cancel_attempts)])
            _set_next_due(connection, batch.next_due)
            if batch.rewound:
                rows = [
                    {"of_dag": dag_id, "latest_scheduled": start, "latest_end": end}
                    for dag_id, (start, end) in sorted(batch.rewound.items())
                ]
                connection.execute(_REWIND, rows)
            _note_scheduled(connection, ((name, slot.start, slot.end) for name, slot in batch.passed.items()))
            add_events(connection, batch.asset_events, self._db)
            move_cursors(connection, batch.asset_cursors)
            write_steps(connection, batch.backfill_slots, batch.ended_backfills)
            end_callbacks(connection, batch.ended_callbacks)
            add_mails(connection, batch.mails)
            add_misses(connection, batch.sla_misses)
            _consume(connection, batch.consumed_facts)
            close_commands(connection, batch.command_outcomes)
            delete_runs(connection, batch.deleted_runs)
            delete_dags(connection, batch.deleted_dags)
            return feed.append(connection, batch.feed)

        return self._db.write(body)
