"""Tells when something in the DAG folder changes."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path

from watchfiles import Change, awatch

from jupyter_couture.dagbag.discover import IGNORE_FILE

_DEBOUNCE_MILLISECONDS = 50
_STEP_MILLISECONDS = 10
LOOK_AGAIN_SECONDS = 5.0


async def watch_folder(folder: Path, stop: asyncio.Event | None = None) -> AsyncGenerator[Sequence[str], None]:
    """The files that changed (paths below ``folder``), 50 ms after the last of several changes; ends with ``stop``.

    Nothing having changed for five seconds, it yields an empty sequence: time to look at the folder all the same,
    since changes can be missed (network disks, overflow, a folder that was replaced).
    """
    while stop is None or not stop.is_set():
        root = await asyncio.to_thread(_existing, folder)
        changes = awatch(
            root,
            watch_filter=_concerns_us,
            debounce=_DEBOUNCE_MILLISECONDS,
            step=_STEP_MILLISECONDS,
            rust_timeout=int(LOOK_AGAIN_SECONDS * 1000),
            yield_on_timeout=True,
            stop_event=stop,
            ignore_permission_denied=True,
        )
        async for batch in changes:
            yield sorted(_relative(Path(name), root) for _, name in batch)
            if not await asyncio.to_thread(root.is_dir):
                break  # begin anew with what stands there next


def _existing(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder.resolve()


def _relative(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name


def _concerns_us(change: Change, name: str) -> bool:
    """Python and ignore files; also what vanishes or appears without a suffix, which may be a whole folder."""
    path = Path(name)
    if "__pycache__" in path.parts:
        return False
    return path.suffix == ".py" or path.name == IGNORE_FILE or (not path.suffix and change is not Change.modified)
