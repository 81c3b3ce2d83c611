"""Classes that are tables in Airflow: their columns can be named, compared and passed on; nothing can be queried."""

from abc import ABCMeta
from typing import Any, Self

from jupyter_couture.compat.sessions import without_database


class Column:
    """A column of a table that does not exist here, or an expression over some."""

    def __init__(self, words: str) -> None:
        self.words = words
        self.key = self.name = words.rpartition(".")[2]

    def _with(self, *others: object) -> Self:
        return type(self)(f"({self.words} ...)")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._with

    def __eq__(self, other: object) -> Any:
        return self._with(other)

    def __ne__(self, other: object) -> Any:
        return self._with(other)

    __lt__ = __le__ = __gt__ = __ge__ = __and__ = __or__ = __invert__ = __add__ = __sub__ = _with

    def __hash__(self) -> int:
        return hash(self.words)

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        return f"<column {self.words}>"


class TableType(ABCMeta):
    """Gives a class a column for every name that is asked of it and that it does not define."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(f"type object {cls.__name__!r} has no attribute {name!r}")
        return Column(f"{cls.__name__}.{name}")

    def __instancecheck__(cls, instance: object) -> bool:
        """Also what a running task is given counts, such as ``dag_run`` of its context."""
        return super().__instancecheck__(instance) or type(instance).__name__ in cls.__dict__.get("views", ())


class Table(metaclass=TableType):
    """A row of Airflow's database that is only ever named here."""

    def __init__(self, *args: object, **values: Any) -> None:
        self.__dict__.update(values)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


class Job(Table):
    """A process of Airflow's."""


class Log(Table):
    """An entry of the audit log."""


class SlaMiss(Table):
    """A missed deadline."""

    views = ("LateTaskView",)


class TaskFail(Table):
    """A failure."""


class TaskReschedule(Table):
    """A look of a sensor."""


class RenderedTaskInstanceFields(Table):
    """Rendered template fields."""

    get_templated_fields = staticmethod(without_database)
    delete_old_records = staticmethod(without_database)


class ImportErrorRow(Table):
    """A DAG file that cannot be loaded."""


class SerializedDagModel(Table):
    """A DAG in the database."""

    get = get_dag = read_all_dags = staticmethod(without_database)


class DagCode(Table):
    """The source of a DAG."""


class DagPickle(Table):
    """A DAG in the database, in an old form."""


class DagTag(Table):
    """A tag of a DAG."""


class DagWarning(Table):
    """A remark on a DAG."""


class DagOwnerAttributes(Table):
    """A link of an owner."""


class DatasetModel(Table):
    """An asset in the database."""


class DatasetEvent(Table):
    """An update of an asset in the database."""


class DatasetDagRunQueue(Table):
    """Assets that a DAG waits for."""


class TaskMap(Table):
    """How many instances a mapped task has."""


class TriggerRow(Table):
    """A wait in the database."""


class CallbackRequest(Table):
    """A callback in the database."""


class Base(Table):
    """What all of Airflow's tables derive from."""

    metadata = None


ID_LEN = 250
