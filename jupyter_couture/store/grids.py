"""The task instances of the newest runs of a DAG, as few columns as a grid needs."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, select

from jupyter_couture.model.errors import NotFound
from jupyter_couture.model.grids import GridFilter, GridRows, GridRun
from jupyter_couture.model.ids import RunId, VersionHash
from jupyter_couture.model.run import RunType
from jupyter_couture.model.states import RunState
from jupyter_couture.store.lumps import lists_of, rows_in_lists
from jupyter_couture.store.part import StorePart
from jupyter_couture.store.tables import dag_run, task_instance

_RUNS = select(
    dag_run.c.id,
    dag_run.c.run_id,
    dag_run.c.run_type,
    dag_run.c.state,
    dag_run.c.version,
    dag_run.c.logical_date,
    dag_run.c.queued_at,
    dag_run.c.started_at,
    dag_run.c.ended_at,
).order_by(dag_run.c.logical_date.desc(), dag_run.c.id.desc())
_ROWS = rows_in_lists(
    task_instance.c.run_pk,
    columns=(  # in the order of the fields of ``GridRows``
        task_instance.c.task_id,
        task_instance.c.map_index,
        task_instance.c.state,
        task_instance.c.try_number,
        task_instance.c.started_at,
        task_instance.c.ended_at,
    ),
).where(task_instance.c.run_pk.in_(bindparam("run_pks", expanding=True)))
_NOTHING = GridRows()


class GridPart(StorePart):
    """See the module."""

    def grid_runs(self, wanted: GridFilter) -> tuple[Sequence[GridRun], bool]:
        """Runs with their task instances, the latest logical date last, and whether there are earlier ones."""
        page = _RUNS.where(*_matches(wanted)).limit(wanted.limit + 1)

        def body(connection: Connection) -> tuple[Sequence[GridRun], bool]:
            found = connection.execute(page).all()
            if wanted.run_id is not None and not found:
                raise NotFound(what="run", id=wanted.run_id, dag_id=wanted.dag_id)
            shown = found[: wanted.limit][::-1]
            rows = _rows(connection, [run_pk for run_pk, *_ in shown])
            return [_run(values, rows.get(run_pk, _NOTHING)) for run_pk, *values in shown], len(found) > wanted.limit

        return self._db.read(body)


def _matches(wanted: GridFilter) -> list[ColumnElement[bool]]:
    matches: list[ColumnElement[bool]] = [dag_run.c.dag_id == wanted.dag_id]
    if wanted.run_id is not None:
        matches.append(dag_run.c.run_id == wanted.run_id)
    if wanted.before is not None:
        matches.append(dag_run.c.logical_date <= wanted.before)
    if wanted.states:
        matches.append(dag_run.c.state.in_([state.value for state in wanted.states]))
    if wanted.run_types:
        matches.append(dag_run.c.run_type.in_([kind.value for kind in wanted.run_types]))
    return matches


def _rows(connection: Connection, run_pks: Sequence[int]) -> Mapping[int, GridRows]:
    found = connection.execute(_ROWS, {"run_pks": run_pks})
    return {run_pk: GridRows(*lists_of(texts)) for run_pk, *texts in found}


def _run(values: Sequence[Any], rows: GridRows) -> GridRun:
    run_id, run_type, state, version, logical_date, queued_at, started_at, ended_at = values
    return GridRun(
        run_id=RunId(run_id),
        run_type=RunType(run_type),
        state=RunState(state),
        version=VersionHash(version),
        logical_date=logical_date,
        queued_at=queued_at,
        started_at=started_at,
        ended_at=ended_at,
        rows=rows,
    )
