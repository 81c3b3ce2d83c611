"""What the packages import, the wheel must bring: nothing may work only because something else installed it."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PACKAGES = (ROOT / "jupyter_couture", ROOT / "server_ext" / "jupyter_couture_server")


def project() -> dict[str, Any]:
    table: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return table


def declared(*extras: str) -> set[str]:
    """Names of the distributions that an install with ``extras`` asks for by itself."""
    table = project()
    requirements = [
        *table["dependencies"],
        *(line for extra in extras for line in table["optional-dependencies"][extra]),
    ]
    return {normal(re.split(r"[\[<>=!~; ]", line, maxsplit=1)[0]) for line in requirements}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def imported(file: Path) -> Iterator[str]:
    """Top-level names of the modules that ``file`` imports, wherever in it they stand."""
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def test_every_imported_library_is_declared() -> None:
    providers = packages_distributions()
    # psycopg2 is read only where it is: code written for Airflow brings it along.
    allowed = declared("postgres", "examples", "frames") | {"jupyter-couture", "psycopg2-binary"}
    undeclared = {
        (name, str(file.relative_to(ROOT)))
        for package in PACKAGES
        for file in package.rglob("*.py")
        for name in imported(file)
        if name not in sys.stdlib_module_names
        and name not in {"jupyter_couture", "jupyter_couture_server"}
        and not allowed.intersection(normal(provider) for provider in providers.get(name, []))
    }

    assert sorted(undeclared) == []
