"""Ten thousand tasks in one run, without executor or database: how long the passes of the scheduler are."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

from benchmarks.measures import Measure
from jupyter_couture.decisions.capacity import Room
from jupyter_couture.decisions.due import DagCase
from jupyter_couture.decisions.ends import Rules
from jupyter_couture.decisions.live import LiveRun
from jupyter_couture.decisions.papers import Snapshot
from jupyter_couture.decisions.plan import plan
from jupyter_couture.model.dag import DagSpec, Expansion, Length, LengthKind, TaskKind, TaskSpec
from jupyter_couture.model.facts import AttemptSucceeded
from jupyter_couture.model.ids import DagId, RunId, TaskId, VersionHash
from jupyter_couture.model.records import DagState, StoredFact
from jupyter_couture.model.run import DagRun, RunType
from jupyter_couture.model.states import RunState

MANY = 10_000
AT_ONCE = 100
BUDGET_MS = 200

_AT = datetime(2026, 1, 1, tzinfo=UTC)


def run() -> Iterator[Measure]:
    """Play a wide run and a mapped one to their ends."""
    for name, spec in (("wide", _wide()), ("mapped", _mapped())):
        passes = sorted(_play(spec))
        middle, longest = passes[len(passes) // 2], passes[-1]
        yield Measure(workload="passes-10000", metric=f"{name}: pass p50", value=middle * 1e3, unit="ms")
        yield Measure(
            workload="passes-10000", metric=f"{name}: longest pass", value=longest * 1e3, unit="ms", budget=BUDGET_MS
        )


def _task(name: str, *upstream: str) -> TaskSpec:
    return TaskSpec(TaskId(name), "PythonOperator", TaskKind.PYTHON, tuple(TaskId(each) for each in upstream))


def _wide() -> DagSpec:
    names = [f"t{number}" for number in range(MANY)]
    tasks = (_task("root"), *(_task(name, "root") for name in names), _task("join", *names))
    return DagSpec(DagId("wide"), tasks, max_active_tasks=MANY)


def _mapped() -> DagSpec:
    over = Expansion((Length(LengthKind.TASK, task_id=TaskId("root")),))
    tasks = (_task("root"), replace(_task("each", "root"), expand=over), _task("join", "each"))
    return DagSpec(DagId("mapped"), tasks, max_active_tasks=MANY)


def _play(spec: DagSpec) -> Iterator[float]:
    """Seconds of each pass of a run whose attempts end between two passes."""
    version, numbers = VersionHash("v"), count(1)
    begun = DagRun(spec.dag_id, RunId("r"), RunType.MANUAL, version, RunState.QUEUED, _AT, _AT, _AT, _AT)
    live, facts, now = {begun.key: LiveRun.of(begun, spec)}, list[StoredFact](), _AT
    dags = {spec.dag_id: DagCase.of(DagState(spec.dag_id, version, False, None, None, _AT), spec, _AT)}
    while live:
        snapshot = Snapshot(
            live=live,
            dags=dags,
            facts=facts,
            cancel_requests=(),
            room=Room(AT_ONCE, 0),
            fence=1,
            rules=Rules(),
            new_id=lambda: f"a{next(numbers)}",
        )
        start = time.perf_counter()
        made = plan(snapshot, now)
        yield time.perf_counter() - start
        live = {key: item for key, item in {**live, **made.live}.items() if key not in made.ended}
        now += timedelta(seconds=1)
        facts = [
            StoredFact(
                next(numbers),
                AttemptSucceeded(
                    attempt_id=each.attempt_id, run_key=each.run_key, task_key=each.task_key, at=now, map_length=MANY
                ),
            )
            for each in made.starts
        ]
