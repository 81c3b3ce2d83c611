"""Where modules lie that DAG files share with plugins: a folder ``plugins`` beside the DAG folder or above it."""

import os
from pathlib import Path

_SO_FAR_ABOVE = 4


def plugin_folders(path: Path) -> list[Path]:
    """The folder of plugins of the DAG file at ``path``; empty if there is none.

    ``AIRFLOW__CORE__PLUGINS_FOLDER`` names it, else it is the nearest ``plugins`` beside the file or above it.
    """
    said = os.environ.get("AIRFLOW__CORE__PLUGINS_FOLDER")
    near = [Path(said)] if said else [folder / "plugins" for folder in path.parents[:_SO_FAR_ABOVE]]
    return [next(folder for folder in near if folder.is_dir())] if any(folder.is_dir() for folder in near) else []
