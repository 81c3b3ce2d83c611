"""What travels for tasks that wait for a person: the question and the answer."""

from typing import Annotated, Any

from msgspec import Meta, Struct, field

from jupyter_couture_server.wire import Body

_OPTION = Annotated[str, Meta(max_length=1000)]


class QuestionReply(Struct, frozen=True):
    """What a task asks. ``assignees`` empty: whoever may act on tasks may answer. ``until``: when it stops asking."""

    subject: str
    body: str
    options: list[str]
    multiple: bool
    defaults: list[str]
    assignees: list[str]
    params: dict[str, Any]
    until: str | None


class DecisionBody(Body, frozen=True):
    """The answer: one option, or several if the question allows that, and values for its params."""

    options: Annotated[list[_OPTION], Meta(min_length=1, max_length=1000)]
    params: dict[str, Any] = field(default_factory=dict)
    map_index: Annotated[int, Meta(ge=-1, le=2**31 - 1)] = -1
