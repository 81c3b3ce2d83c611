"""What the campaigns kill, and who starts it again."""

import random
import time
from pathlib import Path
from typing import Protocol

from jupyter_couture.cli.lab import Lab
from tests.deployment import Deployment, kill

KEEPER = "couture-pool"
"""The name of the keeper's process; scheduler and workers die with it."""


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
    """A random process whose command line holds ``word``, with all that die with it; others start it again."""

    def __init__(self, deployment: Deployment, word: str, rng: random.Random) -> None:
        self._deployment = deployment
        self._word = word
        self._rng = rng

    def kill(self) -> str:
        pids = self._deployment.pids_of(self._word)
        if not pids:
            return ""
        pid = self._rng.choice(pids)
        name = name_of(pid)
        kill(pid)
        gone = set(pids) if name == KEEPER else {pid}
        self._deployment.wait_for(lambda: not any(name_of(each) for each in gone), f"the end of {name}")
        return name

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
