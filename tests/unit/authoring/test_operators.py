"""What the operators do when their turn comes."""

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from jupyter_couture import (
    DAG,
    BashOperator,
    DummyOperator,
    EmptyOperator,
    NotebookOperator,
    PythonOperator,
    Skip,
    current_attempt,
    dag,
    get_current_context,
    task,
)
from jupyter_couture.authoring.compile import compile_dag
from jupyter_couture.authoring.context import StandaloneAttempt
from jupyter_couture.authoring.operators.bash import BashCommandFailed
from jupyter_couture.authoring.perform import perform
from jupyter_couture.model.dag import Json, TaskKind
from jupyter_couture.model.errors import InvalidDag, InvalidRequest, Unavailable

CONTEXT = {"ds": "2024-01-31", "ti": object(), "params": {"limit": 3}, "run_id": "manual"}


class Attempt(StandaloneAttempt):
    """An attempt whose run has outputs already, and which notes what notebooks it is asked to run."""

    def __init__(self, **earlier: Json) -> None:
        super().__init__()
        self.earlier = earlier
        self.notebooks: list[tuple[Any, ...]] = []

    def pull(self, task_ids: Any = None, key: str | None = "return_value", **how: Any) -> Any:
        return self.earlier.get(f"{task_ids}_{key}")

    def run_notebook(
        self, input_path: str, output_path: str | None, parameters: Any, *, kernel_name: str | None = None
    ) -> str:
        self.notebooks.append((input_path, output_path, parameters, kernel_name))
        return "out.ipynb"


def test_s042_dummy_and_empty_operators_have_no_work() -> None:
    with DAG("d") as made:
        DummyOperator(task_id="a")
        EmptyOperator(task_id="b")

    assert [spec.kind for spec in compile_dag(made).tasks] == [TaskKind.EMPTY, TaskKind.EMPTY]


def test_an_empty_operator_with_work_of_its_own_is_a_python_task() -> None:
    class Announce(EmptyOperator):
        def execute(self, context: Any) -> str:
            return "done"

    with DAG("d") as made:
        Announce("a")

    assert compile_dag(made).task_by_id["a"].kind is TaskKind.PYTHON


def test_s044_a_callable_with_kwargs_gets_the_whole_context() -> None:
    def work(*args: Any, **kwargs: Any) -> dict[str, Any]:
        return {"args": args, **kwargs}

    operator = PythonOperator(
        task_id="a", python_callable=work, provide_context=True, op_args=[1], op_kwargs={"extra": 2, "ds": "own"}
    )

    got = operator.execute(CONTEXT)

    assert got.keys() >= CONTEXT.keys()
    assert (got["args"], got["extra"], got["ds"]) == ((1,), 2, "own")


def test_s139_a_callable_gets_the_names_of_the_context_it_takes() -> None:
    def work(first: int, ti: object, *, ds: str, other: str = "kept") -> tuple[Any, ...]:
        return first, ti, ds, other

    operator = PythonOperator("a", python_callable=work, op_args=[1])

    assert operator.execute(CONTEXT) == (1, CONTEXT["ti"], "2024-01-31", "kept")


def test_s139_a_callable_that_takes_nothing_gets_nothing() -> None:
    assert PythonOperator("a", python_callable=lambda: "well").execute(CONTEXT) == "well"


def test_an_argument_given_by_position_is_not_given_again_from_the_context() -> None:
    def work(ds: str, **kwargs: Any) -> tuple[str, bool]:
        return ds, "ds" in kwargs

    assert PythonOperator("a", python_callable=work, op_args=["mine"]).execute(CONTEXT) == ("mine", False)


def test_rendered_templates_arrive_in_the_context() -> None:
    def work(templates_dict: dict[str, str]) -> dict[str, str]:
        return templates_dict

    operator = PythonOperator("a", python_callable=work, templates_dict={"q": "x"})

    assert operator.execute(CONTEXT) == {"q": "x"}


def test_something_that_cannot_be_called_is_refused() -> None:
    not_callable: Any = 5
    with pytest.raises(InvalidDag, match="python_callable of task 'a' must be callable, not int"):
        PythonOperator("a", python_callable=not_callable)


