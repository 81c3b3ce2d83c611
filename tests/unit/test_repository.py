"""Habits of the repository that no linter watches."""

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULE_LINES = 500

# What a line may be excused from: a library without types as a base, a decorator, a callee or an import.
EXCUSES_FOR_UNTYPED_LIBRARIES = {"import-untyped", "misc", "no-untyped-call", "untyped-decorator"}


@cache
def tracked_files() -> tuple[str, ...]:
    """Files under version control that exist, in order, as paths from the root."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return tuple(name for name in listing.split("\0") if name and (ROOT / name).is_file())


def sources(*suffixes: str) -> list[str]:
    return [name for name in tracked_files() if name.endswith(suffixes)]


def test_no_module_is_longer_than_a_reader_can_hold() -> None:
    lengths = {name: len((ROOT / name).read_text().splitlines()) for name in sources(".py", ".ts", ".tsx")}

    assert {name: length for name, length in lengths.items() if length > MODULE_LINES} == {}


def test_type_errors_are_only_excused_for_untyped_libraries() -> None:
    comment = re.compile(r"#\s*type:\s*ignore(?:\[([\w\-, ]+)\])?")
    unexcused = [
        f"{name}:{number}"
        for name in sources(".py")
        for number, line in enumerate((ROOT / name).read_text().splitlines(), 1)
        for excuse in comment.finditer(line)
        if not set(re.split(r",\s*", excuse[1] or "everything")) <= EXCUSES_FOR_UNTYPED_LIBRARIES
    ]

    assert unexcused == []


@pytest.mark.parametrize("lock", ["yarn.lock", "constraints.txt"])
def test_lock_files_name_no_host(lock: str) -> None:
    assert re.findall(r"https?://\S+", (ROOT / lock).read_text()) == []


def test_every_python_folder_says_what_belongs_there() -> None:
    folders = {
        str(Path(name).parent) for name in sources(".py") if name.startswith(("jupyter_couture/", "server_ext/"))
    }
    described = {str(Path(name).parent) for name in sources("__init__.py")}

    assert sorted(folders - described) == []


def test_help_lists_every_door() -> None:
    doors = subprocess.run(["make", "help"], cwd=ROOT, check=True, capture_output=True, text=True).stdout

    for door in ("run", "test", "bench", "lint", "chaos", "screenshots", "clean", "help"):
        assert re.search(rf"^  make {door} +\S", doors, re.MULTILINE), door
