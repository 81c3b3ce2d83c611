"""``airflow.utils.module_loading`` and ``file``: things by their dotted paths, files by name."""

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import IO, Any


def import_string(dotted_path: str) -> Any:
    """What a dotted path names; raises ``ImportError``."""
    module, _, name = dotted_path.rpartition(".")
    if not module:
        raise ImportError(f"{dotted_path} doesn't look like a module path")
    try:
        return getattr(importlib.import_module(module), name)
    except AttributeError:
        raise ImportError(f'Module "{module}" does not define a "{name}" attribute/class') from None


def qualname(o: Any, use_qualname: bool = False) -> str:
    """The dotted path of a class, a function, or the class of an object."""
    named = o if hasattr(o, "__qualname__") else type(o)
    return f"{named.__module__}.{named.__qualname__}"


def is_valid_dotpath(path: str) -> bool:
    """Whether a text could be a dotted path."""
    return bool(path) and all(part.isidentifier() for part in path.split("."))


def iter_namespace(ns: ModuleType) -> Any:
    """The modules of a package."""
    return pkgutil.iter_modules(ns.__path__, f"{ns.__name__}.")


def mkdirs(path: str, mode: int) -> None:
    """Make a folder and those around it."""
    Path(path).mkdir(mode=mode, parents=True, exist_ok=True)


def open_maybe_zipped(fileloc: str, mode: str = "r") -> IO[Any]:
    """Open a file; archives of DAG files are not known here."""
    return open(fileloc, mode)  # noqa: PTH123  # handed on


def list_py_file_paths(directory: str | Path, **kwargs: Any) -> list[str]:
    """The Python files of a folder."""
    return [str(path) for path in sorted(Path(directory).rglob("*.py"))]


def find_path_from_directory(base_dir_path: str, ignore_file_name: str, *args: Any) -> Iterator[str]:
    """The files of a folder."""
    yield from (str(path) for path in sorted(Path(base_dir_path).rglob("*")) if path.is_file())
