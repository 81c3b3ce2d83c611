"""Executing a DAG file: the only place where that happens, used by parser children and by payload processes.

The text is given apart from the path, so that a payload can open the version its run is pinned to, under the path the
author knows. Tracebacks and ``inspect.getsource`` show that text too.
"""

import hashlib
import linecache
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from jupyter_couture.authoring import dialects, scopes
from jupyter_couture.authoring.dag import DAG
from jupyter_couture.authoring.plugin_folders import plugin_folders

MODULE_PREFIX = "couture_dag_"


@dataclass(frozen=True)
class LoadedFile:
    """What executing a DAG file gave: its DAGs by id in order of appearance, and others whose id was taken."""

    module: ModuleType
    dags: Mapping[str, DAG]
    doubled: tuple[DAG, ...] = ()


def load_source(source: str, path: Path, dag_folder: Path) -> LoadedFile:
    """Execute ``source`` as the module at ``path`` and gather the DAGs it made.

    These are the DAG objects in module variables, and those made by ``with`` or by an ``@dag`` call. A DAG that another
    module of ``dag_folder`` made at its own top level belongs to that file. The DAG folder and the file's own folder
    come first on ``sys.path``, and stay; the folder of plugins of a file for Airflow comes last.

    Whatever the file raises passes through, ``SystemExit`` included.
    """
    name = module_name(path)
    module = ModuleType(name)
    module.__file__ = str(path)
    _extend_path(path.parent, dag_folder)
    if "airflow" in source:
        sys.path += [str(folder) for folder in plugin_folders(path) if str(folder) not in sys.path]
    linecache.cache[str(path)] = (len(source), None, source.splitlines(keepends=True), str(path))
    with _registered(module), scopes.collecting() as announced, dialects.loading(source, path, dag_folder):
        exec(compile(source, str(path), "exec", dont_inherit=True), module.__dict__)
    found = [item for item in vars(module).values() if isinstance(item, DAG)]
    found += [item for item in announced if isinstance(item, DAG)]
    return _gather(module, [item for item in found if not _is_elsewhere(item, name, dag_folder)])


def module_name(path: Path) -> str:
    """The name under which the file at ``path`` is executed; no two files share one."""
    return f"{MODULE_PREFIX}{hashlib.sha256(str(path).encode('utf-8', 'surrogateescape')).hexdigest()[:12]}_{path.stem}"


@contextmanager
def _registered(module: ModuleType) -> Iterator[None]:
    before = sys.modules.get(module.__name__)
    sys.modules[module.__name__] = module
    try:
        yield
    except BaseException:
        sys.modules.pop(module.__name__, None)
        if before is not None:
            sys.modules[module.__name__] = before
        raise


def _extend_path(*folders: Path) -> None:
    for folder in folders:
        if str(folder) not in sys.path:
            sys.path.insert(0, str(folder))


def _is_elsewhere(dag: DAG, name: str, dag_folder: Path) -> bool:
    if dag.module_name == name:
        return False
    file = getattr(sys.modules.get(dag.module_name), "__file__", None)
    return file is not None and Path(file).is_relative_to(dag_folder)


def _gather(module: ModuleType, found: list[DAG]) -> LoadedFile:
    dags: dict[str, DAG] = {}
    doubled: list[DAG] = []
    for dag in found:
        if dags.setdefault(dag.dag_id, dag) is not dag and not any(dag is other for other in doubled):
            doubled.append(dag)
    return LoadedFile(module=module, dags=dags, doubled=tuple(doubled))
