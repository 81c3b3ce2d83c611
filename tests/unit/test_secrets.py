"""Where variables and connections come from, in which order, and what becomes of faults on the way."""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from jupyter_couture.model.errors import InvalidRequest, Unavailable
from jupyter_couture.model.secrets import Connection, Variable
from jupyter_couture.services.secret_files import read_mapping, write_mapping
from jupyter_couture.services.secrets import Environment, Secrets
from jupyter_couture.settings import Settings
from jupyter_couture.store import MemoryStore


class Safe:
    """A back-end of one's own."""

    def __init__(self, prefix: str = "") -> None:
        self.prefix = prefix

    def get_variable(self, key: str) -> str | None:
        if key == "boom":
            raise RuntimeError("c4nary")
        return f"{self.prefix}own" if key == "everywhere" else None

    def get_connections(self, conn_id: str) -> Sequence[Connection | str | Mapping[str, Any]]:
        return [Connection(conn_id="db", host="a"), "http://b", {"host": "c"}] if conn_id == "db" else []


@pytest.fixture
def safe_module(monkeypatch: pytest.MonkeyPatch) -> str:
    module = ModuleType("my_safe")
    module.__dict__["Safe"] = Safe
    monkeypatch.setitem(sys.modules, "my_safe", module)
    return "my_safe.Safe"


def load(tmp_path: Path, **options: object) -> Secrets:
    return Secrets.load(Settings.load({}, home=tmp_path, **options), MemoryStore())


def test_the_first_place_that_knows_a_name_answers(
    tmp_path: Path, safe_module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One's own back-end, the environment, files, the database: in this order."""
    file = tmp_path / "variables.json"
    file.write_text(json.dumps({"everywhere": "file", "not_own": "file", "in_file": {"a": 1}}))
    for name in ("EVERYWHERE", "NOT_OWN"):
        monkeypatch.setenv(f"COUTURE_VAR_{name}", "environment")
    options = {"secrets_backend": safe_module, "secrets_backend_options": '{"prefix": "my "}'}
    secrets = load(tmp_path, variables_file=str(file), **options)
    for key in ("everywhere", "not_own", "in_file", "stored"):
        secrets.set_variable(key, "database")
    found = {key: secrets.get_variable(key) for key in ("everywhere", "not_own", "in_file", "stored", "gone")}
    assert found == {
        "everywhere": "my own",
        "not_own": "environment",
        "in_file": '{"a": 1}',
        "stored": "database",
        "gone": None,
    }


def test_a_back_end_may_say_connections_in_any_way(tmp_path: Path, safe_module: str) -> None:
    secrets = load(tmp_path, secrets_backend=safe_module)
    assert [each.host for each in secrets.get_connections("db")] == ["a", "b", "c"]
    assert secrets.get_connections("gone") == []


def test_a_fault_of_a_back_end_is_named_and_not_repeated(tmp_path: Path, safe_module: str) -> None:
    with pytest.raises(Unavailable, match=r"my_safe\.Safe failed with RuntimeError") as fault:
        load(tmp_path, secrets_backend=safe_module).get_variable("boom")
    assert "c4nary" not in str(fault.value)
    for name, options in (("my_safe.Gone", "{}"), ("no.such.Class", "{}"), (safe_module, "[]"), (safe_module, '{"x":')):
        with pytest.raises(InvalidRequest, match="secrets_backend"):
            load(tmp_path, secrets_backend=name, secrets_backend_options=options).get_variable("a")


def test_a_change_keeps_the_description_unless_it_brings_one(tmp_path: Path) -> None:
    store = MemoryStore()
    secrets = Secrets(store, [])
    store.add_variable(Variable(key="a", value="1", description="kept"))
    secrets.set_variable("a", "2")
    assert store.variable("a").description == "kept"
    secrets.set_variable("a", "2", "new")
    assert store.variable("a").description == "new"
    assert secrets.delete_variable("a")
    assert not secrets.delete_variable("a")
    with pytest.raises(InvalidRequest):
        secrets.set_variable("\n", "2")
    with pytest.raises(Unavailable):
        Secrets(None, []).set_variable("a", "2")


@pytest.mark.parametrize("suffix", [".json", ".yaml", ".yml"])
def test_files_are_written_for_their_owner_alone_and_read_back(tmp_path: Path, suffix: str) -> None:
    entries = {"b": "text: with\nlines", "a": {"n": [1, None, "ü"]}, "yes": "no"}
    path = tmp_path / f"x{suffix}"
    write_mapping(path, entries)
    assert read_mapping(path) == entries
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_an_env_file_has_a_name_and_a_value_on_each_line(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("# remark\n\nexport A=1\nB = 'two words'\nC=\"x=y\"\nDB=http://u:p@h/\n")
    assert read_mapping(path) == {"A": "1", "B": "two words", "C": "x=y", "DB": "http://u:p@h/"}
    secrets = load(tmp_path, variables_file=str(path), connections_file=str(path))
    assert secrets.get_variable("B") == "two words"
    assert secrets.get_connections("DB")[0].password == "p"


def test_a_file_is_read_again_when_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "variables.json"
    path.write_text('{"a": "1"}')
    secrets = load(tmp_path, variables_file=str(path))
    assert secrets.get_variable("a") == "1"
    write_mapping(path, {"a": "2"})
    assert secrets.get_variable("a") == "2"
    path.unlink()
    with pytest.raises(InvalidRequest, match="is not there"):
        secrets.get_variable("a")


@pytest.mark.parametrize(
    ("name", "text"),
    [("x.json", '{\n"a": c4nary}'), ("x.yaml", "a: [\n- c4nary"), (".env", "\nc4nary"), ("x.json", '["c4nary"]')],
)
def test_a_file_that_is_not_well_formed_is_refused_without_being_shown(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(InvalidRequest, match=name) as refusal:
        read_mapping(tmp_path / name)
    assert "c4nary" not in str(refusal.value)
    assert refusal.value.__cause__ is None


def test_settings_take_variables_of_the_environment_for_no_settings(tmp_path: Path) -> None:
    environ = {"COUTURE_VAR_A": "1", "COUTURE_CONN_DB": "http://h", "COUTURE_FERNET_KEYS": "k3y"}
    settings = Settings.load(environ, home=tmp_path)
    assert "k3y" not in repr(settings)
    assert Environment(environ).get_variable("a") == "1"
    assert Environment(environ).get_connections("db")[0].host == "h"
