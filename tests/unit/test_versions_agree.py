"""The version is written in two places, for Python and for npm; they must say the same."""

import json
from importlib.metadata import version
from pathlib import Path

import jupyter_couture

ROOT = Path(__file__).parents[2]


def test_python_and_npm_packages_have_one_version() -> None:
    package = json.loads((ROOT / "package.json").read_text())

    assert package["version"] == jupyter_couture.__version__


def test_installed_metadata_has_the_version_of_the_source() -> None:
    assert version("jupyter-couture") == jupyter_couture.__version__


def test_changelog_speaks_of_the_version() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text()

    assert f"## {jupyter_couture.__version__}" in changelog
