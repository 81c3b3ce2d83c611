"""Tells when something in the DAG folder changes."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from watchfiles import Change, awatch

from jupyter_couture.dagbag.discover import IGNORE_FILE

_DEBOUNCE_MILLISECONDS = 50
_STEP_MILLISECONDS = 10
_LOOK_AGAIN_MILLISECONDS = 1_000


async def watch(folder: Path, stop: asyncio.Event) -> AsyncIterator[frozenset[str]]:
    """The files that changed (paths below ``folder``), after a pause of 50 ms in the changes; ends with ``stop``.

    Changes may be lost (network disks, overflow), so look at the folder from time to time besides.
    """
    root = _existing(folder)
    changes = awatch(
        root,
        watch_filter=_concerns_us,
        debounce=_DEBOUNCE_MILLISECONDS,
        step=_STEP_MILLISECONDS,
        rust_timeout=_LOOK_AGAIN_MILLISECONDS,
        stop_event=stop,
        ignore_permission_denied=True,
    )
    async for batch in changes:
        yield frozenset(Path(name).relative_to(root).as_posix() for _, name in batch if Path(name).is_relative_to(root))


def _existing(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder.resolve()


def _concerns_us(change: Change, name: str) -> bool:
    """Python and ignore files; also what vanishes or appears without a suffix, which may be a whole folder."""
    path = Path(name)
    if "__pycache__" in path.parts:
        return False
    return path.suffix == ".py" or path.name == IGNORE_FILE or (not path.suffix and change is not Change.modified)
