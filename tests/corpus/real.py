"""``make corpus-real``: what ``airflow dags test`` of the real Airflow makes of DAG files, written down as facts.

Each DAG is run twice, in two homes of its own: what differs between the two depends on the moment or on chance, and is
written down as ``{"varies": true}``. What does not end in time is written down as not ended.
"""

import argparse
import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.corpus.facts import EXAMPLES, FOLDER, LOGICAL_DATE, RECORDED, REFUSED, VARIES, VERSION, WRITTEN, Ran
from tests.corpus.wheels import CACHE, corpus

_AT_ONCE = 2
_FOLDER = Path(f"af-{VERSION}", "airflow", "example_dags")
_PYTHON = "3.11"
_SECONDS = 180


def venv() -> Path:
    """A virtual environment with that Airflow, made with uv if there is none yet."""
    place = CACHE.parent / f"airflow-{VERSION}"
    if not (place / "bin" / "airflow").exists():
        subprocess.run(["uv", "venv", "--quiet", "--clear", "--python", _PYTHON, place], check=True)
        wanted = ["setuptools<80", f"apache-airflow=={VERSION}"]
        subprocess.run(["uv", "pip", "install", "--quiet", "--python", place / "bin" / "python", *wanted], check=True)
    return place


class Real:
    """The installed Airflow, with a database that is copied for every run."""

    def __init__(self, place: Path, home: Path) -> None:
        self._bin = place / "bin"
        self._home = home
        self._call(home, ["db", "migrate"], check=True)

    def dags(self, folder: Path) -> dict[Path, list[str]]:
        """The ids of the DAGs in each file of the folder, without sub-DAGs."""
        told = self._call(self._home, ["dags", "list", "--subdir", str(folder), "--output", "json"], check=True)
        rows = json.loads(told[told.index("[{") :])
        ids = {row["dag_id"] for row in rows}
        found: dict[Path, list[str]] = {}
        for row in sorted(rows, key=lambda row: str(row["dag_id"])):
            if row["dag_id"].rpartition(".")[0] not in ids:
                found.setdefault(Path(row["fileloc"]), []).append(row["dag_id"])
        return found

    def run(self, file: Path, dag_id: str) -> Ran | None:
        """One run in a home of its own; None if it does not end in time."""
        with tempfile.TemporaryDirectory() as place:
            home = Path(place)
            for name in ("airflow.cfg", "airflow.db"):
                shutil.copy(self._home / name, home)
            words = ["dags", "test", "--subdir", str(file), dag_id, LOGICAL_DATE]
            try:
                self._call(home, words, check=False)
            except subprocess.TimeoutExpired:
                return None
            return _stored(home / "airflow.db", dag_id)

    def _call(self, home: Path, words: list[str], *, check: bool) -> str:
        environment = {
            **{
                name: value
                for name, value in os.environ.items()
                if not name.startswith(("AIRFLOW", "PYTHON", "VIRTUAL"))
            },
            "PATH": f"{self._bin}{os.pathsep}{os.environ['PATH']}",
            "AIRFLOW_HOME": str(home),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW_CONN_FS_DEFAULT": "fs://",
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow.db'}",
            "AIRFLOW__CORE__DAGS_FOLDER": str(home / "dags"),
            "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(home / "logs"),
        }
        done = subprocess.run(
            [self._bin / "airflow", *words],
            env=environment,
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            timeout=_SECONDS,
            check=check,
        )
        return done.stdout


def _stored(database: Path, dag_id: str) -> Ran:
    """What a run left in the database of that Airflow."""
    with closing(sqlite3.connect(database)) as found:
        runs = found.execute("select state from dag_run where dag_id = ?", (dag_id,)).fetchall()
        if not runs:
            return {"state": REFUSED, "tasks": {}}
        tasks: dict[str, Any] = {}
        sql = "select task_id, map_index, state from task_instance where dag_id = ? order by task_id, map_index"
        for task, index, state in found.execute(sql, (dag_id,)):
            tasks[_label(task, index)] = {"state": state, "xcoms": {}}
        sql = "select task_id, map_index, key, value from xcom where dag_id = ? order by task_id, map_index, key"
        for task, index, key, value in found.execute(sql, (dag_id,)):
            tasks[_label(task, index)]["xcoms"][key] = json.loads(value)
        return {"state": runs[0][0], "tasks": tasks}


def _label(task: str, index: int) -> str:
    return task if index < 0 else f"{task}[{index}]"


def merged(first: Ran | None, second: Ran | None) -> Ran | None:
    """Two runs of one DAG as one, with what differs marked."""
    if first is None or second is None:
        return None
    return {"state": _same(first["state"], second["state"]), "tasks": _same(first["tasks"], second["tasks"])}


def _same(one: Any, other: Any) -> Any:
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        return {key: _same(value, other[key]) for key, value in one.items()}
    return one if one == other else VARIES


def record(real: Real, folders: Iterable[tuple[str, Path]], only: str) -> Mapping[str, Any]:
    """The facts of the files in the folders, which are called by their names."""
    found: dict[str, dict[str, Ran | None]] = {}
    with ThreadPoolExecutor(_AT_ONCE) as workers:
        for name, folder in folders:
            for file, ids in sorted(real.dags(folder).items()):
                label = f"{name}/{file.relative_to(folder)}"
                for dag_id in ids if only in label else ():
                    both = workers.map(real.run, (file, file), (dag_id, dag_id))
                    ran = merged(*both)
                    print(f"{label}: {dag_id}: {ran['state'] if ran else 'not ended'}", flush=True)
                    found.setdefault(label, {})[dag_id] = ran
    return found


def main() -> None:
    """Run all examples, and the files written in other people's styles, and write the facts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--venv", type=Path, help=f"an environment with Airflow {VERSION} instead of making one")
    parser.add_argument("--only", default="", help="files with this in their names; others are left as they are")
    wanted = parser.parse_args()
    known = json.loads(RECORDED.read_text())["files"] if RECORDED.exists() else {}
    folders = {EXAMPLES: corpus() / _FOLDER, WRITTEN: FOLDER}
    with tempfile.TemporaryDirectory() as home:
        real = Real(wanted.venv or venv(), Path(home))
        files = {**(known if wanted.only else {}), **record(real, folders.items(), wanted.only)}
    about = f"What airflow {VERSION} dags test makes of DAG files for the logical date {LOGICAL_DATE}. Facts only."
    RECORDED.write_text(json.dumps({"about": about, "files": files}, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
