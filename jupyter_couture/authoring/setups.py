"""Setup and teardown: tasks that stand around the work they serve.

A teardown runs when everything before it has ended and its setups ended well, whatever became of the work between.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Self

from jupyter_couture.authoring import dialects, scopes
from jupyter_couture.authoring.edges import Dependable, connect, working_leaves
from jupyter_couture.authoring.relatives import Relatives
from jupyter_couture.model.errors import InvalidDag
from jupyter_couture.model.policy import TriggerRule


class Scaffold(Relatives):
    """The part of ``BaseOperator`` that makes it a setup or a teardown."""

    is_setup = False
    is_teardown = False
    on_failure_fail_dagrun = False
    """Of a teardown: whether its failure fails the run."""
    has_block = False
    """Whether there was a ``with`` block of it."""
    trigger_rule: TriggerRule

    def as_setup(self) -> Self:
        """Make this a setup task; the task itself."""
        if self.is_teardown:
            raise InvalidDag(task_id=self.task_id, message=f"Task {self.task_id!r} is a teardown and cannot be a setup")
        self.is_setup = True
        return self

    def as_teardown(
        self,
        *,
        setups: "Dependable | Iterable[Dependable] | None" = None,
        on_failure_fail_dagrun: bool | None = None,
    ) -> Self:
        """Make this a teardown task; the task itself.

        ``setups`` become its setup tasks and are waited for. ``on_failure_fail_dagrun``: whether its failure fails the
        run; by default a run ends as its work did.
        """
        if self.is_setup:
            raise InvalidDag(task_id=self.task_id, message=f"Task {self.task_id!r} is a setup and cannot be a teardown")
        self.is_teardown = True
        self.trigger_rule = TriggerRule.ALL_DONE_SETUP_SUCCESS
        if on_failure_fail_dagrun is not None:
            self.on_failure_fail_dagrun = bool(on_failure_fail_dagrun)
        for item in _listed(setups):
            for node in item.leaves:
                if isinstance(node, Scaffold):
                    node.as_setup()
                connect(node, self, is_implied=True)
        return self

    @property
    def setups(self) -> list[Any]:
        """Of a teardown: its setup tasks, which are those directly before it."""
        if not self.is_teardown or self.dag is None:
            return []
        return [node for node in self.get_direct_relatives(upstream=True) if node.is_setup]

    def __enter__(self) -> Self:
        self.enter_block()
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        self.leave_block(is_complete=kind is None)

    def enter_block(self) -> None:
        """Begin a ``with`` block: the tasks made in it stand between the setups and the teardowns."""
        if not self.is_setup and not self.is_teardown:
            raise InvalidDag(
                task_id=self.task_id, message=f"Task {self.task_id!r} is neither setup nor teardown: no use in 'with'"
            )
        self.has_block = True
        scopes.enclosures.push([])

    def leave_block(self, *, is_complete: bool) -> None:
        """End the ``with`` block; draw its dependencies unless it broke off."""
        made = scopes.enclosures.current() or []
        scopes.enclosures.pop()
        if is_complete:
            self._enclose(made)

    def _ends(self) -> tuple[list[Any], list[Any]]:
        """The setups and the teardowns of its ``with`` block."""
        if self.is_teardown:
            return self.setups, [self]
        return [self], [node for node in self.get_direct_relatives() if node.is_teardown]

    def _enclose(self, made: Sequence[Any]) -> None:
        if dialects.current().is_airflow:
            self._enclose_as_airflow(made)
            return
        first, last = self._ends()
        work = [node for node in made if node not in first and node not in last]
        inside = {node.task_id for node in work}
        graph = self._dag_of().graph
        for node in work:
            if inside.isdisjoint(graph.upstream_of(node.task_id)) and not node.is_teardown:
                connect(first, node, is_implied=True)
        for node in working_leaves(work, graph):
            connect(node, last, is_implied=True)

    def _enclose_as_airflow(self, made: Sequence[Any]) -> None:
        """Only work that waits for nothing at all, or that nothing waits for, is joined; a block inside with its ends.

        Setups and teardowns without a block of their own are left alone, and what hangs on them with them.
        """
        first, last = self._ends()
        graph = self._dag_of().graph
        work = [node for node in made if not node.is_setup and not node.is_teardown]
        connect(first, [node for node in work if not graph.upstream_of(node.task_id)] or work, is_implied=True)
        connect([node for node in work if not graph.downstream_of(node.task_id)] or work, last, is_implied=True)
        for node in made:
            if node.has_block and node not in (*first, *last):
                inner_first, inner_last = node._ends()
                connect(first, inner_first, is_implied=True)
                connect(inner_last, last, is_implied=True)


def _listed(setups: "Dependable | Iterable[Dependable] | None") -> list[Dependable]:
    if setups is None:
        return []
    return [setups] if isinstance(setups, Dependable) else list(setups)
