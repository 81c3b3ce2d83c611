"""The import hook: ``airflow`` and what is below it, made on demand from the tables in ``doors``.

``install`` puts one finder at the front of ``sys.meta_path`` of a parser or payload process. It answers for ``airflow``
alone, so an Airflow that is installed is neither needed nor ever imported. What it answers:

- a name in the tables: our class, imported when it is asked for; the same object behind every door;
- a module in the tables, also as an attribute of its parent that nobody imported;
- ``airflow.example_dags`` and its like: the modules that lie beside the DAG file;
- ``airflow.providers`` and ``airflow.contrib`` where no table has the name: a placeholder (``placeholders``);
- anything else: ``ImportError`` or ``AttributeError``, as Airflow has it, so that files that try find their way.
"""

import importlib
import re
import sys
from collections.abc import Sequence
from functools import cache
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

from jupyter_couture.authoring import dialects
from jupyter_couture.authoring.hooks.kinds import HOOKS
from jupyter_couture.authoring.macros import look_also_in
from jupyter_couture.compat import doors, plugins
from jupyter_couture.compat.companions import CompanionFinder
from jupyter_couture.compat.hooks import KINDS
from jupyter_couture.compat.placeholders import placeholder

ROOT = "airflow"

_FOREIGN = re.compile(r"airflow\.(providers|contrib)(\.|$)")
_BESIDE = re.compile(r"airflow(\.\w+)*\.example_dags(?P<inside>\..+)?$")


@cache
def _names() -> dict[str, dict[str, str]]:
    return doors.merged(doors.all_tables())


@cache
def _modules() -> frozenset[str]:
    """All module paths of the tables, and those above them."""
    paths = {ROOT}
    for path in _names():
        parts = path.split(".")
        paths.update(".".join(parts[:count]) for count in range(1, len(parts) + 1))
    return frozenset(paths)


_GATHERED = {
    "airflow.operators": ("airflow.operators.", "airflow.sensors."),
    "airflow.operators.sensors": ("airflow.sensors.",),
    "airflow.sensors": ("airflow.sensors.",),
    "airflow.hooks": ("airflow.hooks.",),
    "airflow.contrib.operators": ("airflow.contrib.operators.",),
    "airflow.contrib.hooks": ("airflow.contrib.hooks.",),
    "airflow.contrib.sensors": ("airflow.contrib.sensors.",),
}
"""Packages of 1.10 that have the classes of their modules, and where those lie."""


@cache
def _gathered(path: str) -> dict[str, str]:
    """The classes that the package ``path`` has because its modules have them."""
    found: dict[str, str] = {}
    for inner in sorted(_names()):
        if inner.startswith(_GATHERED[path]):
            found.update({name: target for name, target in _names()[inner].items() if name[0].isupper()})
    return found


class DoorModule(ModuleType):
    """A module of Airflow's: what is asked of it is looked up in the tables then."""

    def __getattr__(self, name: str) -> Any:
        """What stands behind the door ``name``; raises ``AttributeError``."""
        path = self.__name__
        target = _names().get(path, {}).get(name)
        if target is None and path in _GATHERED and name[:1].isupper():
            target = _gathered(path).get(name)
        if target is not None:
            return self._opened(name, target)
        if name.startswith("__") and name.endswith("__"):
            if name == "__all__":
                return sorted(one for one in _names().get(path, {}) if not one.startswith("_"))
            raise AttributeError(f"module {path!r} has no attribute {name!r}")
        inner = f"{path}.{name}"
        if inner in _modules():
            return importlib.import_module(inner)
        if _FOREIGN.match(path):
            return placeholder(path, name)
        found = plugins.attribute(path, name)
        if found is not None:
            return found
        if plugins.module_names(inner) is not None:
            return importlib.import_module(inner)
        raise AttributeError(f"module {path!r} has no attribute {name!r}")

    def __dir__(self) -> list[str]:
        return sorted({*vars(self), *_names().get(self.__name__, {})})

    def _opened(self, name: str, target: str) -> Any:
        path, _, attribute = target.partition(":")
        module = importlib.import_module(path)
        found = getattr(module, attribute) if attribute else module
        if not attribute or attribute in vars(module):  # what a module computes may be another thing next time
            setattr(self, name, found)
        return found


_PRESENT = DoorModule(ROOT)


class AirflowFinder(MetaPathFinder, Loader):
    """The finder and loader of ``airflow`` and everything below it."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec of a module of Airflow's; None for all others and for those that Airflow does not have."""
        if fullname != ROOT and not fullname.startswith(f"{ROOT}."):
            return None
        if not isinstance(sys.modules.get(ROOT, _PRESENT), DoorModule):  # a test that brought the real one: its own
            return None
        beside = _BESIDE.match(fullname)
        if beside is not None and beside["inside"]:
            found = PathFinder.find_spec(fullname, [*_folders(), *(path or ())])
            if found is not None:
                return found
        is_known = fullname in _modules() or beside is not None or _FOREIGN.match(fullname)
        if is_known or plugins.module_names(fullname) is not None:
            return ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """An empty module; it fills itself."""
        return DoorModule(spec.name, f"{spec.name}, as Jupyter Couture has it.")

    def exec_module(self, module: ModuleType) -> None:
        """There is nothing to execute."""


def _folders() -> list[str]:
    """Where the modules beside the DAG file at hand may lie: its folder, and those above it within the DAG folder."""
    at_hand = dialects.file_at_hand()
    if at_hand is None:
        return []
    above = [at_hand.path.parent]
    while above[-1] != at_hand.folder and above[-1].is_relative_to(at_hand.folder):
        above.append(above[-1].parent)
    return [str(folder) for folder in above]


def install() -> None:
    """Answer imports of ``airflow`` in this process from now on; done again it does nothing."""
    if any(isinstance(finder, AirflowFinder) for finder in sys.meta_path):
        return
    _modules()
    HOOKS.update(KINDS)
    look_also_in(plugins.macros_of)
    sys.meta_path.insert(0, AirflowFinder())
    sys.meta_path.append(CompanionFinder())
