"""Triggers of Airflow 3 that wait for a file and take it away."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from jupyter_couture.authoring.triggers.trigger import BaseTrigger, TriggerEvent, path_of


class FileDeleteTrigger(BaseTrigger):
    """Fires when there is a file ``filepath``, and deletes it. Looks every ``poke_interval`` seconds."""

    def __init__(self, filepath: str, poke_interval: float = 5.0, **others: Any) -> None:
        self.filepath = str(filepath)
        self.poke_interval = float(poke_interval)

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """See ``BaseTrigger``."""
        return path_of(type(self)), {"filepath": self.filepath, "poke_interval": self.poke_interval}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """See ``BaseTrigger``."""
        while not await asyncio.to_thread(_taken, Path(self.filepath)):  # noqa: ASYNC110  # nobody tells of files
            await asyncio.sleep(self.poke_interval)
        yield TriggerEvent(True)


class DirectoryFileDeleteTrigger(FileDeleteTrigger):
    """The same for the file ``filename`` of a folder."""

    def __init__(self, directory: str, filename: str, poke_interval: float = 5.0) -> None:
        super().__init__(str(Path(directory) / filename), poke_interval)
        self.directory, self.filename = str(directory), str(filename)

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """See ``BaseTrigger``."""
        arguments = {"directory": self.directory, "filename": self.filename, "poke_interval": self.poke_interval}
        return path_of(type(self)), arguments


def _taken(path: Path) -> bool:
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    return True
