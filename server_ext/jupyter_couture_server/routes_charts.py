"""Routes of charts."""

from jupyter_couture.services.access import Permission
from jupyter_couture_server import wire_charts as wire
from jupyter_couture_server.handlers import charts
from jupyter_couture_server.route import Method, Route

_OF_DAG = "dags/{dag_id}/charts"

ROUTES: tuple[Route, ...] = (
    Route(
        method=Method.GET,
        path=f"{_OF_DAG}/duration",
        handler=charts.get_duration,
        permission=Permission.TASKS_READ,
        summary="How long tasks took over past runs",
        query=wire.DurationQuery,
        result=wire.HistoryReply,
    ),
    Route(
        method=Method.GET,
        path=f"{_OF_DAG}/tries",
        handler=charts.get_tries,
        permission=Permission.TASKS_READ,
        summary="How many tries tasks needed over past runs",
        query=wire.HistoryQuery,
        result=wire.HistoryReply,
    ),
    Route(
        method=Method.GET,
        path=f"{_OF_DAG}/landing",
        handler=charts.get_landing,
        permission=Permission.TASKS_READ,
        summary="How long after the end of the data interval tasks ended, over past runs",
        query=wire.HistoryQuery,
        result=wire.HistoryReply,
    ),
    Route(
        method=Method.GET,
        path="dags/{dag_id}/runs/{run_id}/charts/gantt",
        handler=charts.get_gantt,
        permission=Permission.TASKS_READ,
        summary="The attempts of a run, and the cells of its notebooks, in time",
        query=wire.GanttQuery,
        result=wire.GanttReply,
    ),
    Route(
        method=Method.GET,
        path="charts/today",
        handler=charts.get_today,
        permission=Permission.RUNS_READ,
        summary="Runs of all DAGs in time",
        query=wire.HoursQuery,
        result=wire.TodayReply,
    ),
    Route(
        method=Method.GET,
        path="charts/pools",
        handler=charts.get_pool_usage,
        permission=Permission.POOLS_READ,
        summary="Slots of pools over time",
        query=wire.HoursQuery,
        result=wire.PoolUsageReply,
    ),
)
