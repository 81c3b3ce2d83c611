"""``EmptyOperator``: a point to join dependencies at. It has no work, so no attempt is made for it."""

from typing import Any, ClassVar

from jupyter_couture.authoring.context import Context
from jupyter_couture.authoring.operator import BaseOperator
from jupyter_couture.model.dag import TaskKind


class EmptyOperator(BaseOperator):
    """A task that succeeds where it stands. A subclass with its own ``execute`` is an ordinary Python task."""

    kind: ClassVar[TaskKind] = TaskKind.EMPTY

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "execute" in cls.__dict__ and "kind" not in cls.__dict__:
            cls.kind = TaskKind.PYTHON

    def execute(self, context: Context) -> Any:
        """Nothing to do."""


class DummyOperator(EmptyOperator):
    """The older name of ``EmptyOperator``."""
