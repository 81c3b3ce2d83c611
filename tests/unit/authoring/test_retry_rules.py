"""Which failures are worth another try."""

import logging
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from jupyter_couture import ExceptionRetryPolicy, RetryAction, RetryDecision, RetryRule
from jupyter_couture.authoring.retry_rules import RetryChoice, is_one_of
from jupyter_couture.model.errors import InvalidDag

FAIL, RETRY, DEFAULT = RetryAction.FAIL, RetryAction.RETRY, RetryAction.DEFAULT


class Busy(ConnectionError):
    """A subclass for the tests."""


@pytest.mark.parametrize(
    ("kinds", "found"),
    [
        (ConnectionError, True),
        ("ConnectionError", True),
        ("builtins.ConnectionError", True),
        (("requests.exceptions.HTTPError", OSError), True),
        (f"{__name__}.Busy", True),
        (ValueError, False),
        ([], False),
        ("requests.exceptions.HTTPError", False),
    ],
)
def test_exceptions_are_known_by_class_or_by_name(kinds: Any, found: bool) -> None:
    assert is_one_of(Busy(), kinds) is found


def test_a_rule_may_mean_a_class_alone() -> None:
    assert RetryRule(ConnectionError).matches(Busy())
    assert not RetryRule(ConnectionError, match_subclasses=False).matches(Busy())


def test_the_first_rule_that_matches_decides() -> None:
    policy = ExceptionRetryPolicy(
        rules=[
            RetryRule(exception=Busy, retry_delay=timedelta(minutes=5), reason="busy"),
            RetryRule(exception=OSError, action=RetryAction.FAIL),
        ]
    )
    choice = RetryChoice(policy)

    assert choice.decide(Busy(), 1, 3, {}) == RetryDecision(RETRY, timedelta(minutes=5), "busy")
    assert choice.decide(OSError(), 1, 3, {}).action is FAIL
    assert choice.decide(KeyError(), 1, 3, {}).action is DEFAULT


def test_what_is_never_tried_again_comes_before_the_policy_and_what_is_always_after_it() -> None:
    choice = RetryChoice(lambda error, context: True if "try" in str(error) else None, OSError, (Busy, "KeyError"))

    assert choice.decide(Busy("try"), 1, 3, {}).action is FAIL
    assert choice.decide(KeyError("try"), 1, 3, {}).action is FAIL
    assert choice.decide(ValueError("try"), 1, 3, {}).action is RETRY
    assert choice.decide(ValueError("other"), 1, 3, {}).action is FAIL
    assert choice.decide(OSError("other"), 1, 3, {}).action is DEFAULT


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (None, RetryDecision(DEFAULT)),
        (True, RetryDecision(RETRY)),
        (False, RetryDecision(FAIL)),
        (30, RetryDecision(RETRY, timedelta(seconds=30))),
        (timedelta(hours=1), RetryDecision(RETRY, timedelta(hours=1))),
        ("fail", RetryDecision(FAIL)),
        (RetryDecision(FAIL, reason="x"), RetryDecision(FAIL, reason="x")),
        (SimpleNamespace(action="retry", retry_delay=timedelta(1), reason=None), RetryDecision(RETRY, timedelta(1))),
    ],
)
def test_a_policy_answers_in_several_ways(answer: object, expected: RetryDecision) -> None:
    assert RetryChoice(lambda error, context: answer).decide(OSError(), 1, 1, {}) == expected


def test_a_policy_that_fails_decides_nothing_and_the_log_says_so(caplog: pytest.LogCaptureFixture) -> None:
    def broken(error: BaseException, context: object) -> object:
        raise RuntimeError("the policy is wrong")

    with caplog.at_level(logging.ERROR):
        assert RetryChoice(broken, retry_on=OSError).decide(OSError(), 1, 1, {}).action is DEFAULT

    assert "the policy is wrong" in caplog.text


def test_rules_take_exceptions_only() -> None:
    wrong: Any = 5
    with pytest.raises(InvalidDag, match="retry_on takes exception classes or their dotted names, not 5"):
        RetryChoice(retry_on=[wrong])
