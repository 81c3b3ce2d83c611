"""What travels for values between tasks: previews, never the values."""

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from jupyter_couture.model.ids import MAX_ID_LENGTH
from jupyter_couture_server.wire import Query

_COUNT = 2**31 - 1
_Id = Annotated[str, Meta(max_length=MAX_ID_LENGTH, pattern=r"^[^\x00-\x1f\x7f]*$")]
_Limit = Annotated[int, Meta(ge=1, le=1000)]
_Offset = Annotated[int, Meta(ge=0, le=_COUNT)]
_Order = Literal["pushed_at", "-pushed_at"]


class XComListQuery(Query, frozen=True):
    """Empty texts are no filter, others are exact; ``map_index`` -1 is an instance that is not mapped."""

    dag_id: _Id = ""
    run_id: _Id = ""
    task_id: _Id = ""
    key: _Id = ""
    map_index: Annotated[int, Meta(ge=-1, le=_COUNT)] | None = None
    order_by: _Order = "-pushed_at"
    limit: _Limit = 100
    offset: _Offset = 0


class RunXComQuery(Query, frozen=True):
    """The same within one run."""

    task_id: _Id = ""
    key: _Id = ""
    map_index: Annotated[int, Meta(ge=-1, le=_COUNT)] | None = None
    order_by: _Order = "-pushed_at"
    limit: _Limit = 100
    offset: _Offset = 0


class TaskXComQuery(Query, frozen=True):
    """The same within one task instance."""

    map_index: Annotated[int, Meta(ge=-1, le=_COUNT)] = -1
    order_by: _Order = "-pushed_at"
    limit: _Limit = 100
    offset: _Offset = 0


class XComInfo(Struct, frozen=True):
    """One value. ``preview`` is it as JSON if it is small, else the beginning of its text; secrets are ``***``."""

    dag_id: str
    run_id: str
    task_id: str
    map_index: int
    key: str
    form: str
    type: str
    size_bytes: int
    is_file: bool
    preview: Any
    pushed_at: str


class XComListReply(Struct, frozen=True):
    xcoms: list[XComInfo]
    total: int


class XComRemovedReply(Struct, frozen=True):
    key: str
