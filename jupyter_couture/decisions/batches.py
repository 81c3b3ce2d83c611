"""What a pass has decided, as one batch for the store; and when the next pass is due."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from jupyter_couture.decisions.due import DagCase
from jupyter_couture.decisions.live import LiveRun
from jupyter_couture.decisions.news import (
    asset_news,
    backfill_news,
    dag_off_news,
    dag_removed_news,
    run_news,
    run_removed_news,
    task_news,
    task_removed_news,
)
from jupyter_couture.decisions.papers import Pass, Snapshot
from jupyter_couture.decisions.retries import later
from jupyter_couture.model.ids import DagId, RunKey, TaskKey
from jupyter_couture.model.intents import StartAttempt
from jupyter_couture.model.records import Batch, FeedEntry, RunUpdate, TaskUpdate
from jupyter_couture.model.run import DagRun, TaskInstance
from jupyter_couture.model.states import TaskState


def batch_of(work: Pass, starts: Sequence[StartAttempt]) -> Batch:
    """Everything the pass wants to change; ``starts`` are the attempts it made."""
    run_updates: list[RunUpdate] = []
    task_updates: list[TaskUpdate] = []
    new_runs: list[DagRun] = []
    new_tasks: list[tuple[RunKey, Sequence[TaskInstance]]] = []
    removed_tasks: list[tuple[RunKey, Sequence[TaskKey]]] = []
    feed: list[FeedEntry] = []
    for key, run in work.created.items():
        if key not in work.drafts:
            new_runs.append(run)
            feed.append(run_news(run))
    for key, draft in work.drafts.items():
        before = work.live[key].run
        if key in work.created:
            new_runs.append(draft.run)
        elif draft.is_run_changed:
            run_updates.append(RunUpdate(draft.run, before.state))
        if draft.is_run_changed:
            feed.append(run_news(draft.run))
        if draft.added:
            new_tasks.append((key, tuple(draft.added)))
            feed.extend(task_news(key, (t for t in draft.added if before.tasks or t.state is not TaskState.NONE)))
        if draft.dropped:
            removed_tasks.append((key, draft.dropped))
            feed.extend(task_removed_news(key, task_key) for task_key in draft.dropped)
        tasks = draft.tasks
        task_updates += [TaskUpdate(key, tasks[each], old.state) for each, old in draft.changed.items()]
        feed.extend(task_news(key, (tasks[each] for each in draft.changed)))
    run_updates += work.alerts.run_updates
    feed.extend(asset_news(event) for event in work.asset_events)
    steps = work.births.backfills
    moved = {change.backfill_id for change in steps.updates} | set(steps.ended)
    cases = (case.backfill for case in work.snapshot.origins.backfills)
    feed.extend(backfill_news(each.dag_id, each.backfill_id) for each in cases if each.backfill_id in moved)
    feed.extend(dag_off_news(dag_id) for dag_id in work.turned_off)
    feed.extend(run_removed_news(key) for key in work.carried.deleted_runs)
    feed.extend(dag_removed_news(dag_id) for dag_id in work.carried.deleted_dags)
    return Batch(
        new_runs=new_runs,
        new_tasks=new_tasks,
        removed_tasks=removed_tasks,
        paused_dags=work.turned_off,
        run_updates=run_updates,
        task_updates=task_updates,
        new_attempts=starts,
        cancel_attempts=work.cancels,
        next_due={dag_id: case.upcoming.due_at if case.upcoming else None for dag_id, case in work.dags.items()},
        consumed_facts=[stored.number for stored in work.snapshot.facts],
        passed=work.births.passed,
        rewound={dag_id: (case.state.latest_scheduled, case.state.latest_end) for dag_id, case in work.rewound.items()},
        asset_events=work.asset_events,
        asset_cursors=work.births.cursors,
        backfill_slots=work.births.backfills.updates,
        ended_backfills=work.births.backfills.ended,
        sla_misses=work.alerts.misses,
        mails=work.alerts.mails,
        ended_callbacks=work.alerts.ended_callbacks,
        command_outcomes=work.carried.outcomes,
        deleted_runs=work.carried.deleted_runs,
        deleted_dags=work.carried.deleted_dags,
        feed=feed,
    )


def wake_at(
    now: datetime, snapshot: Snapshot, live: Mapping[RunKey, LiveRun], dags: Mapping[DagId, DagCase]
) -> datetime | None:
    """The earliest instant ahead at which time alone changes something; what is due already waits for facts."""
    moments = [item.wakes_at for item in live.values() if item.wakes_at is not None]
    moments += [item.run.next_deadline for item in live.values() if item.run.next_deadline is not None]
    moments += [snapshot.watch.wake_at] if snapshot.watch.wake_at is not None else []
    moments += [
        later(item.run.started_at, item.spec.run_timeout_seconds)
        for item in live.values()
        if item.spec.run_timeout_seconds is not None and item.run.started_at is not None
    ]
    current = (dags.get(dag_id, case) for dag_id, case in snapshot.dags.items())
    moments += [case.upcoming.due_at for case in current if case.upcoming is not None and not case.state.is_paused]
    return min((moment for moment in moments if moment > now), default=None)
