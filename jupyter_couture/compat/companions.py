"""Packages that come along with an Airflow installation, or with its providers, and need not be installed here.

A DAG file that imports such a client library at its top would not load, though only tasks of providers that are
missing here have a use for it. So where the import would fail, and the file has made no provision for that with
``try``, the library is stood in for as the provider is (``placeholders``). Nothing is stood in for while a task runs.
"""

import ast
import importlib
import linecache
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

from jupyter_couture.authoring import dialects
from jupyter_couture.compat.placeholders import placeholder

CLIENTS = frozenset(
    {"azure", "boto3", "botocore", "databricks", "google", "googleapiclient", "kubernetes", "msrestazure", "snowflake"}
)
"""Client libraries of providers, by their top module."""

RENAMED: Mapping[str, str] = {
    "future.backports.urllib.error": "urllib.error",
    "future.backports.urllib.parse": "urllib.parse",
    "future.backports.urllib.request": "urllib.request",
    "past.builtins": "builtins",
}
"""Modules of packages that made Python 2 look like Python 3, and what they are today."""

_ERRORS = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})
_MACHINERY = ("<frozen importlib", "importlib/", __file__)


class StandInModule(ModuleType):
    """A module of a library that is not there."""

    def __getattr__(self, name: str) -> Any:
        """A placeholder, or for modules of old the module of today's Python."""
        today = RENAMED.get(self.__name__)
        if today is not None:
            return getattr(importlib.import_module(today), name)
        if name.startswith("__"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        return placeholder(self.__name__, name)


class CompanionFinder(MetaPathFinder, Loader):
    """The last finder: asked for what no other has found."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """A stand-in for a client library that a file for Airflow imports without provision for its absence."""
        is_old = any(old == fullname or old.startswith(f"{fullname}.") for old in RENAMED)
        if not is_old and fullname.partition(".")[0] not in CLIENTS:
            return None
        return ModuleSpec(fullname, self, is_package=True) if is_old or _is_needed() else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """An empty module; it fills itself."""
        return StandInModule(spec.name, f"{spec.name} is not installed.")

    def exec_module(self, module: ModuleType) -> None:
        """There is nothing to execute."""


def _is_needed() -> bool:
    """Whether the import that is going on stands in a file for Airflow that is being loaded, outside any ``try``."""
    at_hand = dialects.loading_now()
    if at_hand is None or not dialects.current().is_airflow:
        return False
    frame = sys._getframe(1)
    while frame.f_back is not None and any(part in frame.f_code.co_filename for part in _MACHINERY):
        frame = frame.f_back
    name = frame.f_code.co_filename
    if name != str(at_hand.path) and not Path(name).is_relative_to(at_hand.folder):
        return False
    return frame.f_lineno in _unguarded("".join(linecache.getlines(name)))


@lru_cache(maxsize=64)
def _unguarded(source: str) -> frozenset[int]:
    """The lines of imports that no ``try`` around them catches the failure of."""
    try:
        return frozenset(_lines(ast.parse(source)))
    except SyntaxError:
        return frozenset()


def _lines(node: ast.AST) -> Iterator[int]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield from range(node.lineno, (node.end_lineno or node.lineno) + 1)
        return
    inner: list[ast.AST] = list(ast.iter_child_nodes(node))
    if isinstance(node, ast.Try) and any(_catches(handler) for handler in node.handlers):
        inner = [*node.handlers, *node.orelse, *node.finalbody]
    for child in inner:
        yield from _lines(child)


def _catches(handler: ast.ExceptHandler) -> bool:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(kind is None or ast.unparse(kind).rpartition(".")[2] in _ERRORS for kind in kinds)
