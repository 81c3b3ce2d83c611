"""Which dialect a DAG file is written in: ours, or that of an Airflow version, told by the names it imports.

Where the versions of Airflow differ (catchup, the schedule of a DAG that names none, arguments nobody knows, names in
the context), a file means what the version it was written for does. ``load_source`` looks at the text before it runs;
``DAG`` and the operators ask ``current``. A file that names neither Airflow nor us, because a module beside it makes
its DAGs, speaks the dialect of that module.
"""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

_PACKAGE = str(Path(__file__).parent.parent)


class Dialect(StrEnum):
    """Whose names and habits a file has."""

    NATIVE = "native"
    AIRFLOW_1 = "airflow-1.10"
    AIRFLOW_2 = "airflow-2"
    AIRFLOW_3 = "airflow-3"

    @property
    def is_airflow(self) -> bool:
        """Whether it is one of Airflow's."""
        return self is not Dialect.NATIVE


@dataclass(frozen=True, slots=True)
class Loading:
    """A DAG file that is being executed; ``dialect`` is None if its text does not tell."""

    path: Path
    folder: Path
    dialect: Dialect | None


_loading: ContextVar[Loading | None] = ContextVar("couture_loading", default=None)
_latest: list[Loading] = []

_IMPORTS = re.compile(
    r"^[ \t]*(?:from[ \t]+((?:airflow|jupyter_couture)[\w.]*)[ \t]+import[ \t]*(\([^)]*\)|(?:[^\n\\]|\\\n)*)"
    r"|import[ \t]+((?:airflow|jupyter_couture)[\w.]*))",
    re.MULTILINE,
)

_THREE = re.compile(r"airflow\.(sdk|providers\.standard|providers\.common\.compat)\b")

_ONE = re.compile(
    r"airflow\.(contrib\b|operators\.\w+_operator$|operators\.(sensors|\w+_to_\w+)$|sensors\.\w+_sensor$"
    r"|sensors\.base_sensor_operator$|hooks\.\w+_hook$|operators\.dagrun_operator$)"
)

_ONE_PACKAGES = frozenset({"airflow.operators", "airflow.sensors", "airflow.hooks", "airflow.executors"})

_TWO = re.compile(
    r"airflow\.(operators\.(bash|python|empty|dummy|email|branch|datetime|weekday|generic_transfer|latest_only|smooth"
    r"|sql|subdag|trigger_dagrun)$|sensors\.(base|bash|date_time|external_task|filesystem|python|sql|time_delta"
    r"|time_sensor|weekday|smart_sensor)$|hooks\.(base|dbapi|filesystem|package_index|subprocess)$"
    r"|(decorators|datasets|timetables|providers|notifications|io|triggers|models\.param|models\.xcom_arg"
    r"|utils\.task_group|utils\.edgemodifier)\b)"
)


def dialect_of(source: str) -> Dialect | None:
    """What the imports in ``source`` tell; None if it imports neither Airflow nor us."""
    if "airflow" not in source and "jupyter_couture" not in source:
        return None
    paths: list[str] = []
    old = False
    for path, names, module in _IMPORTS.findall(source):
        paths.append(path or module)
        old = old or (path in _ONE_PACKAGES and bool(re.search(r"\b[A-Z]\w+|\w+_(operator|sensor|hook)\b", names)))
        paths += [f"{path}.{name}" for name in re.findall(r"\w+", names)] if path in _PARENTS else []
    airflow = [path for path in paths if path == "airflow" or path.startswith("airflow.")]
    if not airflow:
        return Dialect.NATIVE if paths else None
    if any(_THREE.match(path) for path in airflow):
        return Dialect.AIRFLOW_3
    if any(_TWO.match(path) for path in airflow):
        return Dialect.AIRFLOW_2
    return Dialect.AIRFLOW_1 if old or any(_ONE.match(path) for path in airflow) else Dialect.AIRFLOW_2


_PARENTS = frozenset({"airflow", "airflow.operators", "airflow.sensors", "airflow.hooks", "airflow.utils"})


def current() -> Dialect:
    """The dialect of the file that is being loaded; outside of one, ours."""
    loading = _loading.get()
    if loading is None:
        return Dialect.NATIVE
    return loading.dialect or _of_caller(loading) or Dialect.NATIVE


def loading_now() -> Loading | None:
    """The DAG file that is being loaded; None if none is."""
    return _loading.get()


def file_at_hand() -> Loading | None:
    """The DAG file that is being loaded, else the one that this process loaded last."""
    return _loading.get() or (_latest[-1] if _latest else None)


@contextmanager
def loading(source: str, path: Path, folder: Path) -> Iterator[Dialect | None]:
    """Let ``source`` be the file that is being loaded, meanwhile; what its text tells of its dialect."""
    told = Loading(path, folder, dialect_of(source))
    _latest[:] = [told]
    before = _loading.set(told)
    try:
        yield told.dialect
    finally:
        _loading.reset(before)


def _of_caller(loading: Loading) -> Dialect | None:
    """The dialect of the innermost module outside our package that tells one, on the way to the file being loaded."""
    frame = sys._getframe(1)
    while frame.f_back is not None:
        frame = frame.f_back
        name = frame.f_code.co_filename
        if name == str(loading.path):
            return None
        if not name.startswith((_PACKAGE, "<")) and (told := _of_file(name)) is not None:
            return told
    return None


@lru_cache(maxsize=256)
def _of_file(name: str) -> Dialect | None:
    try:
        return dialect_of(Path(name).read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return None
