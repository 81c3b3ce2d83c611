"""The mapping that task code gets as its context: few values lie ready, the others are worked out when asked for.

A task that names three of sixty values pays for three: in a process that was just forked every function that runs and
every object that is made costs copied pages.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

Work: TypeAlias = Mapping[str, Callable[[Any], Any]]
"""How each value is worked out from what all of them come from."""


class TaskContext(dict[str, Any]):
    """A dict with values to come. ``late`` are cheap: they count whenever all is wanted (``**context``, iteration).

    ``asked`` cost a question at the desk: they come only by their name, in a template or as an argument. ``source``
    is what the functions of both are given.
    """

    def __init__(self, ready: Mapping[str, Any], source: object, late: Work, asked: Work) -> None:
        super().__init__(ready)
        self._source = source
        self._late = late
        self._asked = asked

    def __missing__(self, name: str) -> Any:
        work = self._late.get(name) or self._asked.get(name)
        if work is None:
            raise KeyError(name)
        value = self[name] = work(self._source)
        return value

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or name in self._late or name in self._asked

    def __iter__(self) -> Iterator[str]:
        for name in self._late:
            if not super().__contains__(name):
                self[name] = self._late[name](self._source)
        return super().__iter__()

    def __len__(self) -> int:
        iter(self)
        return super().__len__()

    def keys(self) -> Any:
        """All names but those that cost a question."""
        iter(self)
        return super().keys()

    def values(self) -> Any:
        """The values of ``keys``."""
        iter(self)
        return super().values()

    def items(self) -> Any:
        """The pairs of ``keys``."""
        iter(self)
        return super().items()

    def get(self, name: str, default: Any = None) -> Any:
        """The value of ``name``, whatever it costs."""
        try:
            return self[name]
        except KeyError:
            return default

    def copy(self) -> "TaskContext":
        """Another one of the same values."""
        return TaskContext(dict(super().items()), self._source, self._late, self._asked)
