"""T08: clear, mark success and cancel by three users at one moment, 500 times, over a real store and its leader."""

import itertools
import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from itertools import count
from typing import TypeAlias

from jupyter_couture.decisions.capacity import Room
from jupyter_couture.decisions.due import DagCase
from jupyter_couture.decisions.ends import Rules
from jupyter_couture.decisions.live import LiveRun
from jupyter_couture.decisions.papers import Snapshot
from jupyter_couture.decisions.plan import plan
from jupyter_couture.model.commands import ClearTasks, MarkTasks, Target
from jupyter_couture.model.errors import Conflict
from jupyter_couture.model.ids import AttemptId, RunKey
from jupyter_couture.model.intents import StartAttempt
from jupyter_couture.model.run import DagRun
from jupyter_couture.model.states import AttemptState, TaskState
from jupyter_couture.scheduler.orders import Orders
from jupyter_couture.store import MemoryStore, SqlStore
from tests.builders import T0, a_dag, a_task, task_key
from tests.contracts.store_desk import Desk, a_file, a_version, a_wish, claims, outcome

TIMES, AT_ONCE = 500, 125
ACTIONS = ("clear", "mark", "cancel")
SPEC = replace(a_dag(a_task("a"), a_task("b", "a")), max_active_runs=10_000)

End: TypeAlias = tuple[str, tuple[tuple[str, str], ...]]


class Leader:
    """Passes over what the store holds, and workers that do as they are told."""

    def __init__(self, store: SqlStore) -> None:
        self.store = store
        self.store.record_parse([a_file(a_version(SPEC))], T0, paused_at_creation=False)
        lease = store.acquire_lease("leader", 600)
        assert lease is not None
        self.desk = Desk(store, SPEC, lease.fence, count(1))
        self.orders = Orders(store, self._live_of, lambda: 0.0)
        self.runs = count()
        self.ids = count(1)
        self.starts: dict[AttemptId, StartAttempt] = {}

    def _live_of(self, run: DagRun) -> LiveRun:
        return LiveRun.of(run, SPEC)

    def begin(self) -> RunKey:
        """A new run."""
        number = next(self.runs)
        return self.store.create_run(a_wish(SPEC, f"r{number}", number))[0].key

    def act(self, key: RunKey, action: str) -> None:
        """What a user does."""
        target = (Target(key, task_key("a")),)
        if action == "clear":
            self.store.add_command(ClearTasks(target), "ada", T0)
        elif action == "mark":
            self.store.add_command(MarkTasks(target, TaskState.SUCCESS), "bob", T0)
        else:
            try:
                self.store.request_cancel(key)
            except Conflict:
                return  # it has ended

    def step(self) -> None:
        """One pass, over everything anew; what somebody else was quicker with is left to the next one."""
        self.orders.forget()
        live = self.orders.with_named({run.key: self._live_of(run) for run in self.store.live_runs()})
        made = plan(
            Snapshot(
                live=live,
                dags={state.dag_id: DagCase.of(state, SPEC, T0) for state in self.store.dag_states()},
                facts=self.store.facts(10_000),
                cancel_requests=frozenset(self.store.cancel_requests()),
                room=Room(10_000, 0),
                fence=self.desk.fence,
                rules=Rules(),
                new_id=lambda: f"{next(self.ids):032x}",
                commands=self.orders.pending,
                busy=self.orders.busy(),
            ),
            T0,
        )
        try:
            if not made.batch.is_empty:
                self.desk.commit(made.batch)
        except Conflict:
            return

    def work(self, *, is_last: bool = False) -> None:
        """Begin what was handed out, stop what is to be stopped, and end what runs if nobody acts any more."""
        pending = self.store.pending_starts()
        self.starts.update((start.attempt_id, start) for start in pending)
        self.store.claim(claims(pending))
        ends = []
        for attempt in self.store.open_attempts():
            if attempt.is_cancel_requested:
                ends.append(outcome(self.starts[attempt.attempt_id], AttemptState.CANCELLED))
            elif is_last:
                ends.append(outcome(self.starts[attempt.attempt_id]))
        self.store.finish(ends)

    def to_the_end(self) -> None:
        """Until nothing is left to do."""
        for _ in range(30):
            self.step()
            self.work(is_last=True)
            if not (self.store.live_runs() or self.store.facts(1) or self.store.commands(1)):
                return
        raise AssertionError("it does not come to an end")

    def end_of(self, key: RunKey) -> End:
        """How a run stands."""
        return self.store.run_row(key).run.state.value, tuple(sorted(self.desk.states(key).items()))


@cache
def _serial_ends() -> frozenset[End]:
    """What comes of the three, one after the other in any order, with 0 to 3 passes in between."""
    store = MemoryStore()
    leader = Leader(store)
    keys: list[RunKey] = []
    for order, pauses in itertools.product(itertools.permutations(ACTIONS), itertools.product(range(4), repeat=2)):
        keys.append(leader.begin())
        leader.step()
        leader.work()
        leader.step()
        for action, passes in zip(order, (*pauses, 0), strict=True):
            leader.act(keys[-1], action)
            for _ in range(passes):
                leader.step()
                leader.work()
        leader.to_the_end()
    ends = frozenset(leader.end_of(key) for key in keys)
    store.close()
    return ends


def _at_one_moment(leader: Leader, rng: random.Random, users: ThreadPoolExecutor) -> Sequence[RunKey]:
    """Many runs, and on each of them the three by different users while the leader is at work."""
    keys = [leader.begin() for _ in range(AT_ONCE)]
    leader.step()
    leader.work()
    leader.step()
    wishes = [(key, action) for key in keys for action in rng.sample(ACTIONS, 3)]
    done = [users.submit(leader.act, key, action) for key, action in wishes]
    while not all(each.done() for each in done):
        leader.step()
        leader.work()
    for each in done:
        each.result()
    leader.to_the_end()
    return keys


def test_T08_some_serial_order_explains_what_three_users_did_at_one_moment(store: SqlStore) -> None:
    leader = Leader(store)
    serial = _serial_ends()
    rng = random.Random(8)
    with ThreadPoolExecutor(8) as users:
        for _ in range(TIMES // AT_ONCE):
            for key in _at_one_moment(leader, rng, users):
                assert leader.end_of(key) in serial, key
    assert store.open_attempts() == []
