"""The mapping that task code gets as its context: most values lie ready, some are worked out when asked for."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any


class TaskContext(dict[str, Any]):
    """A dict with values to come. ``late`` are cheap: they count whenever all is wanted (``**context``, iteration).

    ``asked`` cost a question at the desk: they come only by their name, in a template or as an argument.
    """

    def __init__(
        self,
        ready: Mapping[str, Any],
        late: Mapping[str, Callable[[], Any]],
        asked: Mapping[str, Callable[[], Any]],
    ) -> None:
        super().__init__(ready)
        self._late = dict(late)
        self._asked = dict(asked)

    def __missing__(self, name: str) -> Any:
        work = self._late.get(name) or self._asked.get(name)
        if work is None:
            raise KeyError(name)
        value = self[name] = work()
        return value

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or name in self._late or name in self._asked

    def __iter__(self) -> Iterator[str]:
        for name in self._late:
            if not super().__contains__(name):
                self[name] = self._late[name]()
        return super().__iter__()

    def __len__(self) -> int:
        return sum(1 for _ in self)

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
        return TaskContext(dict(super().items()), self._late, self._asked)
