"""Jobs for processes of their own: ``python -m tests.contracts.store_worker URL JOB ...``. Prints JSON."""

import json
import sys
import time
from collections.abc import Callable
from itertools import count

from jupyter_couture.model.errors import Conflict, LeaseLost, Unavailable
from jupyter_couture.model.records import Batch, FeedEntry, TaskUpdate
from jupyter_couture.model.run import TaskInstance
from jupyter_couture.model.states import TaskState
from jupyter_couture.store import SqlStore
from tests.contracts.store_desk import claims, key_of, progress

TURNS = (TaskState.NONE, TaskState.SCHEDULED)
ENTRIES = 5
"""Feed entries of each batch that ``write`` commits."""


def say(store: SqlStore, name: str, times: str) -> int:
    """Write the feed ``times`` times through the progress of an attempt."""
    start = next(start for start in store.pending_starts() if start.task_key == key_of("a"))
    for number in range(int(times)):
        store.progress([progress(start, number, name)])
    return int(times)


def race(store: SqlStore, name: str) -> int:
    """Claim all pending starts one by one; how many were won."""
    return sum(len(store.claim(claims([start], name))) for start in store.pending_starts())


def lead(store: SqlStore, name: str, times: str) -> list[int]:
    """Take the lease for a short while again and again and write a feed entry under it; the fences."""
    fences: list[int] = []
    while len(fences) < int(times):
        lease = store.acquire_lease(name, 5)
        if lease is None:
            time.sleep(0.002)
            continue
        try:
            store.commit(lease.fence, Batch(feed=[FeedEntry("engine.state", data={"fence": lease.fence})]))
        except LeaseLost:
            continue
        fences.append(lease.fence)
        store.release_lease(lease)
    return fences


def write(store: SqlStore, fence: str) -> None:
    """Commit batches for ever: a task instance and feed entries that carry the same number. To be killed."""
    is_ready = False
    while True:
        run = store.live_runs()[0]
        try:
            for number in count(run.tasks[key_of("a")].try_number + 1):
                task = TaskInstance(key_of("a"), TURNS[number % 2], try_number=number)
                update = TaskUpdate(run.key, task, TURNS[(number + 1) % 2])
                entries = [FeedEntry("task.state", data={"number": number}) for _ in range(ENTRIES)]
                store.commit(int(fence), Batch(task_updates=[update], feed=entries))
                if not is_ready:
                    _tell("ready")
                    is_ready = True
        except Conflict:
            continue  # the last commit of the killed one before us came through after our look


def _tell(answer: str) -> None:
    sys.stdout.write(answer + "\n")
    sys.stdout.flush()


JOBS: dict[str, Callable[..., object]] = {job.__name__: job for job in (say, race, lead, write)}


def main() -> None:
    """Do the job the command line names."""
    url, job, *rest = sys.argv[1:]
    store = SqlStore.open(url)
    sys.stdin.readline()  # all begin together
    try:
        _tell(json.dumps(JOBS[job](store, *rest)))
    except Unavailable as error:
        sys.exit(str(error))
    finally:
        store.close()


if __name__ == "__main__":
    main()
