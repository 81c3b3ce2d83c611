"""The documentation says what is there: settings, links, code."""

import ast
import re
from dataclasses import MISSING, fields
from pathlib import Path

import pytest

from jupyter_couture.settings import Settings

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def shown(value: object) -> str:
    """A default as the table shows it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def test_the_table_of_settings_is_complete_and_its_defaults_are_true() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \| (.+) \|$", (ROOT / "docs" / "running.md").read_text(), re.MULTILINE)
    told = {name: default for name, default, _ in rows}
    known = {item.name: item.default for item in fields(Settings)}

    assert list(told) == list(known)
    for name, default in known.items():
        if default is not MISSING and default != "":
            assert told[name] == f"`{shown(default)}`", name


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_links_inside_the_repository_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"(?<!!)\[[^\]]*\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text())
    local = [target for target in targets if "://" not in target]

    assert [target for target in local if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_python_in_the_pages_is_python(page: Path) -> None:
    for source in re.findall(r"^```python\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL):
        ast.parse(source)


def test_a_long_temporary_folder_leaves_room_for_socket_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    long = tmp_path / ("x" * 90)
    long.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(long))

    assert len(str(Settings.load({}, home=long / "home").run_dir)) < 80
