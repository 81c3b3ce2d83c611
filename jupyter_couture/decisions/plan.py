"""Snapshot in, plan out: everything one pass of the scheduler wants to change, and what to hand out afterwards.

Order of a pass: facts act; cancellations and time limits act; retries fall due; runs that are due are made; queued
runs start where there is room; tasks are decided; runs end; scheduled tasks are admitted. The plan holds the batch for
the store and the live runs as they are once the batch is written; if writing fails, the plan is thrown away whole.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from heapq import heapify, heappop, heappush

from jupyter_couture.decisions.advance import Draft
from jupyter_couture.decisions.assets import events_of_task
from jupyter_couture.decisions.batches import batch_of, wake_at
from jupyter_couture.decisions.capacity import admit
from jupyter_couture.decisions.commands import Desk, carry_out
from jupyter_couture.decisions.due import DagCase, active_runs, births, due_dags, takes_room
from jupyter_couture.decisions.ends import act, cancel_waiting, release_due
from jupyter_couture.decisions.expansion import Unknown, lengths_of
from jupyter_couture.decisions.explain import sentence
from jupyter_couture.decisions.live import LiveRun
from jupyter_couture.decisions.news import (
    attempt_intent,
)
from jupyter_couture.decisions.papers import Pass, Plan, Snapshot
from jupyter_couture.decisions.retries import later
from jupyter_couture.decisions.set_back import rewound, shorten_waits, waits_too_long
from jupyter_couture.decisions.settling import begin, settle
from jupyter_couture.model.dag import TaskKind
from jupyter_couture.model.facts import AttemptSucceeded
from jupyter_couture.model.ids import AttemptId, DagId, RunKey
from jupyter_couture.model.intents import StartAttempt
from jupyter_couture.model.reasons import Reason, ReasonKind
from jupyter_couture.model.records import StoredFact
from jupyter_couture.model.states import TERMINAL_RUN_STATES, RunState, TaskState


def plan(snapshot: Snapshot, now: datetime) -> Plan:
    """Decide one pass. Pure: the same snapshot, ids and ``now`` give the same plan."""
    work = Pass(snapshot, now, dict(snapshot.live))
    for stored in snapshot.facts:
        if not work.alerts.hear(stored.fact) and stored.fact.run_key in work.live:
            _apply(work, stored)
    if snapshot.commands:
        _carry_out(work)
    _stop_runs(work)
    for key, item in snapshot.live.items():
        deadline = item.run.next_deadline
        if (item.wakes_at is not None and item.wakes_at <= now) or (deadline is not None and deadline <= now):
            work.draft(key)
    if snapshot.is_clock_in_doubt:
        _set_back(work)
    for draft in work.drafts.values():
        release_due(draft, now)
    _turn_off(work)
    _create_due_runs(work)
    _note_next_due(work)
    _start_queued_runs(work)
    _settle(work)
    _note_assets(work)
    _tell(work)
    for draft in work.drafts.values():
        work.cancels.extend(draft.cancels)
    after = work.live | {key: draft.seal() for key, draft in work.drafts.items()}
    starts = [*_admit(work, after), *work.alerts.starts]
    changed = {key: draft.seal() for key, draft in work.drafts.items()}
    ended = {key: item for key, item in changed.items() if item.run.state in TERMINAL_RUN_STATES}
    return Plan(
        batch=batch_of(work, starts),
        live={key: item for key, item in changed.items() if key not in ended},
        ended=ended,
        dags=work.dags,
        starts=starts,
        cancels=work.cancels,
        wake_at=wake_at(now, snapshot, {**work.live, **changed}, work.dags),
        callbacks=work.alerts.callbacks,
        looked_back={update.run.key: update.run.next_deadline for update in work.alerts.run_updates},
        is_followed=any(
            item.run.state is RunState.QUEUED and snapshot.live[key].run.state in TERMINAL_RUN_STATES
            for key, item in changed.items()
            if key in snapshot.live
        ),
    )


def run_refusals(item: LiveRun, dags: Mapping[DagId, DagCase], running: int) -> tuple[Reason, ...]:
    """Why a run as a whole makes no headway: its DAG is gone or off, it is cancelled, or too many runs are active.

    ``running`` is the number of running runs of the DAG.
    """
    found: list[Reason] = []
    case = dags.get(item.run.dag_id)
    if item.run.is_cancel_requested:
        found.append(Reason(ReasonKind.RUN_CANCELLED))
    if case is None:
        found.append(Reason(ReasonKind.DAG_MISSING))
    elif case.state.is_paused:
        found.append(Reason(ReasonKind.DAG_PAUSED))
    limit = case.spec.max_active_runs if case is not None else item.spec.max_active_runs
    if item.run.state is RunState.QUEUED and running >= limit and takes_room(item.run):
        found.append(Reason(ReasonKind.RUN_LIMIT, {"limit": limit}))
    return tuple(found)


def run_timed_out(live: LiveRun, now: datetime) -> Reason | None:
    """Whether the run used up its ``run_timeout_seconds``."""
    limit, started = live.spec.run_timeout_seconds, live.run.started_at
    if limit is None or started is None or live.run.state is not RunState.RUNNING or now < later(started, limit):
        return None
    return Reason(ReasonKind.RUN_TIMED_OUT, {"seconds": limit})


def running_runs(live: Mapping[RunKey, LiveRun]) -> Counter[DagId]:
    """How many runs of each DAG are running, but for those of backfills, which have a limit of their own."""
    return Counter(
        item.run.dag_id for item in live.values() if item.run.state is RunState.RUNNING and takes_room(item.run)
    )


# --- the steps --------------------------------------------------------------------------------------------------------


def _apply(work: Pass, stored: StoredFact) -> None:
    """Let a fact act. One that the tables refuse is our fault: it ends its own run, and nobody else's work."""
    draft, fact = work.draft(stored.fact.run_key), stored.fact
    before = draft.tasks.get(fact.task_key)
    try:
        if act(draft, fact, work.snapshot.rules):
            work.alerts.note(draft, before, fact)
    except Exception as error:  # noqa: BLE001  # a fault in one run is that run's alone
        _give_up(draft, error)


