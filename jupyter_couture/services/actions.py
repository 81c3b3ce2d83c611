"""What people do to runs that exist: clear, mark, run now, set the state, delete. Each with a look beforehand.

``preview_*`` says what an action would touch, with a token over it; the action itself is a command for the leader,
refused if the token no longer fits. Nothing here changes a state.
"""

import hashlib
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from jupyter_couture.decisions.selection import Directions, GridRun, in_states, parents_in, select, whole
from jupyter_couture.model.commands import (
    Check,
    ClearTasks,
    Command,
    CommandOutcome,
    DeleteDag,
    DeleteRuns,
    MarkTasks,
    RunTask,
    SetRunState,
    Target,
)
from jupyter_couture.model.dag import DagSpec
from jupyter_couture.model.errors import InvalidRequest, NotFound, Stale
from jupyter_couture.model.ids import DagId, RunKey
from jupyter_couture.model.run import DagRun, TaskInstance
from jupyter_couture.model.states import TERMINAL_TASK_STATES, RunState, TaskState
from jupyter_couture.ports.bus import ENGINE, FEED, Publisher
from jupyter_couture.ports.clock import Clock
from jupyter_couture.ports.store import ActionStore
from jupyter_couture.services.versions import SpecCache

COMMANDS = "commands"
"""What a signal on the engine's topic says when a command waits."""

MAX_TARGETS = 50_000
"""Task instances that one action may touch."""

MAX_NESTING = 32
"""How deep runs that trigger runs are followed."""

WAIT_SECONDS = 3.0
"""How long a caller waits for the leader, if there is one."""

FAILED_STATES = frozenset({TaskState.FAILED, TaskState.UPSTREAM_FAILED})


@dataclass(frozen=True, slots=True)
class Touched:
    """A task instance that an action would touch, as it is now."""

    target: Target
    state: TaskState


@dataclass(frozen=True, slots=True)
class Preview:
    """What an action would touch. ``token`` stands for exactly this list and these states."""

    touched: tuple[Touched, ...]
    token: str

    def expect(self, token: str | None) -> None:
        """Raise ``Stale`` if ``token`` (None: any) is that of another preview."""
        if token is not None and token != self.token:
            raise Stale(what="preview", id=token, expected=token, actual=self.token)


@dataclass(frozen=True, slots=True)
class Done:
    """A command that was given; ``outcome`` is None while the leader has not come to it."""

    number: int
    outcome: CommandOutcome | None


