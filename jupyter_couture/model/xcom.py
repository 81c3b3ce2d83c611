"""Values that tasks hand to each other, as everybody but task code sees them: sealed, with a preview.

What a value *is* only task processes know, which alone open it (``runtime.values``). Here it is a form, a size, a text
for people, and either the encoded value itself or the file that holds it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from jupyter_couture.model.dag import Json
from jupyter_couture.model.ids import DagId, RunId, RunKey, TaskKey


class XComForm(StrEnum):
    """How a value is encoded."""

    JSON = "json"  # JSON; types beyond it are tagged
    ARROW = "arrow"  # an Arrow stream: data frames, series, Arrow tables
    ARRAY = "array"  # NumPy's own format, without objects
    PICKLE = "pickle"  # cloudpickle, with a MAC


@dataclass(frozen=True, slots=True, kw_only=True)
class XComItem:
    """One value. ``value`` is it, if it is small: JSON, or the base64 text of the other forms.

    A larger one lies in the file ``path`` below the XCom folder, with this ``sha256``. ``type_name`` is the Python
    type, ``preview`` what people see of it: small JSON values as they are, others as text, secrets masked. ``mac``
    authenticates pickles.
    """

    form: XComForm
    type_name: str
    size_bytes: int
    preview: Json = None
    value: Json = None
    path: str = ""
    sha256: str = ""
    mac: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class XCom:
    """A stored value and where it belongs. ``attempt_id`` is the attempt that pushed it."""

    run_key: RunKey
    task_key: TaskKey
    key: str
    item: XComItem
    attempt_id: str
    pushed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class XComQuery:
    """Which values to pull. None is no filter, but for ``run_id``: then the run is the one that asks.

    ``logical_date`` is that of the asking run: a value of another DAG counts if its run has that date, and with
    ``is_prior_wanted`` every run up to that date counts. By default the newest come first: by logical date of their
    run, then by the time they were pushed; ``is_by_index``: by map index.
    """

    dag_id: DagId
    own_run: RunKey
    logical_date: datetime
    run_id: RunId | None = None
    task_id: str | None = None
    key: str | None = None
    map_indexes: tuple[int, ...] | None = None
    is_prior_wanted: bool = False
    is_by_index: bool = False
    limit: int = 1
    offset: int = 0


@dataclass(frozen=True, slots=True)
class XComPage:
    """Some of the values a query finds; ``total`` is how many it finds in all."""

    rows: tuple[XCom, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class XComFilter:
    """What people list: None is everything, texts are exact. ``dag_ids`` are those the person may see."""

    dag_ids: frozenset[str] | None = None
    dag_id: str | None = None
    run_id: str | None = None
    task_id: str | None = None
    map_index: int | None = None
    key: str | None = None
    limit: int = 100
    offset: int = 0
    is_oldest_first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierRun:
    """A run before this one, as templates ask for it."""

    run_id: RunId
    state: str
    logical_date: datetime
    data_interval_start: datetime
    data_interval_end: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None


NO_ITEMS: Mapping[str, XComItem] = MappingProxyType({})
