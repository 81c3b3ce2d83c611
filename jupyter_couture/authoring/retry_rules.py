"""Which failures are worth another try: per exception, or by a function of the author's.

All of it is decided in the payload, where the exception is; the engine hears the verdict with the failure. Retries are
still counted: no rule makes more attempts than ``retries`` allows.
"""

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, TypeAlias

from jupyter_couture.authoring.arguments import duration
from jupyter_couture.model.errors import InvalidDag

_log = logging.getLogger("couture.task")


class RetryAction(StrEnum):
    """What to do about a failure."""

    RETRY = "retry"  # try again, if retries are left
    FAIL = "fail"  # give up, whatever retries are left
    DEFAULT = "default"  # as the task's other arguments say


@dataclass(frozen=True)
class RetryDecision:
    """What to do about one failure; ``retry_delay`` (None: the task's own) goes with ``RETRY``."""

    action: RetryAction = RetryAction.DEFAULT
    retry_delay: timedelta | None = None
    reason: str = ""


_AS_USUAL = RetryDecision()

ExceptionTypes: TypeAlias = type[BaseException] | str | Sequence[type[BaseException] | str]
"""Exception classes, or their dotted names, so that a DAG file needs not import what only its tasks need."""


@dataclass(frozen=True)
class RetryRule:
    """What to do about some exceptions. ``match_subclasses`` False: only those very classes."""

    exception: ExceptionTypes
    action: RetryAction = RetryAction.RETRY
    retry_delay: timedelta | None = None
    reason: str = ""
    match_subclasses: bool = True

    def matches(self, error: BaseException) -> bool:
        """Whether the rule is about ``error``."""
        return is_one_of(error, self.exception, subclasses=self.match_subclasses)


class RetryPolicy(ABC):
    """A policy of the author's own: derive from it and say ``evaluate``."""

    @abstractmethod
    def evaluate(
        self, exception: BaseException, try_number: int, max_tries: int, context: Mapping[str, Any] | None = None
    ) -> RetryDecision:
        """The decision about one failure."""


class ExceptionRetryPolicy(RetryPolicy):
    """Rules in order; the first that matches decides. Without one the task's other arguments do."""

    def __init__(self, rules: Iterable[RetryRule], default: RetryAction = RetryAction.DEFAULT) -> None:
        self.rules = tuple(rules)
        self.default = default

    def evaluate(
        self, exception: BaseException, try_number: int, max_tries: int, context: Mapping[str, Any] | None = None
    ) -> RetryDecision:
        """The decision about one failure."""
        for rule in self.rules:
            if rule.matches(exception):
                return RetryDecision(RetryAction(rule.action), rule.retry_delay, rule.reason)
        return RetryDecision(self.default)


RetryFunction: TypeAlias = Callable[[BaseException, Mapping[str, Any]], object]


@dataclass(frozen=True)
class RetryChoice:
    """What a task says of its failures, as its author gave it: ``no_retry_on`` first, then ``policy``, ``retry_on``."""

    policy: ExceptionRetryPolicy | RetryFunction | None = None
    retry_on: ExceptionTypes | None = None
    no_retry_on: ExceptionTypes | None = None

    def __post_init__(self) -> None:
        for name, value in (("retry_on", self.retry_on), ("no_retry_on", self.no_retry_on)):
            for item in _listed(value) if value is not None else ():
                if not isinstance(item, str) and not (isinstance(item, type) and issubclass(item, BaseException)):
                    raise InvalidDag(message=f"{name} takes exception classes or their dotted names, not {item!r}")
        if self.policy is not None and not callable(self.policy) and not hasattr(self.policy, "evaluate"):
            what = type(self.policy).__name__
            raise InvalidDag(message=f"retry_policy must be callable or have evaluate(), not {what}")

    def decide(
        self, error: BaseException, try_number: int, max_tries: int, context: Mapping[str, Any]
    ) -> RetryDecision:
        """What to do about ``error``. A policy that fails itself decides nothing, and the log says so."""
        if self.no_retry_on is not None and is_one_of(error, self.no_retry_on):
            return RetryDecision(RetryAction.FAIL, reason=f"no_retry_on names {type(error).__name__}")
        if self.policy is not None:
            try:
                decision = self._ask(error, try_number, max_tries, context)
            except Exception:  # noqa: BLE001  # a user's callable
                _log.exception("The retry policy failed; the task's other arguments decide")
                decision = _AS_USUAL
            if decision.action is not RetryAction.DEFAULT:
                return decision
        if self.retry_on is not None and not is_one_of(error, self.retry_on):
            return RetryDecision(RetryAction.FAIL, reason=f"retry_on does not name {type(error).__name__}")
        return _AS_USUAL

    def _ask(self, error: BaseException, try_number: int, max_tries: int, context: Mapping[str, Any]) -> RetryDecision:
        evaluate = getattr(self.policy, "evaluate", None)
        if evaluate is not None:
            return read_decision(evaluate(error, try_number, max_tries, context))
        return read_decision(self.policy(error, context)) if callable(self.policy) else _AS_USUAL


def read_decision(answer: object) -> RetryDecision:
    """What a policy answered: a decision, an action, True (retry), False (fail), a delay, or None (no opinion).

    Raises ``InvalidDag`` for anything else.
    """
    if isinstance(answer, RetryDecision):
        return answer
    if answer is None:
        return _AS_USUAL
    if isinstance(answer, bool):
        return RetryDecision(RetryAction.RETRY if answer else RetryAction.FAIL)
    if isinstance(answer, str):
        return RetryDecision(RetryAction(answer))
    if hasattr(answer, "action"):  # a decision class of somebody else's
        return RetryDecision(
            RetryAction(str(getattr(answer.action, "value", answer.action))),
            getattr(answer, "retry_delay", None),
            str(getattr(answer, "reason", None) or ""),
        )
    return RetryDecision(RetryAction.RETRY, duration(answer, "the delay a retry_policy gives"))


def is_one_of(error: BaseException, kinds: ExceptionTypes, *, subclasses: bool = True) -> bool:
    """Whether ``error`` is of one of ``kinds``, given as classes or by dotted name."""
    mine = type(error).__mro__ if subclasses else (type(error),)
    names = {name for kind in mine for name in (f"{kind.__module__}.{kind.__qualname__}", kind.__qualname__)}
    return any((item in names) if isinstance(item, str) else (item in mine) for item in _listed(kinds))


def _listed(kinds: Any) -> Sequence[Any]:
    return tuple(kinds) if isinstance(kinds, list | tuple | set | frozenset) else (kinds,)
