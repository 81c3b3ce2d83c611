"""The stage on which DAGs run in a test: the scheduler's decisions and the payload's own code in one process.

It goes from one moment at which something happens to the next: a pass of the scheduler, the attempts that begin or wake
up, the triggers that look. Nothing waits for real time.
"""

import copy
import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MethodType
from typing import Any

from jupyter_couture.authoring.compile import compile_dag
from jupyter_couture.authoring.dag import DAG, DAG_CALLBACKS
from jupyter_couture.authoring.door import answering
from jupyter_couture.authoring.operator import TASK_CALLBACKS, BaseOperator
from jupyter_couture.clock import ManualClock
from jupyter_couture.decisions.alerts import Watch
from jupyter_couture.decisions.capacity import Occupancy, Room
from jupyter_couture.decisions.due import DagCase
from jupyter_couture.decisions.ends import Rules
from jupyter_couture.decisions.explain import sentence, waiting_reasons
from jupyter_couture.decisions.papers import Plan, Snapshot
from jupyter_couture.decisions.past import FIRST
from jupyter_couture.decisions.plan import plan
from jupyter_couture.model.alerts import Mail, SlaMiss
from jupyter_couture.model.dag import DagSpec, TaskKind
from jupyter_couture.model.errors import InvalidRequest
from jupyter_couture.model.facts import AttemptStarted, Fact
from jupyter_couture.model.ids import AttemptId, DagId, RunKey, TaskKey
from jupyter_couture.model.intents import StartAttempt
from jupyter_couture.model.messages import AttemptOutcome
from jupyter_couture.model.pools import THE_DEFAULT_POOL, Pool
from jupyter_couture.model.records import StoredFact
from jupyter_couture.model.run import DagRun
from jupyter_couture.model.states import TERMINAL_TASK_STATES, AttemptState, TaskState
from jupyter_couture.runtime.attempt import carry_through, unsaid
from jupyter_couture.runtime.reports import Services
from jupyter_couture.runtime.values import ValueKeeper
from jupyter_couture.scheduler.waits import WaitBook
from jupyter_couture.settings import Settings
from jupyter_couture.store.ledger import fact_of
from jupyter_couture.testing.answers import Answers
from jupyter_couture.testing.desk import PaperDesk, PaperPipe, job_of
from jupyter_couture.testing.loops import FakeTriggers
from jupyter_couture.testing.mocks import stand_in_for
from jupyter_couture.testing.records import Records
from jupyter_couture.testing.results import CallbackCall, RunStuck, StateChange
from jupyter_couture.testing.strands import Strand, fake_surroundings

_SLOTS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Props:
    """What a test gives a stage besides its DAGs."""

    mocks: Mapping[str, Any] = field(default_factory=dict)
    answers: Mapping[str, Any] = field(default_factory=dict)
    events: Mapping[str, Any] = field(default_factory=dict)
    pools: Mapping[str, int] = field(default_factory=dict)
    max_seconds: float


