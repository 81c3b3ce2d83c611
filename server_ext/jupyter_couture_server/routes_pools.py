"""Routes of pools, and of the question why a task instance does not run."""

from jupyter_couture.services.access import Permission
from jupyter_couture_server import wire_pools as wire
from jupyter_couture_server.handlers import pools
from jupyter_couture_server.route import Audit, Method, Route
from jupyter_couture_server.wire import TaskQuery

_POOL = "pools/{name}"

ROUTES: tuple[Route, ...] = (
    Route(
        method=Method.GET,
        path="pools",
        handler=pools.list_pools,
        permission=Permission.POOLS_READ,
        summary="Pools by name, with the slots that are taken and wanted",
        query=wire.PoolListQuery,
        result=wire.PoolListReply,
    ),
    Route(
        method=Method.POST,
        path="pools",
        handler=pools.add_pool,
        permission=Permission.POOLS_EDIT,
        audit=Audit("pool.add", fields=("name", "slots")),
        summary="Make a pool",
        body=wire.PoolBody,
        result=wire.PoolInfo,
        status=201,
        other_statuses=(409,),
    ),
    Route(
        method=Method.GET,
        path=_POOL,
        handler=pools.get_pool,
        permission=Permission.POOLS_READ,
        summary="One pool",
        result=wire.PoolInfo,
        current=pools.get_pool,
    ),
    Route(
        method=Method.PATCH,
        path=_POOL,
        handler=pools.change_pool,
        permission=Permission.POOLS_EDIT,
        audit=Audit("pool.change"),
        summary="Change a pool",
        body=wire.PoolPatch,
        result=wire.PoolInfo,
        current=pools.get_pool,
    ),
    Route(
        method=Method.DELETE,
        path=_POOL,
        handler=pools.remove_pool,
        permission=Permission.POOLS_EDIT,
        audit=Audit("pool.remove"),
        summary="Remove a pool; not the default one",
        result=wire.PoolRemovedReply,
        current=pools.get_pool,
        other_statuses=(409,),
    ),
    Route(
        method=Method.GET,
        path="dags/{dag_id}/runs/{run_id}/tasks/{task_id}/why",
        handler=pools.why,
        permission=Permission.TASKS_READ,
        summary="Everything that keeps a task instance from running now",
        query=TaskQuery,
        result=wire.WhyReply,
    ),
    Route(
        method=Method.GET,
        path="dags/{dag_id}/runs/{run_id}/why",
        handler=pools.why_run,
        permission=Permission.TASKS_READ,
        summary="Everything that keeps a run, and each of its tasks, from going on",
        query=wire.RunWhyQuery,
        result=wire.RunWhyReply,
    ),
)
