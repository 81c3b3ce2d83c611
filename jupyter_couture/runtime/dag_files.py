"""DAG files as modules: where the triggerer finds classes of triggers that a DAG file defines itself."""

import sys
from pathlib import Path
from types import ModuleType

from jupyter_couture.authoring.load import MODULE_PREFIX, load_source, module_name
from jupyter_couture.authoring.sources import decode_source

_HASH_LENGTH = 12


class DagFiles:
    """Executes DAG files for what they define besides DAGs, once for each text."""

    def __init__(self, dags_folder: Path) -> None:
        self._dags_folder = dags_folder
        self._texts: dict[Path, str] = {}

    def module(self, name: str, folder: Path) -> ModuleType | None:
        """The module ``name``, if that is a DAG file of ``folder``: by our name for it or by its own; else None.

        Raises whatever the file raises.
        """
        is_ours = name.startswith(MODULE_PREFIX)
        stem = name[len(MODULE_PREFIX) + _HASH_LENGTH + 1 :] if is_ours else name
        path = folder / f"{stem}.py"
        if "." in stem or not path.is_file() or (is_ours and module_name(path) != name):
            return sys.modules.get(name) if is_ours else None
        text = decode_source(path.read_bytes())
        if not is_ours and not ("dag" in text.lower() and "airflow" in text):
            return None
        if self._texts.get(path) != text:
            load_source(text, path, self._dags_folder)
            self._texts[path] = text
        return sys.modules[module_name(path)]
