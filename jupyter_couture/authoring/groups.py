"""``TaskGroup``: tasks that are drawn as one box and can be joined to others as one; ``@task_group`` for functions.

A group may be mapped as a whole (``@task_group`` function ``.expand(...)``): its tasks then have one instance for each
value, and wait for the instances of their own index.
"""

import functools
import importlib
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, overload

from jupyter_couture.authoring import scopes
from jupyter_couture.authoring.arguments import argument_names, unknown_argument
from jupyter_couture.authoring.edges import Dependable, TaskNode, connect, working_leaves
from jupyter_couture.authoring.mapping import ByArgument, ByInstance, ExpandInput, MappedArgument
from jupyter_couture.authoring.scopes import GroupHolder, TaskHolder
from jupyter_couture.model.errors import DuplicateTask, InvalidDag
from jupyter_couture.model.ids import task_id as check_task_id


class TaskGroup(Dependable, GroupHolder):
    """Tasks made inside ``with TaskGroup("load"):`` belong together; ``task_id="x"`` becomes ``load.x``.

    As an end of a dependency a group stands for its first tasks (those without upstream in the group) or its last
    ones, teardowns left out. Groups nest.

    Parameters
    ----------
    group_id
        Unique in its DAG, and no task's id; inside another group that one's id is put before it.
    prefix_group_id
        False leaves the ids of tasks and groups in it alone.
    default_args
        Arguments for the operators in it, over those of the DAG and of the groups around.
    tooltip, group_display_name
        For people.
    add_suffix_on_collision
        Take ``load__1`` and so on if ``load`` is taken, instead of raising ``DuplicateTask``.
    ui_color, ui_fgcolor
        Accepted; the theme decides about colours.
    """

    def __init__(
        self,
        group_id: str,
        prefix_group_id: bool = True,
        parent_group: "TaskGroup | None" = None,
        dag: TaskHolder | None = None,
        default_args: Mapping[str, Any] | None = None,
        tooltip: str = "",
        ui_color: str = "CornflowerBlue",
        ui_fgcolor: str = "#000",
        *,
        add_suffix_on_collision: bool = False,
        group_display_name: str = "",
        expand_input: ExpandInput | None = None,
    ) -> None:
        holder = dag if dag is not None else (parent_group.dag if parent_group else scopes.dags.current())
        if holder is None:
            raise InvalidDag(message=f"TaskGroup {group_id!r} must stand inside a DAG")
        parent = parent_group if parent_group is not None else scopes.current_group(holder)
        self.dag = holder
        self.parent = parent
        self.label = group_id
        wanted = check_task_id(parent.child_id(group_id) if parent is not None else group_id)
        self.prefix_group_id = prefix_group_id
        self.default_args = {**(parent.default_args if parent is not None else {}), **(default_args or {})}
        self.tooltip = tooltip
        self.group_display_name = group_display_name
        self.ui_color, self.ui_fgcolor = ui_color, ui_fgcolor
        self.members: list[Any] = []
        self.expand_input = expand_input
        if expand_input is not None and parent is not None and parent.mapped_group is not None:
            raise InvalidDag(dag_id=holder.dag_id, message=f"Mapped task group {wanted!r} is inside another one")
        number, free = 0, str(wanted)
        while free in holder.graph or free in holder.group_dict:
            if not add_suffix_on_collision:
                raise DuplicateTask(dag_id=holder.dag_id, task_id=wanted)
            number += 1
            free = f"{wanted}__{number}"
        self.group_id = free
        holder.group_dict[free] = self
        if parent is not None:
            parent.members.append(self)

    def child_id(self, label: str) -> str:
        """The full id of a task or group called ``label`` in here."""
        if self.prefix_group_id:
            return f"{self.group_id}.{label}"
        outer = self.parent
        return outer.child_id(label) if outer is not None else label

    @property
    def mapped_group(self) -> "TaskGroup | None":
        """The group here or around that is mapped as a whole; None if none is."""
        if self.expand_input is not None:
            return self
        return self.parent.mapped_group if self.parent is not None else None

    @property
    def nodes(self) -> Sequence[TaskNode]:
        """The tasks in here and in the groups in here, in order."""
        return list(self._walk())

    @property
    def children(self) -> dict[str, Any]:
        """The tasks and groups directly in it, by full id."""
        return {str(getattr(item, "task_id", None) or item.group_id): item for item in self.members}

    def get_child_by_label(self, label: str) -> Any:
        """A task or group directly in it, by the name the author gave it; raises ``KeyError``."""
        return self.children[self.child_id(label)]

    def _walk(self) -> Iterator[TaskNode]:
        for member in self.members:
            if isinstance(member, TaskGroup):
                yield from member._walk()
            else:
                yield member

    @property
    def roots(self) -> Sequence[TaskNode]:
        nodes = self.nodes
        inside = {node.task_id for node in nodes}
        return [node for node in nodes if inside.isdisjoint(self.dag.graph.upstream_of(node.task_id))]

    @property
    def leaves(self) -> Sequence[TaskNode]:
        return working_leaves(self.nodes, self.dag.graph)

    def __enter__(self) -> "TaskGroup":
        scopes.dags.push(self.dag)
        scopes.groups.push(self)
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        scopes.groups.pop()
        scopes.dags.pop()
        if kind is None and self.expand_input is not None:
            self.expand_input.mark_sources()
            for source in self.expand_input.sources():
                connect(source, self, is_implied=True)

    def __repr__(self) -> str:
        return f"<TaskGroup {self.group_id}>"

    def _repr_html_(self) -> str:
        return str(importlib.import_module("jupyter_couture.authoring.pictures").group_picture(self))


