"""Names what draws the still picture of a widget.

By name only: it comes with the client, which takes longer to read than all the widgets, and so it is read with the
first picture.
"""

import importlib
from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

Painter: TypeAlias = Callable[[Any], str | None]
"""Draws a picture with a client; None if there is nothing to draw."""

Instance: TypeAlias = tuple[str, str | None, str | None, int]
"""A task instance: the ids of DAG, run (None: the newest) and task (None: none is chosen), and the map index."""


def painted_by(function: str, **options: Any) -> Painter:
    """What calls a function of `pictures.py` with these options."""
    return partial(_paint, function, options)


def _paint(function: str, options: dict[str, Any], client: Any) -> str | None:
    draw = getattr(importlib.import_module("jupyter_couture.widgets.pictures"), function)
    drawn: str | None = draw(client, **options)
    return drawn
