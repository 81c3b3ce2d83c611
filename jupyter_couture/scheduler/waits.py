"""Keeping whoever watches triggers up to date with the waits of live runs."""

from collections.abc import Collection, Mapping

from jupyter_couture.decisions.live import LiveRun
from jupyter_couture.model.ids import RunKey
from jupyter_couture.model.run import WaitKind
from jupyter_couture.ports.triggers import Triggers, WatchedWait


class WaitBook:
    """What of each live run has been told. A person's decision is nobody's to watch."""

    def __init__(self, triggers: Triggers) -> None:
        self._triggers = triggers
        self._told: dict[RunKey, frozenset[str]] = {}

    def begin(self, live: Mapping[RunKey, LiveRun]) -> None:
        """Compare everything, after it was read from the store."""
        self.follow(live, self._told.keys() - live.keys())

    def follow(self, changed: Mapping[RunKey, LiveRun], ended: Collection[RunKey]) -> None:
        """Tell of new waits in ``changed`` runs, and of those that are over."""
        fresh: list[WatchedWait] = []
        over: set[str] = set()
        for key, item in changed.items():
            known = self._told.get(key, frozenset())
            if not item.waits and not known:
                continue
            waits = {wait.wait_id: (task, wait) for task, wait in item.waits.items() if wait.kind is WaitKind.TRIGGER}
            over |= known - waits.keys()
            fresh += [
                WatchedWait(key, *waits[wait_id], file=item.spec.file) for wait_id in sorted(waits.keys() - known)
            ]
            self._told[key] = frozenset(waits)
        for key in ended:
            over |= self._told.pop(key, frozenset())
        if over:
            self._triggers.forget(over)
        if fresh:
            self._triggers.watch(fresh)

    async def close(self) -> None:
        """Watch nothing any more."""
        self._told.clear()
        await self._triggers.close()
