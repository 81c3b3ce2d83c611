"""``airflow.utils.session``: there is no session here, and asking one for something says why.

Tasks and DAG files reach what the engine knows by name (Variables, Connections, values, runs); its database is not
theirs. Code that only passes a session on keeps working.
"""

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, NoReturn, Self, TypeVar

from jupyter_couture.model.errors import Unavailable

_F = TypeVar("_F", bound=Callable[..., Any])

_WHY = (
    "DAG files and tasks have no access to the database; use Variable, BaseHook.get_connection, XCom, "
    "DagRun.find or ti.get_dagrun().get_task_instances() instead of session.{}()"
)


class Session:
    """Stands where code expects a session of SQLAlchemy. Only what changes nothing can be called."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        self.info: dict[str, Any] = {}

    def __call__(self, *args: object, **kwargs: object) -> Self:
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        return None

    def commit(self) -> None:
        """There is nothing to keep."""

    rollback = close = flush = remove = expunge_all = expire_all = commit

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)

        def refused(*args: object, **kwargs: object) -> NoReturn:
            raise Unavailable(what="a database session", message=_WHY.format(name))

        return refused


NEW_SESSION: Any = None


@contextmanager
def create_session(scoped: bool = True) -> Iterator[Session]:
    """A session for a ``with`` block."""
    yield Session()


def provide_session(func: _F) -> _F:
    """Give ``func`` a ``session`` if its caller does not."""
    try:
        place = list(inspect.signature(func).parameters).index("session")
    except ValueError:
        message = f"Function {func.__qualname__} has no `session` argument"
        raise ValueError(message) from None

    @wraps(func)
    def filled(*args: Any, **kwargs: Any) -> Any:
        if "session" in kwargs or len(args) > place:
            return func(*args, **kwargs)
        return func(*args, session=Session(), **kwargs)

    made: Any = filled
    found: _F = made
    return found


def without_database(*args: object, **kwargs: object) -> NoReturn:
    """Refused: what Airflow's commands do to its database."""
    raise Unavailable(what="Airflow's database", message="Jupyter Couture keeps its own; see jupyter couture db --help")
