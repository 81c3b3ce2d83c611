"""What task code may do with other DAGs: make runs of them, and look at the states of runs and tasks."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from jupyter_couture.model.dag import Json
from jupyter_couture.model.errors import Unavailable


class RunServices(Protocol):
    """The part of ``AttemptServices`` that is about other runs."""

    def trigger_run(
        self,
        dag_id: str,
        *,
        run_id: str | None = None,
        logical_date: datetime | None = None,
        conf: Mapping[str, Json] | None = None,
        is_awaited: bool = False,
        is_reset: bool = False,
    ) -> Mapping[str, Any]:
        """Make a run of another DAG: ``run_id, logical_date, state, is_new``. Its parent is this task instance.

        Asked again in the same try, in the same order, it gives the run it made before. ``is_awaited``: this task will
        wait for it, so a DAG that this run is itself a part of is refused. ``is_reset``: a run with that id or date is
        done again. Raises ``NotFound`` (no such DAG), ``Conflict`` (there is such a run), ``InvalidRequest``.
        """
        ...

    def find_dag(self, dag_id: str) -> Mapping[str, Any] | None:
        """A DAG: ``dag_id, is_paused, task_ids, group_ids``; None if there is none."""
        ...

    def states_of(
        self,
        dag_id: str,
        logical_dates: Sequence[datetime],
        *,
        task_ids: Sequence[str] | None = None,
        group: str | None = None,
    ) -> Sequence[Mapping[str, Any]]:
        """States in the runs of a DAG with these logical dates: ``run_id, logical_date, state``.

        With ``task_ids``, or the id of a task group, those of its task instances instead, each with ``task_id`` and
        ``map_index``. Runs that do not exist are left out.
        """
        ...

    def find_runs(
        self,
        dag_ids: Sequence[str],
        *,
        run_id: str | None = None,
        state: str | None = None,
        run_type: str | None = None,
        earliest: datetime | None = None,
        latest: datetime | None = None,
    ) -> Sequence[Mapping[str, Any]]:
        """The newest 1,000 runs that fit, by logical date, the oldest first.

        Each has ``dag_id, run_id, run_type, state, logical_date, data_interval_start, data_interval_end, queued_at,
        started_at, ended_at, conf``; times as ISO texts. ``earliest`` and ``latest`` bound the logical date.
        """
        ...

    def tasks_of(self, dag_id: str, run_id: str) -> Sequence[Mapping[str, Any]]:
        """The task instances of a run: ``task_id, map_index, state, try_number, started_at, ended_at``."""
        ...


class StandaloneRuns:
    """Stand-in outside an attempt: there are no runs."""

    def trigger_run(
        self,
        dag_id: str,
        *,
        run_id: str | None = None,
        logical_date: datetime | None = None,
        conf: Mapping[str, Json] | None = None,
        is_awaited: bool = False,
        is_reset: bool = False,
    ) -> Mapping[str, Any]:
        """Refused."""
        raise _outside(dag_id)

    def find_dag(self, dag_id: str) -> Mapping[str, Any] | None:
        """Refused."""
        raise _outside(dag_id)

    def states_of(
        self,
        dag_id: str,
        logical_dates: Sequence[datetime],
        *,
        task_ids: Sequence[str] | None = None,
        group: str | None = None,
    ) -> Sequence[Mapping[str, Any]]:
        """Refused."""
        raise _outside(dag_id)

    def find_runs(
        self,
        dag_ids: Sequence[str],
        *,
        run_id: str | None = None,
        state: str | None = None,
        run_type: str | None = None,
        earliest: datetime | None = None,
        latest: datetime | None = None,
    ) -> Sequence[Mapping[str, Any]]:
        """Refused."""
        raise _outside(", ".join(dag_ids))

    def tasks_of(self, dag_id: str, run_id: str) -> Sequence[Mapping[str, Any]]:
        """Refused."""
        raise _outside(dag_id)


def _outside(dag_id: str) -> Unavailable:
    return Unavailable(what=f"DAG {dag_id!r}", message="other DAGs can be reached only while a task runs")
