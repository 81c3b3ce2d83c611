"""The services of a deployment for a command: opened, audited as the person at the terminal, closed."""

import getpass
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from jupyter_couture.app.edges import open_publisher, open_store
from jupyter_couture.clock import SystemClock
from jupyter_couture.model.dag import Json
from jupyter_couture.model.ids import RunKey
from jupyter_couture.model.records import AuditEntry
from jupyter_couture.ports.bus import Publisher
from jupyter_couture.services.actions import Actions
from jupyter_couture.services.alerts import Alerts
from jupyter_couture.services.browsing import Browsing
from jupyter_couture.services.inputs import Inputs
from jupyter_couture.services.pools import Pools
from jupyter_couture.services.reasons import Reasons
from jupyter_couture.services.runs import Runs
from jupyter_couture.services.versions import SpecCache
from jupyter_couture.settings import Settings
from jupyter_couture.store.sql import SqlStore


@dataclass(frozen=True, slots=True)
class Office:
    """Store, signals and services, and whose hand it is."""

    settings: Settings
    store: SqlStore
    publisher: Publisher
    runs: Runs
    actions: Actions
    pools: Pools
    reasons: Reasons
    inputs: Inputs
    alerts: Alerts
    browsing: Browsing
    actor: str

    def note(self, event: str, key: RunKey | None = None, task_id: str | None = None, **extra: Json) -> None:
        """Write down what the person did."""
        details: Mapping[str, Json] = {"via": "command line", **extra}
        self.store.add_audit(
            AuditEntry(
                at=SystemClock().now(),
                actor=self.actor,
                event=event,
                source_ip="",
                dag_id=key.dag_id or None if key is not None else None,
                run_id=key.run_id or None if key is not None else None,
                task_id=task_id,
                extra=details,
            )
        )


@contextmanager
def opened_office(settings: Settings) -> Iterator[Office]:
    """Open the database (creating or upgrading it) and the signals; raises ``Unavailable``."""
    store = open_store(settings)
    publisher = open_publisher(settings)
    specs, clock = SpecCache(store), SystemClock()
    try:
        yield Office(
            settings=settings,
            store=store,
            publisher=publisher,
            runs=Runs(store, publisher, specs, clock),
            actions=Actions(store, publisher, specs, clock),
            pools=Pools(store, publisher),
            reasons=Reasons(store, clock, settings.workers * settings.slots_per_worker),
            inputs=Inputs(store, publisher, clock),
            alerts=Alerts(store, publisher, clock),
            browsing=Browsing(store, specs),
            actor=getpass.getuser(),
        )
    finally:
        publisher.close()
        store.close()
