"""Where the files of values between tasks lie, and when they go: with the try, with the run."""

import contextlib
import os
from pathlib import Path

from jupyter_couture.model.ids import NOT_MAPPED, RunKey, TaskKey
from jupyter_couture.model.xcom import XComItem
from jupyter_couture.runtime.logs import file_name
from jupyter_couture.runtime.workplaces import remove_tree


def task_folder(xcom_dir: Path, run: RunKey, task: TaskKey) -> Path:
    """Where the files of a task instance lie."""
    name = file_name(task.task_id) if task.map_index == NOT_MAPPED else f"{file_name(task.task_id)}+{task.map_index}"
    return xcom_dir / file_name(run.dag_id) / file_name(run.run_id) / name


def remove_values_of_others(xcom_dir: Path, run: RunKey, task: TaskKey, attempt_id: str) -> None:
    """Remove the files that other attempts at a task instance than this one left."""
    with contextlib.suppress(OSError), os.scandir(task_folder(xcom_dir, run, task)) as entries:
        for entry in entries:
            if not entry.name.startswith(f"{attempt_id}-"):
                with contextlib.suppress(OSError):
                    os.unlink(entry.path)  # noqa: PTH108  # a text all along


def remove_values_of_run(xcom_dir: Path, run: RunKey) -> None:
    """Remove the files of a run that is forgotten."""
    remove_tree(str(xcom_dir / file_name(run.dag_id) / file_name(run.run_id)))


def remove_file_of(xcom_dir: Path, item: XComItem) -> None:
    """Remove the file of one value, if it has one."""
    path = (xcom_dir / item.path).resolve()
    if item.path and path.is_relative_to(xcom_dir.resolve()):
        with contextlib.suppress(OSError):
            path.unlink()
