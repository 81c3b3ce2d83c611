"""The cluster that attempts run on, as far as Dask itself shows it."""

import asyncio

from jupyter_couture.model.errors import Unavailable
from jupyter_couture.services.cluster import find_dashboard, is_on
from jupyter_couture_server.dask_proxy import DASK_PATH, OFF
from jupyter_couture_server.dask_upstream import answers
from jupyter_couture_server.route import Call, NoQuery
from jupyter_couture_server.wire_cluster import ClusterReply, DashboardInfo


async def get_cluster(call: Call[NoQuery, None]) -> ClusterReply:
    """Whether the dashboard can be opened."""
    settings = call.deployment.settings
    if not is_on(settings):
        return ClusterReply(DashboardInfo("off", None, OFF.reply.error.hint))
    try:
        found = await asyncio.to_thread(find_dashboard, settings)
    except Unavailable as error:
        return ClusterReply(DashboardInfo("down", None, str(error.fields["message"])))
    if not await answers(found):
        return ClusterReply(DashboardInfo("down", None, "it does not answer; it may be starting"))
    return ClusterReply(DashboardInfo("ready", DASK_PATH, ""))
