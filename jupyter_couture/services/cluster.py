"""Where Dask's own dashboard is: said by the settings and by the record of what runs, never by a request."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from jupyter_couture.executors.dask_record import ClusterRecord, PoolRecord
from jupyter_couture.model.errors import Unavailable
from jupyter_couture.settings import Settings

WHAT = "the Dask dashboard"


@dataclass(frozen=True, slots=True)
class Dashboard:
    """A dashboard: ``url`` is its root, without a slash at the end. It is asked at ``socket`` if that is not empty."""

    url: str
    socket: str = ""


def is_on(settings: Settings) -> bool:
    """Whether there is to be a dashboard."""
    return settings.dask_dashboard and settings.executor == "dask"


def find_dashboard(settings: Settings) -> Dashboard:
    """The dashboard that the deployment's cluster ought to have; reads a small file. Raises ``Unavailable``."""
    if not settings.dask_address:
        return _of_pool(settings)
    if settings.dask_dashboard_url:
        return Dashboard(_checked(settings.dask_dashboard_url))
    found = ClusterRecord.read(settings.run_dir)
    if found is None or found.address != settings.dask_address:
        raise Unavailable(what=WHAT, message="the engine has not yet spoken to the Dask scheduler")
    if not found.dashboard:
        raise Unavailable(what=WHAT, message=f"the Dask scheduler {found.address} was started without one")
    return Dashboard(_checked(found.dashboard))


def _of_pool(settings: Settings) -> Dashboard:
    pool = PoolRecord.read(settings.run_dir)
    if pool is None:
        raise Unavailable(what=WHAT, message="no Dask workers run; the engine starts them")
    if not pool.dashboard:
        message = (
            "the Dask workers were started before it was turned on; 'jupyter couture down' lets the engine start anew"
        )
        raise Unavailable(what=WHAT, message=message)
    return Dashboard("http://dask", socket=pool.dashboard)


def _checked(url: str) -> str:
    """A root that nothing but a path can be added to; raises ``Unavailable``."""
    parts = urlsplit(url)
    is_plain = not (parts.query or parts.fragment or parts.username or parts.password)
    if parts.scheme not in ("http", "https") or not parts.hostname or not is_plain:
        raise Unavailable(what=WHAT, message="dask_dashboard_url is not like http://host:8787")
    return url.rstrip("/")
