"""How a run is followed to its end, for both faces: a snapshot, the events after it, and a snapshot at the end.

The stream begins where the snapshot ends, and after a break where it broke off, so nothing is missed.
"""

from collections.abc import Generator
from dataclasses import dataclass
from typing import TypeAlias

from jupyter_couture.client import calls
from jupyter_couture.client.errors import NotFound
from jupyter_couture.client.feed import Feed, Notice, Reset
from jupyter_couture.client.follower import OVER, Change, RunFollower
from jupyter_couture.client.steps import Broken, Pause, Reply, Send, perform
from jupyter_couture.client.wire import Event


@dataclass(frozen=True, slots=True)
class Listen:
    """Hand me the next thing the live stream says."""

    feed: Feed


@dataclass(frozen=True, slots=True)
class Told:
    """Tell the caller; nothing has changed if there are no changes."""

    changes: list[Change]


Following: TypeAlias = Generator[Send | Pause | Listen | Told, Reply | Broken | Notice | None, None]


def follow(follower: RunFollower, patience_seconds: float) -> Following:
    """Go on until the run has ended; raises ``NotFound`` if it is deleted meanwhile."""
    while True:
        yield from _look(follower, patience_seconds)
        if follower.is_over:
            return
        yield from _listen(follower, patience_seconds)


def _look(follower: RunFollower, patience_seconds: float) -> Following:
    """Take a snapshot: tasks first, so that nothing of the run lies between it and the stream."""
    names = follower.run.dag_id, follower.run.run_id
    tasks = yield from perform(calls.tasks(*names), patience_seconds)
    run = yield from perform(calls.run(*names), patience_seconds)
    if run.state in OVER:  # between the two questions its last tasks may have ended
        tasks = yield from perform(calls.tasks(*names), patience_seconds)
    yield Told(follower.take_snapshot(run, tasks))


def _listen(follower: RunFollower, patience_seconds: float) -> Following:
    """Take events until the run is over."""
    feed = Feed(follower.cursor, patience_seconds)
    while not follower.is_over:
        notice = yield Listen(feed)
        match notice:
            case Event():
                yield Told(follower.take(notice))
            case Reset():
                yield from _look(follower, patience_seconds)
            case _:
                yield Told([])
    if follower.is_removed:
        raise NotFound(message=f"Run {follower.run.run_id!r} of DAG {follower.run.dag_id!r} was deleted meanwhile")