def _carry_out(work: Pass) -> None:
    """Do what users ask for."""
    given = work.snapshot
    desk = Desk(work.live, work.draft, given.busy, work.now, given.overdue_commands, given.dags)
    work.carried = carry_out(given.commands, desk)
    for key, draft in work.drafts.items():
        if draft.spec is not work.live[key].spec and draft.spec.past_dependents:  # another version may look back
            draft.past = work.lineage.past_of(draft.base)
    for dag_id in work.carried.turned_off:
        case = work.snapshot.dags.get(dag_id)
        if case is not None and not case.state.is_paused:
            work.dags[dag_id] = replace(case, state=replace(case.state, is_paused=True))
            work.turned_off.append(dag_id)


def _give_up(draft: Draft, error: Exception) -> None:
    draft.note(f"The scheduler met something it cannot explain and gave the run up: {error}")
    draft.request_cancel()


def _stop_runs(work: Pass) -> None:
    """End the waiting tasks of runs that are to stop, and ask for the end of open attempts.

    They are asked once, and again whenever the store reminds us of the request (at each sweep).
    """
    for key, item in work.snapshot.live.items():
        if item.run.state in TERMINAL_RUN_STATES:
            continue
        timed_out = None if item.run.is_cancel_requested else run_timed_out(item, work.now)
        is_given_up = key in work.drafts and work.drafts[key].run.is_cancel_requested
        is_reminded = key in work.snapshot.cancel_requests
        if not (timed_out or is_reminded or is_given_up or item.run.is_cancel_requested):
            continue
        draft = work.draft(key)
        reason = sentence(timed_out or Reason(ReasonKind.RUN_CANCELLED))
        if draft.run.reason is None:
            draft.note(reason)
        draft.request_cancel()
        cancel_waiting(draft, work.now, draft.run.reason or reason)
        if not item.run.is_cancel_requested or is_reminded:
            opened = (draft.tasks[open_key] for open_key in sorted(item.open) if open_key in draft.tasks)
            work.cancels.extend(task.attempt_id for task in opened if task.attempt_id is not None)


def _set_back(work: Pass) -> None:
    """Let nothing wait for a time that only a clock that was ahead came near to."""
    for key, item in work.snapshot.live.items():
        if waits_too_long(item, work.now):
            shorten_waits(work.draft(key), work.now)
    for dag_id, case in work.snapshot.dags.items():
        back = rewound(case, work.now)
        if back is not None:
            work.dags[dag_id] = work.rewound[dag_id] = back


def _create_due_runs(work: Pass) -> None:
    origins = work.snapshot.origins
    dags: Mapping[DagId, DagCase] = {**work.snapshot.dags, **work.rewound}
    leaving = work.carried.turned_off
    if leaving:  # DAGs that are being deleted
        dags = {dag_id: case for dag_id, case in dags.items() if dag_id not in leaving}
    if not (due_dags(dags, work.now) or origins.asset_events or origins.backfills):
        return
    made = work.births = births(dags, active_runs(work.live), origins, work.now)
    for run in made.runs:
        if run.key not in work.live:
            work.created[run.key] = run
            work.live[run.key] = LiveRun.of(run, work.snapshot.dags[run.dag_id].spec)
    work.dags.update(made.dags)


def _note_assets(work: Pass) -> None:
    """Make the events of the assets that the tasks which succeeded in this pass have updated."""
    ends = [stored.fact for stored in work.snapshot.facts if isinstance(stored.fact, AttemptSucceeded)]
    notes = {(fact.run_key, fact.task_key): fact.assets for fact in ends}
    for key, draft in work.drafts.items():
        if not any(task.outlets for task in draft.spec.tasks):
            continue
        for task_key in [*draft.changed, *(task.key for task in draft.added)]:
            old = draft.changed.get(task_key)
            task, spec = draft.tasks[task_key], draft.spec.task_by_id[task_key.task_id]
            is_done = task.state is TaskState.SUCCESS and (old is None or old.state is not TaskState.SUCCESS)
            if spec.outlets and is_done and (spec.kind is TaskKind.EMPTY or (key, task_key) in notes):
                found = events_of_task(draft.run, spec, task, notes.get((key, task_key), {}))
                work.asset_events.extend(found)


