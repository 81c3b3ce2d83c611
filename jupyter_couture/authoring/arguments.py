"""Reading the arguments an author gave: names with suggestions, durations, times, trigger rules."""

import difflib
import inspect
import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import wraps
from pathlib import Path
from typing import ParamSpec

from jupyter_couture.model.errors import InvalidDag
from jupyter_couture.model.policy import TriggerRule

_P = ParamSpec("_P")

_OLD_TRIGGER_RULES = {"dummy": TriggerRule.ALWAYS, "none_failed_or_skipped": TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS}


def unknown_argument(owner: str, name: str, known: Iterable[str]) -> TypeError:
    """The error for an argument that does not exist, with the closest one that does."""
    close = difflib.get_close_matches(name, list(known), n=1)
    return TypeError(f"{owner}() has no argument {name!r}" + (f"; did you mean {close[0]!r}?" if close else ""))


def argument_names(call: Callable[..., object]) -> tuple[str, ...]:
    """The names under which ``call`` takes arguments, without ``self``."""
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    parameters = inspect.signature(call).parameters.values()
    return tuple(item.name for item in parameters if item.kind in kinds and item.name != "self")


def refuse_unknown(owner: str) -> Callable[[Callable[_P, None]], Callable[_P, None]]:
    """Decorator for an ``__init__``: an unknown keyword raises ``TypeError`` naming the closest known one."""

    def decorate(init: Callable[_P, None]) -> Callable[_P, None]:
        known = argument_names(init)

        @wraps(init)
        def checked(*args: _P.args, **kwargs: _P.kwargs) -> None:
            for name in kwargs:
                if name not in known:
                    raise unknown_argument(owner, name, known)
            init(*args, **kwargs)

        return checked

    return decorate


def aware(value: object, name: str) -> datetime | None:
    """A time; a naive one means UTC, a text is read as ISO 8601. Raises ``InvalidDag``."""
    if value is None:
        return None
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise InvalidDag(message=f"{name} {value!r} is not a time like 2026-01-31T12:00") from None
    if not isinstance(value, datetime):
        raise InvalidDag(message=f"{name} must be a datetime, not {type(value).__name__}")
    return value if value.tzinfo is not None else value.replace(tzinfo=UTC)


def duration(value: object, name: str) -> timedelta | None:
    """A ``timedelta``; a number is seconds. Raises ``InvalidDag``."""
    if value is None or isinstance(value, timedelta):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return timedelta(seconds=value)
        except (ValueError, OverflowError):
            raise InvalidDag(message=f"{name} of {value} seconds is not a usable time span") from None
    raise InvalidDag(message=f"{name} must be a timedelta or a number of seconds, not {type(value).__name__}")


def seconds(value: timedelta | None) -> float | None:
    """The length of a time span in seconds."""
    return None if value is None else value.total_seconds()


def backoff(value: object) -> bool:
    """Whether the delay doubles: True or False, or as a number the factor, which can be 2 only (0 and 1: no)."""
    if isinstance(value, bool) or value is None:
        return bool(value)
    if value in (0, 1, 2):
        return value == 2
    raise InvalidDag(message=f"retry_exponential_backoff is True or False (or 2: the delay doubles), not {value!r}")


def callbacks(value: object, name: str) -> tuple[Callable[..., object], ...]:
    """One callback or several; raises ``InvalidDag`` for what cannot be called."""
    if value is None:
        return ()
    given = tuple(value) if isinstance(value, Iterable) and not callable(value) else (value,)
    for item in given:
        if not callable(item):
            raise InvalidDag(message=f"{name} must be a function or a list of functions, not {type(item).__name__}")
    return tuple(item for item in given if callable(item))


def whole_number(value: object, name: str, *, at_least: int) -> int:
    """An integer; raises ``InvalidDag`` if it is none or too small."""
    if not isinstance(value, int) or isinstance(value, bool) or value < at_least:
        raise InvalidDag(message=f"{name} must be a whole number of {at_least} or more, not {value!r}")
    return value


def trigger_rule(value: object) -> TriggerRule:
    """A trigger rule by name; raises ``InvalidDag`` listing the names."""
    text = str(getattr(value, "value", value))
    if text in _OLD_TRIGGER_RULES:
        return _OLD_TRIGGER_RULES[text]
    try:
        return TriggerRule(text)
    except ValueError:
        names = ", ".join(rule.value for rule in TriggerRule)
        raise InvalidDag(message=f"trigger_rule {text!r} does not exist; it is one of {names}") from None


def limit(value: object, name: str) -> int | None:
    """A number of 1 or more; None: no limit. Raises ``InvalidDag``."""
    return None if value is None else whole_number(value, name, at_least=1)


def documentation(folder: str, **texts: object) -> str:
    """The first text of ``doc_md`` and its like; one that ends in ``.md`` may name a file, below the DAG's folder."""
    for name, value in texts.items():
        if value is None:
            continue
        text = value if isinstance(value, str) else json.dumps(value, indent=2, default=str)
        if name == "doc_md" and text.endswith(".md") and "\n" not in text:
            try:
                return (Path(folder) / text).read_text(encoding="utf-8")
            except (OSError, ValueError):
                return text
        return text
    return ""


def addresses(value: object) -> tuple[str, ...]:
    """Mail addresses from a text (separated by commas or semicolons) or a collection of texts."""
    if value is None:
        return ()
    if isinstance(value, str):
        return tuple(part.strip() for part in value.replace(";", ",").split(",") if part.strip())
    if isinstance(value, Iterable):
        return tuple(address for item in value for address in addresses(item))
    raise InvalidDag(message=f"email must be a text or a list of texts, not {type(value).__name__}")
