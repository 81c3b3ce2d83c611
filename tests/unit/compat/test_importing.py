"""The import hook: one object behind every door, modules without import, probes, helpers beside the file, its cost."""

import importlib
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from jupyter_couture import DAG, BashOperator, TaskGroup, TriggerRule
from jupyter_couture.authoring.compile import compile_dag
from jupyter_couture.authoring.load import LoadedFile, load_source
from jupyter_couture.compat import doors, importing
from jupyter_couture.compat.doors.core import DOORS
from jupyter_couture.dagbag.child import line_in, problem_of


@pytest.fixture(autouse=True)
def hook(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The hook for this test alone, as in a fresh parser child."""
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    monkeypatch.setattr(sys, "path", list(sys.path))
    before = dict(sys.modules)
    importing.install()
    yield
    for name in sys.modules.keys() - before.keys():
        if name.partition(".")[0] in ("airflow", "google", "kubernetes", "future"):
            del sys.modules[name]


def load(folder: Path, text: str, name: str = "file.py") -> LoadedFile:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    source = textwrap.dedent(text)
    path.write_text(source)
    return load_source(source, path, folder)


def values(folder: Path, text: str) -> dict[str, Any]:
    return vars(load(folder, text).module)


def test_all_tables_agree() -> None:
    assert doors.disagreements(doors.all_tables()) == []


@pytest.mark.parametrize("path", sorted(DOORS))
def test_every_door_opens(path: str) -> None:
    module = importlib.import_module(path)
    for name in DOORS[path]:
        assert getattr(module, name) is not None


@pytest.mark.parametrize(
    ("name", "paths", "ours"),
    [
        ("DAG", ("airflow", "airflow.models", "airflow.models.dag", "airflow.sdk"), DAG),
        ("DAG", ("airflow.providers.common.compat.sdk", "airflow.sdk.definitions.dag"), DAG),
        (
            "BashOperator",
            ("airflow.operators.bash", "airflow.operators.bash_operator", "airflow.operators"),
            BashOperator,
        ),
        ("BashOperator", ("airflow.providers.standard.operators.bash",), BashOperator),
        ("TaskGroup", ("airflow.utils.task_group", "airflow.sdk"), TaskGroup),
        (
            "TriggerRule",
            ("airflow.utils.trigger_rule", "airflow.sdk", "airflow.providers.common.compat.sdk"),
            TriggerRule,
        ),
    ],
)
def test_one_thing_has_many_doors(name: str, paths: tuple[str, ...], ours: object) -> None:
    assert all(getattr(importlib.import_module(path), name) is ours for path in paths)


def test_modules_appear_as_attributes_that_nobody_imported(tmp_path: Path) -> None:
    found = values(tmp_path, "import airflow\nkind = airflow.operators.bash.BashOperator\nday = airflow.utils.dates")

    assert found["kind"] is BashOperator
    assert isinstance(found["day"], ModuleType)


def test_modules_can_be_imported_as_names(tmp_path: Path) -> None:
    found = values(
        tmp_path, "from airflow.operators import bash, python, bash_operator\nfrom airflow.utils import dates"
    )

    assert found["bash"].BashOperator is found["bash_operator"].BashOperator is BashOperator


def test_packages_of_1_10_have_the_classes_of_their_modules(tmp_path: Path) -> None:
    found = values(
        tmp_path,
        """
        from airflow.operators import BashOperator, HiveOperator, PostgresOperator, S3KeySensor
        from airflow.operators.sensors import HttpSensor, SqlSensor
        from airflow.hooks import PostgresHook
        """,
    )

    assert found["BashOperator"] is BashOperator
    assert {"HiveOperator", "S3KeySensor", "HttpSensor", "PostgresHook"} <= found.keys()


def test_a_dag_object_knows_the_words_of_old(tmp_path: Path) -> None:
    dag = load(
        tmp_path,
        """
        from airflow import DAG
        with DAG("d", concurrency=3) as dag:
            @dag.task
            def one(count): ...
            @dag.task(task_id="other")
            def two(value): ...
            two(one(dag.param("count", 5)))
        """,
    ).dags["d"]

    assert [task.task_id for task in dag.topological_sort()] == ["one", "other"]
    assert (dag.concurrency, dag.filepath, dag.params, dag.teardowns) == (3, "file.py", {"count": 5}, [])
    assert compile_dag(dag).edges == (("one", "other"),)


def test_a_star_brings_the_names_of_the_table(tmp_path: Path) -> None:
    assert values(tmp_path, "from airflow.operators.bash import *")["BashOperator"] is BashOperator


def test_what_airflow_does_not_have_is_an_import_error_at_the_users_line(tmp_path: Path) -> None:
    with pytest.raises(ImportError, match="cannot import name 'Nothing'") as caught:
        load(tmp_path, "\n\nfrom airflow.operators.python import Nothing\n")
    assert line_in(caught.value, tmp_path / "file.py") == 3

    with pytest.raises(ModuleNotFoundError, match=r"No module named 'airflow\.nothing'"):
        load(tmp_path, "import airflow.nothing")


def test_the_traceback_of_a_name_that_is_not_there_ends_in_the_users_file(tmp_path: Path) -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nothing'") as caught:
        load(tmp_path, "import airflow\n\nairflow.nothing\n")
    told = problem_of(caught.value, tmp_path / "file.py")

    assert told["line"] == 3
    assert "importing.py" not in str(told["traceback"])
    assert "airflow.nothing" in str(told["traceback"])


def test_a_probe_takes_the_branch_that_is_there(tmp_path: Path) -> None:
    found = values(
        tmp_path,
        """
        try:
            from airflow.operators.never_was import BashOperator
            branch = "first"
        except ImportError:
            from airflow.operators.bash import BashOperator
            branch = "second"
        """,
    )

    assert found["branch"] == "second"


@pytest.mark.parametrize(
    ("imports", "version"),
    [
        ("from airflow.operators.bash_operator import BashOperator", "1.10.15"),
        ("from airflow.decorators import task", "2.11.0"),
        ("from airflow.sdk import DAG", "3.3.2"),
    ],
)
def test_a_file_hears_the_version_it_was_written_for(tmp_path: Path, imports: str, version: str) -> None:
    found = values(
        tmp_path, f"import airflow\nfrom airflow.version import version\n{imports}\ntold = airflow.__version__"
    )

    assert found["told"] == found["version"] == version


@pytest.mark.parametrize(
    "package", ["airflow.example_dags", "airflow.contrib.example_dags", "airflow.providers.standard.example_dags"]
)
def test_helpers_of_example_dags_lie_beside_the_file_or_above_it(tmp_path: Path, package: str) -> None:
    (tmp_path / "libs").mkdir()
    (tmp_path / "libs" / "helper.py").write_text("def print_stuff():\n    return 'beside'\n")

    source = f"from {package}.libs.helper import print_stuff\nsaid = print_stuff()"
    assert vars(load(tmp_path, source, "team/deep.py").module)["said"] == "beside"


def test_what_no_table_has_of_a_provider_is_a_placeholder(tmp_path: Path) -> None:
    found = values(tmp_path, "from airflow.providers.nobody.operators.thing import ThingOperator\nkind = ThingOperator")

    assert found["kind"].__name__ == "ThingOperator"


def test_a_real_airflow_that_a_test_brought_along_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    real = ModuleType("airflow")
    monkeypatch.setitem(sys.modules, "airflow", real)

    assert importing.AirflowFinder().find_spec("airflow.models") is None


def test_a_real_airflow_on_the_path_is_never_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "airflow").mkdir()
    (tmp_path / "airflow" / "__init__.py").write_text("raise RuntimeError('the real one')")
    monkeypatch.syspath_prepend(str(tmp_path))

    assert values(tmp_path, "from airflow import DAG")["DAG"] is DAG


def test_a_client_library_that_is_not_there_is_stood_in_for(tmp_path: Path) -> None:
    found = values(
        tmp_path,
        """
        from airflow import DAG
        from kubernetes.client import models as k8s
        volume = k8s.V1Volume(name="data")
        """,
    )

    assert found["volume"] is not None


def test_a_client_library_the_file_can_do_without_stays_away(tmp_path: Path) -> None:
    found = values(
        tmp_path,
        """
        from airflow import DAG
        try:
            from kubernetes.client import models as k8s
        except ImportError:
            k8s = None
        """,
    )

    assert found["k8s"] is None


def test_files_of_our_own_hear_of_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ModuleNotFoundError, match="kubernetes"):
        load(tmp_path, "import jupyter_couture\nimport kubernetes")


def test_words_of_python_2_lead_to_todays(tmp_path: Path) -> None:
    found = values(tmp_path, "import airflow\nfrom future.backports.urllib.parse import urlparse")

    assert found["urlparse"]("http://a/b").path == "/b"


def test_the_hook_reads_no_class_before_it_is_asked_for(tmp_path: Path) -> None:
    """What it costs: a look-up in a table for each name, and the module of the class itself."""
    before = {name for name in sys.modules if name.startswith("jupyter_couture.")}
    load(tmp_path, "import airflow\nimport airflow.operators\nimport airflow.sensors\nfrom airflow import models")
    after = {name for name in sys.modules if name.startswith("jupyter_couture.")}

    assert after == before


def test_where_airflow_is_not_named_the_hook_is_not_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    names = importing._names

    def counted() -> dict[str, dict[str, str]]:
        asked.append("names")
        return names()

    monkeypatch.setattr(importing, "_names", counted)
    before = set(sys.modules)
    load(tmp_path, "import json\nfrom jupyter_couture import DAG\ndag = DAG('d')")

    assert asked == []
    assert [name for name in sys.modules.keys() - before if name.startswith("airflow")] == []


def test_a_file_of_each_dialect_comes_to_the_same_graph(tmp_path: Path) -> None:
    texts = (
        "from airflow import DAG\nfrom airflow.operators.bash_operator import BashOperator",
        "from airflow.models.dag import DAG\nfrom airflow.operators.bash import BashOperator",
        "from airflow.sdk import DAG\nfrom airflow.providers.standard.operators.bash import BashOperator",
        "from jupyter_couture import DAG, BashOperator",
    )
    body = textwrap.dedent(
        """
        with DAG('d') as dag:
            BashOperator(task_id='a', bash_command='x') >> BashOperator(task_id='b', bash_command='y')
        """
    )
    specs = [
        compile_dag(load(tmp_path, text + body, f"file_{number}.py").dags["d"]) for number, text in enumerate(texts)
    ]

    assert [spec.dialect for spec in specs] == ["airflow-1.10", "airflow-2", "airflow-3", "native"]
    assert {spec.edges for spec in specs} == {(("a", "b"),)}
    assert [spec.catchup for spec in specs] == [True, True, False, False]
    assert [spec.schedule is not None for spec in specs] == [True, True, False, False]