def _tell(work: Pass) -> None:
    """See who is to be told of what: deadlines that are past, runs that have ended."""
    for key, run in work.created.items():
        if run.next_deadline is not None and run.next_deadline <= work.now:
            work.draft(key)
    drafts = {key: draft for key, draft in work.drafts.items() if key not in work.carried.doomed}
    before = {key: work.live[key].run for key in drafts}
    work.alerts.look_at_runs(before, drafts, work.snapshot.watch.overdue.values())


def _note_next_due(work: Pass) -> None:
    """Let the store say when each DAG that is on is due next, also before its first run and after a new schedule."""
    for dag_id, case in work.snapshot.dags.items():
        latest = work.dags.get(dag_id, case)
        due_at = latest.upcoming.due_at if latest.upcoming is not None else None
        if due_at != latest.state.next_due and not latest.state.is_paused:
            work.dags[dag_id] = replace(latest, state=replace(latest.state, next_due=due_at))


def _start_queued_runs(work: Pass) -> None:
    queued = [key for key, item in work.live.items() if item.run.state is RunState.QUEUED]
    if not queued:
        return
    running = running_runs(work.live)
    for key in sorted(queued, key=lambda key: (work.live[key].run.queued_at, work.live[key].run.logical_date)):
        item = work.live[key]
        latest = work.drafts[key].run if key in work.drafts else item.run
        is_over = latest.is_cancel_requested or latest.state is not RunState.QUEUED  # an order of this pass ended it
        if is_over or run_refusals(item, work.snapshot.dags, running[key.dag_id]):
            continue
        begin(work.draft(key), work.now)
        running[key.dag_id] += takes_room(item.run)


def _settle(work: Pass) -> None:
    """Decide everything in every run, older runs first: what happens in one may let tasks of the next one run."""
    for key in work.snapshot.fresh_pasts:
        if key in work.live:
            _look_back(work.draft(key))
    waiting = [(draft.run.logical_date, key) for key, draft in work.drafts.items()]
    heapify(waiting)
    limit = work.snapshot.rules.max_map_length
    while waiting:
        _, key = heappop(waiting)
        draft = work.drafts[key]
        try:
            if draft.run.state is RunState.RUNNING:
                settle(draft, work.now, limit)
        except Exception as error:  # noqa: BLE001  # a fault in one run is that run's alone
            _give_up(draft, error)
        if draft.spec.past_dependents and (draft.changed or draft.added):
            for later_key in work.lineage.after(key):
                is_new = later_key not in work.drafts
                _look_back(work.draft(later_key))
                if is_new:
                    heappush(waiting, (work.drafts[later_key].run.logical_date, later_key))
        draft.finish(work.now)


def _look_back(draft: Draft) -> None:
    if draft.run.state is RunState.RUNNING:
        for name in draft.spec.past_dependents:
            draft.unsettle_task(name)


def _turn_off(work: Pass) -> None:
    """Turn off DAGs whose scheduled runs failed so often in a row as they allow."""
    for dag_id, streak in work.snapshot.failed_streaks.items():
        case = work.snapshot.dags.get(dag_id)
        if case is None or case.state.is_paused or not 0 < case.spec.max_failed_runs <= streak:
            continue
        work.dags[dag_id] = replace(case, state=replace(case.state, is_paused=True))
        work.turned_off.append(dag_id)


def _admit(work: Pass, after: Mapping[RunKey, LiveRun]) -> list[StartAttempt]:
    eligible = [
        key
        for key, item in after.items()
        if item.lanes
        and item.run.state is RunState.RUNNING
        and not item.run.is_cancel_requested
        and not _is_off(work.snapshot.dags.get(key.dag_id))
    ]
    starts: list[StartAttempt] = []
    known: dict[tuple[RunKey, str], tuple[int, ...]] = {}
    for _, run_key, task_key in admit(after, eligible, work.snapshot.room):
        draft = work.draft(run_key)
        lengths = known.get((run_key, task_key.task_id))
        if lengths is None:
            found = lengths_of(draft, draft.spec.task_by_id[task_key.task_id])
            lengths = known[run_key, task_key.task_id] = () if isinstance(found, Unknown) else found
        task = draft.admit(task_key, AttemptId(work.snapshot.new_id()), work.now)
        starts.append(attempt_intent(draft.run, draft.spec, task, work.snapshot.fence, lengths))
    return starts


def _is_off(case: DagCase | None) -> bool:
    """A paused DAG starts no task; a DAG that left the folder still finishes the runs it has."""
    return case is not None and case.state.is_paused