def test_what_a_task_returns_is_kept_and_handed_on() -> None:
    attempt = Attempt(extract_return_value=[1, 2])

    @task
    def extract() -> list[int]:
        return [1, 2]

    @task
    def total(rows: list[int], limit: int, ds: str) -> dict[str, Any]:
        return {"sum": sum(rows), "limit": limit, "ds": ds}

    @dag("flow")
    def flow(limit: int = 5) -> None:
        total(extract(), limit)

    perform(flow().get_task("total"), CONTEXT, attempt)

    whole = {"sum": 3, "limit": 3, "ds": "2024-01-31"}
    assert attempt.outputs == {"return_value": whole, **whole}, "annotated to return a dict: key by key besides"


def test_any_value_is_kept_for_other_tasks() -> None:
    attempt = Attempt()
    value = object()

    assert perform(PythonOperator("a", python_callable=lambda: value), CONTEXT, attempt) is value

    assert attempt.outputs == {"return_value": value}


def test_a_task_may_decline_to_keep_its_value() -> None:
    attempt = Attempt()
    perform(PythonOperator("a", python_callable=lambda: 1, do_xcom_push=False), CONTEXT, attempt)

    assert attempt.outputs == {}


def test_task_code_reaches_its_attempt_and_its_context() -> None:
    def work() -> str:
        current_attempt().set_output("rows", 3)
        return str(get_current_context()["run_id"])

    attempt = Attempt()

    assert perform(PythonOperator("a", python_callable=work), CONTEXT, attempt) == "manual"
    assert attempt.outputs == {"rows": 3, "return_value": "manual"}


def test_outside_an_attempt_the_context_is_refused_and_the_rest_is_harmless() -> None:
    current_attempt().report_progress(1, 2)
    current_attempt().set_output("x", 1)

    with pytest.raises(InvalidRequest, match="while a task runs"):
        get_current_context()
    with pytest.raises(Unavailable, match="can only run in a task attempt"):
        NotebookOperator("a", notebook="x.ipynb").execute(CONTEXT)


def test_s043_a_bash_task_writes_its_output_as_it_comes_and_keeps_the_last_line(
    capfd: pytest.CaptureFixture[str],
) -> None:
    operator = BashOperator(task_id="a", bash_command="echo one; echo two >&2; printf 'thr\\303\\244e\\n\\n'", env=None)

    assert operator.execute(CONTEXT) == "thräe"
    assert capfd.readouterr().out == "one\ntwo\nthräe\n\n"


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("echo broken; exit 3", "failed with exit code 3; its last line was: broken"),
        ("kill -KILL $$", r"failed with exit code 137 \(SIGKILL\)"),
        ("no-such-command-anywhere", "failed with exit code 127"),
    ],
)
def test_s043_an_exit_code_other_than_nought_fails_the_task(command: str, message: str) -> None:
    with pytest.raises(BashCommandFailed, match=message):
        BashOperator("a", bash_command=command).execute(CONTEXT)


def test_a_bash_task_may_ask_to_be_skipped() -> None:
    with pytest.raises(Skip, match="exit code 99"):
        BashOperator("a", bash_command="exit 99").execute(CONTEXT)
    with pytest.raises(Skip):
        BashOperator("a", bash_command="exit 4", skip_on_exit_code=[4, 5]).execute(CONTEXT)
    with pytest.raises(BashCommandFailed):
        BashOperator("a", bash_command="exit 99", skip_on_exit_code=None).execute(CONTEXT)


def test_a_given_environment_replaces_all_but_our_own_marks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUTURE_COOKIE", "cookie")
    monkeypatch.setenv("FROM_OUTSIDE", "outside")
    command = 'echo "$COUTURE_COOKIE:$FROM_OUTSIDE:$GIVEN"'

    assert BashOperator("a", bash_command=command, env={"GIVEN": "g"}).execute(CONTEXT) == "cookie::g"
    appended = BashOperator("a", bash_command=command, env={"GIVEN": "g"}, append_env=True)
    assert appended.execute(CONTEXT) == "cookie:outside:g"


def test_a_bash_task_starts_where_it_is_told(tmp_path: Path) -> None:
    assert BashOperator("a", bash_command="pwd -P", cwd=str(tmp_path)).execute(CONTEXT) == os.path.realpath(tmp_path)


