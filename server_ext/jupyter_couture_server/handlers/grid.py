"""The grid of runs and tasks."""

from collections.abc import Mapping

from jupyter_couture.model.grids import GridColumn, GridFilter
from jupyter_couture.model.ids import RunId
from jupyter_couture.model.run import RunType
from jupyter_couture.model.states import RunState, TaskState
from jupyter_couture.services.browsing import moment, several
from jupyter_couture_server import wire_grid as wire
from jupyter_couture_server.present import instant, instant_or_none
from jupyter_couture_server.route import Call

_STATES = tuple(TaskState)
_ABSENT = -1
_CODES: Mapping[str | None, int] = {None: _ABSENT, **{state.value: code for code, state in enumerate(_STATES)}}


def get_grid(call: Call[wire.GridQuery, None]) -> wire.GridReply:
    """The states of all tasks over the latest runs."""
    query = call.query
    grid = call.backend.grids.grid(
        GridFilter(
            dag_id=call.ids.dag_id,
            run_id=RunId(query.run_id) if query.run_id else None,
            before=moment(query.before, "$.before"),
            states=several(RunState, query.state, "$.state"),
            run_types=several(RunType, query.run_type, "$.run_type"),
            limit=query.limit,
        )
    )
    return wire.GridReply(
        dag_id=call.ids.dag_id,
        version=grid.version,
        states=[state.value for state in _STATES],
        tasks=list(grid.tasks),
        task_count=grid.task_count,
        runs=[_run_info(column) for column in grid.columns],
        has_more=grid.has_more,
        feed_seq=grid.feed_seq,
    )


def _run_info(column: GridColumn) -> wire.GridRunInfo:
    run = column.run
    return wire.GridRunInfo(
        run_id=run.run_id,
        run_type=run.run_type.value,
        state=run.state.value,
        version=run.version,
        logical_date=instant(run.logical_date),
        queued_at=instant(run.queued_at),
        started_at=instant_or_none(run.started_at),
        ended_at=instant_or_none(run.ended_at),
        states=list(map(_CODES.__getitem__, column.states)),
        tries=list(column.tries),
        starts=list(column.starts),
        ends=list(column.ends),
        mapped={task_id: dict(counts) for task_id, counts in column.mapped.items()},
    )