class Actions:
    """Previews and commands. Every method may block."""

    def __init__(self, store: ActionStore, publisher: Publisher, specs: SpecCache, clock: Clock) -> None:
        self._store = store
        self._publisher = publisher
        self._specs = specs
        self._clock = clock

    # --- looking ------------------------------------------------------------------------------------------------------

    def preview_clear(
        self, target: Target, way: Directions, map_index: int | None, states: frozenset[TaskState] | None = None
    ) -> Preview:
        """The task instances that clearing ``target`` would let run again; ``states`` narrows them."""
        grid = self._grid(target.run_key, way)
        self._known(grid, target)
        chosen = select(grid, target, way, with_setups=True, map_index=map_index)
        runs = {item.run.key: item for item in grid}
        chosen = in_states(chosen, {key: item.run for key, item in runs.items()}, states)
        if way.recursive:
            chosen += self._of_children(chosen, runs)
        begun = [one for one in chosen if _instance(runs, one).state is not TaskState.NONE]
        return _preview(begun, runs)

    def preview_clear_run(self, key: RunKey, states: frozenset[TaskState] | None = None) -> Preview:
        """The task instances that clearing a whole run would let run again."""
        grid = self._grid(key, Directions())
        runs = {item.run.key: item for item in grid}
        chosen = in_states(whole(grid[0]), {key: grid[0].run}, states)
        return _preview([one for one in chosen if _instance(runs, one).state is not TaskState.NONE], runs)

    def preview_mark(self, target: Target, way: Directions, map_index: int | None, state: TaskState) -> Preview:
        """The task instances that marking ``target`` would change."""
        grid = self._grid(target.run_key, way)
        self._known(grid, target)
        runs = {item.run.key: item for item in grid}
        chosen = select(grid, target, way, map_index=map_index)
        skipped = (state, TaskState.REMOVED)
        return _preview([one for one in chosen if _instance(runs, one).state not in skipped], runs)

    def preview_run_state(self, key: RunKey, state: RunState) -> Preview:
        """The task instances that setting the state of a run would change."""
        grid = self._grid(key, Directions())
        runs = {item.run.key: item for item in grid}
        is_end = state in (RunState.SUCCESS, RunState.FAILED)
        return _preview([one for one in whole(grid[0]) if is_end and not _is_over(_instance(runs, one))], runs)

    def preview_delete(self, keys: Sequence[RunKey]) -> Preview:
        """The task instances that would be forgotten with their runs; those that run would be stopped first."""
        grids = [self._grid(key, Directions())[0] for key in keys]
        runs = {item.run.key: item for item in grids}
        return _preview([one for item in grids for one in whole(item)], runs)

    # --- doing --------------------------------------------------------------------------------------------------------

    def clear(self, preview: Preview, actor: str, expected: str | None = None, *, latest_version: bool = False) -> Done:
        """Have the targets of ``preview`` run again; raises ``Stale`` if ``expected`` is another preview's token.

        With ``latest_version`` their runs go on with the present version of their DAG; one of which something is under
        way is left alone.
        """
        return self._give(ClearTasks(_targets(preview, expected), latest_version), actor)

    def mark(self, preview: Preview, state: TaskState, actor: str, expected: str | None = None) -> Done:
        """Mark the targets of ``preview`` success or failed."""
        if state not in (TaskState.SUCCESS, TaskState.FAILED):
            raise InvalidRequest(field="$.state", message="a task can be marked success or failed")
        return self._give(MarkTasks(_targets(preview, expected), state), actor)

    def run(self, target: Target, ignored: Iterable[Check], actor: str) -> Done:
        """Run a task instance now, whatever ``ignored`` names; raises ``NotFound``."""
        self._known(self._grid(target.run_key, Directions()), target)
        return self._give(RunTask(target, tuple(ignored)), actor)

    def set_run_state(self, keys: Sequence[RunKey], state: RunState, actor: str) -> Done:
        """Say that runs are ``state``; raises ``NotFound``."""
        for key in keys:
            self._store.run_row(key)
        return self._give(SetRunState(tuple(keys), state), actor)

    def clear_runs(self, keys: Sequence[RunKey], actor: str) -> Done:
        """Have whole runs done again; raises ``NotFound``."""
        targets = [one.target for key in keys for one in self.preview_clear_run(key).touched]
        return self._give(ClearTasks(tuple(targets)), actor)

    def delete_runs(self, keys: Sequence[RunKey], actor: str) -> Done:
        """Stop and forget runs; raises ``NotFound``."""
        for key in keys:
            self._store.run_row(key)
        return self._give(DeleteRuns(tuple(keys)), actor)

    def delete_dag(self, dag_id: DagId, actor: str) -> Done:
        """Stop and forget a DAG with all its runs; its file stays, and makes a new DAG when it is parsed again."""
        self._store.dag_row(dag_id)
        return self._give(DeleteDag(dag_id), actor)

    def command(self, number: int) -> Done:
        """What came of a command; raises ``NotFound``."""
        return Done(number, self._store.command_outcome(number))

    # --- inside -------------------------------------------------------------------------------------------------------

    def _give(self, command: Command, actor: str) -> Done:
        number = self._store.add_command(command, actor, self._clock.now())
        self._publisher.publish(ENGINE, COMMANDS)
        self._publisher.publish(FEED)
        lease = self._store.current_lease()
        is_led = lease is not None and lease.expires_at > self._clock.now()
        end, pause = time.monotonic() + (WAIT_SECONDS if is_led else 0.0), 0.005
        while True:
            outcome = self._store.command_outcome(number)
            if outcome is not None or time.monotonic() > end:
                return Done(number, outcome)
            time.sleep(pause)
            pause = min(pause * 2, 0.1)

    def _grid(self, key: RunKey, way: Directions) -> list[GridRun]:
        runs = self._store.runs_in_reach(key, past=way.past, future=way.future, most=MAX_TARGETS)
        own = [run for run in runs if run.key == key]
        others = [run for run in runs if run.key != key]
        return [self._grid_run(run) for run in (*own, *others)]

    def _grid_run(self, run: DagRun) -> GridRun:
        return GridRun(run, self._specs.spec(run.dag_id, run.version))

    def _known(self, grid: Sequence[GridRun], target: Target) -> DagSpec:
        spec = grid[0].spec
        if target.task_key.task_id not in spec.task_by_id:
            raise NotFound(what="task", id=target.task_key.task_id, **target.run_key._asdict())
        return spec

    def _of_children(self, chosen: Sequence[Target], runs: dict[RunKey, GridRun]) -> list[Target]:
        """Every task instance of the runs that ``chosen`` triggered, and of those that they triggered in turn.

        Some of them may be among ``chosen`` already: a DAG may trigger runs of itself.
        """
        known, done = set(chosen), set[RunKey]()
        found: list[Target] = []
        level = list(chosen)
        for _ in range(MAX_NESTING):
            fresh = [key for key in self._store.children_of(parents_in(level)) if key not in done]
            if not fresh:
                return found
            level = []
            for key in fresh:
                if key not in runs:
                    runs[key] = self._grid(key, Directions())[0]
                level += [target for target in whole(runs[key]) if target not in known]
            done.update(fresh)
            known.update(level)
            found += level
            if len(found) > MAX_TARGETS:
                raise InvalidRequest(field="$.recursive", message=f"more than {MAX_TARGETS} task instances in reach")
        return found


def _instance(runs: dict[RunKey, GridRun], target: Target) -> TaskInstance:
    return runs[target.run_key].run.tasks[target.task_key]


def _is_over(task: TaskInstance) -> bool:
    return task.state in TERMINAL_TASK_STATES


def _preview(chosen: Iterable[Target], runs: dict[RunKey, GridRun]) -> Preview:
    touched = tuple(Touched(target, _instance(runs, target).state) for target in chosen)
    digest = hashlib.sha256()
    for one in touched:
        digest.update("\0".join((*one.target.run_key, *map(str, one.target.task_key), one.state.value, "")).encode())
    return Preview(touched, digest.hexdigest()[:32])


def _targets(preview: Preview, expected: str | None) -> tuple[Target, ...]:
    preview.expect(expected)
    return tuple(one.target for one in preview.touched)
