"""Facts: what happened to attempts, as supervisors report it. The engine turns them into states.

A fact is true whoever reads it and however often; doubled facts about the same attempt are recognised by their kind.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import TypeAlias

from jupyter_couture.model.dag import Json
from jupyter_couture.model.ids import AttemptId, RunKey, TaskKey
from jupyter_couture.model.run import AttemptError, Wait

_NOTHING: Mapping[str, Json] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptFact:
    """Something happened to one attempt at ``at``."""

    attempt_id: AttemptId
    run_key: RunKey
    task_key: TaskKey
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptStarted(AttemptFact):
    """A supervisor claimed the start; user code runs from here on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptSucceeded(AttemptFact):
    """The user's code ended well and its outputs are stored.

    ``map_length`` is the length of a returned list or dict; ``skips`` are the tasks that a branch decided to skip (in
    the same index of a mapped group); ``label`` names a mapped instance; ``assets`` says what to note with the
    assets the task updated, by URI.
    """

    map_length: int | None = None
    skips: tuple[str, ...] = ()
    label: str | None = None
    assets: Mapping[str, Json] = field(default_factory=lambda: _NOTHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptSkipped(AttemptFact):
    """The user's code asked to be skipped."""

    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptFailed(AttemptFact):
    """The user's code failed or its process ended badly.

    ``is_final`` is set by ``GiveUp``; ``retry_after_seconds`` by ``RetryLater``. ``is_silent``: the attempt ended
    before it could call the author's callbacks.
    """

    error: AttemptError
    is_final: bool = False
    retry_after_seconds: float | None = None
    is_silent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptRescheduled(AttemptFact):
    """A sensor looked in vain; it wants to look again at ``next_at``."""

    next_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptDeferred(AttemptFact):
    """The user's code handed over to what ``wait`` describes."""

    wait: Wait


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitEnded:
    """A trigger fired, a person decided, or the trigger failed (``error``). Of all facts about a wait one acts."""

    wait_id: str
    run_key: RunKey
    task_key: TaskKey
    at: datetime
    event: Json = None
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptTimedOut(AttemptFact):
    """The attempt was stopped at its execution timeout, and its process tree is gone."""

    error: AttemptError


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptCancelled(AttemptFact):
    """The attempt was stopped on request, and its process tree is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptLost(AttemptFact):
    """The process tree is proved gone, and it left no result.

    ``was_started`` is False if the start was never claimed: then the user's code did not run and no retry is used.
    """

    error: AttemptError
    was_started: bool = True


Fact: TypeAlias = (
    AttemptStarted
    | AttemptSucceeded
    | AttemptSkipped
    | AttemptFailed
    | AttemptTimedOut
    | AttemptCancelled
    | AttemptLost
    | AttemptRescheduled
    | AttemptDeferred
    | WaitEnded
)
