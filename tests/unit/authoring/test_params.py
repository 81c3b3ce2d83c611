"""Parameters with a JSON schema are checked when the file is read, when a run is asked for, and in the task (S144)."""

from typing import Any

import pytest

from jupyter_couture.authoring.compile import compile_dag
from jupyter_couture.authoring.dag import DAG
from jupyter_couture.authoring.operators.empty import EmptyOperator
from jupyter_couture.authoring.params import Param, merged_params
from jupyter_couture.authoring.wishes import check_conf
from jupyter_couture.model.errors import InvalidDag, InvalidRequest


def a_dag(schedule: str | None = None, **params: Any) -> DAG:
    dag = DAG("d", schedule=schedule, params=params)
    EmptyOperator("t", dag=dag)
    return dag


def test_the_spec_has_defaults_and_schemas() -> None:
    spec = compile_dag(a_dag(n=Param(5, type="integer", description="how many"), word="x", must=Param(type="string")))

    assert spec.params == {"n": 5, "word": "x", "must": None}
    assert spec.params_schema == {
        "n": {"type": "integer", "description": "how many"},
        "must": {"type": "string", "x-required": True},
    }


@pytest.mark.parametrize(
    ("param", "words"),
    [
        (Param("x", type="integer"), "parameter 'n' of DAG 'd': parameter n: 'x' is not of type 'integer'"),
        (Param(7, maximum=5), "7 is greater than the maximum"),
        (Param(7, type="no such type"), "the schema of 'n' is none"),
    ],
)
def test_a_default_that_does_not_fit_fails_the_file(param: Param, words: str) -> None:
    with pytest.raises(InvalidDag, match=words):
        compile_dag(a_dag(n=param))


def test_a_scheduled_dag_needs_a_default_for_every_parameter() -> None:
    with pytest.raises(InvalidDag, match="nobody to give a value"):
        compile_dag(a_dag("@daily", n=Param(type="integer")))


def test_a_run_by_hand_is_refused_with_the_path_of_what_is_wrong() -> None:
    shape: dict[str, Any] = {"type": "object", "properties": {"sides": {"type": "array", "items": {"type": "number"}}}}
    spec = compile_dag(a_dag(shape=Param({"sides": [1]}, schema=shape), must=Param(type="string"), old=1))

    check_conf(spec, {"shape": {"sides": [1, 2.5]}, "must": "x", "more": None})
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"shape": {"sides": [1, "two"]}, "must": "x"}, "$.conf.shape.sides[1]"),
        ({}, "$.conf.must"),
        ({"must": 3}, "$.conf.must"),
        ({"must": "x", "old": "y"}, "$.conf.old"),
    ]
    for conf, field in wrong:
        with pytest.raises(InvalidRequest) as caught:
            check_conf(spec, conf)
        assert caught.value.fields["field"] == field


def test_a_param_resolves_to_its_default_or_to_what_fits() -> None:
    param = Param(3, type="integer")

    assert param.resolve() == 3
    assert param.resolve(4) == 4
    assert param.resolve("x", suppress_exception=True) is None
    with pytest.raises(InvalidRequest):
        param.resolve("x")
    assert merged_params({"b": 2}, {"a": param, "b": 1}, {"a": 9}) == {"a": 9, "b": 2}
