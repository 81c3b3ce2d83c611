"""``@task.run_if`` and ``@task.skip_if``."""

from typing import Any

import pytest

from jupyter_couture import DAG, BaseOperator, task
from jupyter_couture.model.errors import InvalidDag, Skip
from jupyter_couture.testing import run_dag
from tests.unit.authoring.attempts import CONTEXT


def test_a_task_runs_or_is_skipped_by_its_condition() -> None:
    with DAG("d") as dag:

        @task.run_if(lambda context: context["ti"].task_id.endswith("do"), skip_message="not this one")
        @task(task_id="first")
        def works() -> str:
            return "worked"

        works()
        works.override(task_id="please_do")()

        @task.skip_if(lambda context: (True, "because"))
        @task.bash
        def never() -> str:
            return "exit 1"

        never()
    result = run_dag(dag)
    assert {name: result.tasks[name].state for name in dag.task_dict} == {
        "first": "skipped",
        "please_do": "success",
        "never": "skipped",
    }


def test_the_condition_is_asked_before_the_pre_execute_that_the_task_had() -> None:
    asked: list[str] = []

    def condition(context: Any) -> bool:
        asked.append("condition")
        return len(asked) > 2

    with DAG("d"):

        @task.run_if(condition)
        @task(pre_execute=lambda context: asked.append("before"))
        def works() -> None: ...

        operator = works().operator
    assert isinstance(operator, BaseOperator)
    for _ in range(2):
        with pytest.raises(Skip):
            operator.pre_execute(CONTEXT)
    operator.pre_execute(CONTEXT)
    assert asked == ["condition", "condition", "condition", "before"]


def test_conditions_stand_over_task_alone() -> None:
    with pytest.raises(InvalidDag, match="stands over @task"):
        task.run_if(lambda context: True)(lambda: None)
    no_function: Any = True
    with pytest.raises(InvalidDag, match="function of the context"):
        task.skip_if(no_function)
