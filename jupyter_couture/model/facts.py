"""Facts: what happened to attempts, as supervisors report it. The engine turns them into states.

A fact is true whoever reads it and however often; doubled facts about the same attempt are recognised by their kind.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from jupyter_couture.model.ids import AttemptId, RunKey, TaskKey
from jupyter_couture.model.run import AttemptError


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
    """The user's code ended well and its outputs are stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptSkipped(AttemptFact):
    """The user's code asked to be skipped."""

    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptFailed(AttemptFact):
    """The user's code failed or its process ended badly.

    ``is_final`` is set by ``GiveUp``; ``retry_after_seconds`` by ``RetryLater``.
    """

    error: AttemptError
    is_final: bool = False
    retry_after_seconds: float | None = None


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
)
