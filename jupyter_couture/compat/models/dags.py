"""``DagModel``, ``DagBag`` and their like: other DAGs, as code for Airflow looks for them."""

import traceback
from pathlib import Path
from typing import Any, Self

from jupyter_couture.authoring.context import current_attempt
from jupyter_couture.authoring.dag import DAG
from jupyter_couture.authoring.load import load_source
from jupyter_couture.authoring.sources import decode_source
from jupyter_couture.compat import configuration
from jupyter_couture.compat.models.columns import Table
from jupyter_couture.compat.models.runs import DagRun
from jupyter_couture.compat.sessions import without_database


class DagModel(Table):
    """A DAG as the engine knows it, asked for while a task runs."""

    dag_id: str
    is_paused: bool

    def __init__(self, dag_id: str = "", is_paused: bool = False, **values: Any) -> None:
        super().__init__(dag_id=dag_id, is_paused=is_paused, is_active=True, **values)

    @classmethod
    def get_current(cls, dag_id: str, session: Any = None) -> Self | None:
        """A DAG; None if there is none."""
        found = current_attempt().find_dag(dag_id)
        return None if found is None else cls(dag_id, bool(found["is_paused"]), task_ids=list(found["task_ids"]))

    get_dagmodel = get_current

    def get_last_dagrun(self, session: Any = None, include_manually_triggered: bool = False) -> DagRun | None:
        """Its newest run."""
        return get_last_dagrun(self.dag_id, include_externally_triggered=include_manually_triggered)

    def get_is_paused(self, *args: Any, **kwargs: Any) -> bool:
        """Whether it is off."""
        return bool(self.is_paused)

    set_is_paused = get_paused_dag_ids = staticmethod(without_database)


def get_last_dagrun(
    dag_id: str, session: Any = None, include_externally_triggered: bool = False, **kwargs: Any
) -> DagRun | None:
    """The newest run of a DAG; only scheduled ones count unless all shall."""
    runs = DagRun.find(dag_id)
    fitting = [run for run in runs if include_externally_triggered or not run.external_trigger]
    return fitting[-1] if fitting else None


class DagBag:
    """The DAGs of a folder or file, by id, each file executed here: for tests of DAG files, and for curious ones.

    ``import_errors`` has the traceback of each file that cannot be loaded. In a file that is being loaded itself the
    bag is empty, for it would load that file again.
    """

    def __init__(
        self,
        dag_folder: str | Path | None = None,
        include_examples: bool = False,
        safe_mode: bool = True,
        read_dags_from_db: bool = False,
        **kwargs: Any,
    ) -> None:
        self.dag_folder = Path(dag_folder or configuration.dags_folder() or ".")
        self.dags: dict[str, DAG] = {}
        self.import_errors: dict[str, str] = {}
        self.file_last_changed: dict[str, Any] = {}
        self._is_loaded = False
        if not read_dags_from_db and _depth == 0:
            self.collect_dags()

    def collect_dags(self, dag_folder: str | Path | None = None, **kwargs: Any) -> None:
        """Load everything."""
        folder = Path(dag_folder or self.dag_folder).absolute()
        self._is_loaded = True
        for path in [folder] if folder.is_file() else sorted(folder.rglob("*.py")):
            self.process_file(str(path))

    def process_file(self, filepath: str, only_if_updated: bool = True, safe_mode: bool = True) -> list[DAG]:
        """Load one file; its DAGs."""
        global _depth  # noqa: PLW0603  # whether a file is being loaded is of the process
        path = Path(filepath)
        _depth += 1
        try:
            source = decode_source(path.read_bytes())
            if safe_mode and not ("dag" in source.lower() and ("airflow" in source or "jupyter_couture" in source)):
                return []
            folder = self.dag_folder if self.dag_folder.is_dir() else path.parent
            found = load_source(source, path, folder.absolute())
        except Exception:  # noqa: BLE001  # the file is the user's
            self.import_errors[str(path)] = traceback.format_exc()
            return []
        finally:
            _depth -= 1
        self.dags.update(found.dags)
        return list(found.dags.values())

    def get_dag(self, dag_id: str, session: Any = None) -> DAG | None:
        """A DAG by id; None if there is none."""
        if dag_id not in self.dags and not self._is_loaded and _depth == 0:
            self.collect_dags()
        return self.dags.get(dag_id)

    def bag_dag(self, dag: DAG, root_dag: DAG | None = None) -> None:
        """Add one."""
        self.dags[dag.dag_id] = dag

    def size(self) -> int:
        """How many there are."""
        return len(self.dags)

    @property
    def dag_ids(self) -> list[str]:
        """Their ids."""
        return list(self.dags)

    def sync_to_db(self, *args: Any, **kwargs: Any) -> None:
        """The engine reads the files itself."""

    collect_dags_from_db = sync_to_db


_depth = 0


class Pool(Table):
    """Where room is shared. Pools are made by people, see ``jupyter couture pools``."""

    DEFAULT_POOL_NAME = "default_pool"
    get_pool = get_pools = create_or_update_pool = delete_pool = slots_stats = staticmethod(without_database)


class TaskInstanceNote(Table):
    """A remark on a task instance."""


class DagRunNote(Table):
    """A remark on a run."""
