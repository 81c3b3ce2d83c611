"""A whole run of what a file may say: mapping, groups, setups, branches, outputs by key, callbacks, retries.

Engine, supervisor and payloads are the real ones; the run is one of ``dags test``.
"""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

FILE = """
import json
from pathlib import Path

from jupyter_couture import *
from jupyter_couture.operators import BranchPythonOperator


def told(context):
    with (Path(dag.folder) / "told").open("a") as file:
        file.write(f"{context['ti'].task_id} {context['ti'].state}\\n")


def note(name, value):
    (Path(dag.folder) / name).write_text(json.dumps(value))


with DAG("everything") as dag:

    @task
    def rows():
        return [1, 2, 3]

    @task(on_success_callback=told, on_skipped_callback=told)
    def double(x, plus):
        if x == 2:
            raise Skip("no two")
        return 2 * x + plus

    @task(trigger_rule="none_failed")
    def total(values):
        note("total", [len(values), list(values)])

    @task
    def one():
        return 1

    total(double.partial(plus=one()).expand(x=rows()))

    @task_group
    def each(x, y):
        @task
        def square(x):
            return x * x

        @task
        def show(a, y):
            return f"{a}{y}"

        return show(square(x), y)

    @task
    def gather(values):
        note("gather", list(values))

    gather(each.expand(x=rows(), y=["a", "b"]))

    @task
    def nothing():
        return []

    @task
    def never(x):
        return x

    @task
    def after_never(values):
        return list(values)

    after_never(never.expand(x=nothing()))

    @setup
    def make():
        return "cluster"

    @task(on_failure_callback=told)
    def breaks():
        raise ValueError("broken")

    @teardown
    def remove(name):
        note("removed", name)

    with remove(make()):
        breaks()

    branch = BranchPythonOperator("branch", python_callable=lambda: "left")
    left, right = EmptyOperator("left"), EmptyOperator("right")
    join = EmptyOperator("join", trigger_rule="none_failed_min_one_success")
    branch >> Label("this way") >> left >> join
    branch >> right >> join

    @task(retries=1, retry_delay=0, on_retry_callback=told)
    def again():
        if get_current_context()["ti"].try_number == 1:
            raise OSError("the first time")

    again()

    @task
    def plus_one(x):
        return x + 1

    @task
    def summed(values):
        note("summed", sum(values))

    summed(plus_one.expand(x=rows().map(lambda x: 10 * x).zip([7, 8, 9]).map(sum)))

    @task
    def parts() -> dict:
        return {"a": 1, "b": 2}

    @task
    def use(b):
        note("b", b)

    use(parts()["b"])
"""


def test_a_run_of_all_that_a_file_may_say(tmp_path: Path) -> None:
    (tmp_path / "everything.py").write_text(FILE)
    environ = {**os.environ, "COUTURE_HOME": str(tmp_path / "home")}
    command = [sys.executable, "-m", "jupyter_couture.cli", "dags", "test", str(tmp_path / "everything.py"), "--json"]

    done = subprocess.run(command, env=environ, stdout=subprocess.PIPE, check=False, timeout=110)

    found = json.loads(done.stdout)
    states = Counter((task["task_id"], task["state"]) for task in found["tasks"])
    assert found["errors"] == []
    assert found["state"] == "failed", "work failed; that its teardown went well does not hide it"
    assert {key: count for key, count in states.items() if key[1] != "success"} == {
        ("double", "skipped"): 1,
        ("never", "skipped"): 1,
        ("after_never", "skipped"): 1,
        ("breaks", "failed"): 1,
        ("right", "skipped"): 1,
    }
    assert {name: states[name, "success"] for name in ("double", "each.square", "each.show", "plus_one", "remove")} == {
        "double": 2,
        "each.square": 6,
        "each.show": 6,
        "plus_one": 3,
        "remove": 1,
    }
    noted = {name: json.loads((tmp_path / name).read_text()) for name in ("total", "gather", "removed", "summed", "b")}
    assert noted == {
        "total": [2, [3, 7]],
        "gather": ["1a", "1b", "4a", "4b", "9a", "9b"],
        "removed": "cluster",
        "summed": 87,
        "b": 2,
    }
    assert sorted((tmp_path / "told").read_text().splitlines()) == [
        "again up_for_retry",
        "breaks failed",
        "double skipped",
        "double success",
        "double success",
    ]
