"""Any value of a DAG file as plain JSON, for people to read; never the other way round.

The result must be the same in every parse, so memory addresses never appear in it.
"""

import math
from collections.abc import Mapping, Set
from datetime import date, timedelta
from enum import Enum
from pathlib import PurePath
from typing import Any

from jupyter_couture.model.dag import Json

_MAX_DEPTH = 24
_SAFE_INTEGER = 2**63


def readable(value: Any, depth: int = 0) -> Json:
    """``value`` as JSON: times in ISO 8601, time spans and foreign objects as text, sets in order."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return text_of(value.value if isinstance(value, Enum) else value)
    if isinstance(value, int):
        return int(value) if -_SAFE_INTEGER < value < _SAFE_INTEGER else str(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else str(value)
    if isinstance(value, Mapping | list | tuple | Set):
        return _collection(value, depth) if depth < _MAX_DEPTH else "…"
    return _single(value)


def text_of(text: str) -> str:
    """``text`` without what databases and JSON readers refuse: NUL and lone surrogates."""
    return str(text).replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode("utf-8")


def _collection(value: Any, depth: int) -> Json:
    if isinstance(value, Mapping):
        return {text_of(str(name)): readable(item, depth + 1) for name, item in value.items()}
    items = [readable(item, depth + 1) for item in value]
    return sorted(items, key=repr) if isinstance(value, Set) else items


def _single(value: Any) -> Json:
    if isinstance(value, Enum):
        return readable(value.value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta | PurePath):
        return text_of(str(value))
    if callable(value) and hasattr(value, "__qualname__"):
        return text_of(str(value.__qualname__))
    shown = str(value)
    return text_of(shown) if " at 0x" not in shown else f"<{type(value).__qualname__}>"
