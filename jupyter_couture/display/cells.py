"""The output of a notebook cell that changes while the cell runs.

IPython is used where it runs already; nothing of it is read otherwise.
"""

import sys
from typing import Any


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


def is_notebook() -> bool:
    """Whether this is a kernel whose cells show pictures."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return getattr(shell, "kernel", None) is not None and "IPython.display" in sys.modules
