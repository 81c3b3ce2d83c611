"""How virtual environments for tasks are made."""

import json
from pathlib import Path

import pytest

from jupyter_couture.authoring.environments import Environment, make_environment

UV = """#!/bin/sh
for last; do :; done
[ "$1" = venv ] && mkdir -p "$last/bin" && touch "$last/bin/python"
printf '["%s", "%s", "%s"]\\n' "$*" "$UV_DEFAULT_INDEX" "$UV_EXTRA_INDEX_URL" >> "{notes}"
"""


def test_the_passwords_of_package_indexes_stand_in_no_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = tmp_path / "notes"
    program = tmp_path / "bin" / "uv"
    program.parent.mkdir()
    program.write_text(UV.format(notes=notes))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    addresses = tuple(f"https://me:s3cret@{name}.example/simple" for name in ("one", "two", "three"))
    python = make_environment(Environment(requirements=("tool==1",), index_urls=addresses), str(tmp_path / "venvs"))
    assert python.is_file()
    made, installed = (json.loads(line) for line in notes.read_text().splitlines())
    assert made[0].startswith("venv --python")
    assert installed[0].endswith("tool==1")
    assert "s3cret" not in made[0] + installed[0]
    assert installed[1:] == [addresses[0], f"{addresses[1]} {addresses[2]}"]
