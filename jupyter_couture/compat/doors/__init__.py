"""The tables: module path of Airflow's -> name -> ``module:attribute`` of ours. Data only, one module per subject.

``module:`` with nothing behind the colon is the module itself. The tables are read once, when the hook is installed.
"""

import importlib
from collections.abc import Mapping
from pkgutil import iter_modules

Table = Mapping[str, Mapping[str, str]]


def merged(tables: Mapping[str, Table]) -> dict[str, dict[str, str]]:
    """All tables in one. No two of them may give a name different targets: see ``disagreements``."""
    doors: dict[str, dict[str, str]] = {}
    for table in tables.values():
        for path, names in table.items():
            doors.setdefault(path, {}).update(names)
    return doors


def disagreements(tables: Mapping[str, Table]) -> list[str]:
    """The names that lead to different places, a sentence each; a test holds that there are none."""
    found: list[str] = []
    known: dict[tuple[str, str], str] = {}
    for owner, table in tables.items():
        for path, names in table.items():
            for name, target in names.items():
                if known.setdefault((path, name), target) != target:
                    found.append(f"{path}.{name} leads to {known[path, name]} and, says {owner}, to {target}")
    return found


def all_tables() -> dict[str, Table]:
    """The table of each module in this folder."""
    names = sorted(found.name for found in iter_modules(__path__))
    return {name: importlib.import_module(f"{__name__}.{name}").DOORS for name in names}
