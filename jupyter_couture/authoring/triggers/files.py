"""A trigger that waits for a file."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

from jupyter_couture.authoring.triggers.trigger import BaseTrigger, TriggerEvent, path_of
from jupyter_couture.authoring.wildcards import first_match


class FileTrigger(BaseTrigger):
    """Fires when a file fits ``filepath``, an absolute path that may hold ``*``, ``?`` and ``[...]``.

    ``recursive`` lets ``**`` stand for any folders. Looks every ``poke_interval`` seconds, on the host of the engine.
    The event is the path that was found. A folder counts if a file lies somewhere below it.
    """

    def __init__(self, filepath: str, *, recursive: bool = False, poke_interval: float = 5.0) -> None:
        self.filepath = str(filepath)
        self.recursive = bool(recursive)
        self.poke_interval = float(poke_interval)

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """See ``BaseTrigger``."""
        arguments = {"filepath": self.filepath, "recursive": self.recursive, "poke_interval": self.poke_interval}
        return path_of(type(self)), arguments

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """See ``BaseTrigger``."""
        look = partial(first_match, self.filepath, is_recursive=self.recursive)
        while (found := await asyncio.to_thread(look)) is None:  # noqa: ASYNC110  # nobody tells of files
            await asyncio.sleep(self.poke_interval)
        yield TriggerEvent(found)
