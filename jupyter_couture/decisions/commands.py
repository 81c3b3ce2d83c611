"""The commands of users in a pass: each is carried out on the runs it names, and its outcome written down.

What cannot be done says so in the outcome, run by run; it never stops the pass, nor the other runs. Deleting takes two
steps: what runs is stopped first, and the command waits until no attempt is left. So does one that would open an
ended run again.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from jupyter_couture.decisions.advance import Draft
from jupyter_couture.decisions.due import DagCase
from jupyter_couture.decisions.live import LiveRun
from jupyter_couture.decisions.orders import Effect, clear, is_under_way, mark, run_now, set_run_state
from jupyter_couture.model.commands import (
    ClearTasks,
    CommandOutcome,
    DeleteDag,
    DeleteRuns,
    MarkTasks,
    RunOutcome,
    RunTask,
    SetRunState,
    StoredCommand,
    Target,
)
from jupyter_couture.model.ids import DagId, RunKey, TaskKey
from jupyter_couture.model.states import TERMINAL_RUN_STATES, RunState

PATIENCE_SECONDS = 60.0
"""How long a deletion waits for the ends of attempts; a host that is gone for good must not hold it up for ever."""

_STILL_STOPPING = "Nothing was done: attempts of the run are still being stopped; try again later."


@dataclass(slots=True)
class Carried:
    """What came of the commands of a pass. Nobody is to be told that a run in ``doomed`` has ended."""

    outcomes: list[CommandOutcome] = field(default_factory=list)
    deleted_runs: list[RunKey] = field(default_factory=list)
    deleted_dags: list[DagId] = field(default_factory=list)
    turned_off: list[DagId] = field(default_factory=list)
    doomed: set[RunKey] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Desk:
    """What commands work on: the runs in memory, drafts of them, and the runs that still have attempts.

    ``overdue`` are the numbers of commands whose patience is at its end, ``dags`` those that are there.
    """

    live: Mapping[RunKey, LiveRun]
    draft: Callable[[RunKey], Draft]
    busy: Collection[RunKey]
    now: datetime
    overdue: Collection[int] = ()
    dags: Mapping[DagId, DagCase] = field(default_factory=dict)


@dataclass(slots=True)
class Account:
    """What comes of one command: ``own`` is what concerns no single run."""

    own: Effect = field(default_factory=Effect)
    by_run: dict[RunKey, Effect] = field(default_factory=dict)

    def of(self, key: RunKey) -> Effect:
        """What comes of it in one run."""
        return self.by_run.setdefault(key, Effect())

    def outcome(self, number: int) -> CommandOutcome:
        """All of it; a note that several runs share is said once."""
        parts = (self.own, *self.by_run.values())
        notes = dict.fromkeys(note for part in parts for note in part.notes)
        runs = tuple(RunOutcome(key, part.touched, tuple(part.notes)) for key, part in self.by_run.items())
        return CommandOutcome(number, sum(part.touched for part in parts), tuple(notes), runs)


def carry_out(commands: Sequence[StoredCommand], desk: Desk) -> Carried:
    """Carry out ``commands`` in their order."""
    carried = Carried()
    for stored in commands:
        account = Account()
        try:
            if _must_wait(stored, desk):
                is_done = stored.number in desk.overdue
                for key in sorted(runs_of([stored])):
                    account.of(key).notes.append(_STILL_STOPPING)
            else:
                is_done = _one(stored, desk, account, carried)
        except Exception as error:  # noqa: BLE001  # a command that cannot be carried out holds up nobody else
            for effect in [account.of(key) for key in sorted(runs_of([stored]))] or [account.own]:
                effect.notes.append(_words_of(error))
            is_done = True
        if is_done:
            carried.outcomes.append(account.outcome(stored.number))
    return carried


def runs_of(commands: Iterable[StoredCommand]) -> set[RunKey]:
    """The runs that commands name, for the loop to load."""
    found: set[RunKey] = set()
    for stored in commands:
        match stored.command:
            case ClearTasks(targets=targets) | MarkTasks(targets=targets):
                found.update(target.run_key for target in targets)
            case RunTask(target):
                found.add(target.run_key)
            case SetRunState(run_keys) | DeleteRuns(run_keys):
                found.update(run_keys)
    return found


def _one(stored: StoredCommand, desk: Desk, account: Account, carried: Carried) -> bool:
    """Carry out one command; whether it is done with."""
    match stored.command:
        case ClearTasks(targets, latest_version):
            keys = _by_run(targets)

            def clear_in(draft: Draft, effect: Effect) -> None:
                _clear(draft, keys[draft.run.key], desk, effect, latest_version=latest_version)

            _in_each(keys, clear_in, desk, account, carried)
        case MarkTasks(targets, task_state):
            keys = _by_run(targets)

            def mark_in(draft: Draft, effect: Effect) -> None:
                mark(draft, keys[draft.run.key], task_state, desk.now, effect)

            _in_each(keys, mark_in, desk, account, carried)
        case RunTask(target, ignored):

            def run_in(draft: Draft, effect: Effect) -> None:
                run_now(draft, target.task_key, ignored, desk.now, effect)

            _in_each([target.run_key], run_in, desk, account, carried)
        case SetRunState(run_keys, state):

            def set_in(draft: Draft, effect: Effect) -> None:
                set_run_state(draft, state, desk.now, effect)

            _in_each(run_keys, set_in, desk, account, carried)
        case DeleteRuns(run_keys):
            return _delete_runs(stored, run_keys, desk, account, carried)
        case DeleteDag(dag_id):
            return _delete_dag(stored, dag_id, desk, account.own, carried)
    return True


def _clear(draft: Draft, keys: Sequence[TaskKey], desk: Desk, effect: Effect, *, latest_version: bool) -> None:
    if not latest_version or _is_renewed(draft, desk, effect):
        clear(draft, keys, desk.now, effect)


def _is_renewed(draft: Draft, desk: Desk, effect: Effect) -> bool:
    """Let a run go on with the present version of its DAG, if nothing of it is under way by the version it has."""
    run, case = draft.run, desk.dags.get(draft.run.dag_id)
    if case is None:
        effect.notes.append(f"Nothing was cleared in run {run.run_id}: its DAG has no present version.")
        return False
    if case.state.version == run.version:
        return True
    begun = [key.task_id for key, task in sorted(draft.tasks.items()) if is_under_way(task)]
    if begun:
        names = ", ".join(dict.fromkeys(begun[:5])) + (", ..." if len(begun) > 5 else "")
        effect.notes.append(
            f"Nothing was cleared in run {run.run_id}: {names} must end before the run can go on with "
            "the latest version."
        )
        return False
    effect.touched += draft.renew(case.state.version, case.spec)
    return True


def _must_wait(stored: StoredCommand, desk: Desk) -> bool:
    """Whether a command may open a run again that has ended, while attempts of it are still being stopped."""
    match stored.command:
        case DeleteRuns() | DeleteDag() | SetRunState(_, RunState.SUCCESS | RunState.FAILED):
            return False
    named = runs_of([stored]) & desk.live.keys() & frozenset(desk.busy)
    return any(desk.draft(key).run.state in TERMINAL_RUN_STATES for key in named)


def _delete_runs(stored: StoredCommand, keys: Iterable[RunKey], desk: Desk, account: Account, carried: Carried) -> bool:
    stopped, rest = list[RunKey](), 0
    for key in keys:
        if _is_stopped(key, stored, desk, carried):
            stopped.append(key)
        else:
            rest += 1
    if rest:  # those that are stopped wait for the others, so that the outcome tells of all
        return False
    carried.deleted_runs += stopped
    for key in stopped:
        account.of(key).touched += 1
    return True


def _delete_dag(stored: StoredCommand, dag_id: DagId, desk: Desk, effect: Effect, carried: Carried) -> bool:
    carried.turned_off.append(dag_id)
    keys = {key for key in desk.live if key.dag_id == dag_id} | {key for key in desk.busy if key.dag_id == dag_id}
    still = [key for key in sorted(keys) if not _is_stopped(key, stored, desk, carried)]  # asks each of them to end
    if still:
        return False
    carried.deleted_dags.append(dag_id)
    effect.touched += 1
    if dag_id in desk.dags:
        effect.notes.append(
            f"Its file {desk.dags[dag_id].spec.file} is still there: it is read again, and makes the DAG anew, "
            "without history. Remove the file to be rid of the DAG."
        )
    return True


def _is_stopped(key: RunKey, stored: StoredCommand, desk: Desk, carried: Carried) -> bool:
    """Whether nothing of a run is left to stop; what runs is asked to end."""
    if key in desk.live and desk.draft(key).run.state not in TERMINAL_RUN_STATES:
        set_run_state(desk.draft(key), RunState.FAILED, desk.now, Effect())
        carried.doomed.add(key)
        return False
    return key not in desk.busy or stored.number in desk.overdue


def _by_run(targets: Iterable[Target]) -> dict[RunKey, list[TaskKey]]:
    grouped = groupby(sorted(targets), key=lambda target: target.run_key)
    return {key: [target.task_key for target in group] for key, group in grouped}


def _in_each(
    keys: Iterable[RunKey], act: Callable[[Draft, Effect], None], desk: Desk, account: Account, carried: Carried
) -> None:
    """Do ``act`` in each run that is there; where it cannot be done is said of that run, and the others go on."""
    for key in keys:
        effect = account.of(key)
        try:
            if _is_there(key, desk, effect, carried):
                act(desk.draft(key), effect)
        except Exception as error:  # noqa: BLE001  # what cannot be done in one run holds up no other
            effect.notes.append(_words_of(error))


def _words_of(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _is_there(key: RunKey, desk: Desk, effect: Effect, carried: Carried) -> bool:
    is_deleted = key in carried.deleted_runs or key.dag_id in carried.deleted_dags
    if key in desk.live and not is_deleted:
        return True
    effect.notes.append(f"There is no run {key.run_id} of DAG {key.dag_id} any more.")
    return False
