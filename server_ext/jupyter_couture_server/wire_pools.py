"""What travels for pools and for the question why."""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from jupyter_couture.model.ids import MAX_ID_LENGTH
from jupyter_couture_server.wire import Body, Query

_COUNT = 2**31 - 1
_Name = Annotated[str, Meta(min_length=1, max_length=MAX_ID_LENGTH)]
_Search = Annotated[str, Meta(max_length=250, pattern=r"^[^\x00-\x1f\x7f]*$")]
_Text = Annotated[str, Meta(max_length=2000)]
_Slots = Annotated[int, Meta(ge=-1, le=_COUNT)]


class PoolListQuery(Query, frozen=True):
    """``order_by`` is a field, with ``-`` before it from the end."""

    search: _Search = ""
    order_by: Literal["name", "-name", "slots", "-slots", "description", "-description"] = "name"
    limit: Annotated[int, Meta(ge=1, le=1000)] = 100
    offset: Annotated[int, Meta(ge=0, le=_COUNT)] = 0


class PoolBody(Body, frozen=True):
    """``slots``: -1 is as many as wanted, 0 lets nobody start."""

    name: _Name
    slots: _Slots
    description: _Text = ""
    includes_deferred: bool = False


class PoolPatch(Body, frozen=True):
    """What is left out stays."""

    slots: _Slots | UnsetType = UNSET
    description: _Text | UnsetType = UNSET
    includes_deferred: bool | UnsetType = UNSET


class PoolInfo(Struct, frozen=True):
    """A pool as it is edited."""

    name: str
    slots: int
    description: str
    includes_deferred: bool


class PoolUseInfo(Struct, frozen=True):
    """A pool and its slots: taken by running and queued instances, wanted by scheduled ones, held by deferred ones.

    ``open`` is null if there is no limit.
    """

    name: str
    slots: int
    description: str
    includes_deferred: bool
    running: int
    queued: int
    scheduled: int
    deferred: int
    open: int | None


class PoolListReply(Struct, frozen=True):
    pools: list[PoolUseInfo]
    total: int


class PoolRemovedReply(Struct, frozen=True):
    name: str


class ReasonInfo(Struct, frozen=True):
    """One thing that stands in the way: its kind, the facts, and both in a sentence."""

    kind: str
    facts: dict[str, Any]
    sentence: str


class WhyReply(Struct, frozen=True):
    """Empty ``reasons``: it runs, or is about to."""

    reasons: list[ReasonInfo]


class TaskWhy(Struct, frozen=True):
    """Why one task instance does not run, never ran, or failed."""

    task_id: str
    map_index: int
    state: str
    reasons: list[ReasonInfo]


class RunWhyQuery(Query, frozen=True):
    """A page of the tasks."""

    limit: Annotated[int, Meta(ge=1, le=1000)] = 200
    offset: Annotated[int, Meta(ge=0, le=2**31 - 1)] = 0


class RunWhyReply(Struct, frozen=True):
    """``reasons`` hold for the whole run and are not said again of its tasks. ``total`` counts those of all pages."""

    reasons: list[ReasonInfo]
    tasks: list[TaskWhy]
    total: int
