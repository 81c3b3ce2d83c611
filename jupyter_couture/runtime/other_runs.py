"""Other DAGs as task code reaches them: questions at the desk."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from jupyter_couture.authoring.other_runs import RunServices
from jupyter_couture.model.dag import Json
from jupyter_couture.model.errors import InvalidRequest
from jupyter_couture.runtime.desk import DeskClient
from jupyter_couture.runtime.rendering import strict_json


class OtherRuns(RunServices):
    """The part of a payload's ``AttemptServices`` that is about other runs."""

    def __init__(self, desk: DeskClient) -> None:
        self._run_desk = desk
        self._triggered = 0

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
        """See ``RunServices``."""
        try:
            plain = strict_json(dict(conf or {}))
        except (TypeError, ValueError) as error:
            raise InvalidRequest(field="conf", message=f"the conf of a run must be JSON: {error}") from None
        self._triggered += 1
        answer: Mapping[str, Any] = self._run_desk.ask(
            "trigger_run",
            dag_id=str(dag_id),
            run_id=run_id,
            logical_date=None if logical_date is None else _text(logical_date),
            conf=plain,
            is_awaited=is_awaited,
            is_reset=is_reset,
            ordinal=self._triggered,
        )
        return answer

    def find_dag(self, dag_id: str) -> Mapping[str, Any] | None:
        """See ``RunServices``."""
        answer: Mapping[str, Any] | None = self._run_desk.ask("find_dag", dag_id=str(dag_id))
        return answer

    def states_of(
        self,
        dag_id: str,
        logical_dates: Sequence[datetime],
        *,
        task_ids: Sequence[str] | None = None,
        group: str | None = None,
    ) -> Sequence[Mapping[str, Any]]:
        """See ``RunServices``."""
        answer: list[Mapping[str, Any]] = self._run_desk.ask(
            "states_of",
            dag_id=str(dag_id),
            logical_dates=[_text(date) for date in logical_dates],
            task_ids=None if task_ids is None else [str(name) for name in task_ids],
            group=group,
        )
        return answer

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
        """See ``RunServices``."""
        answer: list[Mapping[str, Any]] = self._run_desk.ask(
            "find_runs",
            dag_ids=[str(dag_id) for dag_id in dag_ids],
            run_id=run_id,
            state=state,
            run_type=run_type,
            earliest=None if earliest is None else _text(earliest),
            latest=None if latest is None else _text(latest),
        )
        return answer

    def tasks_of(self, dag_id: str, run_id: str) -> Sequence[Mapping[str, Any]]:
        """See ``RunServices``."""
        answer: list[Mapping[str, Any]] = self._run_desk.ask("tasks_of", dag_id=str(dag_id), run_id=str(run_id))
        return answer


def _text(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise InvalidRequest(field="logical_date", message=f"{moment} has no time zone")
    return moment.astimezone(UTC).isoformat()
