"""DAG files that ask for variables and connections at their top level, in real parser processes."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_couture.clock import SystemClock
from jupyter_couture.dagbag.bag import DagBag
from jupyter_couture.dagbag.limits import ParseLimits
from jupyter_couture.dagbag.parse import Parser, parse_one
from jupyter_couture.model.ids import DagId
from jupyter_couture.model.records import DagQuery
from jupyter_couture.model.secrets import Connection, Variable
from jupyter_couture.services.secrets import Secrets
from jupyter_couture.settings import Settings
from jupyter_couture.store.keys import KeyRing
from jupyter_couture.store.sql import SqlStore

HEAD = "from jupyter_couture import DAG, BaseHook, EmptyOperator, Variable\n"
MAKE = "with DAG('d', description={0}):\n    EmptyOperator('a')\n"
CANARY = "c4nary-90d2"


class Scene:
    """A DAG folder with its bag, and a store whose variables the files may ask for."""

    def __init__(self, home: Path) -> None:
        self.settings = Settings.load({}, home=str(home))
        self.settings.make_folders()
        self.store = SqlStore.open(self.settings.database_url, keys=KeyRing.of(self.settings))
        self.secrets = Secrets.load(self.settings, self.store)
        self.open()

    def open(self) -> None:
        """Begin with a new bag, as an engine that starts."""
        parser = Parser(self.settings, ParseLimits(timeout_seconds=5.0), secrets=self.secrets)
        self.bag = DagBag(self.store, parser, self.settings, SystemClock())

    def write(self, expression: str, before: str = "") -> None:
        """A file whose DAG's description is ``expression``."""
        path = self.settings.dags_folder / "d.py"
        path.write_text(HEAD + before + "\n" + MAKE.format(expression))

    def description(self) -> str:
        """What the present version says."""
        (row,) = self.store.list_dags(DagQuery()).rows
        return row.spec.description

    def problems(self) -> list[str]:
        """Messages of all import problems."""
        return [each.message for each in self.store.import_problems()]

    def put(self, key: str, value: str) -> None:
        """Store a variable."""
        self.store.put_variable(Variable(key=key, value=value))


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    made = Scene(tmp_path)
    yield made
    made.bag.close()
    made.store.close()


def test_a_file_reads_variables_and_connections_at_its_top_level(scene: Scene) -> None:
    scene.put("a", "é" * 300_000)
    scene.put("j", '{"x": [1]}')
    scene.store.add_connection(Connection(conn_id="db", host="h", password="p"))
    scene.write(
        "str([len(Variable.get('a')), Variable.get('j', deserialize_json=True), Variable.get('no', 'default'),"
        " BaseHook.get_connection('db').password])"
    )
    scene.bag.scan()
    assert scene.problems() == []
    assert scene.description() == "[300000, {'x': [1]}, 'default', 'p']"


def test_a_file_that_misses_a_variable_is_broken_until_it_is_there(scene: Scene) -> None:
    scene.write("Variable.get('a')")
    scene.bag.scan()
    assert scene.problems() == ["KeyError: 'Variable a does not exist'"]
    scene.put("a", "now")
    scene.bag.scan()
    assert (scene.problems(), scene.description()) == ([], "now")


def test_a_file_is_parsed_again_when_a_variable_it_read_has_changed_and_not_before(scene: Scene) -> None:
    scene.put("a", "1")
    scene.write("Variable.get('a')")
    assert list(scene.bag.scan()) == ["d"]
    scene.put("b", "1")
    assert list(scene.bag.scan()) == []
    scene.put("a", "2")
    assert list(scene.bag.scan()) == ["d"]
    assert scene.description() == "2"


def test_an_engine_that_starts_tries_broken_files_again(scene: Scene) -> None:
    scene.write("Variable.get('a')")
    scene.bag.scan()
    scene.bag.close()
    scene.put("a", "now")
    scene.open()
    scene.bag.scan()
    assert (scene.problems(), scene.description()) == ([], "now")