def test_a_bash_task_does_not_wait_for_what_it_leaves_in_the_background() -> None:
    begun = time.monotonic()

    assert BashOperator("a", bash_command="sleep 20 & echo $!").execute(CONTEXT).isdigit()
    assert time.monotonic() - begun < 10


def test_an_endless_line_is_written_through_and_only_its_end_is_kept() -> None:
    code = (
        "from pathlib import Path\n"
        "from jupyter_couture import BashOperator\n"
        "line = BashOperator('a', bash_command='head -c 60000000 /dev/zero | tr \"\\\\0\" x').execute({})\n"
        "assert set(line) == {'x'} and len(line) <= 65536\n"
        "status = Path('/proc/self/status').read_text()\n"
        "peak_kilobytes = int(status.partition('VmHWM:')[2].split()[0])\n"
        "assert peak_kilobytes < 60_000, peak_kilobytes\n"
    )
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, check=True, timeout=60)

    assert len(done.stdout) == 60_000_000


def test_a_notebook_task_runs_its_notebook_beside_the_dags_file() -> None:
    attempt = Attempt(count_return_value=12)
    with DAG("d") as made:
        count = PythonOperator("count", python_callable=int)
        report = NotebookOperator(
            "report", input_path="report.ipynb", parameters={"rows": count.output}, kernel_name="python3"
        )

    assert perform(report, CONTEXT, attempt) == "out.ipynb"

    expected = str(Path(__file__).parent / "report.ipynb")
    assert attempt.notebooks == [(expected, None, {"rows": 12}, "python3")]
    assert set(compile_dag(made).edges) == {("count", "report")}


@pytest.mark.parametrize("paths", [{}, {"input_path": "a", "notebook": "b"}])
def test_a_notebook_task_needs_the_path_of_one_notebook(paths: dict[str, Any]) -> None:
    with pytest.raises(InvalidDag, match="needs the path of one notebook"):
        NotebookOperator("a", **paths)


def test_an_operator_of_ones_own_takes_default_args_and_says_what_it_lacks() -> None:
    from jupyter_couture import BaseOperator

    class Greet(BaseOperator):
        template_fields = ("name",)

        def __init__(self, task_id: str, *, name: str = "nobody", **options: Any) -> None:
            super().__init__(task_id, **options)
            self.name = name

    class Closed(Greet):
        def __init__(self, task_id: str) -> None:
            super().__init__(task_id, name="closed")

    with DAG("d", default_args={"name": "Ann", "owner": "ann"}) as made:
        Greet("a")
        Closed("b")

    spec = compile_dag(made)
    assert [item.fields["name"] for item in spec.tasks] == ["Ann", "closed"]
    assert [item.owner for item in spec.tasks] == ["ann", "ann"]
    with pytest.raises(TypeError, match=r"Greet of task 'a' does not define execute"):
        made.get_task("a").execute(CONTEXT)


def test_values_of_other_tasks_reach_every_template_field_of_every_operator() -> None:
    from jupyter_couture import BaseOperator

    class Keep(BaseOperator):
        template_fields = ("fields",)

        def __init__(self, task_id: str, *, fields: Any, **options: Any) -> None:
            super().__init__(task_id, **options)
            self.fields = fields

        def execute(self, context: Any) -> Any:
            return self.fields

    attempt = Attempt(extract_return_value=7)
    with DAG("d") as made:
        extract = EmptyOperator("extract")
        keep = Keep("keep", fields={"deep": [(extract.output, 1)], "plain": "x"})
        bash = BashOperator("bash", bash_command='echo "$N"', env={"N": extract.output})

    assert perform(keep, CONTEXT, attempt) == {"deep": [(7, 1)], "plain": "x"}
    assert perform(bash, CONTEXT, attempt) == "7"
    assert set(compile_dag(made).edges) == {("extract", "keep"), ("extract", "bash")}


def test_an_async_callable_is_run_to_its_end() -> None:
    async def answer() -> int:
        await asyncio.sleep(0)
        return 42

    assert PythonOperator("t", python_callable=answer).execute({}) == 42
