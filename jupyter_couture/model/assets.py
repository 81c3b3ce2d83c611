"""Assets: what tasks update and DAGs may wait for, and the events of their updates."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from jupyter_couture.model.dag import Json
from jupyter_couture.model.run import TaskRef

_NOTHING: Mapping[str, Json] = MappingProxyType({})

ALIAS_PREFIX = "alias:"
"""How the URI of an alias begins: a name for assets that are known only while a task runs."""

MAX_URI_LENGTH = 700
"""Characters; what every database can index."""


def is_uri(text: object) -> bool:
    """Whether an asset may have ``text`` as its URI."""
    return isinstance(text, str) and 0 < len(text) <= MAX_URI_LENGTH and text.isprintable() and text == text.strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetEvent:
    """An asset was updated at ``at``, by the task instance ``source`` (None: somebody said so by hand).

    ``number`` rises in the order in which events became visible; it is 0 until the event is stored.
    """

    uri: str
    at: datetime
    number: int = 0
    source: TaskRef | None = None
    extra: Mapping[str, Json] = field(default_factory=lambda: _NOTHING)


class AssetCursor(NamedTuple):
    """How far a DAG has come with the events of its assets: the last event it took, and the date of that run."""

    number: int
    at: datetime | None = None


class AssetOrder(StrEnum):
    """How assets are ordered; ``-`` is descending."""

    URI = "uri"
    URI_DOWN = "-uri"
    NAME = "name"
    NAME_DOWN = "-name"
    GROUP = "group"
    GROUP_DOWN = "-group"


@dataclass(frozen=True, slots=True)
class Asset:
    """An asset as the DAG files say it, and who deals with it.

    ``producers`` and ``consumers`` are (DAG, task): tasks that list it as an outlet or inlet, and with an empty task
    the DAGs whose schedule waits for it.
    """

    uri: str
    name: str
    group: str
    extra: Mapping[str, Json]
    producers: tuple[tuple[str, str], ...] = ()
    consumers: tuple[tuple[str, str], ...] = ()
    event_count: int = 0
    last_event_at: datetime | None = None
