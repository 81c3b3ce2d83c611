"""What runs leave on disk, and its removal when they are forgotten: logs and the files of values."""

from collections.abc import Iterable

from jupyter_couture.model.ids import DagId, RunKey
from jupyter_couture.runtime.logs import file_name
from jupyter_couture.runtime.workplaces import remove_tree
from jupyter_couture.settings import Settings


def remove_remains(settings: Settings, runs: Iterable[RunKey], dags: Iterable[DagId]) -> None:
    """Remove the files of ``runs`` and of all runs of ``dags``, as far as possible.

    A run of the same id that comes later finds an empty place.
    """
    for folder in (settings.logs_dir, settings.xcom_dir):
        for run in runs:
            remove_tree(str(folder / file_name(run.dag_id) / file_name(run.run_id)))
        for dag_id in dags:
            remove_tree(str(folder / file_name(dag_id)))
