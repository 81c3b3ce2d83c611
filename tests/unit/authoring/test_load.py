"""Executing a DAG file and finding its DAGs."""

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_couture.authoring.load import LoadedFile, load_source
from jupyter_couture.authoring.sources import decode_source
from jupyter_couture.model.errors import DagCycle

HEAD = "from jupyter_couture import *\n"


@pytest.fixture(autouse=True)
def _own_modules(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    before = set(sys.modules)
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield
    for name in set(sys.modules) - before:
        del sys.modules[name]


def load(folder: Path, source: str, name: str = "pipeline.py") -> LoadedFile:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEAD + source)
    return load_source(HEAD + source, path, folder)


def test_s032_all_dags_at_the_top_level_of_a_file_are_found(tmp_path: Path) -> None:
    loaded = load(
        tmp_path,
        """
        |one = DAG("one")
        |with DAG("two") as two: EmptyOperator("a")
        |with DAG("unnamed"): EmptyOperator("a")
        |@dag()
        |def called(): EmptyOperator("a")
        |called()
        |for n in range(2): globals()[f"gen_{n}"] = DAG(f"gen_{n}")
        |def never(): return DAG("local")
        |never()
        """.replace("        |", ""),
    )

    assert set(loaded.dags) == {"one", "two", "unnamed", "called", "gen_0", "gen_1"}
    assert loaded.doubled == ()


def test_a_dag_id_used_twice_in_one_file_is_reported_with_its_line(tmp_path: Path) -> None:
    loaded = load(tmp_path, "a = DAG('x')\nb = DAG('x')\nc = a\n")

    assert loaded.dags["x"].line == 2
    assert [dag.line for dag in loaded.doubled] == [3]


def test_helpers_beside_the_file_and_in_the_folder_can_be_imported(tmp_path: Path) -> None:
    (tmp_path / "shared_helper.py").write_text("NAME = 'shared'\n")
    (tmp_path / "team").mkdir()
    (tmp_path / "team" / "near_helper.py").write_text("NAME = 'near'\n")

    loaded = load(
        tmp_path,
        "import shared_helper, near_helper\nd = DAG(f'{shared_helper.NAME}.{near_helper.NAME}')\n",
        "team/pipeline.py",
    )

    assert list(loaded.dags) == ["shared.near"]


def test_a_dag_imported_from_another_dag_file_stays_that_files_dag(tmp_path: Path) -> None:
    (tmp_path / "other_file.py").write_text(HEAD + "theirs = DAG('theirs')\ndef make(): return DAG('made')\n")

    loaded = load(tmp_path, "from other_file import theirs, make\nmine = DAG('mine')\nmade = make()\n")

    assert list(loaded.dags) == ["mine", "made"]


def test_the_text_that_is_executed_is_the_one_tracebacks_and_inspect_show(tmp_path: Path) -> None:
    path = tmp_path / "pipeline.py"
    path.write_text("# another text is on the disk by now\n")

    loaded = load_source(HEAD + "def work():\n    return 'pinned'\nd = DAG('d')\n", path, tmp_path)

    assert inspect.getsource(loaded.module.work) == "def work():\n    return 'pinned'\n"
    assert loaded.module.__file__ == str(path)
    assert loaded.dags["d"].fileloc == str(path)


def test_what_a_file_raises_passes_through_and_leaves_no_module(tmp_path: Path) -> None:
    before = set(sys.modules)
    with pytest.raises(DagCycle):
        load(tmp_path, "with DAG('d'):\n    a = EmptyOperator('a')\n    a >> a\n")
    with pytest.raises(SystemExit):
        load(tmp_path, "raise SystemExit(0)\n")

    assert not [name for name in set(sys.modules) - before if name.startswith("couture_dag_")]


def test_classes_of_a_dag_file_can_be_pickled_and_made_dataclasses(tmp_path: Path) -> None:
    loaded = load(tmp_path, "from dataclasses import dataclass\n@dataclass\nclass Row:\n    n: 'int'\nd = DAG('d')\n")

    assert sys.modules[loaded.module.Row.__module__] is loaded.module


def test_a_source_is_decoded_as_python_would() -> None:
    assert decode_source(b"# -*- coding: latin-1 -*-\nx = '\xe4'\n").endswith("x = 'ä'\n")
    assert decode_source("\ufeffx = 1\r\n".encode()) == "x = 1\n"
    with pytest.raises(SyntaxError) as caught:
        decode_source(b"x = 1\ny = '\xff'\n")
    assert (caught.value.msg, caught.value.lineno) == ("not utf-8 text: invalid start byte", 2)
    with pytest.raises(SyntaxError, match="unknown encoding: klingon"):
        decode_source(b"# coding: klingon\n")


def test_s054_default_args_may_depend_on_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = """
        |import os
        |PRODUCTION = {"retries": 5, "owner": "data"}
        |DEVELOPMENT = {"retries": 0, "owner": "me"}
        |stage = PRODUCTION if os.environ.get("STAGE") == "production" else DEVELOPMENT
        |with DAG("etl", default_args=stage) as etl: BashOperator("load", bash_command="true")
        """
    found = {}
    for stage in ("production", "development"):
        monkeypatch.setenv("STAGE", stage)
        (dag,) = load(tmp_path, source.replace("        |", ""), f"{stage}.py").dags.values()
        found[stage] = (dag.task_dict["load"].retries, dag.task_dict["load"].owner)
    assert found == {"production": (5, "data"), "development": (0, "me")}


def test_s176_constants_and_helpers_of_a_file_serve_several_tasks(tmp_path: Path) -> None:
    source = """
        |STAGES = ["one", "two", "three"]
        |COMMAND = "echo {stage}"
        |def command_of(stage): return COMMAND.format(stage=stage.upper())
        |with DAG("staged") as staged:
        |    tasks = [BashOperator(stage, bash_command=command_of(stage)) for stage in STAGES]
        |    chain(*tasks)
        """
    (dag,) = load(tmp_path, source.replace("        |", "")).dags.values()
    assert [getattr(task, "bash_command", "") for task in dag.tasks] == ["echo ONE", "echo TWO", "echo THREE"]
    assert dag.graph.upstream_of("three") == ("two",)
