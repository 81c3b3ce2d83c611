"""What travels for the page of a DAG: statistics, versions, what changed between two."""

from typing import Annotated

from msgspec import Meta, Struct

from jupyter_couture_server.wire import Instant, Query

_Version = Annotated[str, Meta(min_length=1, max_length=128, pattern=r"^[0-9A-Za-z]+$")]


class EndedRunInfo(Struct, frozen=True):
    run_id: str
    started_at: Instant | None
    ended_at: Instant | None


class RunningInfo(Struct, frozen=True):
    """A run that goes on. ``expected_end_at`` supposes that it takes as long as most; null: nothing to go by."""

    run_id: str
    started_at: Instant | None
    expected_end_at: Instant | None


class StatisticsReply(Struct, frozen=True):
    """``looked_at`` ended runs, the newest, gave rates (0 to 1) and durations; those are of the successful ones."""

    dag_id: str
    run_counts: dict[str, int]
    looked_at: int
    success_rate_lately: float | None
    success_rate: float | None
    median_seconds: float | None
    p95_seconds: float | None
    last_success: EndedRunInfo | None
    running: list[RunningInfo]
    operators: dict[str, int]


class VersionUseInfo(Struct, frozen=True):
    """A version and its runs among the newest of the DAG."""

    version: str
    created_at: Instant
    is_present: bool
    run_count: int
    first_run_id: str | None
    last_run_id: str | None


class VersionListReply(Struct, frozen=True):
    dag_id: str
    versions: list[VersionUseInfo]


class DiffQuery(Query, frozen=True):
    """``newer`` left out is the present version."""

    older: _Version
    newer: _Version | None = None


class LinePairInfo(Struct, frozen=True):
    """``kind`` is same, changed, removed or added; the side where there is no line is null."""

    kind: str
    older: str | None
    newer: str | None


class HunkInfo(Struct, frozen=True):
    """Line numbers count from 1."""

    older_start: int
    newer_start: int
    lines: list[LinePairInfo]


class DiffReply(Struct, frozen=True):
    dag_id: str
    file: str
    older: str
    newer: str
    hunks: list[HunkInfo]
