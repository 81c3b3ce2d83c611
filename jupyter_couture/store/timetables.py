"""What custom timetables said of the runs to come."""

from datetime import datetime

from sqlalchemy import Connection, and_, delete, func, insert, select

from jupyter_couture.model.codec import from_json, to_json
from jupyter_couture.model.errors import NotFound
from jupyter_couture.model.ids import DagId, VersionHash
from jupyter_couture.model.policy import TimetablePoints
from jupyter_couture.model.records import DagState, FeedEntry, ImportProblem
from jupyter_couture.store import feed
from jupyter_couture.store.live import DAG_STATES, dag_state_from
from jupyter_couture.store.part import StorePart
from jupyter_couture.store.tables import dag, import_problem
from jupyter_couture.store.tables_origins import dag_timetable


def timetable_problems(connection: Connection) -> list[ImportProblem]:
    """What is wrong with timetables, as problems of their files."""
    query = (
        select(dag.c.file, dag_timetable.c.problem, dag_timetable.c.asked_at)
        .join(dag_timetable, and_(dag_timetable.c.dag_id == dag.c.dag_id, dag_timetable.c.version == dag.c.version))
        .where(dag.c.is_active, dag_timetable.c.problem.is_not(None))
        .order_by(dag.c.file)
    )
    return [ImportProblem(file=file, message=problem, at=at) for file, problem, at in connection.execute(query)]


class TimetablePart(StorePart):
    """What the leader keeps of custom timetables, since their code runs elsewhere."""

    def set_timetable(
        self, dag_id: DagId, version: VersionHash, told: TimetablePoints, problem: str | None, at: datetime
    ) -> None:
        """Remember what the timetable of a DAG version said, or why it could say nothing."""

        def body(connection: Connection) -> None:
            before = connection.execute(
                select(dag_timetable.c.problem).where(dag_timetable.c.dag_id == dag_id)
            ).scalar()
            connection.execute(delete(dag_timetable).where(dag_timetable.c.dag_id == dag_id))
            row = {"dag_id": dag_id, "version": version, "points": to_json(told), "asked_at": at, "problem": problem}
            connection.execute(insert(dag_timetable), row)
            if before != problem:
                plain = connection.execute(select(func.count()).select_from(import_problem)).scalar_one()
                count = plain + len(timetable_problems(connection))
                feed.append(connection, [FeedEntry(kind="import_errors.changed", data={"count": count})])

        self._db.write(body)

    def timetable(self, dag_id: DagId, version: VersionHash) -> tuple[TimetablePoints, str | None] | None:
        """What the timetable of a DAG version said, and its problem; None if it was not asked yet."""
        query = select(dag_timetable.c.points, dag_timetable.c.problem).where(
            dag_timetable.c.dag_id == dag_id, dag_timetable.c.version == version
        )
        row = self._db.read(lambda connection: connection.execute(query).one_or_none())
        return None if row is None else (from_json(TimetablePoints, row.points), row.problem)

    def dag_state(self, dag_id: DagId) -> DagState:
        """What the leader knows of an active DAG when it decides about new runs; raises ``NotFound``."""
        query = DAG_STATES.where(dag.c.dag_id == dag_id)
        row = self._db.read(lambda connection: connection.execute(query).one_or_none())
        if row is None:
            raise NotFound(what="DAG", id=dag_id)
        return dag_state_from(*row)
