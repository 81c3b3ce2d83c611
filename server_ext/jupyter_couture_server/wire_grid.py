"""What travels of a grid of runs and tasks: columns of numbers, since there are tens of thousands."""

from typing import Annotated

from msgspec import Meta, Struct

from jupyter_couture.model.grids import MOST_RUNS
from jupyter_couture.model.ids import MAX_ID_LENGTH
from jupyter_couture_server.wire import Instant, Query

_Words = Annotated[str, Meta(max_length=200, pattern=r"^[a-z_, ]*$")]


class GridQuery(Query, frozen=True):
    """The ``limit`` latest runs by logical date, none after ``before``; ``run_id`` is that run alone.

    Empty texts are no filter. ``state`` and ``run_type`` take several words with commas.
    """

    limit: Annotated[int, Meta(ge=1, le=MOST_RUNS)] = 25
    before: Annotated[str, Meta(max_length=64, pattern=r"^[0-9TZ:+. -]*$")] = ""
    run_type: _Words = ""
    state: _Words = ""
    run_id: Annotated[str, Meta(max_length=MAX_ID_LENGTH, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""


class GridRunInfo(Struct, frozen=True):
    """A run; the four lists have one entry for each task of the grid.

    ``states`` are places in the grid's ``states``, -1 where the run has no such task. ``starts`` and ``ends`` are
    seconds after ``queued_at``. ``mapped`` counts the instances of mapped tasks by state; their cell is the worst.
    """

    run_id: str
    run_type: str
    state: str
    version: str
    logical_date: Instant
    queued_at: Instant
    started_at: Instant | None
    ended_at: Instant | None
    states: list[int]
    tries: list[int]
    starts: list[float | None]
    ends: list[float | None]
    mapped: dict[str, dict[str, int]]


class GridReply(Struct, frozen=True):
    """Runs, the latest last. The first ``task_count`` of ``tasks`` are in ``version``, the others in older runs."""

    dag_id: str
    version: str
    states: list[str]
    tasks: list[str]
    task_count: int
    runs: list[GridRunInfo]
    has_more: bool
    feed_seq: int
