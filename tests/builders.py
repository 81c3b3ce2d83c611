"""Values for tests: small DAGs, runs and a world that plays executor for the plan."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from jupyter_couture.decisions.capacity import Room
from jupyter_couture.decisions.commands import PATIENCE_SECONDS, runs_of
from jupyter_couture.decisions.due import DagCase
from jupyter_couture.decisions.ends import Rules
from jupyter_couture.decisions.live import LiveRun
from jupyter_couture.decisions.papers import Plan, Snapshot
from jupyter_couture.decisions.past import FIRST, Past, is_before, past_of
from jupyter_couture.decisions.plan import plan
from jupyter_couture.model.commands import Command, StoredCommand
from jupyter_couture.model.dag import DagSpec, Json, TaskKind, TaskSpec
from jupyter_couture.model.facts import (
    AttemptCancelled,
    AttemptDeferred,
    AttemptFailed,
    AttemptLost,
    AttemptRescheduled,
    AttemptSkipped,
    AttemptStarted,
    AttemptSucceeded,
    Fact,
    WaitEnded,
)
from jupyter_couture.model.ids import DagId, RunId, RunKey, TaskId, TaskKey, VersionHash
from jupyter_couture.model.intents import StartAttempt
from jupyter_couture.model.policy import RetryPolicy, TriggerRule
from jupyter_couture.model.pools import THE_DEFAULT_POOL, Pool
from jupyter_couture.model.records import DagState, StoredFact
from jupyter_couture.model.run import AttemptError, DagRun, RunType, TaskInstance, Wait
from jupyter_couture.model.states import RunState, TaskState

T0 = datetime(2026, 11, 22, 12, tzinfo=UTC)


_PATIENCE = timedelta(seconds=PATIENCE_SECONDS)


def seconds(number: float) -> timedelta:
    """A span of ``number`` seconds."""
    return timedelta(seconds=number)


def a_task(
    name: str,
    *upstream: str,
    kind: TaskKind = TaskKind.PYTHON,
    retries: int = 0,
    delay: float = 10.0,
    rule: TriggerRule = TriggerRule.ALL_SUCCESS,
    weight: int = 1,
) -> TaskSpec:
    """A task named ``name`` that waits for ``upstream``."""
    return TaskSpec(
        task_id=TaskId(name),
        operator="PythonOperator",
        kind=kind,
        upstream=tuple(TaskId(parent) for parent in upstream),
        retry=RetryPolicy(retries=retries, delay_seconds=delay),
        trigger_rule=rule,
        priority_weight=weight,
    )


def a_dag(*tasks: TaskSpec, dag_id: str = "d", max_active_runs: int = 16, max_active_tasks: int = 64) -> DagSpec:
    """A DAG of ``tasks``."""
    return DagSpec(
        dag_id=DagId(dag_id), tasks=tasks, max_active_runs=max_active_runs, max_active_tasks=max_active_tasks
    )


def a_run(spec: DagSpec, run_id: str = "r", at: datetime = T0) -> DagRun:
    """A queued manual run."""
    return DagRun(
        dag_id=spec.dag_id,
        run_id=RunId(run_id),
        run_type=RunType.MANUAL,
        version=VersionHash("v"),
        state=RunState.QUEUED,
        logical_date=at,
        data_interval_start=at,
        data_interval_end=at,
        queued_at=at,
    )


def a_case(spec: DagSpec, *, is_paused: bool = False, latest: datetime | None = None, now: datetime = T0) -> DagCase:
    """The DAG as the scheduler knows it."""
    state = DagState(
        dag_id=spec.dag_id,
        version=VersionHash("v"),
        is_paused=is_paused,
        next_due=None,
        latest_scheduled=latest,
        first_seen_at=T0,
    )
    return DagCase.of(state, spec, now)


@dataclass
class World:
    """Plays store and executor for the plan: keeps what plans say and turns starts into facts."""

    dags: dict[DagId, DagCase]
    slots: int = 8
    now: datetime = T0
    live: dict[RunKey, LiveRun] = field(default_factory=dict)
    ended: dict[RunKey, DagRun] = field(default_factory=dict)
    facts: list[StoredFact] = field(default_factory=list)
    started: list[StartAttempt] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)
    cancel: set[RunKey] = field(default_factory=set)
    max_losses: int = 3
    pools: dict[str, Pool] = field(default_factory=lambda: {THE_DEFAULT_POOL.name: THE_DEFAULT_POOL})
    failed_streaks: dict[DagId, int] = field(default_factory=dict)
    commands: list[StoredCommand] = field(default_factory=list)
    busy: set[RunKey] = field(default_factory=set)
    versions: dict[VersionHash, DagSpec] = field(default_factory=dict)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    @classmethod
    def of(cls, *specs: DagSpec, slots: int = 8) -> "World":
        """A world in which all ``specs`` are on and have one queued run ``r``."""
        world = cls({spec.dag_id: a_case(spec) for spec in specs}, slots=slots)
        for spec in specs:
            world.trigger(spec)
        return world

    def trigger(self, spec: DagSpec, run_id: str = "r") -> RunKey:
        """Add a queued run."""
        run = a_run(spec, run_id, self.now)
        self.live[run.key] = LiveRun.of(run, spec)
        return run.key

    def spec_of(self, run: DagRun) -> DagSpec:
        """The spec of the version of a run."""
        return self.versions.get(run.version) or self.dags[run.dag_id].spec

    def mend(self, spec: DagSpec, version: str) -> None:
        """Let the file of a DAG say something else from now on."""
        case = self.dags[spec.dag_id]
        self.versions.setdefault(case.state.version, case.spec)
        self.versions[VersionHash(version)] = spec
        self.dags[spec.dag_id] = replace(case, spec=spec, state=replace(case.state, version=VersionHash(version)))

    def snapshot(self) -> Snapshot:
        """What the next pass looks at."""
        named = {
            key: LiveRun.of(self.ended[key], self.spec_of(self.ended[key]))
            for key in runs_of(self.commands) & self.ended.keys()
        }
        return Snapshot(
            live={**self.live, **named},
            dags=dict(self.dags),
            facts=tuple(self.facts),
            cancel_requests=frozenset(self.cancel),
            room=Room(self.slots, 0, self.pools),
            fence=1,
            rules=Rules(max_losses=self.max_losses),
            new_id=lambda: f"a{next(self._numbers)}",
            pasts=self._pasts(),
            fresh_pasts=self._pasts().keys(),
            failed_streaks=dict(self.failed_streaks),
            commands=tuple(self.commands),
            busy=frozenset(self.busy),
            overdue_commands={each.number for each in self.commands if self.now - each.at > _PATIENCE},
        )

    def _pasts(self) -> dict[RunKey, Past]:
        """What the store would say of the runs before the live ones."""
        found: dict[RunKey, Past] = {}
        for key, item in self.live.items():
            if not item.spec.past_dependents:
                continue
            before = [run for run in self.ended.values() if is_before(run, item.run)]
            found[key] = past_of(max(before, key=lambda run: run.logical_date)) if before else FIRST
        return found

    def step(self, after: float = 0.0) -> Plan:
        """One pass of the scheduler, ``after`` seconds later."""
        self.now += seconds(after)
        made = plan(self.snapshot(), self.now)
        self.take(made)
        return made

    def take(self, made: Plan) -> None:
        """Keep what a plan says."""
        self.facts.clear()
        done = {outcome.number for outcome in made.batch.command_outcomes}
        self.commands = [stored for stored in self.commands if stored.number not in done]
        for key in made.live.keys() & self.ended.keys():
            del self.ended[key]
        self.live.update(made.live)
        self.dags.update(made.dags)
        self.ended.update({key: item.run for key, item in made.ended.items()})
        for key in made.ended:
            self.live.pop(key, None)
        for key in made.batch.deleted_runs:
            self.ended.pop(key, None)
        self.started.extend(made.starts)
        self.plans.append(made)

    def order(self, command: Command) -> None:
        """A user gives a command."""
        self.commands.append(StoredCommand(next(self._numbers), command, "ada", self.now))

    def say(self, *facts: Fact) -> None:
        """Put facts into the inbox."""
        self.facts.extend(StoredFact(next(self._numbers), fact) for fact in facts)

    def begin(self, start: StartAttempt) -> None:
        """The attempt starts."""
        self.say(AttemptStarted(**_about(start), at=self.now))

    def succeed(self, start: StartAttempt, map_length: int | None = None, skips: tuple[str, ...] = ()) -> None:
        """The attempt ends well."""
        self.say(AttemptSucceeded(**_about(start), at=self.now, map_length=map_length, skips=skips))

    def skip(self, start: StartAttempt) -> None:
        """The attempt asks to be skipped."""
        self.say(AttemptSkipped(**_about(start), at=self.now))

    def look_again(self, start: StartAttempt, after: float) -> None:
        """A sensor looked in vain."""
        self.say(AttemptRescheduled(**_about(start), at=self.now, next_at=self.now + seconds(after)))

    def defer(self, start: StartAttempt, wait: Wait) -> None:
        """The attempt hands over to a trigger or a person."""
        self.say(AttemptDeferred(**_about(start), at=self.now, wait=wait))

    def fire(self, start: StartAttempt, wait: Wait, event: Json = None, error: str = "") -> None:
        """What an attempt waits for happens."""
        self.say(
            WaitEnded(
                wait_id=wait.wait_id,
                run_key=start.run_key,
                task_key=start.task_key,
                at=self.now,
                event=event,
                error=error,
            )
        )

    def fail(self, start: StartAttempt, *, is_final: bool = False) -> None:
        """The attempt fails."""
        self.say(AttemptFailed(**_about(start), at=self.now, error=AttemptError("E", "boom"), is_final=is_final))

    def stop(self, start: StartAttempt) -> None:
        """The attempt is stopped on request."""
        self.say(AttemptCancelled(**_about(start), at=self.now))

    def lose(self, start: StartAttempt, *, was_started: bool = True) -> None:
        """The attempt vanishes."""
        error = AttemptError("Lost", "gone")
        self.say(AttemptLost(**_about(start), at=self.now, error=error, was_started=was_started))

    def states(self, key: RunKey) -> dict[str, str]:
        """State of each task instance of a run, by ``task`` or ``task[3]``."""
        run = self.live[key].run if key in self.live else self.ended[key]
        return {task.name: item.state.value for task, item in run.tasks.items()}


def _about(start: StartAttempt) -> dict[str, Any]:
    return {"attempt_id": start.attempt_id, "run_key": start.run_key, "task_key": start.task_key}


def random_dag(rng: random.Random, size: int, rules: Sequence[TriggerRule] = (TriggerRule.ALL_SUCCESS,)) -> DagSpec:
    """A DAG of ``size`` tasks with random edges from earlier to later ones."""
    tasks = []
    for number in range(size):
        parents = [f"t{other}" for other in range(number) if rng.random() < min(0.5, 2.5 / size)]
        kind = TaskKind.EMPTY if rng.random() < 0.2 else TaskKind.PYTHON
        rule = rng.choice(list(rules))
        tasks.append(a_task(f"t{number}", *parents, kind=kind, retries=rng.randrange(3), delay=1.0, rule=rule))
    return a_dag(*tasks)


def a_live_run(spec: DagSpec, states: Mapping[str, TaskState]) -> LiveRun:
    """A running run whose unmapped tasks are in ``states``; the others are undecided."""
    found = {task.task_id: states.get(task.task_id, TaskState.NONE) for task in spec.tasks}
    tasks = {TaskKey(name): TaskInstance(TaskKey(name), state) for name, state in found.items()}
    return LiveRun.of(replace(a_run(spec), state=RunState.RUNNING, tasks=tasks), spec)


def task_key(name: str) -> TaskKey:
    """The key of an unmapped task."""
    return TaskKey(TaskId(name))
