"""``literal``: a value that is not a template, though it looks like one."""

from typing import Any

from jupyter_couture.authoring.context import Context
from jupyter_couture.authoring.references import Reference


class Literal(Reference):
    """Stands for ``value`` in a template field; made by ``literal``."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def resolve(self, context: Context) -> Any:
        """The value, as it was written."""
        return self.value

    def __str__(self) -> str:
        return str(self.value)

    def __repr__(self) -> str:
        return f"literal({self.value!r})"


def literal(value: Any) -> Literal:
    """``value`` as it is: braces in it are not rendered, and no file of its name is read."""
    return Literal(value)
