"""S041: every operator and sensor takes a description, and the task's spec carries it to whoever shows the task."""

import inspect
from datetime import time, timedelta
from typing import Any

import pytest

from jupyter_couture import DAG, BaseOperator, operators, sensors
from jupyter_couture.authoring.compile import compile_dag

KINDS = sorted(
    {
        kind
        for module in (operators, sensors)
        for kind in (getattr(module, name) for name in module.__all__)
        if inspect.isclass(kind) and issubclass(kind, BaseOperator)
    },
    key=lambda kind: kind.__name__,
)


def work() -> None:
    """A task's code."""


NEEDED = {
    "python_callable": work,
    "delta": timedelta(hours=1),
    "time_to_wait": timedelta(hours=1),
    "target_time": time(12),
    "target_lower": time(12),
    "week_day": "monday",
    "options": ["Yes", "No"],
    "metrics_thresholds": {"COUNT(*)": 2},
    "column_mapping": {"n": {"max": {"leq_to": 5}}},
    "checks": {"some": {"check_statement": "COUNT(*) > 0"}},
    "code_artifact": "job.py",
    "jar_path": "job.jar",
    "params": {"n": 1},
}
"""Values of arguments for which no text will do."""

ONE_OF_SEVERAL = ("run_dag_id", "http_conn_id", "input_path", "jar_path", "target_lower")
"""Arguments with a default that are nevertheless needed, as they are or by another name."""

OF_ITS_OWN = {"ApprovalOperator": "options", "PapermillOperator": "input_path"}
"""What a kind does not take, since it says that itself."""


def arguments(kind: type[BaseOperator]) -> dict[str, Any]:
    """What a task of this kind needs besides its id."""
    found: dict[str, Any] = {}
    for ancestor in kind.__mro__:
        constructor: Any = vars(ancestor).get("__init__")
        if constructor is None or ancestor is object:
            continue
        parameters = inspect.signature(constructor).parameters.values()
        for each in parameters:
            is_needed = each.kind is each.KEYWORD_ONLY and each.default is each.empty
            if is_needed or each.name in ONE_OF_SEVERAL:
                found[each.name] = NEEDED.get(each.name, "x")
        if not any(each.kind is each.VAR_KEYWORD for each in parameters):
            break
    found.pop(OF_ITS_OWN.get(kind.__name__, ""), None)
    return found


@pytest.mark.parametrize("kind", KINDS, ids=[kind.__name__ for kind in KINDS])
def test_S041_a_description_reaches_the_spec(kind: Any) -> None:
    with DAG("d") as dag:
        kind("t", description="shown beside the task", **arguments(kind))
    (task,) = compile_dag(dag).tasks
    assert task.description == "shown beside the task"
