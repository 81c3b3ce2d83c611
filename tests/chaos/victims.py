"""What the campaigns kill, and who starts it again."""

import random
import time
from pathlib import Path
from typing import Protocol

from jupyter_couture.cli.lab import Lab
from tests.deployment import Deployment, kill

KINDS = {
    "couture-pool": "keeper",  # scheduler and workers die with it
    "couture-schedul": "scheduler",
    "couture-worker-": "worker",
    "nursery:zero": "zero",
    "nursery:": "nursery",
    "task:": "payload",
}
"""What the processes of a deployment are, by how their names begin; the first that fits."""


def name_of(pid: int) -> str:
    """What a process calls itself; nothing if it is dead, buried or not."""
    try:
        name, _, rest = Path(f"/proc/{pid}/stat").read_text().partition("(")[2].rpartition(")")
    except OSError:
        return ""
    return "" if rest.split()[0] in "ZX" else name


class Victim(Protocol):
    """What a campaign kills."""

    def kill(self) -> str:
        """Kill it and see it dead; what it was, or nothing if there was nobody to kill."""
        ...

    def revive(self) -> None:
        """Start it again, if that is nobody else's task."""
        ...


class Engine:
    """The engine, started again by hand as systemd would."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment

    def kill(self) -> str:
        self._deployment.kill_engine()
        return "engine"

    def revive(self) -> None:
        self._deployment.start_engine()


class Process:
    """A process whose command line holds ``word``, with all that die with it; others start it again.

    ``kinds`` are of ``KINDS``: one that is there is drawn, then one of its processes. Without any it is ``name``.
    """

    def __init__(
        self, deployment: Deployment, rng: random.Random, word: str, *, name: str, kinds: tuple[str, ...] = ()
    ) -> None:
        self._deployment = deployment
        self._rng = rng
        self._word = word
        self._name = name
        self._kinds = kinds

    def kill(self) -> str:
        found: dict[str, list[int]] = {}
        for pid in self._deployment.pids_of(self._word):
            kind = self._kind(name_of(pid))
            if kind in (self._kinds or (self._name,)):
                found.setdefault(kind, []).append(pid)
        if not found:
            return ""
        kind = self._rng.choice(sorted(found))
        pid = self._rng.choice(found[kind])
        dying = self._deployment.pids_of(self._word) if kind == "keeper" else [pid]
        kill(pid)
        self._deployment.wait_for(lambda: not any(map(name_of, dying)), f"the end of the {kind}")
        return kind

    def _kind(self, name: str) -> str:
        if not self._kinds:
            return self._name if name else ""
        return next((kind for beginning, kind in KINDS.items() if name.startswith(beginning)), "")

    def revive(self) -> None:
        """Whoever needs it does."""


class Server:
    """The Jupyter server, which hosts the engine but does not contain it."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._labs: list[Lab] = []
        self.seconds_to_health: list[float] = []

    def kill(self) -> str:
        self._labs[-1].kill()
        return "server"

    def revive(self) -> None:
        begin = time.monotonic()
        home = self._deployment.settings.home
        self._labs.append(Lab(self._deployment.settings, home, 0, home / "lab.log"))
        self._labs[-1].wait_until_healthy(90)
        self.seconds_to_health.append(time.monotonic() - begin)

    def close(self) -> None:
        for lab in self._labs:
            lab.close()
