"""What travels of notebooks that tasks run."""

from typing import Annotated, Any

from msgspec import Meta, Struct

from jupyter_couture_server.wire import Instant, Query

_COUNT = 2**31 - 1


class NotebookQuery(Query, frozen=True):
    """``since``: the revision that the reader has; ``wait``: seconds to wait for another."""

    map_index: Annotated[int, Meta(ge=-1, le=_COUNT)] = -1
    since: Annotated[int, Meta(ge=0, le=2**53)] = 0
    wait: Annotated[float, Meta(ge=0, le=20)] = 0.0


class NotebookCellInfo(Struct, frozen=True):
    """A code cell, counted from 1 over those that are not empty.

    ``state`` is ``pending``, ``running``, ``success`` or ``failed``. ``outputs`` are as in a notebook file (streams,
    display data, errors) and are to be trusted no more than that. ``outputs_left_out`` counts those that are missing
    because there are too many or they are too large, ``bytes_left_out`` what is missing of all.
    """

    number: int
    source: str
    is_source_cut: bool
    state: str
    started_at: Instant | None
    ended_at: Instant | None
    outputs: list[dict[str, Any]]
    outputs_left_out: int
    bytes_left_out: int


class NotebookReply(Struct, frozen=True):
    """Cells that are not as they were at revision ``since``; the notebook has ``total`` of them.

    ``revision`` 0: there is no notebook yet. ``path`` is where the lab opens it. ``complete``: nothing more will come.
    ``is_too_large``: a notebook of ``size_bytes`` is not looked into, and has no cells here.
    """

    path: str | None
    revision: int
    total: int
    cells: list[NotebookCellInfo]
    size_bytes: int
    is_too_large: bool
    complete: bool
