"""What travels about the cluster."""

from typing import Literal

from msgspec import Struct


class DashboardInfo(Struct, frozen=True):
    """Dask's own dashboard. ``path``, below the base URL, is null and ``message`` says why unless it is ready."""

    state: Literal["off", "ready", "down"]
    path: str | None
    message: str


class ClusterReply(Struct, frozen=True):
    dashboard: DashboardInfo
