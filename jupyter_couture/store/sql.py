"""The store on SQLite and PostgreSQL: one class that is scheduler store, bag store, ledger and service store."""

from jupyter_couture.ports.clock import Clock
from jupyter_couture.store.activity import ActivityPart
from jupyter_couture.store.alerts import AlertPart
from jupyter_couture.store.assets import AssetPart
from jupyter_couture.store.backfills import BackfillPart
from jupyter_couture.store.bag import BagPart
from jupyter_couture.store.browsing import BrowsePart
from jupyter_couture.store.charts import ChartPart
from jupyter_couture.store.commits import CommitPart
from jupyter_couture.store.database import Database
from jupyter_couture.store.feed import FeedPart
from jupyter_couture.store.grids import GridPart
from jupyter_couture.store.history import HistoryPart
from jupyter_couture.store.journal import JournalPart
from jupyter_couture.store.keys import KeyRing
from jupyter_couture.store.leases import LeasePart
from jupyter_couture.store.ledger import LedgerPart
from jupyter_couture.store.lists import ListPart
from jupyter_couture.store.live import LivePart
from jupyter_couture.store.migrations import require_present, upgrade
from jupyter_couture.store.orders import OrderPart
from jupyter_couture.store.other_runs import OtherRunPart
from jupyter_couture.store.pools import PoolPart
from jupyter_couture.store.requests import RequestPart
from jupyter_couture.store.secrets import SecretPart
from jupyter_couture.store.statistics import StatisticsPart
from jupyter_couture.store.timetables import TimetablePart
from jupyter_couture.store.xcoms import XComPart


class SqlStore(
    LeasePart,
    CommitPart,
    LivePart,
    BagPart,
    LedgerPart,
    RequestPart,
    OrderPart,
    OtherRunPart,
    HistoryPart,
    PoolPart,
    FeedPart,
    SecretPart,
    ListPart,
    BrowsePart,
    ActivityPart,
    GridPart,
    StatisticsPart,
    ChartPart,
    JournalPart,
    XComPart,
    AssetPart,
    BackfillPart,
    TimetablePart,
    AlertPart,
):
    """All of the store over one database URL. Safe to use from any number of threads and processes."""

    @classmethod
    def open(
        cls, url: str, clock: Clock | None = None, keys: KeyRing | None = None, *, upgrades: bool = True
    ) -> "SqlStore":
        """Connect, create or upgrade the tables if need be; raises ``Unavailable``.

        ``clock`` replaces the host's as the clock of a SQLite database (for tests). Without ``keys`` secrets can
        neither be stored nor read. ``upgrades`` False: tables that are not of the present schema are ``Unavailable``.
        """
        database = Database(url, clock, keys)
        try:
            (upgrade if upgrades else require_present)(database)
        except BaseException:
            database.close()
            raise
        return cls(database)

    def close(self) -> None:
        """Close all connections."""
        self._db.close()


class MemoryStore(SqlStore):
    """A store that lives and dies with this object: SQLite in memory, for throw-away runs and tests."""

    def __init__(self, clock: Clock | None = None) -> None:
        database = Database("sqlite://", clock, KeyRing.throw_away())
        upgrade(database)
        super().__init__(database)
