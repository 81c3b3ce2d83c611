"""All sensors that come with Jupyter Couture, under one roof; each is read when it is first named."""

from typing import Any

from jupyter_couture.authoring.catalogue import SENSORS, find

__all__ = sorted(SENSORS)  # noqa: PLE0605  # the names are those of the catalogue


def __getattr__(name: str) -> Any:
    found = globals()[name] = find(SENSORS, name, __name__)
    return found


def __dir__() -> list[str]:
    return sorted(SENSORS)
