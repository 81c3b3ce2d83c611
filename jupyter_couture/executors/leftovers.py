"""Removes files of values whose runs are gone: deleted by somebody, or lost with a database that was replaced."""

import asyncio
import contextlib
import logging
from pathlib import Path

from jupyter_couture.model.errors import Unavailable
from jupyter_couture.ports.desk import DeskStore
from jupyter_couture.runtime.logs import file_name
from jupyter_couture.runtime.workplaces import remove_tree

PAUSE_SECONDS = 600.0

_log = logging.getLogger("couture.supervisor")


async def keep_tidy(store: DeskStore, xcom_dir: Path) -> None:
    """Look now and then, for ever."""
    while True:
        try:
            await asyncio.to_thread(remove_leftovers, store, xcom_dir)
        except (Unavailable, OSError) as error:
            _log.warning("Files of values cannot be tidied up: %s", error)
        await asyncio.sleep(PAUSE_SECONDS)


def remove_leftovers(store: DeskStore, xcom_dir: Path) -> int:
    """Remove the files of runs that the database does not know; of how many runs.

    Folders are listed before the database is asked: a run that is made meanwhile is in no danger.
    """
    found = {folder: _folders(folder) for folder in _folders(xcom_dir)}
    if not found:
        return 0
    dags = {file_name(dag_id): dag_id for dag_id in store.dags_with_runs()}
    removed = 0
    for folder, runs in found.items():
        dag_id = dags.get(folder.name)
        known = {file_name(run_id) for run_id in store.run_ids(dag_id)} if dag_id is not None else set()
        for run in runs:
            if run.name not in known:
                remove_tree(str(run))
                removed += 1
        with contextlib.suppress(OSError):  # it is not empty
            folder.rmdir()
    return removed


def _folders(place: Path) -> list[Path]:
    try:
        return [entry for entry in place.iterdir() if entry.is_dir() and not entry.is_symlink()]
    except FileNotFoundError:
        return []
