"""Values between tasks as people look at them."""

from typing import Protocol

from jupyter_couture.model.ids import RunKey, TaskKey
from jupyter_couture.model.xcom import XCom, XComFilter, XComPage


class XComStore(Protocol):
    """Looking and removing."""

    def list_xcoms(self, wanted: XComFilter) -> XComPage:
        """Previews, newest first."""
        ...

    def xcom(self, run_key: RunKey, task_key: TaskKey, key: str) -> XCom:
        """One; raises ``NotFound``."""
        ...

    def delete_xcom(self, run_key: RunKey, task_key: TaskKey, key: str) -> XCom:
        """Remove one and give back what it was; raises ``NotFound``."""
        ...
