"""Variables, connections and keys from the command line: nothing secret in arguments or output."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from jupyter_couture.app.edges import open_store
from jupyter_couture.cli.main import main
from jupyter_couture.settings import Settings
from jupyter_couture.store.keys import new_key
from jupyter_couture.store.sql import SqlStore

CANARY = "c4nary-3b77"

Run = Callable[..., Result]


@pytest.fixture
def run(home: Path) -> Run:
    """Call the program: ``run("variables", "list", given="standard input", code=0)``."""

    def call(*arguments: str, given: str = "", code: int = 0) -> Result:
        result = CliRunner().invoke(main, list(arguments), input=given)
        assert result.exit_code == code, result.output
        return result

    return call


@pytest.fixture
def store(home: Path) -> Iterator[SqlStore]:
    opened = open_store(Settings.load({}, home=home))
    yield opened
    opened.close()


def said(result: Result) -> Any:
    return json.loads(result.stdout)


def test_a_variable_is_set_read_listed_and_deleted(run: Run) -> None:
    run("variables", "set", "a", "1", "--description", "what for")
    run("variables", "set", "a", "2")
    assert run("variables", "get", "a").stdout == "2\n"
    assert said(run("variables", "get", "a", "--json")) == {
        "key": "a",
        "value": "2",
        "description": "what for",
        "hidden": False,
    }
    assert run("variables", "list").stdout == "a = 2\n"
    run("variables", "delete", "a")
    assert said(run("variables", "list", "--json")) == {"variables": [], "total": 0}
    for command in (("get", "a"), ("delete", "a")):
        assert "There is no variable 'a'" in run("variables", *command, code=2).output


def test_secret_values_come_from_standard_input_or_the_environment_alone(
    run: Run, store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "--stdin" in run("variables", "set", "my_token", CANARY, code=2).output
    run("variables", "set", "my_token", "--stdin", given=f"{CANARY}\n")
    assert store.variable("my_token").value == CANARY
    monkeypatch.setenv("NEW_TOKEN", f"{CANARY}2")
    run("variables", "set", "my_token", "--from-env", "NEW_TOKEN")
    assert store.variable("my_token").value == f"{CANARY}2"
    assert run("variables", "get", "my_token").stdout == "***\n"
    assert run("variables", "get", "my_token", "--show").stdout == f"{CANARY}2\n"
    for wrong in (("a",), ("a", "1", "--stdin"), ("a", "--from-env", "NO_SUCH_NAME")):
        run("variables", "set", *wrong, code=2)


def test_a_value_that_looks_like_a_credential_is_warned_about(run: Run) -> None:
    assert "looks like a credential" in run("variables", "set", "a", "AKIAIOSFODNN7EXAMPLE").stderr


@pytest.mark.parametrize("suffix", [".json", ".yaml"])
def test_variables_and_connections_go_into_files_and_come_back(
    run: Run, store: SqlStore, tmp_path: Path, suffix: str
) -> None:
    run("variables", "set", "my_secret", "--stdin", given=CANARY)
    run("variables", "set", "plain", '{"a": [1]}', "--description", "d")
    run("connections", "add", "db", "--uri", "postgres://me@h/x?mode=r", "--password-stdin", given=CANARY)
    more = run("connections", "add", "db", "--host", "h2", "--stdin", given=json.dumps({"extra": {"token": CANARY}}))
    assert "There are 2 of this id now" in more.output
    for kind in ("variables", "connections"):
        masked, clear = tmp_path / f"{kind}-masked{suffix}", tmp_path / f"{kind}{suffix}"
        run(kind, "export", str(masked))
        assert CANARY not in masked.read_text()
        assert said(run(kind, "import", str(masked), "--json"))["failed"] == {}
        run(kind, "export", str(clear), "--with-secrets")
        assert CANARY in clear.read_text()
        assert clear.stat().st_mode & 0o777 == 0o600
        run(kind, "export", "-", "--with-secrets", code=2)
        assert CANARY not in run(kind, "export", "-").output
    before = [(each.host, each.password, each.extra) for each in store.connections_of("db")]
    run("variables", "delete", "my_secret")
    run("connections", "delete", "db")
    assert said(run("variables", "import", str(tmp_path / f"variables{suffix}"), "--json"))["created"] == ["my_secret"]
    run("connections", "import", str(tmp_path / f"connections{suffix}"))
    assert store.variable("my_secret").value == CANARY
    assert store.variable("plain").description == "d"
    assert [(each.host, each.password, each.extra) for each in store.connections_of("db")] == before


def test_an_import_may_be_looked_at_first(run: Run, store: SqlStore, tmp_path: Path) -> None:
    run("variables", "set", "same", "1")
    run("variables", "set", "other", "1")
    path = tmp_path / "x.json"
    path.write_text(json.dumps({"same": "1", "other": "2", "new": CANARY}))
    report = said(run("variables", "import", str(path), "--dry-run", "--json"))
    assert (report["created"], report["updated"], report["unchanged"]) == (["new"], ["other"], ["same"])
    shown = run("variables", "import", str(path), "--dry-run").stdout
    assert (
        shown == "created: new\nupdated: other\nIt would be: 1 created, 1 updated, 1 unchanged, 0 skipped, 0 failed.\n"
    )
    assert store.variable("other").value == "1"
    run("variables", "import", str(path))
    assert (store.variable("other").value, store.variable("new").value) == ("2", CANARY)


def test_an_import_that_fails_in_part_says_so(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps({"good": "http://h", "bad": "no uri"}))
    result = run("connections", "import", str(path), code=1)
    assert "1 created" in result.stdout
    assert "bad:" in result.stderr
    path.write_text("{")
    assert "not well-formed" in run("connections", "import", str(path), code=2).output


def test_connections_are_added_shown_and_removed_without_a_password_in_sight(run: Run, store: SqlStore) -> None:
    run("connections", "add", "db", "--stdin", given=f"mysql://me:{CANARY}@h:3306/x")
    run("connections", "add", "db", "--host", "h2", "--password-env", "HOME")
    assert store.connections_of("db")[0].password == CANARY
    rows = said(run("connections", "get", "db", "--json"))["connections"]
    assert [(row["host"], row["has_password"]) for row in rows] == [("h", True), ("h2", True)]
    assert "me:***@h:3306/x" in run("connections", "list").stdout
    assert CANARY not in run("connections", "get", "db").output
    run("connections", "delete", "db", "--number", str(rows[0]["number"]))
    assert [each.host for each in store.connections_of("db")] == ["h2"]
    run("connections", "delete", "db")
    run("connections", "delete", "db", code=2)
    run("connections", "get", "db", code=2)


@pytest.mark.parametrize(
    "wrong",
    [
        ("--uri", f"http://u:{CANARY}@h"),
        ("--uri", f"http://h/?token={CANARY}"),
        ("--extra", f'{{"secret": "{CANARY}"}}'),
    ],
)
def test_secrets_on_the_command_line_are_refused_and_not_repeated(run: Run, wrong: tuple[str, str]) -> None:
    result = run("connections", "add", "a", *wrong, code=2)
    assert "--stdin" in result.output
    assert CANARY not in result.output


def test_S155_keys_are_rotated_and_secrets_stay_readable(run: Run, store: SqlStore, home: Path) -> None:
    run("variables", "set", "a", "1")
    run("connections", "add", "db", "--password-stdin", given=CANARY)
    assert store.variable("a").value == "1"
    old = (home / "fernet.keys").read_text()
    assert said(run("secrets", "rotate", "--json")) == {"resealed": 2}
    new = (home / "fernet.keys").read_text()
    assert (len(new.splitlines()), new != old) == (2, True)
    assert store.variable("a").value == "1"
    assert store.connections_of("db")[0].password == CANARY
    run("secrets", "rotate", "--keep-old")
    assert len((home / "fernet.keys").read_text().splitlines()) == 3
    assert len(run("secrets", "key").stdout.strip()) == 44


def test_the_doctor_finds_keys_that_are_open_to_others_and_secrets_that_no_key_opens(run: Run, home: Path) -> None:
    def finding() -> tuple[bool, str]:
        result = CliRunner().invoke(main, ["doctor", "--json"])
        (found,) = (each for each in json.loads(result.stdout)["findings"] if each["check"] == "secrets")
        return found["is_ok"], found["message"]

    run("variables", "set", "a", "1")
    run("connections", "add", "db", "--password-stdin", given=CANARY)
    assert finding() == (True, "1 variables, 1 connections")
    (home / "fernet.keys").chmod(0o644)
    assert finding() == (False, f"{home / 'fernet.keys'} can be read by others")
    (home / "fernet.keys").write_text(f"{new_key()}\n")
    assert finding() == (False, "no key opens a, db")


def test_what_a_person_does_is_written_down_without_secrets(run: Run, home: Path, store: SqlStore) -> None:
    run("variables", "set", "my_secret", "--stdin", given=CANARY)
    run("variables", "get", "my_secret", "--show")
    run("connections", "add", "db", "--password-stdin", given=CANARY)
    with store._db.engine.connect() as connection:
        rows = [dict(row) for row in connection.exec_driver_sql("SELECT * FROM audit").mappings()]
    assert [row["event"] for row in rows] == ["variable.set", "variable.show", "connection.add"]
    assert CANARY not in str(rows)
    for path in home.rglob("*"):
        assert not path.is_file() or CANARY.encode() not in path.read_bytes(), path
