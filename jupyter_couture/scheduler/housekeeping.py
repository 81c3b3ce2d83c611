"""What is kept for a while only: old events of the feed and commands carried out long ago, removed beside the loop."""

import asyncio
import logging

from jupyter_couture.model.errors import Unavailable
from jupyter_couture.ports.store import SchedulerStore
from jupyter_couture.settings import Settings

log = logging.getLogger(__name__)

FIRST_SECONDS = 60.0
EVERY_SECONDS = 3600.0
"""Between two rounds, by a clock that nobody sets."""


def tidy(store: SchedulerStore, settings: Settings) -> None:
    """Remove what the settings do not want kept any longer."""
    events = store.trim_feed(settings.feed_keep)
    commands = store.trim_commands(settings.commands_keep_seconds)
    if events or commands:
        log.info("Removed %s old events of the feed and %s commands that were carried out", events, commands)


async def keep_house(store: SchedulerStore, settings: Settings) -> None:
    """Tidy up now and then, for ever."""
    await asyncio.sleep(FIRST_SECONDS)
    while True:
        try:
            await asyncio.to_thread(tidy, store, settings)
        except Unavailable as error:
            log.warning("Old events and commands could not be removed, trying again later: %s", error)
        except Exception:  # the edge of a loop
            log.exception("Old events and commands could not be removed, trying again later")
        await asyncio.sleep(EVERY_SECONDS)
