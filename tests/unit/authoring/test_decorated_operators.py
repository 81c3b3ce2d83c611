"""Tasks of functions that are no plain Python tasks, and operators under other names."""

import sys
from pathlib import Path
from typing import Any

import pytest

from jupyter_couture import DAG, EmptyOperator, PapermillOperator, Skip, task
from jupyter_couture.authoring.compile import compile_dag
from jupyter_couture.authoring.foreign_calls import function_source
from jupyter_couture.authoring.operator import BaseOperator
from jupyter_couture.authoring.operators.bash import BashCommandFailed
from jupyter_couture.authoring.operators.python import call_arguments
from jupyter_couture.authoring.triggers.moments import DateTimeTrigger
from jupyter_couture.model.dag import TaskKind
from jupyter_couture.model.errors import InvalidDag, InvalidRequest
from tests.unit.authoring.attempts import StandInAttempt, execute


def operator_of(made: DAG, task_id: str) -> BaseOperator:
    found = made.task_dict[task_id]
    assert isinstance(found, BaseOperator)
    return found


def test_a_function_may_make_the_bash_command() -> None:
    with DAG("d") as made:

        @task.bash(env={"WORD": "hi"}, append_env=True)
        def say(times: int, ds: str) -> str:
            return f"for i in $(seq {times}); do echo $WORD $i {ds}; done"

        @task.bash(skip_on_exit_code=7)
        def leave(code: int) -> str:
            return f"exit {code}" if code else ""

        say(2)
        leave(7)
        leave(8)
        leave(0)
    assert execute(operator_of(made, "say")) == "hi 2 2026-03-04"
    with pytest.raises(Skip):
        execute(operator_of(made, "leave"))
    with pytest.raises(BashCommandFailed):
        execute(operator_of(made, "leave__1"))
    with pytest.raises(InvalidRequest, match="must return a Bash command"):
        execute(operator_of(made, "leave__2"))
    first = compile_dag(made).tasks[0]
    assert (first.kind, first.operator) == (TaskKind.BASH, "@task.bash")


def test_a_branch_of_a_function_may_run_in_another_python(capfd: pytest.CaptureFixture[str]) -> None:
    with DAG("d") as made:

        @task.branch_external_python(python=sys.executable)
        def choose(word: str) -> str:
            import sys

            sys.stdout.write(f"choosing {word}")
            return "left" if word == "l" else "right"

        choose("l") >> [EmptyOperator("left"), EmptyOperator("right")]
    attempt = StandInAttempt()
    assert execute(operator_of(made, "choose"), attempt) == "left"
    assert attempt.skips == ["right"]
    assert "choosing l" in capfd.readouterr().out


def test_an_unknown_kind_of_task_is_named_with_those_there_are() -> None:
    with pytest.raises(AttributeError, match=r"no @task\.docker; there are python, branch"):
        _ = task.docker


def test_only_functions_with_a_text_can_be_sent_elsewhere() -> None:
    assert function_source("t", call_arguments).startswith("def call_arguments(")
    for function in (lambda: None, len, DateTimeTrigger):
        with pytest.raises(InvalidDag, match="defined by def"):
            function_source("t", function)


class _Notebooks(StandInAttempt):
    """Notes what notebooks it is asked to run."""

    asked: tuple[Any, ...] = ()

    def run_notebook(
        self, input_path: str, output_path: str | None, parameters: Any, *, kernel_name: str | None = None
    ) -> str:
        self.asked = (input_path, output_path, parameters, kernel_name)
        return output_path or "somewhere"


def test_papermills_arguments_are_those_of_the_notebook_operator(tmp_path: Path) -> None:
    with DAG("d") as made:
        operator = PapermillOperator(
            "p",
            input_nb=str(tmp_path / "in.ipynb"),
            output_nb="out-{{ ds }}.ipynb",
            parameters={"day": "{{ ds }}"},
            kernel_name="python3",
            language_name="python",
        )
    operator.output_nb = "out-2026-03-04.ipynb"  # as rendering leaves it
    attempt = _Notebooks()
    assert execute(operator, attempt) == "out-2026-03-04.ipynb"
    assert attempt.asked[0] == str(tmp_path / "in.ipynb")
    assert attempt.asked[1:] == ("out-2026-03-04.ipynb", {"day": "{{ ds }}"}, "python3")
    assert compile_dag(made).tasks[0].kind is TaskKind.NOTEBOOK


def test_what_another_task_returned_may_be_in_the_environment_of_a_bash_function() -> None:
    with DAG("d") as dag:

        @task
        def count() -> str:
            return "3"

        @task.bash
        def say() -> str:
            return 'echo "$COUNT"'

        say.override(env={"COUNT": count()}, append_env=True)()

    assert compile_dag(dag, "d.py").edges == (("count", "say"),)
