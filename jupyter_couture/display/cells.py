"""The output of a notebook cell that changes while the cell runs.

IPython is used where it runs already; nothing of it is read otherwise.
"""

import sys
import time
from typing import Any

REDRAW_SECONDS = 0.15
"""A picture is drawn at most this often."""

_CLOCK_SECONDS = 1.0
"""Without any change it is drawn again after this, for the time that has gone by."""


class CellOutput:
    """One output, replaced as often as ``show`` is called. To be used where ``is_notebook``."""

    def __init__(self) -> None:
        self._handle: Any = None

    def show(self, html: str, text: str) -> None:
        """Show this from now on; ``text`` where there is no HTML."""
        data = {"text/html": html, "text/plain": text}
        if self._handle is None:
            self._handle = sys.modules["IPython.display"].display(data, raw=True, display_id=True)
        else:
            self._handle.update(data, raw=True)


class LivePicture:
    """A picture of what goes on: drawn again soon after a change, and now and then for the clock in it."""

    def __init__(self) -> None:
        self._output = CellOutput()
        self._drawn_at = 0.0
        self._has_changed = True

    def is_due(self, *, has_changed: bool) -> bool:
        """Whether to draw it now. ``has_changed``: since it was asked last; remembered until it is drawn."""
        self._has_changed = self._has_changed or has_changed
        return time.monotonic() - self._drawn_at >= (REDRAW_SECONDS if self._has_changed else _CLOCK_SECONDS)

    def draw(self, html: str, text: str) -> None:
        """Show this from now on; ``text`` where there is no HTML."""
        self._output.show(html, text)
        self._drawn_at = time.monotonic()
        self._has_changed = False


def state_line(name: str, state: str, try_number: int, reason: str | None) -> str:
    """A change of a task's state, where there are no pictures."""
    tries = f" (try {try_number})" if try_number > 1 else ""
    return f"{name}: {state}{tries}{f': {reason}' if reason and state not in ('success', 'running') else ''}"


def is_notebook() -> bool:
    """Whether this is a kernel whose cells show pictures."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return getattr(shell, "kernel", None) is not None and "IPython.display" in sys.modules
