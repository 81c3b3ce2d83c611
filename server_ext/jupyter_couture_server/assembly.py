"""What the extension consists of: the deployment, and the handlers of its routes.

Read after the engine was started: the services and their wire formats are most of what the server reads for us.
"""

import re
from pathlib import Path
from typing import Any

from jupyter_server.serverapp import ServerApp

from jupyter_couture.runtime.collecting import uncollected
from jupyter_couture.settings import Settings
from jupyter_couture_server.api import ApiHandler, OpenApiHandler, UnknownHandler
from jupyter_couture_server.backend import Adapters
from jupyter_couture_server.bokeh_files import bokeh_handlers
from jupyter_couture_server.dask_proxy import dask_handlers
from jupyter_couture_server.deployment import Deployment
from jupyter_couture_server.engine import EngineKeeper
from jupyter_couture_server.events import RunEvents
from jupyter_couture_server.openapi import document
from jupyter_couture_server.outputs import OutputsManager, outputs_handlers
from jupyter_couture_server.route import Method, Route
from jupyter_couture_server.routes import ROUTES
from jupyter_couture_server.stream import StreamHandler
from jupyter_couture_server.widget_files import widget_handlers

API_PATH = "couture/api"

_PATH_NAME = re.compile(r"{(\w+)}")


def make_deployment(settings: Settings, server: ServerApp, keeper: EngineKeeper | None) -> Deployment:
    """The deployment of this server; nothing of it is opened yet."""
    assert server.event_logger is not None
    root_dir = getattr(server.contents_manager, "root_dir", None)
    return Deployment(
        settings,
        _open_adapters,
        root_dir=Path(root_dir).resolve() if root_dir else None,
        keeper=keeper,
        on_events=RunEvents(server.event_logger),
        openapi=lambda: document(ROUTES, server.base_url),
    )


def _open_adapters(settings: Settings) -> Adapters:
    """Open store and bus; called in a thread."""
    with uncollected():
        from jupyter_couture_server.adapters import open_adapters  # noqa: PLC0415  # brings SQLAlchemy

    return open_adapters(settings)


def handlers_of(deployment: Deployment, server: ServerApp) -> list[tuple[str, type[Any], dict[str, Any]]]:
    """All handlers: the table of routes, drives and files, and the refusal of everything else below our path."""
    deployment.settings.make_folders()
    manager = OutputsManager(parent=server, root_dir=str(deployment.settings.outputs_dir))
    return [
        *route_handlers(deployment),
        *outputs_handlers(manager),
        *bokeh_handlers(),
        *widget_handlers(),
        *dask_handlers(deployment.settings),
        (rf"/{API_PATH}(?:/.*)?", UnknownHandler, {"deployment": deployment, "routes": {}}),
    ]


def route_handlers(deployment: Deployment) -> list[tuple[str, type[Any], dict[str, Any]]]:
    """One handler per path, with the routes of its methods."""
    by_path: dict[str, list[Route]] = {}
    for route in ROUTES:
        by_path.setdefault(route.path, []).append(route)
    found: list[tuple[str, type[Any], dict[str, Any]]] = []
    for path, routes in by_path.items():
        pattern = f"/{API_PATH}/" + _pattern(path)
        if routes[0].method is Method.SOCKET:
            found.append((pattern, StreamHandler, {"deployment": deployment, "route": routes[0]}))
            continue
        kind = OpenApiHandler if any(route.is_open for route in routes) else ApiHandler
        found.append((pattern, kind, {"deployment": deployment, "routes": {each.method: each for each in routes}}))
    return found


def _pattern(path: str) -> str:
    """The regular expression of a path template: every name takes one segment."""
    pieces = _PATH_NAME.split(path)
    return "".join(f"(?P<{each}>[^/]+)" if place % 2 else re.escape(each) for place, each in enumerate(pieces))
