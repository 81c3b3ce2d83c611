"""What decorates Airflow's own pages or is read by its own parts: kept, so that classes which derive from it load."""

from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple, TypeVar

_T = TypeVar("_T")


class BaseOperatorLink:
    """A link that Airflow shows on a task."""

    operators: ClassVar[list[type]] = []
    name: Any = ""

    def get_link(self, operator: Any, *args: Any, **kwargs: Any) -> str:
        """Where it leads."""
        return ""

    @property
    def xcom_key(self) -> str:
        """Under which key a task keeps where it leads."""
        return f"_link_{type(self).__name__}"


class XComOperatorLink(BaseOperatorLink):
    """A link that a task keeps as a value."""

    def __init__(self, name: str = "", xcom_key: str = "") -> None:
        self.name = name


class BaseTIDep:
    """A condition of Airflow's scheduler. Conditions of users' are not asked here."""

    NAME: str = ""
    IGNORABLE = False
    IS_TASK_DEP = True

    def _passing_status(self, reason: str = "") -> Any:
        return TIDepStatus(self.NAME, True, reason)

    def _failing_status(self, reason: str = "") -> Any:
        return TIDepStatus(self.NAME, False, reason)


class TIDepStatus(NamedTuple):
    """Whether a condition holds."""

    dep_name: str
    passed: bool
    reason: str


class DiscoverableHook:
    """What hooks of provider packages tell Airflow's pages."""

    conn_name_attr = ""
    default_conn_name = ""
    conn_type = ""
    hook_name = ""

    @staticmethod
    def get_connection_form_widgets() -> dict[str, Any]:
        """More fields of a form."""
        return {}

    @staticmethod
    def get_ui_field_behaviour() -> dict[str, Any]:
        """How the fields of a form behave."""
        return {}


class TriggerDagRunLink(BaseOperatorLink):
    """The link to a run that was triggered."""

    name = "Triggered DAG"


class ExternalDagLink(BaseOperatorLink):
    """The link to a DAG that is waited for."""

    name = "External DAG"


class PriorityWeightStrategy:
    """Says in ``get_weight(ti)`` how urgent a task is; it is asked when the file is read."""

    def get_weight(self, ti: Any) -> int:
        """The weight."""
        return int(getattr(ti, "priority_weight", 1))

    def serialize(self) -> dict[str, Any]:
        """Of no use here: the object is made anew by its DAG file."""
        return {}

    @classmethod
    def deserialize(cls, data: dict[str, Any]) -> "PriorityWeightStrategy":
        """Of no use here."""
        return cls(**data)


class ParsingContext(NamedTuple):
    """Which DAG a file is loaded for, if for one: files may then leave the others out. Ours are loaded whole."""

    dag_id: str | None = None
    task_id: str | None = None


def get_parsing_context() -> ParsingContext:
    """The file is loaded for all of its DAGs."""
    return ParsingContext()


def unchanged(function: _T) -> _T:
    """A decorator that does nothing here."""
    return function


def decorated(*args: Any, **kwargs: Any) -> Callable[[_T], _T]:
    """A decorator with arguments that does nothing here."""
    return unchanged


def no_cycle(dag: Any) -> None:
    """A cycle is refused when it is written, so a DAG that is there has none."""


class LineageFile:
    """A file, for lineage."""

    for_lineage = True

    def __init__(self, url: str = "", **kwargs: Any) -> None:
        self.url = self.uri = url
        self.__dict__.update(kwargs)


class LineageEntity:
    """A table, a user, a tag, for lineage."""

    for_lineage = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.__dict__.update(kwargs)


class _Auto(str):
    """Stands for what the tasks before it write."""

    __slots__ = ()
    for_lineage = True


AUTO = _Auto("auto")


class ArgNotSet:
    """No value was given."""

    def __bool__(self) -> bool:
        return False


NOTSET = ArgNotSet()


class Executor:
    """An executor of Airflow's; here the deployment decides where tasks run."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.parallelism = kwargs.get("parallelism", 0)


def default_executor(*args: Any, **kwargs: Any) -> Executor:
    """See ``Executor``."""
    return Executor()


class SecretsBackend:
    """Where Variables and Connections come from in Airflow; here it is configured for the deployment."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.__dict__.update(kwargs)

    @staticmethod
    def build_path(path_prefix: str, secret_id: str, sep: str = "/") -> str:
        """The path of a secret."""
        return f"{path_prefix}{sep}{secret_id}"

    def get_conn_value(self, conn_id: str) -> str | None:
        """A connection as text."""
        return None

    def get_variable(self, key: str) -> str | None:
        """A variable."""
        return None

    def get_config(self, key: str) -> str | None:
        """An option."""
        return None