def test_what_a_file_was_told_stays_in_it(scene: Scene) -> None:
    """Not in the spec, the log or the database, unless the file itself puts it there."""
    scene.put("my_password", CANARY)
    scene.write("'none'", before="password = Variable.get('my_password')")
    scene.bag.scan()
    assert scene.description() == "none"
    files = [path for path in scene.settings.home.rglob("*") if path.is_file()]
    assert [path for path in files if CANARY.encode() in path.read_bytes()] == []


@pytest.mark.parametrize(
    "ending", ["raise ValueError(uri + word)", "print(uri, word, flush=True); import os; os.abort()"]
)
def test_an_error_that_repeats_a_secret_is_told_without_it(scene: Scene, ending: str) -> None:
    scene.put("my_token", f"{CANARY}-word")
    scene.store.add_connection(Connection(conn_id="db", conn_type="x", host="h", password=f"{CANARY}/&"))
    before = f"uri = BaseHook.get_connection('db').get_uri()\nword = Variable.get('my_token')\n{ending}"
    scene.write("'none'", before=before)
    scene.bag.scan()
    (problem,) = scene.store.import_problems()
    assert CANARY not in problem.message + problem.traceback
    assert "***" in problem.message + problem.traceback


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("Variable.set('a', '1')", "cannot be changed while a DAG file is loaded"),
        ("Variable.delete('a')", "cannot be removed while a DAG file is loaded"),
        ("BaseHook.get_connection('gone')", "There is no connection 'gone'"),
    ],
)
def test_a_file_changes_nothing_and_hears_what_is_missing(scene: Scene, code: str, message: str) -> None:
    scene.write("'none'", before=code)
    scene.bag.scan()
    (problem,) = scene.problems()
    assert message in problem


HOSTILE = [
    "link.send(b'x' * 100_000_000)",
    "link.send(b'\\0' * 100 + b'\\n')",
    '[link.send(b\'["variable", "a"]\\n\') for _ in range(20_000)]; import time; time.sleep(0.5)',
    "link.send(b'[\"audit\", \"a\"]\\n'); link.send(b'{}\\n'); link.send(b'[1, 2, 3]\\n')",
    "link.close()",
]


@pytest.mark.parametrize("code", HOSTILE, ids=["endless", "no JSON", "never listens", "no question", "hangs up"])
def test_a_file_that_misuses_its_line_keeps_no_other_from_its_answers(scene: Scene, code: str) -> None:
    scene.put("a", "1" * 100_000)
    before = (
        "from jupyter_couture.authoring.door import secret_door\nlink = secret_door()._socket\n"
        f"link.setblocking(False)\ntry:\n    {code}\nexcept OSError: pass"
    )
    scene.write("'none'", before=before)
    other = (HEAD + MAKE.format("Variable.get('a')[0]")).replace("'d'", "'other'")
    (scene.settings.dags_folder / "other.py").write_text(other)
    scene.bag.scan()
    found = {row.spec.dag_id: row.spec.description for row in scene.store.list_dags(DagQuery()).rows}
    assert found[DagId("other")] == "1"


def test_one_file_is_shown_with_what_environment_and_files_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``dags show`` needs no database."""
    path = tmp_path / "x.py"
    path.write_text(HEAD + MAKE.format("Variable.get('a') + Variable.get('b')"))
    (tmp_path / "v.json").write_text(json.dumps({"b": "2"}))
    monkeypatch.setenv("AIRFLOW_VAR_A", "1")
    settings = Settings.load({}, home=tmp_path / "home", variables_file=str(tmp_path / "v.json"))
    parsed = parse_one(path, settings, Secrets.load(settings, None))
    assert parsed.problems == ()
    assert parsed.dags[0].spec.description == "12"
    (problem,) = parse_one(path, settings).problems
    assert "not to be had here" in problem.message
