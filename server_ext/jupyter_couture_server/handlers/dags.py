"""DAGs: list, detail, graph, code, pause, refresh, import errors."""

from datetime import UTC, datetime

from jupyter_couture.model.browsing import DagOrder
from jupyter_couture.model.ids import VersionHash
from jupyter_couture.model.records import DagQuery
from jupyter_couture.model.states import RunState
from jupyter_couture_server import present, wire, wire_graph
from jupyter_couture_server.route import Call, NoQuery

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def list_dags(call: Call[wire.DagListQuery, None]) -> wire.DagListReply:
    """DAGs by id, with their counters."""
    query = call.query
    page, feed_seq = call.backend.dags.page(
        DagQuery(
            search=query.search.strip(),
            is_paused=query.paused,
            tag=query.tag.strip(),
            owner=query.owner.strip(),
            state=None if query.state is None else RunState(query.state),
            order=DagOrder(query.order_by),
            limit=query.limit,
            offset=query.offset,
        )
    )
    return wire.DagListReply(
        dags=[present.dag_info(row) for row in page.rows],
        total=page.total,
        hidden_paused=page.hidden_paused,
        feed_seq=feed_seq,
    )


def get_dag(call: Call[NoQuery, None]) -> wire.DagDetailInfo:
    """One DAG with everything its file says about it."""
    return present.dag_detail(call.backend.dags.detail(call.ids.dag_id))


def patch_dag(call: Call[NoQuery, wire.PauseBody]) -> wire.DagInfo:
    """Turn a DAG off (paused) or on."""
    return present.dag_info(call.backend.dags.set_paused(call.ids.dag_id, call.body.is_paused))


async def refresh_dag(call: Call[NoQuery, None]) -> wire.RefreshReply:
    """Have the DAG's file parsed now."""
    found = await call.backend.dags.refresh(call.ids.dag_id, call.backend.workers)
    return wire.RefreshReply(
        dag_id=found.dag_id, version=found.version, changed=found.is_changed, errors=present.problems(found.problems)
    )


def get_graph(call: Call[wire.VersionQuery, None]) -> wire_graph.GraphReply:
    """Tasks and dependencies of a version, the present one unless told."""
    version, spec = call.backend.dags.spec(call.ids.dag_id, _version(call.query))
    return present.graph(version, spec)


def get_source(call: Call[wire.VersionQuery, None]) -> wire.SourceReply:
    """The text of the file a version was made from."""
    found = call.backend.dags.source(call.ids.dag_id, _version(call.query))
    return wire.SourceReply(dag_id=call.ids.dag_id, version=found.version, file=found.spec.file, source=found.source)


def list_import_errors(call: Call[wire.ProblemListQuery, None]) -> wire.ImportErrorsReply:
    """Why files of the DAG folder could not be loaded."""
    query = call.query
    found = [problem for problem in call.backend.dags.problems() if query.search.strip() in problem.file]
    if query.order_by.endswith("at"):
        found.sort(key=lambda problem: problem.at or _LONG_AGO)
    if query.order_by.startswith("-"):
        found.reverse()
    page = found[query.offset : query.offset + query.limit]
    return wire.ImportErrorsReply(errors=present.problems(page), total=len(found))


def _version(query: wire.VersionQuery) -> VersionHash | None:
    return VersionHash(query.version) if query.version else None
