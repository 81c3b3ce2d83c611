"""Pools, and why a task instance does not run."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from jupyter_couture.model.pools import Pool
from jupyter_couture.model.reasons import Reason
from jupyter_couture.ports.pools import PoolUse
from jupyter_couture.services.pools import PoolQuery
from jupyter_couture.services.reasons import as_rows
from jupyter_couture_server import wire_pools as wire
from jupyter_couture_server.route import Call, NoQuery
from jupyter_couture_server.wire import TaskQuery
from jupyter_couture_server.wire_secrets import given


def list_pools(call: Call[wire.PoolListQuery, None]) -> wire.PoolListReply:
    """Pools with what goes on in them."""
    query = call.query
    uses, total = call.backend.pools.page(PoolQuery(query.search, query.order_by, query.limit, query.offset))
    return wire.PoolListReply([_use(use) for use in uses], total)


def get_pool(call: Call[NoQuery, Any]) -> wire.PoolInfo:
    """One pool."""
    return _pool(call.backend.pools.get(call.ids.name).pool)


def add_pool(call: Call[NoQuery, wire.PoolBody]) -> wire.PoolInfo:
    """Make a pool."""
    body = call.body
    return _pool(call.backend.pools.add(Pool(body.name, body.slots, body.description, body.includes_deferred)).pool)


def change_pool(call: Call[NoQuery, wire.PoolPatch]) -> wire.PoolInfo:
    """Change some fields."""
    return _pool(call.backend.pools.change(call.ids.name, **given(call.body), expected=_seen(call)).pool)


def remove_pool(call: Call[NoQuery, None]) -> wire.PoolRemovedReply:
    """Remove a pool."""
    call.backend.pools.delete(call.ids.name, _seen(call))
    return wire.PoolRemovedReply(call.ids.name)


def why(call: Call[TaskQuery, None]) -> wire.WhyReply:
    """What keeps a task instance from running."""
    reasons = call.backend.reasons.of(call.ids.run_key, call.ids.task_key(call.query.map_index))
    return wire.WhyReply(_reasons(reasons))


def why_run(call: Call[wire.RunWhyQuery, None]) -> wire.RunWhyReply:
    """What keeps a run from going on."""
    found = call.backend.reasons.of_run(call.ids.run_key, call.query.limit, call.query.offset)
    return wire.RunWhyReply(
        _reasons(found.of_run),
        [
            wire.TaskWhy(each.task.task_id, each.task.map_index, each.state.value, _reasons(each.reasons))
            for each in found.tasks
        ],
        found.total,
    )


def _reasons(reasons: Sequence[Reason]) -> list[wire.ReasonInfo]:
    return [wire.ReasonInfo(**row) for row in as_rows(reasons)]


def _seen(call: Call[Any, Any]) -> Pool | None:
    """The pool that ``If-Match`` names; None if it names none."""
    found: wire.PoolInfo | None = call.matched
    return Pool(found.name, found.slots, found.description, found.includes_deferred) if found is not None else None


def _pool(pool: Pool) -> wire.PoolInfo:
    return wire.PoolInfo(**asdict(pool))


def _use(use: PoolUse) -> wire.PoolUseInfo:
    return wire.PoolUseInfo(
        **asdict(use.pool),
        running=use.running,
        queued=use.queued,
        scheduled=use.scheduled,
        deferred=use.deferred,
        open=use.open,
    )
