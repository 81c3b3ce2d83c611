"""How deeply JSON may be nested.

Encoders and decoders go down level by level and end where the interpreter's stack does. What one process could still
write another may not be able to read, so values of users are refused well above that.
"""

from collections.abc import Mapping

MAX_DEPTH = 100
"""Levels of objects and lists within each other. Every value that comes from outside is held to it once."""

TOO_DEEP = f"is nested more than {MAX_DEPTH} levels deep"


def is_too_deep(value: object, most: int = MAX_DEPTH) -> bool:
    """Whether objects and lists lie within each other more than ``most`` levels deep."""
    level: list[object] = [value]
    for _ in range(most + 1):
        level = [inner for each in level for inner in _inside(each)]
        if not level:
            return False
    return True


def _inside(value: object) -> list[object]:
    if isinstance(value, Mapping):
        return list(value.values())
    return list(value) if isinstance(value, list | tuple) else []