class GroupFunction:
    """A function whose call makes a group of the tasks it makes; what it returns, if anything, is the call's result."""

    def __init__(
        self, function: Callable[..., Any], options: Mapping[str, Any], given: Mapping[str, Any] | None = None
    ) -> None:
        functools.update_wrapper(self, function)
        self.function = function
        self.options = dict(options)
        self.given = dict(given or {})

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._make(None, args, kwargs)

    def override(self, **options: Any) -> "GroupFunction":
        """The same function with other arguments for its group, for instance another ``group_id``."""
        return GroupFunction(self.function, {**self.options, **options}, self.given)

    def partial(self, **kwargs: Any) -> "GroupFunction":
        """Arguments that all instances of the mapped group share."""
        self._check(kwargs, "partial")
        return GroupFunction(self.function, self.options, {**self.given, **kwargs})

    def expand(self, **kwargs: Any) -> Any:
        """Map the group: one instance for each value, and for several arguments for each combination of them."""
        if not kwargs:
            raise TypeError(f"expand() of task group {self.function.__name__!r} needs an argument to map over")
        self._check(kwargs, "expand")
        expand_input = ByArgument(kwargs)
        return self._make(expand_input, (), {name: MappedArgument(expand_input, name) for name in kwargs})

    def expand_kwargs(self, kwargs: Any) -> Any:
        """Map the group: one instance for each dict of arguments."""
        expand_input = ByInstance(kwargs)
        parameters = inspect.signature(self.function).parameters.values()
        if any(item.kind in (item.VAR_KEYWORD, item.VAR_POSITIONAL) for item in parameters):
            raise TypeError(f"expand_kwargs() needs the names of the arguments of {self.function.__name__!r}")
        stubs = {
            item.name: MappedArgument(expand_input, item.name, ... if item.default is item.empty else item.default)
            for item in parameters
            if item.name not in self.given
        }
        return self._make(expand_input, (), stubs)

    def _check(self, kwargs: Mapping[str, Any], call: str) -> None:
        known = argument_names(self.function)
        kinds = {item.kind for item in inspect.signature(self.function).parameters.values()}
        for name in kwargs:
            if name not in known and inspect.Parameter.VAR_KEYWORD not in kinds:
                raise unknown_argument(f"{self.function.__name__}.{call}", name, known)
            if name in self.given:
                raise TypeError(f"{self.function.__name__}.{call}(): argument {name!r} is given to partial() already")

    def _make(self, expand_input: ExpandInput | None, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        options = {"add_suffix_on_collision": True, "tooltip": inspect.getdoc(self.function) or "", **self.options}
        group_id = options.pop("group_id", self.function.__name__)
        with TaskGroup(group_id, expand_input=expand_input, **options) as group:
            result = self.function(*args, **{**self.given, **kwargs})
        return group if result is None else result


@overload
def task_group(group_id: Callable[..., Any]) -> GroupFunction: ...


@overload
def task_group(group_id: str | None = None, **options: Any) -> Callable[[Callable[..., Any]], GroupFunction]: ...


def task_group(group_id: str | Callable[..., Any] | None = None, **options: Any) -> object:
    """Make a task group of a function: ``@task_group`` or ``@task_group(group_id="load", tooltip=...)``."""
    if callable(group_id):
        return GroupFunction(group_id, options)
    named = options if group_id is None else {"group_id": group_id, **options}
    return lambda function: GroupFunction(function, named)
