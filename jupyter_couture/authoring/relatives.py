"""What a task of a DAG knows of the tasks around it."""

from typing import Any

from jupyter_couture.authoring.edges import TaskNode
from jupyter_couture.authoring.scopes import TaskHolder
from jupyter_couture.model.errors import InvalidDag


class Relatives(TaskNode):
    """The part of ``BaseOperator`` that looks at the graph."""

    def __lt__(self, other: "Relatives") -> bool:
        """Tasks can be sorted: by id."""
        return str(self.task_id) < str(other.task_id)

    def has_dag(self) -> bool:
        """Whether the task belongs to a DAG yet."""
        return self.dag is not None

    @property
    def dag_id(self) -> str:
        """Id of the DAG; raises ``InvalidDag`` if the task has none."""
        return self._dag_of().dag_id

    @property
    def upstream_task_ids(self) -> set[str]:
        """Ids of the tasks this one waits for."""
        return set(self._dag_of().graph.upstream_of(self.task_id)) if self.dag is not None else set()

    @property
    def downstream_task_ids(self) -> set[str]:
        """Ids of the tasks that wait for this one."""
        return set(self._dag_of().graph.downstream_of(self.task_id)) if self.dag is not None else set()

    @property
    def upstream_list(self) -> list[Any]:
        """The tasks this one waits for, in the order of writing."""
        return self.get_direct_relatives(upstream=True)

    @property
    def downstream_list(self) -> list[Any]:
        """The tasks that wait for this one, in the order of writing."""
        return self.get_direct_relatives(upstream=False)

    def get_direct_relative_ids(self, upstream: bool = False) -> set[str]:
        """Ids of the neighbours on one side."""
        return self.upstream_task_ids if upstream else self.downstream_task_ids

    def get_direct_relatives(self, upstream: bool = False) -> list[Any]:
        """The neighbours on one side, in the order of writing."""
        dag = self._dag_of()
        near = dag.graph.upstream_of if upstream else dag.graph.downstream_of
        return [dag.node_of(task_id) for task_id in near(self.task_id)]

    def get_flat_relative_ids(self, upstream: bool = False) -> set[str]:
        """Ids of all tasks before or after this one, however far."""
        graph = self._dag_of().graph
        return set(graph.all_before(self.task_id) if upstream else graph.all_after(self.task_id))

    def get_flat_relatives(self, upstream: bool = False) -> list[Any]:
        """All tasks before or after this one, however far, in the order of writing."""
        far = self.get_flat_relative_ids(upstream)
        return [node for node in self._dag_of().nodes if node.task_id in far]

    def _dag_of(self) -> TaskHolder:
        if self.dag is None:
            raise InvalidDag(task_id=self.task_id, message=f"Task {self.task_id!r} belongs to no DAG")
        return self.dag
