"""The shipped examples: they load, they run, and copying them respects what users changed (S175)."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from jupyter_couture.examples import SHOWCASE_DAG, SHOWCASE_LAST_TASK, copy_examples, example_files
from jupyter_couture.testing import run_dag

RUNNABLE = {
    "tutorial.py": "tutorial",
    "dag_1.py": "dag_1",
    "dag_2.py": "dag_2",
    "dag_3.py": "dag_3",
    "parsing_recipes.py": "parsing_recipes",
    "custom_operator.py": "CustomOperator",
}


def couture(folder: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    """Exit code and JSON output of a command, far from any deployment."""
    environ = {**os.environ, "COUTURE_HOME": str(folder / "home")}
    done = subprocess.run(
        [sys.executable, "-m", "jupyter_couture.cli", *arguments, "--json"],
        env=environ,
        stdout=subprocess.PIPE,
        check=False,
        timeout=110,
    )
    return done.returncode, json.loads(done.stdout)


@pytest.mark.parametrize("file", [item.name for item in example_files() if item.suffix == ".py"])
def test_S175_every_example_loads(tmp_path: Path, file: str) -> None:
    copy_examples(tmp_path / "dags")
    code, found = couture(tmp_path, "dags", "show", str(tmp_path / "dags" / file))

    assert code == 0, found["errors"]
    (dag,) = found["dags"]
    assert dag["dag_id"] == {**RUNNABLE, "flights.py": SHOWCASE_DAG, "master_dag.py": "master_dag"}[file]


@pytest.mark.parametrize("file", sorted(RUNNABLE))
def test_every_example_runs(tmp_path: Path, file: str) -> None:
    copy_examples(tmp_path / "dags")
    code, run = couture(
        tmp_path, "dags", "test", str(tmp_path / "dags" / file), "--logical-date", "2026-11-23T00:00:00+00:00"
    )

    states = {task["task_id"]: task["state"] for task in run["tasks"]}
    assert code == 0, states
    assert states.pop("weekend_only", "skipped") == "skipped", "2026-11-23 is a Monday"
    assert set(states.values()) == {"success"}


def test_S175_the_master_example_runs_the_others_in_turn() -> None:
    files = {path.stem: path for path in example_files()}
    members = {name: files[name] for name in ("dag_1", "dag_2", "dag_3")}
    done = run_dag(files["master_dag"], dags=members, logical_date=datetime(2026, 11, 23, tzinfo=UTC))

    sections = dict.fromkeys(("section_1", "section_2", "section_3"), "success")
    assert done.states == {**sections, "left_out": "skipped"}
    assert {name: len(done.children[name]) for name in members} == dict.fromkeys(members, 1)


def test_the_showcase_ends_with_the_task_that_names_the_report(tmp_path: Path) -> None:
    copy_examples(tmp_path)
    _, found = couture(tmp_path, "dags", "show", str(tmp_path / "flights.py"))
    (dag,) = found["dags"]

    tasks = {task["task_id"] for task in dag["tasks"]}
    assert tasks - {up for up, _ in dag["edges"]} == {SHOWCASE_LAST_TASK}
    assert len([task for task in tasks if task.startswith("month_")]) == 12


def test_examples_are_copied_once_and_brought_up_to_date(tmp_path: Path) -> None:
    written = copy_examples(tmp_path)
    assert {path.name for path in written} == {path.name for path in example_files()}
    assert copy_examples(tmp_path) == []

    old = tmp_path / "dag_1.py"
    manifest = tmp_path / ".couture-examples.json"
    old.write_text("# as an older release wrote it\n")
    digest = subprocess.run(["sha256sum", str(old)], check=True, capture_output=True, text=True).stdout.split()[0]
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "dag_1.py": digest}))
    assert copy_examples(tmp_path) == [old]


def test_a_changed_example_is_never_overwritten(tmp_path: Path) -> None:
    copy_examples(tmp_path)
    mine = tmp_path / "tutorial.py"
    mine.write_text("# mine now\n")

    assert copy_examples(tmp_path) == []
    assert mine.read_text() == "# mine now\n"


def test_a_file_of_the_users_own_with_the_name_of_an_example_stays(tmp_path: Path) -> None:
    mine = tmp_path / "flights.py"
    mine.write_text("# my flights\n")

    assert mine not in copy_examples(tmp_path)
    assert mine.read_text() == "# my flights\n"
