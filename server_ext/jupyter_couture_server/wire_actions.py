"""What travels for actions on runs that exist: previews, commands, their outcomes."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from jupyter_couture_server.wire import Body, Query

_INDEX = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Token = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[0-9a-f]+$")]


class Reach(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How far an action reaches from its task instance."""

    map_index: _INDEX | None = None
    past: bool = False
    future: bool = False
    upstream: bool = False
    downstream: bool = False


class ClearWish(Reach, frozen=True, kw_only=True):
    """Which task instances to clear."""

    recursive: bool = False
    only_failed: bool = False


class MarkWish(Reach, frozen=True, kw_only=True):
    """Which task instances to mark, and as what."""

    state: Literal["success", "failed"]


class ClearQuery(ClearWish, Query, frozen=True):
    """See ``ClearWish``."""


class MarkQuery(MarkWish, Query, frozen=True):
    """See ``MarkWish``."""


class ClearBody(ClearWish, Body, frozen=True, kw_only=True):
    """``expect`` is the token of the preview a person saw: another selection is refused.

    With ``latest_version`` the runs go on with the present version of their DAG.
    """

    latest_version: bool = False
    expect: Token | None = None


class MarkBody(MarkWish, Body, frozen=True, kw_only=True):
    """``expect`` as for clear."""

    expect: Token | None = None


class RunTaskBody(Body, frozen=True):
    map_index: _INDEX | None = None
    ignore_all_dependencies: bool = False
    ignore_task_state: bool = False
    ignore_task_dependencies: bool = False


class ClearRunQuery(Query, frozen=True):
    only_failed: bool = False


class ClearRunBody(Body, frozen=True):
    """As ``ClearBody``."""

    only_failed: bool = False
    latest_version: bool = False
    expect: Token | None = None


class RunStateQuery(Query, frozen=True):
    state: Literal["queued", "running", "success", "failed"]


class RunStateBody(Body, frozen=True):
    state: Literal["queued", "running", "success", "failed"]
    expect: Token | None = None


class RunName(Struct, frozen=True, forbid_unknown_fields=True):
    dag_id: Annotated[str, Meta(min_length=1, max_length=250)]
    run_id: Annotated[str, Meta(min_length=1, max_length=250)]


class ManyRunsBody(Body, frozen=True):
    """One action on several runs."""

    action: Literal["set_queued", "set_running", "set_success", "set_failed", "clear", "delete"]
    runs: Annotated[list[RunName], Meta(min_length=1, max_length=1000)]


class TouchedInfo(Struct, frozen=True):
    """A task instance that would be touched, in its present state."""

    dag_id: str
    run_id: str
    task_id: str
    map_index: int
    state: str


class PreviewReply(Struct, frozen=True):
    """What an action would touch. Send ``token`` as ``expect`` to be sure that nothing else is touched."""

    touched: list[TouchedInfo]
    total: int
    token: str


class RunOutcomeInfo(Struct, frozen=True):
    """What came of a command in one run. Nothing touched and no notes: it was as it should be already."""

    dag_id: str
    run_id: str
    touched: int
    notes: list[str]


class CommandReply(Struct, frozen=True):
    """A command that was given. While ``is_done`` is false the engine has not come to it: ask ``commands/{number}``.

    ``runs`` tells what ``touched`` and ``notes`` say, run by run.
    """

    number: int
    is_done: bool
    touched: int = 0
    notes: list[str] = []
    runs: list[RunOutcomeInfo] = []
