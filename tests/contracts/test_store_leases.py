"""Leadership: one at a time, by the database's clock, with a fence that stops whoever wakes too late."""

import threading
import time
from datetime import timedelta

import pytest

from jupyter_couture.clock import ManualClock
from jupyter_couture.model.errors import LeaseLost
from jupyter_couture.model.records import Batch, FeedEntry, Lease
from jupyter_couture.store import MemoryStore, SqlStore
from tests.builders import T0
from tests.contracts.store_desk import Desk


def test_nobody_leads_a_new_store(store: SqlStore) -> None:
    assert store.current_lease() is None


def test_the_first_to_ask_leads_and_the_second_does_not(store: SqlStore) -> None:
    lease = store.acquire_lease("one", 60)
    assert lease is not None
    assert lease.holder == "one"
    assert store.acquire_lease("two", 60) is None
    assert store.current_lease() == lease


def test_a_lease_lasts_its_time_by_the_databases_clock(store: SqlStore) -> None:
    before = store.now()
    lease = store.acquire_lease("one", 60)
    after = store.now()
    assert lease is not None
    assert before <= lease.renewed_at <= after
    assert lease.expires_at - lease.renewed_at == timedelta(seconds=60)
    assert before.tzinfo is not None


def test_the_fence_rises_with_each_holder_also_after_a_release(store: SqlStore) -> None:
    fences = []
    for holder in ("one", "two", "one"):
        lease = store.acquire_lease(holder, 60)
        assert lease is not None
        fences.append(lease.fence)
        store.release_lease(lease)
        assert store.current_lease() is None
    assert fences == [1, 2, 3]


def test_a_holder_whose_time_is_up_is_followed_at_once(store: SqlStore) -> None:
    old = store.acquire_lease("one", 2)
    assert old is not None
    assert store.acquire_lease("two", 60) is None
    time.sleep(2.05)
    new = store.acquire_lease("two", 60)
    assert new is not None
    assert new.fence > old.fence


def test_renewal_prolongs_keeps_the_fence_and_may_come_late(store: SqlStore) -> None:
    lease = store.acquire_lease("one", 0.01)
    assert lease is not None
    time.sleep(0.02)
    renewed = store.renew_lease(lease, 60)  # late, but nobody took over
    assert renewed.fence == lease.fence
    assert renewed.expires_at > lease.expires_at
    assert store.current_lease() == renewed


def test_renewal_is_refused_after_another_took_over(store: SqlStore) -> None:
    old = store.acquire_lease("one", 0.01)
    assert old is not None
    time.sleep(0.02)
    new = store.acquire_lease("two", 60)
    with pytest.raises(LeaseLost):
        store.renew_lease(old, 60)
    store.release_lease(old)  # harmless
    assert store.current_lease() == new


def test_a_holder_that_asks_again_makes_its_old_fence_worthless(store: SqlStore) -> None:
    old, new = store.acquire_lease("one", 60), store.acquire_lease("one", 60)
    assert old is not None
    assert new is not None
    assert new.fence > old.fence
    with pytest.raises(LeaseLost):
        store.renew_lease(old, 60)


def test_a_commit_is_refused_after_takeover_and_leaves_nothing_behind(store: SqlStore) -> None:
    old = store.acquire_lease("one", 0.01)
    assert old is not None
    time.sleep(0.02)
    new = store.acquire_lease("two", 60)
    assert new is not None
    batch = Batch(feed=[FeedEntry("engine.state")])
    with pytest.raises(LeaseLost):
        store.commit(old.fence, batch)
    assert store.feed_position() == (0, 0)
    assert store.commit(new.fence, batch) == 1


def test_a_commit_is_refused_after_release(desk: Desk) -> None:
    lease = desk.store.current_lease()
    assert lease is not None
    desk.store.release_lease(lease)
    with pytest.raises(LeaseLost):
        desk.commit(Batch(feed=[FeedEntry("engine.state")]))


def test_of_many_threads_that_ask_at_once_one_leads(store: SqlStore) -> None:
    for fence in range(1, 6):
        gate = threading.Barrier(8)
        leases: list[Lease | None] = []

        def ask(name: str, gate: threading.Barrier = gate, leases: list[Lease | None] = leases) -> None:
            gate.wait()
            leases.append(store.acquire_lease(name, 60))

        threads = [threading.Thread(target=ask, args=(f"t{number}",)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum(lease is not None for lease in leases) == 1
        lease = store.current_lease()
        assert lease is not None
        assert lease.fence == fence
        store.release_lease(lease)


def test_a_memory_store_runs_on_the_clock_it_is_given() -> None:
    clock = ManualClock(T0)
    store = MemoryStore(clock)
    assert store.now() == T0
    assert store.acquire_lease("one", 10) is not None
    clock.move(9.9)
    assert store.acquire_lease("two", 10) is None
    clock.move(0.1)
    assert store.acquire_lease("two", 10) is not None
    store.close()