class Stage:
    """See the module. ``play`` is called once."""

    def __init__(self, settings: Settings, records: Records, now: datetime, props: Props) -> None:
        self.settings = settings
        self.records = records
        self.clock = ManualClock(now)
        self.outcomes: list[tuple[StartAttempt, Strand, AttemptOutcome]] = []
        self.changes: list[tuple[RunKey, StateChange]] = []
        self.calls: list[CallbackCall] = []
        self.misses: list[SlaMiss] = []
        self.mails: list[Mail] = []
        self._props = props
        self._dags: dict[DagId, DAG] = {}
        self._facts: list[StoredFact] = []
        self._watch = Watch()
        self._strands: dict[AttemptId, tuple[StartAttempt, Strand, PaperPipe]] = {}
        self._stops: dict[AttemptId, AttemptState] = {}
        self._answers = Answers(props.answers)
        self._triggers = FakeTriggers(self.clock, settings.dags_folder, props.events, records.run_states)
        self._waits = WaitBook(self._triggers)
        self._wakes_at: datetime | None = None
        self._is_new = True

    def take(self, dag: DAG) -> DagSpec:
        """A DAG that may run here."""
        spec = compile_dag(dag)
        mocked = {name for name in self._props.mocks if name in spec.task_by_id}
        tasks = (replace(task, kind=TaskKind.PYTHON) if task.task_id in mocked else task for task in spec.tasks)
        self.records.specs[spec.dag_id] = replace(spec, tasks=tuple(tasks))
        self._dags[spec.dag_id] = dag
        return self.records.specs[spec.dag_id]

    def check(self) -> None:
        """Raise ``InvalidRequest`` if something is given for a task that no DAG here has."""
        known = {task.task_id for spec in self.records.specs.values() for task in spec.tasks}
        for what in ("mocks", "answers", "events"):
            unknown = sorted(set(getattr(self._props, what)) - known)
            if unknown:
                message = f"there is no task {unknown[0]!r}; there are {', '.join(sorted(known))}"
                raise InvalidRequest(field=what, message=message)

    def play(self, key: RunKey) -> DagRun:
        """Run until the run ``key`` is over and its callbacks have been called; raises ``RunStuck``."""
        end = self.clock.now() + timedelta(seconds=self._props.max_seconds)
        with fake_surroundings(), answering(self.records.vault):
            try:
                while not self._is_done(key):
                    self._do_what_is_due()
                    if not self._is_done(key):
                        self._go_on(key, end)
            finally:
                for _, strand, _ in self._strands.values():
                    strand.stop()
        return self.records.ended[key].run

    def close(self) -> None:
        """Watch no triggers any more."""
        self._triggers.end()

    def _is_done(self, key: RunKey) -> bool:
        return key in self.records.ended and not self._watch.callbacks and not self._facts

    def _do_what_is_due(self) -> None:
        while True:
            self._pass()
            if self._facts:
                continue
            for attempt_id, (_, strand, _) in list(self._strands.items()):
                if strand.wakes_at <= self.clock.now():
                    self._give_turn(attempt_id)
            for end in self._triggers.turn():
                self._say(end)
            if not self._facts and not self._is_new:
                return

    def _go_on(self, key: RunKey, end: datetime) -> None:
        """Move the clock to the next moment at which something happens."""
        moments = [strand.wakes_at for _, strand, _ in self._strands.values()]
        moments += [moment for moment in (self._wakes_at, self._triggers.wakes_at()) if moment is not None]
        following = min(moments, default=None)
        if following is None or following > end:
            limit = (
                f"after {self._props.max_seconds:g} s of fake time" if following is not None else "and nothing is left"
            )
            raise RunStuck(message=f"Run of DAG {key.dag_id!r} is not over {limit}.\n{self._why(key)}")
        self.clock.move((following - self.clock.now()).total_seconds())

    # --- the scheduler ------------------------------------------------------------------------------------------------

    def _pass(self) -> None:
        made = plan(self._snapshot(), self.clock.now())
        self._facts.clear()
        self._is_new = False
        records = self.records
        for ended in made.live.keys() & records.ended.keys():
            del records.ended[ended]
        records.live.update(made.live)
        for ended, item in made.ended.items():
            records.live.pop(ended, None)
            records.ended[ended] = item
        self._watch = Watch(callbacks=made.callbacks)
        self._note(made)
        self._waits.follow(made.live, list(made.ended))
        for answer in self._answers.to(made.live, self.clock.now()):
            self._say(answer)
        for start in made.starts:
            self._begin(start)
        for attempt_id in made.cancels:
            self._stop(attempt_id, AttemptState.CANCELLED)
        self._wakes_at = made.wake_at

    def _snapshot(self) -> Snapshot:
        records = self.records
        dags = {name: DagCase(records.dag_state(name), spec, None) for name, spec in records.specs.items()}
        return Snapshot(
            live=dict(records.live),
            dags=dags,
            facts=tuple(self._facts),
            cancel_requests=(),
            room=Room(_SLOTS, 0, self._pools()),
            fence=1,
            rules=Rules(),
            new_id=self.clock.new_id,
            pasts={key: FIRST for key, item in records.live.items() if item.spec.past_dependents},
            watch=self._watch,
        )

    def _pools(self) -> dict[str, Pool]:
        named = {task.pool for spec in self.records.specs.values() for task in spec.tasks}
        usual = {name: Pool(name, THE_DEFAULT_POOL.slots) for name in {*named, THE_DEFAULT_POOL.name}}
        return usual | {name: Pool(name, slots) for name, slots in self._props.pools.items()}

    def _note(self, made: Plan) -> None:
        batch, now = made.batch, self.clock.now()
        fresh = [(key, task) for key, tasks in batch.new_tasks for task in tasks if task.state is not TaskState.NONE]
        for key, task in [*fresh, *((update.run_key, update.task) for update in batch.task_updates)]:
            self.changes.append((key, StateChange(now, task.key.name, task.state.value)))
        self.misses += batch.sla_misses
        self.mails += batch.mails

    def _say(self, fact: Fact) -> None:
        self._is_new = True
        self._facts.append(StoredFact(len(self._facts), fact))

    def _why(self, key: RunKey) -> str:
        item = self.records.live[key]
        occupancy = Occupancy(self.records.live, Room(_SLOTS, 0, self._pools()))
        lines = []
        for each, task in item.run.tasks.items():
            if task.state not in TERMINAL_TASK_STATES:
                reasons = " ".join(sentence(reason) for reason in waiting_reasons(item, each, occupancy, ()))
                lines.append(f"{each.name} is {task.state.value}. {reasons}")
        return "\n".join(lines)

    # --- attempts -----------------------------------------------------------------------------------------------------

    def _begin(self, start: StartAttempt) -> None:
        pipe = PaperPipe()
        if job_of(start).is_new_try:
            self.records.drop(start.run_key, start.task_key)
        strand = Strand(lambda strand: self._carry_out(start, strand, pipe), self.clock.now(), start.timeout_seconds)
        self._strands[start.attempt_id] = (start, strand, pipe)
        self._say(
            AttemptStarted(
                attempt_id=start.attempt_id, run_key=start.run_key, task_key=start.task_key, at=self.clock.now()
            )
        )

    def _carry_out(self, start: StartAttempt, strand: Strand, pipe: PaperPipe) -> None:
        services = Services(pipe, self.settings, start, desk=PaperDesk(self.records, self.clock, start))

        def watch(operator: BaseOperator) -> None:
            self._record_calls(operator, TASK_CALLBACKS, start, operator.task_id, strand)
            if operator.task_id in self._props.mocks:
                stand_in_for(operator, self._props.mocks[operator.task_id])

        def find_dag(_: StartAttempt) -> DAG:
            dag = copy.copy(self._dags[start.run_key.dag_id])
            self._record_calls(dag, DAG_CALLBACKS, start, "", strand)
            wanted = start.callback.task if start.callback is not None else start.task_key
            name = wanted.task_id if wanted is not None else ""
            if name in dag.task_dict:
                task = _copy_of(dag.task_dict[name])
                dag.task_dict = {**dag.task_dict, name: task}
                if start.callback is not None:
                    self._record_calls(task, TASK_CALLBACKS, start, name, strand)
            return dag

        result = carry_through(start, services, find_dag, self.settings.dags_folder, watch)
        if not strand.is_stopped:
            pipe.said["result"] = unsaid(result, services)
        strand.lines[:] = [str(services.without_secrets("".join(strand.lines)))]

    def _record_calls(
        self, holder: Any, names: tuple[str, ...], start: StartAttempt, task_id: str, strand: Strand
    ) -> None:
        for name in names:
            attribute = f"{name}_callback"
            given = getattr(holder, attribute)
            several = tuple(given) if isinstance(given, list | tuple) else (given,) if given is not None else ()
            setattr(holder, attribute, tuple(self._recorded(each, name, start, task_id, strand) for each in several))

    def _recorded(
        self, function: Callable[..., object], name: str, start: StartAttempt, task_id: str, strand: Strand
    ) -> Callable[..., object]:
        if isinstance(function, functools.partial) and function.func == self._call:
            return function
        recorded = functools.partial(self._call, function, name, start, task_id, strand)
        return functools.update_wrapper(recorded, function)

    def _call(  # what to call, and what to write down about it
        self,
        function: Callable[..., object],
        name: str,
        start: StartAttempt,
        task_id: str,
        strand: Strand,
        *given: object,
    ) -> object:
        if strand.is_stopped:  # a process that was killed calls nobody
            return None
        shown = str(getattr(function, "__qualname__", type(function).__qualname__))
        self.calls.append(CallbackCall(name, start.run_key.dag_id, task_id, shown, strand.now))
        return function(*given)

    def _give_turn(self, attempt_id: AttemptId) -> None:
        start, strand, pipe = self._strands[attempt_id]
        if strand.limit is not None and strand.limit <= self.clock.now() and not strand.is_over:
            strand.now = self.clock.now()
            self._stop(attempt_id, AttemptState.TIMED_OUT)
            return
        strand.resume(self.clock.now())
        if strand.is_over:
            self._finish(start, strand, pipe)

    def _stop(self, attempt_id: AttemptId, state: AttemptState) -> None:
        found = self._strands.get(attempt_id)
        if found is not None:
            start, strand, pipe = found
            self._stops[attempt_id] = state
            strand.stop()
            self._finish(start, strand, pipe)

    def _finish(self, start: StartAttempt, strand: Strand, pipe: PaperPipe) -> None:
        del self._strands[start.attempt_id]
        job = replace(job_of(start), said=pipe.said, stop_state=self._stops.get(start.attempt_id))
        outcome = job.outcome(self.clock.now())
        self.records.keep(start.run_key, start.task_key, start.attempt_id, outcome.xcoms, self.clock.now())
        self.outcomes.append((start, strand, outcome))
        self._say(fact_of(outcome))

    # --- values -------------------------------------------------------------------------------------------------------

    def values_of(self, run: RunKey, task: TaskKey) -> dict[str, Any]:
        """What a task instance handed on, opened."""
        keeper = ValueKeeper(self.settings, run, task, "")
        mine = [one for one in self.records.values if one.run_key == run and one.task_key == task]
        return {one.key: keeper.open(one) for one in mine}

    def put(self, run: RunKey, task: TaskKey, key: str, value: Any) -> None:
        """A value that is there before the run begins."""
        item = ValueKeeper(self.settings, run, task, "given").seal(key, value)
        self.records.keep(run, task, "given", {key: item}, self.clock.now())


def _copy_of(task: BaseOperator) -> BaseOperator:
    """A copy of a task; methods of its own that it keeps, perhaps as its callable, become those of the copy."""
    made = copy.copy(task)
    for name, value in vars(task).items():
        if isinstance(value, MethodType) and value.__self__ is task:
            setattr(made, name, MethodType(value.__func__, made))
    return made
