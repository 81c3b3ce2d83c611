"""Values between tasks as people see them: what was stored as their preview, never the values themselves."""

from dataclasses import replace
from pathlib import Path

from jupyter_couture.model.ids import RunKey, TaskKey
from jupyter_couture.model.xcom import XCom, XComFilter, XComPage
from jupyter_couture.ports.xcoms import XComStore
from jupyter_couture.runtime.value_files import remove_file_of


class XComs:
    """Lists and removes values. Every method may block."""

    def __init__(self, store: XComStore, xcom_dir: Path) -> None:
        self._store = store
        self._folder = xcom_dir

    def page(self, wanted: XComFilter) -> XComPage:
        """A page of previews, newest first, and how many there are."""
        return self._store.list_xcoms(wanted)

    def get(self, run: RunKey, task: TaskKey, key: str) -> XCom:
        """One, without its value; raises ``NotFound``."""
        found = self._store.xcom(run, task, key)
        return replace(found, item=replace(found.item, value=None))

    def delete(self, run: RunKey, task: TaskKey, key: str) -> None:
        """Remove one and its file; raises ``NotFound``. A task that pulls it later finds nothing."""
        remove_file_of(self._folder, self._store.delete_xcom(run, task, key).item)
