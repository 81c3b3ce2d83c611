"""Everything the handlers call, once per server: store, bus, services, live feed, engine."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from jupyter_couture.ports.activity import ActivityStore
from jupyter_couture.ports.browsing import BrowseStore
from jupyter_couture.ports.bus import BAG, Listener, Publisher
from jupyter_couture.ports.charts import ChartStore
from jupyter_couture.ports.clock import Clock
from jupyter_couture.ports.grids import GridStore
from jupyter_couture.ports.logs import LogReader
from jupyter_couture.ports.pools import PoolStore
from jupyter_couture.ports.secrets import SecretStore
from jupyter_couture.ports.statistics import StatisticsStore
from jupyter_couture.ports.usage import UsageReader
from jupyter_couture.ports.xcoms import XComStore
from jupyter_couture.services.actions import Actions
from jupyter_couture.services.activity import Activities
from jupyter_couture.services.alerts import Alerts
from jupyter_couture.services.assets import Assets
from jupyter_couture.services.backfills import Backfills
from jupyter_couture.services.browsing import Browsing
from jupyter_couture.services.cells import Cells
from jupyter_couture.services.charts import Charts
from jupyter_couture.services.connections import Connections
from jupyter_couture.services.dags import Dags
from jupyter_couture.services.grids import Grids
from jupyter_couture.services.health import Health, HealthStore
from jupyter_couture.services.inputs import Inputs, InputStore
from jupyter_couture.services.jobs import Jobs
from jupyter_couture.services.logs import Logs
from jupyter_couture.services.notebook_files import NotebookFolders
from jupyter_couture.services.notebooks import Notebooks
from jupyter_couture.services.pools import Pools
from jupyter_couture.services.reasons import Reasons, ReasonStore
from jupyter_couture.services.runs import Runs
from jupyter_couture.services.schedules import Schedules
from jupyter_couture.services.statistics import DagPage
from jupyter_couture.services.usage import Usages
from jupyter_couture.services.variables import Variables
from jupyter_couture.services.versions import SpecCache
from jupyter_couture.services.work import Workers
from jupyter_couture.services.xcoms import XComs
from jupyter_couture.settings import Settings


class ServerStore(
    HealthStore,
    SecretStore,
    InputStore,
    ReasonStore,
    PoolStore,
    XComStore,
    ActivityStore,
    BrowseStore,
    GridStore,
    StatisticsStore,
    ChartStore,
    Protocol,
):
    """What the services of a server need of the store."""


@dataclass(frozen=True)
class Adapters:
    """What the composition root picks for a server."""

    store: ServerStore
    publisher: Publisher
    listen: Callable[[], Listener | None]
    logs: LogReader
    usage: UsageReader
    clock: Clock
    close: Callable[[], None]


class Backend:
    """The services over one set of adapters."""

    def __init__(self, settings: Settings, adapters: Adapters, root_dir: Path | None) -> None:
        specs = SpecCache(adapters.store)
        self.settings = settings
        self.adapters = adapters
        self.root_dir = root_dir
        self.workers = Workers()
        self.dags = Dags(adapters.store, adapters.publisher, specs, settings.dags_folder)
        self.runs = Runs(adapters.store, adapters.publisher, specs, adapters.clock)
        self.assets = Assets(adapters.store, adapters.publisher)
        self.backfills = Backfills(adapters.store, adapters.publisher, specs, adapters.clock)
        self.schedules = Schedules(adapters.store, specs, adapters.clock)
        self.activities = Activities(adapters.store, adapters.clock)
        self.grids = Grids(adapters.store, specs)
        self.dag_page = DagPage(adapters.store)
        self.browsing = Browsing(adapters.store, specs)
        folders = NotebookFolders(settings.outputs_dir, *([] if root_dir is None else [root_dir]))
        self.charts = Charts(adapters.store, specs, adapters.clock, Cells(folders))
        self.actions = Actions(adapters.store, adapters.publisher, specs, adapters.clock)
        self.inputs = Inputs(adapters.store, adapters.publisher, adapters.clock)
        self.alerts = Alerts(adapters.store, adapters.publisher, adapters.clock)
        hides = settings.hide_sensitive
        self.variables = Variables(adapters.store, hides=hides, on_change=self._look_at_files)
        self.connections = Connections(adapters.store, hides=hides, on_change=self._look_at_files)
        self.xcoms = XComs(adapters.store, settings.xcom_dir)
        self.pools = Pools(adapters.store, adapters.publisher)
        slots = settings.workers * settings.slots_per_worker
        self.reasons = Reasons(adapters.store, adapters.clock, slots)
        self.logs = Logs(adapters.logs, self.runs, self.workers)
        self.notebooks = Notebooks(adapters.store, self.runs, self.workers, folders)
        self.usages = Usages(adapters.usage, self.runs)
        self.health = Health(adapters.store, adapters.clock)
        self.jobs = Jobs(adapters.store)

    def _look_at_files(self) -> None:
        self.adapters.publisher.publish(BAG)

    def close(self) -> None:
        """Let threads and connections go."""
        self.workers.close()
        self.adapters.close()
