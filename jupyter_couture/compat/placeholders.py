"""What stands for classes of providers that have no counterpart here."""

from typing import Any


def placeholder(module: str, name: str) -> Any:
    """What the name ``name`` of the module path ``module`` (below ``airflow.providers`` or the like) stands for."""
    raise AttributeError(f"module {module!r} has no attribute {name!r}")
