"""The deployment itself: health, the API's own description, who am I, counters."""

from typing import Any

from jupyter_couture_server import wire
from jupyter_couture_server.route import Call, NoQuery


async def get_health(call: Call[NoQuery, None]) -> wire.HealthReply:
    """What is there and what is not."""
    return await call.deployment.health()


def get_openapi(call: Call[NoQuery, None]) -> dict[str, Any]:
    """The OpenAPI document."""
    return call.deployment.openapi()


async def get_me(call: Call[NoQuery, None]) -> wire.MeReply:
    """The caller, and what it may do: what its role allows and the server's Authorizer does not refuse."""
    actor = call.actor
    return wire.MeReply(
        name=actor.name,
        display_name=actor.display_name,
        role=actor.role.value,
        permissions=sorted(permission.value for permission in await call.allowed()),
    )


def get_overview(call: Call[NoQuery, None]) -> wire.OverviewReply:
    """Counters of the status bar."""
    counts, feed_seq = call.backend.health.overview()
    return wire.OverviewReply(
        running_tasks=counts.get("running_tasks", 0),
        queued_tasks=counts.get("queued_tasks", 0),
        running_runs=counts.get("running_runs", 0),
        failed_runs_24h=counts.get("failed_runs", 0),
        import_errors=counts.get("import_errors", 0),
        feed_seq=feed_seq,
    )
