"""What DAG files ask of a DAG object besides what it is made of: older words, and views of its graph."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jupyter_couture.authoring.references import DagParam
from jupyter_couture.authoring.scopes import GroupHolder, TaskHolder
from jupyter_couture.authoring.task_decorator import task as task_decorator


class DagWords(TaskHolder):
    """The part of ``DAG`` that is words for what is there already."""

    max_active_tasks: int

    @property
    def task(self) -> Callable[..., Any]:
        """``@dag.task``: as ``@task``, for this DAG."""
        return functools.partial(task_decorator, dag=self)

    def param(self, name: str, default: Any = None) -> DagParam:
        """The value a run has for the parameter ``name``, to hand to tasks; ``default`` if the DAG has none."""
        if name not in self.params:
            self.params[name] = default
        return DagParam(name)

    @property
    def task_group_dict(self) -> dict[str, GroupHolder]:
        """Its task groups by full id."""
        return dict(self.group_dict)

    def has_task_group(self, task_group_id: str) -> bool:
        """Whether there is such a task group."""
        return task_group_id in self.group_dict

    @property
    def teardowns(self) -> list[Any]:
        """Its teardown tasks."""
        return [node for node in self.nodes if node.is_teardown]

    @property
    def concurrency(self) -> int:
        """The older word for ``max_active_tasks``."""
        return self.max_active_tasks

    @property
    def filepath(self) -> str:
        """The name of its file."""
        return Path(self.fileloc).name

    @property
    def full_filepath(self) -> str:
        """The older word for ``fileloc``."""
        return self.fileloc

    def validate(self) -> None:
        """Done when the file is read; here for Airflow's sake."""
