"""``TaskGroup``: tasks that are drawn as one box and can be joined to others as one."""

from collections.abc import Mapping, Sequence
from typing import Any

from jupyter_couture.authoring import scopes
from jupyter_couture.authoring.edges import Dependable, TaskNode
from jupyter_couture.authoring.scopes import GroupHolder, TaskHolder
from jupyter_couture.model.errors import DuplicateTask, InvalidDag
from jupyter_couture.model.ids import task_id as check_task_id


class TaskGroup(Dependable, GroupHolder):
    """Tasks made inside ``with TaskGroup("load"):`` belong together; ``task_id="x"`` becomes ``load.x``.

    As an end of a dependency a group stands for its first tasks (those without upstream in the group) or its last
    ones. ``prefix_group_id=False`` leaves task ids alone. Groups nest.
    """

    def __init__(
        self,
        group_id: str,
        *,
        prefix_group_id: bool = True,
        dag: TaskHolder | None = None,
        parent_group: "TaskGroup | None" = None,
        default_args: Mapping[str, Any] | None = None,
        tooltip: str = "",
    ) -> None:
        holder = dag if dag is not None else (parent_group.dag if parent_group else scopes.dags.current())
        if holder is None:
            raise InvalidDag(message=f"TaskGroup {group_id!r} must stand inside a DAG")
        parent = parent_group if parent_group is not None else scopes.current_group(holder)
        self.dag = holder
        self.parent = parent
        self.group_id = check_task_id(parent.child_id(group_id) if parent is not None else group_id)
        self.prefix_group_id = prefix_group_id
        self.default_args = {**(parent.default_args if parent is not None else {}), **(default_args or {})}
        self.tooltip = tooltip
        if self.group_id in holder.graph:
            raise DuplicateTask(dag_id=holder.dag_id, task_id=self.group_id)

    def child_id(self, label: str) -> str:
        """The full id of a task or group called ``label`` in here."""
        if self.prefix_group_id:
            return f"{self.group_id}.{label}"
        outer = self.parent
        return outer.child_id(label) if outer is not None else label

    @property
    def nodes(self) -> Sequence[TaskNode]:
        """The tasks in here and in the groups in here, in order."""
        return [node for node in self.dag.nodes if self._holds(getattr(node, "task_group", None))]

    @property
    def roots(self) -> Sequence[TaskNode]:
        return self._without(self.dag.graph.upstream_of)

    @property
    def leaves(self) -> Sequence[TaskNode]:
        return self._without(self.dag.graph.downstream_of)

    def _without(self, neighbours: Any) -> Sequence[TaskNode]:
        nodes = self.nodes
        inside = {node.task_id for node in nodes}
        return [node for node in nodes if inside.isdisjoint(neighbours(node.task_id))]

    def _holds(self, group: object) -> bool:
        while isinstance(group, TaskGroup):
            if group is self:
                return True
            group = group.parent
        return False

    def __enter__(self) -> "TaskGroup":
        scopes.dags.push(self.dag)
        scopes.groups.push(self)
        return self

    def __exit__(self, *exception: object) -> None:
        scopes.groups.pop()
        scopes.dags.pop()

    def __repr__(self) -> str:
        return f"<TaskGroup {self.group_id}>"
