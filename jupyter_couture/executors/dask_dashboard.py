"""Dask's own dashboard of our pool: pages about scheduler and workers, behind a Unix socket that only its owner opens.

The pages know no login, so no port may lead to them, not even one on loopback: there every user of the host could ask.
The server extension stands in front, with login and permission.

* The pool does not wait for the dashboard. Bokeh and what it takes along are imported in a thread once workers may
  connect; a dashboard that cannot start is told in the log, and attempts run all the same.
* Pages to look at, and no more: none of Dask's routes that retire workers, give metrics away, or lead to other hosts.
"""

import asyncio
import importlib
import logging
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from distributed import Scheduler
from distributed.http.routing import RoutingApplication
from distributed.http.utils import get_handlers
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_unix_socket

ABSENT = ("shuffle", "stealing", "hardware")
"""Pages about parts of Dask that our scheduler does without; and one that measures all workers when it is looked at."""

ROUTES = ("distributed.http.scheduler.info", "distributed.http.statics")

SEEING: dict[str, Any] = {
    "distributed.admin.system-monitor.interval": "2s",
    "distributed.admin.system-monitor.log-length": 1800,  # an hour
    "distributed.scheduler.dashboard.bokeh-application.keep_alive_milliseconds": 10_000,
    "distributed.scheduler.dashboard.bokeh-application.check_unused_sessions_milliseconds": 5_000,
}
"""What is quiet without a dashboard and has something to show with one."""

_log = logging.getLogger(__name__)


async def show(scheduler: Scheduler, socket: Path) -> None:
    """Serve the dashboard of ``scheduler`` at ``socket`` for as long as the process lives."""
    try:
        pages = await asyncio.to_thread(_import_pages)
        make: Callable[..., Any] = RoutingApplication  # it is untyped
        application = make(get_handlers(server=scheduler, modules=list(ROUTES), prefix="/"))
        server: Any = HTTPServer(application)
        server.port = 0  # Dask asks for it to say who may open a WebSocket; here that is whoever opens the socket
        node: Any = scheduler
        node.http_application, node.http_server = application, server
        _unlink_absent(pages, scheduler)
        pages.connect(application, server, scheduler, prefix="/")
        server.add_socket(bind_unix_socket(str(socket), mode=0o600))
    except Exception:  # noqa: BLE001  # the edge of a task: the pool works without it
        _log.exception("The Dask dashboard cannot be shown")


def _import_pages() -> ModuleType:
    pages = importlib.import_module("distributed.dashboard.scheduler")
    for name in ABSENT:
        pages.applications.pop(f"/{name}", None)
    return pages


def _unlink_absent(pages: ModuleType, scheduler: Scheduler) -> None:
    variables = pages.template_variables(scheduler)  # memoized: the pages get this very value
    variables["plots"] = [plot for plot in variables["plots"] if plot["url"] not in ABSENT]
