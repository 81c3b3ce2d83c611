"""Which adapter plays which part, decided by the settings."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager

from jupyter_couture.app.edges import open_listener, open_publisher, open_store
from jupyter_couture.clock import SystemClock
from jupyter_couture.dagbag.bag import DagBag
from jupyter_couture.dagbag.parse import Parser
from jupyter_couture.dagbag.watch import watch_folder
from jupyter_couture.executors.dask_executor import DaskExecutor
from jupyter_couture.executors.local import LocalExecutor
from jupyter_couture.executors.triggerer import TriggererHost
from jupyter_couture.model.facts import WaitEnded
from jupyter_couture.model.ids import DagId, VersionHash
from jupyter_couture.ports.bus import ENGINE, FEED, Publisher
from jupyter_couture.ports.executor import Executor
from jupyter_couture.runtime.places import materialise
from jupyter_couture.scheduler.loop import FACTS
from jupyter_couture.scheduler.parts import EngineParts
from jupyter_couture.scheduler.postman import SmtpPostman
from jupyter_couture.scheduler.service import Engine
from jupyter_couture.services.secrets import Secrets
from jupyter_couture.settings import Settings
from jupyter_couture.store.sql import SqlStore


def make_executor(settings: Settings, publisher: Publisher) -> Executor:
    """The executor that the settings ask for. The scheduler hears when the number of slots changes."""
    if settings.executor == "local":
        return LocalExecutor(settings)
    return DaskExecutor(settings, on_change=lambda: publisher.publish(ENGINE, "slots"))


def make_triggers(settings: Settings, store: SqlStore, publisher: Publisher) -> TriggererHost:
    """Whoever watches the triggers of deferred tasks; ends of waits are stored as facts, and the leader is woken."""

    def keep(ends: Sequence[WaitEnded]) -> None:
        store.add_facts(ends)
        publisher.publish(ENGINE, FACTS)

    return TriggererHost(settings, SystemClock(), keep, store.run_states)


@contextmanager
def opened_engine(settings: Settings) -> Iterator[Engine]:
    """An engine on a store of its own, ready to ``run``; closed in the end."""
    store = open_store(settings)
    publisher = open_publisher(settings)
    parser = Parser(settings, secrets=Secrets.load(settings, store))

    def tell(changed: Sequence[DagId]) -> None:
        publisher.publish(ENGINE, "dags")
        publisher.publish(FEED)

    bag = DagBag(store, parser, settings, SystemClock(), tell)
    try:
        yield Engine(engine_parts(settings, store, publisher, bag))
    finally:
        bag.close()
        publisher.close()
        store.close()


def engine_parts(settings: Settings, store: SqlStore, publisher: Publisher, bag: DagBag | None) -> EngineParts:
    """The adapters of an engine. Without ``bag`` it knows the DAGs of the store and looks at no folder."""

    def scan(files: Sequence[str] | None) -> Sequence[DagId]:
        return bag.scan(files) if bag is not None else ()

    async def changes() -> AsyncIterator[Sequence[str]]:
        if bag is None:
            await asyncio.Event().wait()
        async for files in watch_folder(settings.dags_folder):
            yield files

    def keep_source(version: VersionHash, source: str, file: str) -> None:
        materialise(settings, version, source, file)

    return EngineParts(
        store=store,
        executor=make_executor(settings, publisher),
        publisher=publisher,
        open_listener=lambda topics: open_listener(settings, topics),
        clock=SystemClock(),
        settings=settings,
        scan=scan,
        watch=changes,
        materialise=keep_source,
        ask_timetable=bag.ask_timetable if bag is not None else None,
        triggers=make_triggers(settings, store, publisher),
        postman=SmtpPostman(settings),
    )
