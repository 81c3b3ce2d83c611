"""``jupyter couture dags show`` and ``dags test``, as a user calls them, on good files and bad ones."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

GOOD = """
from datetime import datetime, timedelta
from jupyter_couture import DAG, BashOperator, EmptyOperator, PythonOperator

def add(params, **context):
    print("the sum is", params["a"] + params["b"])
    assert params["a"] + params["b"] == 5

with DAG("sums", schedule="@daily", start_date=datetime(2026, 1, 1), params={"a": 1, "b": 2}) as dag:
    add_up = PythonOperator(task_id="add_up", python_callable=add)
    command = "echo 'today is {{ ds }}' > {{ params.out }}"
    say = BashOperator(task_id="say", bash_command=command, params={"out": "/dev/null"})
    add_up >> say >> EmptyOperator(task_id="end")
"""

PAIR = """from jupyter_couture import DAG, EmptyOperator
with DAG('c') as dag:
    a, b = EmptyOperator(task_id='a'), EmptyOperator(task_id='b')
"""

BAD = {
    "broken": ("from jupyter_couture import DAG\nx = (\n", 2, "SyntaxError"),
    "raising": ("from jupyter_couture import DAG\n\nraise RuntimeError('no way')\n", 3, "no way"),
    "endless": ("from jupyter_couture import DAG\nwhile True:\n    pass\n", None, ""),
    "exiting": ("from jupyter_couture import DAG\nimport sys\nsys.exit(0)\n", 3, "SystemExit"),
    "vanishing": ("from jupyter_couture import DAG\nimport os\nos._exit(0)\n", None, ""),
    "greedy": ("from jupyter_couture import DAG\nx = bytearray(10 * 1024**3)\n", 2, "MemoryError"),
    "cyclic": (
        PAIR + "    a >> b >> a\n",
        4,
        "a >> b >> a",
    ),
    "doubled": (
        PAIR + "    a >> b\n    a >> b\n",
        5,
        "a >> b",
    ),
}


def _call(*words: str | Path, **environ: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "jupyter_couture.cli", "dags", *map(str, words)],
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", "COUTURE_PARSE_TIMEOUT_SECONDS": "3", "HOME": "/nonexistent", **environ},
        check=False,
        timeout=90,
    )
    return done.returncode, done.stdout, done.stderr


def _file(folder: Path, source: str, name: str = "dag_file.py") -> Path:
    path = folder / name
    path.write_text(source)
    return path


def _json(folder: Path, command: str, *words: str | Path) -> tuple[int, Any]:
    code, out, err = _call(command, *words, "--json", COUTURE_HOME=str(folder / "home"))
    assert out, err
    return code, json.loads(out)


def test_show_prints_the_dags_of_a_file(tmp_path: Path) -> None:
    code, found = _json(tmp_path, "show", _file(tmp_path, GOOD))
    assert code == 0
    assert found == {
        "dags": [
            {
                "dag_id": "sums",
                "dialect": "native",
                "warnings": [],
                "schedule": "@daily",
                "catchup": False,
                "tasks": [
                    {"task_id": "add_up", "operator": "PythonOperator"},
                    {"task_id": "say", "operator": "BashOperator"},
                    {"task_id": "end", "operator": "EmptyOperator"},
                ],
                "edges": [["add_up", "say"], ["say", "end"]],
            }
        ],
        "errors": [],
    }


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("command", ["show", "test"])
def test_a_bad_file_is_an_error_with_its_line(tmp_path: Path, command: str, name: str) -> None:
    """S052, S053, S174, D01 to D03."""
    source, line, words = BAD[name]
    path = _file(tmp_path, source)
    began = time.monotonic()
    code, found = _json(tmp_path, command, path)
    assert code == 1
    (error,) = found["errors"]
    assert Path(error["file"]).name == path.name
    assert error["line"] == line or line is None
    assert words in error["message"]
    assert error["message"]
    assert time.monotonic() - began < 45


def test_test_runs_one_run_to_its_end(tmp_path: Path) -> None:
    """S043, S044, S144: conf overrides params, templates are rendered."""
    out = tmp_path / "out"
    words = ["--logical-date", "2026-03-04", "--conf", json.dumps({"a": 3, "out": str(out)})]
    code, found = _json(tmp_path, "test", _file(tmp_path, GOOD), "sums", *words)
    assert code == 0, found
    assert found["state"] == "success"
    assert {task["task_id"]: task["state"] for task in found["tasks"]} == {
        "add_up": "success",
        "say": "success",
        "end": "success",
    }
    assert found["logical_date"].startswith("2026-03-04T00:00:00")
    assert out.read_text() == "today is 2026-03-04\n"


@pytest.mark.parametrize("is_package", [False, True])
def test_a_file_deep_in_a_dag_folder_finds_the_modules_of_the_folder(tmp_path: Path, is_package: bool) -> None:
    """The folder is the nearest one called dags, or the one that holds the package of the file."""
    folder = tmp_path / ("repository" if is_package else "dags")
    inner = folder / "etl" / "finance"
    inner.mkdir(parents=True)
    if is_package:
        for place in (inner, inner.parent):
            (place / "__init__.py").touch()
    (folder / "etl" / "months.py").write_text("LAST = 12\n")
    file = inner / "close_month.py"
    file.write_text(
        "from etl.months import LAST\nfrom jupyter_couture import DAG, PythonOperator\n"
        "with DAG('close_month', schedule=None):\n"
        "    PythonOperator(task_id='close', python_callable=lambda: LAST)\n"
    )

    code, found = _json(tmp_path, "test", file)

    assert code == 0, found
    assert found["state"] == "success"


def test_a_failing_run_exits_with_one_and_shows_the_log(tmp_path: Path) -> None:
    path = _file(tmp_path, GOOD)
    code, out, _ = _call("test", path, "--conf", '{"a": 40}', COUTURE_HOME=str(tmp_path / "home"))
    assert code == 1
    assert "the sum is 42" in out
    assert "AssertionError" in out
    code, found = _json(tmp_path, "test", path, "--conf", '{"a": 40}')
    assert code == 1
    assert [task["state"] for task in found["tasks"]] == ["failed", "upstream_failed", "upstream_failed"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--conf", "[1]"], "must be a JSON object"),
        (["--conf", "{"], "not JSON"),
        (["--logical-date", "yesterday"], "not an ISO 8601 date"),
        (["other"], "has no DAG 'other', but sums"),
        (["--surprise"], "No such option"),
    ],
)
def test_a_wrong_call_exits_with_two_and_says_what_is_wrong(tmp_path: Path, words: list[str], message: str) -> None:
    code, _, err = _call("test", _file(tmp_path, GOOD), *words, COUTURE_HOME=str(tmp_path / "home"))
    assert code == 2
    assert message in err


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    before = set(Path("/tmp").glob("couture-*"))
    _json(tmp_path, "test", _file(tmp_path, GOOD), "--conf", '{"a": 3}')
    assert set(Path("/tmp").glob("couture-*")) <= before
