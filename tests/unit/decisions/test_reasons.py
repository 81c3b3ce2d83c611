"""Why something does not run: each reason alone, and every pair that can hold at once, as exact sets (S170)."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any

import pytest

from jupyter_couture.decisions.capacity import Occupancy, Room
from jupyter_couture.decisions.due import DagCase
from jupyter_couture.decisions.explain import sentence, waiting_reasons
from jupyter_couture.decisions.live import LiveRun
from jupyter_couture.decisions.past import FIRST, Past, past_from
from jupyter_couture.decisions.plan import run_refusals
from jupyter_couture.model.dag import DagSpec, Expansion, Length, LengthKind, TaskSpec
from jupyter_couture.model.ids import AttemptId, DagId, TaskId
from jupyter_couture.model.policy import TriggerRule
from jupyter_couture.model.pools import Pool
from jupyter_couture.model.reasons import ReasonKind
from jupyter_couture.model.run import TaskInstance, Wait, WaitKind
from jupyter_couture.model.states import RunState, TaskState
from tests.builders import T0, a_case, a_dag, a_run, a_task, seconds, task_key

K, S = ReasonKind, TaskState


@dataclass
class Scene:
    """A task ``t`` after ``up``, in a running run, and the world round it; nothing stands in its way but its state."""

    state: TaskState
    task: TaskSpec = field(default_factory=lambda: a_task("t", "up"))
    instance: dict[str, Any] = field(default_factory=dict)
    up: TaskState = S.SUCCESS
    run: dict[str, Any] = field(default_factory=lambda: {"state": RunState.RUNNING, "started_at": T0})
    dag: dict[str, Any] = field(default_factory=dict)
    slots: int = 4
    pools: dict[str, Pool] = field(default_factory=lambda: {"default_pool": Pool("default_pool", 10)})
    taken: int = 0  # attempts of the task elsewhere
    others: int = 0  # attempts of other tasks, of no pool of interest
    here: int = 0  # attempts of the task in this run
    is_paused: bool = False
    is_missing: bool = False
    running: int = 0
    past: Past = FIRST

    def kinds(self) -> list[ReasonKind]:
        spec: DagSpec = replace(a_dag(a_task("up"), self.task, a_task("next", "t")), **self.dag)
        tasks = {
            task_key("up"): TaskInstance(task_key("up"), self.up),
            task_key("t"): replace(TaskInstance(task_key("t"), self.state), **self.instance),
            task_key("next"): TaskInstance(task_key("next")),
        }
        run = replace(a_run(spec), **{"tasks": tasks, **self.run})
        item = LiveRun.of(run, spec)
        dags: dict[DagId, DagCase] = {} if self.is_missing else {spec.dag_id: a_case(spec, is_paused=self.is_paused)}
        occupancy = Occupancy({}, Room(self.slots, 0, self.pools))
        elsewhere = run.key._replace(run_id=a_run(spec, "r2").run_id)
        occupancy.count(elsewhere, replace(self.task, pool=self.task.pool), self.taken)
        occupancy.count(run.key._replace(dag_id=DagId("e")), a_task("x"), self.others)
        occupancy.count(run.key, self.task, self.here)
        refusals = run_refusals(item, dags, self.running)
        found = waiting_reasons(item, task_key("t"), occupancy, refusals, self.past, max_map_length=5)
        assert all(sentence(reason) for reason in found)
        return [reason.kind for reason in found]


Change = Callable[[Scene], None]


def task(**fields: Any) -> Change:
    return lambda scene: setattr(scene, "task", replace(scene.task, **fields))


def put(name: str, value: Any) -> Change:
    return lambda scene: setattr(scene, name, value)


def both(*changes: Change) -> Change:
    return lambda scene: [change(scene) for change in changes].clear()


def within(name: str, **fields: Any) -> Change:
    return lambda scene: getattr(scene, name).update(fields)


def past(**states: TaskState) -> Change:
    return put("past", past_from("r0", {name: frozenset({state}) for name, state in states.items()}))


OF_THE_RUN: dict[ReasonKind, Change] = {
    K.RUN_CANCELLED: within("run", is_cancel_requested=True),
    K.DAG_PAUSED: put("is_paused", True),
    K.DAG_MISSING: put("is_missing", True),
}
OF_ROOM: dict[ReasonKind, Change] = {
    K.NO_SLOTS: put("others", 4),
    K.NO_WORKERS: put("slots", 0),
    K.POOL_MISSING: task(pool="gone"),
    K.POOL_TOO_SMALL: both(task(pool="p", pool_slots=2), within("pools", p=Pool("p", 1))),
    K.POOL_FULL: both(task(pool="p"), within("pools", p=Pool("p", 1)), put("taken", 1)),
    K.DAG_TASK_LIMIT: both(within("dag", max_active_tasks=1), put("taken", 1)),
    K.TASK_LIMIT: both(task(max_active_instances=1), put("taken", 1)),
    K.RUN_TASK_LIMIT: both(task(max_active_instances_per_run=1), put("here", 1)),
    K.RESTARTING: within("instance", attempt_id=AttemptId("a")),
}
OF_THE_UPSTREAM: dict[ReasonKind, Change] = {
    K.UPSTREAM_UNFINISHED: put("up", S.RUNNING),
    K.PAST_UNFINISHED: both(task(depends_on_past=True), past(t=S.FAILED)),
    K.PAST_DOWNSTREAM: both(task(wait_for_downstream=True), past(t=S.SUCCESS, next=S.RUNNING)),
    K.RESTARTING: within("instance", attempt_id=AttemptId("a")),
}
EXCLUDED = [
    {K.DAG_PAUSED, K.DAG_MISSING},
    {K.NO_SLOTS, K.NO_WORKERS},
    {K.POOL_MISSING, K.POOL_TOO_SMALL, K.POOL_FULL},
    {K.PAST_UNFINISHED, K.PAST_DOWNSTREAM},  # both can hold, but of one past; tested below
]


def _pairs(*tables: dict[ReasonKind, Change]) -> list[tuple[ReasonKind, ReasonKind]]:
    kinds = [kind for table in tables for kind in table]
    return [pair for pair in combinations(kinds, 2) if not any(set(pair) <= group for group in EXCLUDED)]


def _check(state: TaskState, table: dict[ReasonKind, Change], kinds: tuple[ReasonKind, ...]) -> None:
    scene = Scene(state)
    for kind in kinds:
        table[kind](scene)
    found = scene.kinds()
    assert len(found) == len(set(found))
    assert set(found) == set(kinds)


WAITING_FOR_ROOM = {**OF_THE_RUN, **OF_ROOM}
UNDECIDED = {**OF_THE_RUN, **OF_THE_UPSTREAM}


def test_nothing_stands_in_the_way_of_what_is_about_to_run() -> None:
    assert Scene(S.SCHEDULED).kinds() == Scene(S.NONE).kinds() == Scene(S.RUNNING).kinds() == []


@pytest.mark.parametrize("kinds", [*((kind,) for kind in WAITING_FOR_ROOM), *_pairs(WAITING_FOR_ROOM)], ids=str)
def test_what_waits_for_room_has_exactly_these_reasons(kinds: tuple[ReasonKind, ...]) -> None:
    _check(S.SCHEDULED, WAITING_FOR_ROOM, kinds)


@pytest.mark.parametrize("kinds", [*((kind,) for kind in UNDECIDED), *_pairs(UNDECIDED)], ids=str)
def test_what_is_undecided_has_exactly_these_reasons(kinds: tuple[ReasonKind, ...]) -> None:
    _check(S.NONE, UNDECIDED, kinds)


def test_a_mapped_task_waits_for_its_length_too_and_a_past_may_stand_twice_in_the_way() -> None:
    scene = Scene(S.NONE, up=S.RUNNING)
    scene.task = replace(scene.task, expand=Expansion((Length(LengthKind.TASK, task_id=TaskId("up")),)))
    assert scene.kinds() == [K.UPSTREAM_UNFINISHED, K.MAP_LENGTH_UNKNOWN]
    twice = Scene(S.NONE)
    both(task(wait_for_downstream=True), past(t=S.FAILED, next=S.RUNNING))(twice)
    assert twice.kinds() == [K.PAST_UNFINISHED, K.PAST_DOWNSTREAM]


TRIGGER = Wait("w", WaitKind.TRIGGER, "m", "a.Trigger", timeout_at=T0)
TIMED: dict[ReasonKind, tuple[TaskState, dict[str, Any]]] = {
    K.RETRY_NOT_DUE: (S.UP_FOR_RETRY, {"next_retry_at": T0}),
    K.RESCHEDULE_NOT_DUE: (S.UP_FOR_RESCHEDULE, {"next_retry_at": T0}),
    K.WAITS_FOR_TRIGGER: (S.DEFERRED, {"wait": TRIGGER}),
    K.WAITS_FOR_PERSON: (S.AWAITING_INPUT, {"wait": replace(TRIGGER, kind=WaitKind.PERSON)}),
    K.ATTEMPT_OPEN: (S.QUEUED, {"attempt_id": AttemptId("a")}),
}


@pytest.mark.parametrize("kind", TIMED)
@pytest.mark.parametrize("of_run", [None, *OF_THE_RUN])
def test_what_waits_for_time_or_somebody_says_so(kind: ReasonKind, of_run: ReasonKind | None) -> None:
    state, fields = TIMED[kind]
    scene = Scene(state, instance=fields)
    if of_run is not None:
        OF_THE_RUN[of_run](scene)
    is_handed_out = kind is K.ATTEMPT_OPEN
    assert set(scene.kinds()) == {kind} | (set() if of_run is None or is_handed_out else {of_run})


def test_a_cleared_instance_says_that_its_attempt_is_being_stopped() -> None:
    assert Scene(S.RESTARTING, instance={"attempt_id": AttemptId("a")}).kinds() == [K.RESTARTING]


QUEUED_RUN: dict[ReasonKind, Change] = {**OF_THE_RUN, K.RUN_LIMIT: put("running", 16)}


@pytest.mark.parametrize("kinds", [(), *((kind,) for kind in QUEUED_RUN), *_pairs(QUEUED_RUN)], ids=str)
def test_a_queued_run_keeps_all_its_tasks_waiting(kinds: tuple[ReasonKind, ...]) -> None:
    scene = Scene(S.NONE, run={"state": RunState.QUEUED, "tasks": {}})
    for kind in kinds:
        QUEUED_RUN[kind](scene)
    assert set(scene.kinds()) == {K.RUN_QUEUED, *kinds}


LITERAL = Expansion((Length(LengthKind.LITERAL, 9),))
OVER: dict[ReasonKind, tuple[TaskState, Change]] = {
    K.UPSTREAM_RULE: (S.UPSTREAM_FAILED, put("up", S.FAILED)),
    K.NOT_CHOSEN: (S.SKIPPED, lambda scene: None),
    K.SETUP_FAILED: (
        S.UPSTREAM_FAILED,
        both(task(setups=(TaskId("up"),), trigger_rule=TriggerRule.ALL_DONE), put("up", S.FAILED)),
    ),
    K.NOT_YET_STARTED: (S.REMOVED, task(start_date=T0 + seconds(1))),
    K.PAST_END: (S.REMOVED, task(end_date=T0 - seconds(1))),
    K.MAP_TOO_LONG: (S.UPSTREAM_FAILED, task(expand=LITERAL)),
    K.RUN_CANCELLED: (S.SKIPPED, within("run", is_cancel_requested=True)),
    K.RUN_TIMED_OUT: (
        S.SKIPPED,
        both(
            within("run", is_cancel_requested=True),
            within("dag", run_timeout_seconds=5.0),
            within("instance", ended_at=T0 + seconds(5)),
        ),
    ),
}


@pytest.mark.parametrize("kind", [kind for kind in OVER if kind is not K.NOT_CHOSEN])
def test_what_is_over_without_having_run_says_why(kind: ReasonKind) -> None:
    state, change = OVER[kind]
    scene = Scene(state)
    change(scene)
    assert scene.kinds() == [K.TERMINAL, kind]


def test_what_ran_and_is_over_says_just_that() -> None:
    assert Scene(S.FAILED, instance={"try_number": 1}, up=S.FAILED).kinds() == [K.TERMINAL]


def test_a_task_that_a_branch_or_a_failure_elsewhere_ruled_out_says_whose() -> None:
    spec = replace(a_dag(a_task("pick"), a_task("t", "pick"), a_task("bad"), a_task("u")), is_fail_fast=True)
    states = {"pick": S.SUCCESS, "t": S.SKIPPED, "bad": S.FAILED, "u": S.SKIPPED}
    tasks = {task_key(name): TaskInstance(task_key(name), state) for name, state in states.items()}
    tasks[task_key("pick")] = replace(tasks[task_key("pick")], skips=("t",))
    item = LiveRun.of(replace(a_run(spec), state=RunState.RUNNING, tasks=tasks), spec)
    occupancy = Occupancy({}, Room(1, 0))
    found = {name: waiting_reasons(item, task_key(name), occupancy, ())[1:] for name in ("t", "u")}
    assert [(reason.kind, reason.facts["task"]) for reason in (*found["t"], *found["u"])] == [
        (K.NOT_CHOSEN, "pick"),
        (K.DAG_OVER, "bad"),
    ]


def test_every_kind_of_reason_is_tested_here() -> None:
    tables = (WAITING_FOR_ROOM, UNDECIDED, TIMED, QUEUED_RUN, OVER)
    said = {kind for table in tables for kind in table}
    # The engine's absence and the errors of attempts are added by the service, which alone knows of them.
    by_service = {K.NO_LEADER, K.ATTEMPT_FAILED}
    assert said | by_service | {K.RUN_QUEUED, K.TERMINAL, K.MAP_LENGTH_UNKNOWN, K.DAG_OVER} == set(ReasonKind)
