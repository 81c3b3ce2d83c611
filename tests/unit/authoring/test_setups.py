"""Setup and teardown tasks, and the dependencies that their blocks draw."""

from typing import Any

import pytest

from jupyter_couture import DAG, EmptyOperator, TaskGroup, TriggerRule, setup, task, task_group, teardown
from jupyter_couture.authoring.compile import compile_dag
from jupyter_couture.model.errors import InvalidDag


def edges(dag: DAG) -> set[tuple[str, str]]:
    return set(compile_dag(dag).edges)


def test_a_teardown_names_its_setups_and_has_the_rule_of_teardowns() -> None:
    with DAG("d") as made:
        make, work, remove = (EmptyOperator(name) for name in ("make", "work", "remove"))
        make >> work >> remove.as_teardown(setups=make)

    spec = compile_dag(made).task_by_id
    assert spec["make"].is_setup
    assert not spec["make"].is_teardown
    assert spec["remove"].is_teardown
    assert spec["remove"].setups == ("make",)
    assert spec["remove"].trigger_rule is TriggerRule.ALL_DONE_SETUP_SUCCESS
    assert not spec["remove"].is_deciding
    assert spec["work"].is_deciding
    assert edges(made) == {("make", "work"), ("work", "remove"), ("make", "remove")}


def test_a_teardown_may_decide_the_run() -> None:
    with DAG("d") as made:
        EmptyOperator("remove").as_teardown(on_failure_fail_dagrun=True)

    assert compile_dag(made).task_by_id["remove"].is_deciding


def test_a_block_puts_the_work_between_setup_and_teardown() -> None:
    with DAG("d") as made:
        make = EmptyOperator("make").as_setup()
        with EmptyOperator("remove").as_teardown(setups=make):
            first, second = EmptyOperator("first"), EmptyOperator("second")
            first >> second
            EmptyOperator("alone")
        EmptyOperator("outside")

    assert edges(made) == {
        ("make", "remove"),
        ("make", "first"),
        ("make", "alone"),
        ("first", "second"),
        ("second", "remove"),
        ("alone", "remove"),
    }


def test_a_block_of_a_setup_ends_at_its_teardowns() -> None:
    with DAG("d") as made:
        make, remove = EmptyOperator("make").as_setup(), EmptyOperator("remove").as_teardown()
        make >> remove
        with make:
            EmptyOperator("work")

    assert edges(made) == {("make", "remove"), ("make", "work"), ("work", "remove")}


def test_blocks_nest_and_the_outer_teardown_waits_for_the_work() -> None:
    with DAG("d") as made:
        outer = EmptyOperator("make_outer").as_setup()
        inner = EmptyOperator("make_inner")
        with (
            EmptyOperator("remove_outer").as_teardown(setups=outer),
            EmptyOperator("remove_inner").as_teardown(setups=inner),
        ):
            EmptyOperator("work")

    assert {
        ("make_inner", "work"),
        ("work", "remove_inner"),
        ("make_outer", "work"),
        ("work", "remove_outer"),
    } <= edges(made)
    assert ("remove_inner", "remove_outer") not in edges(made)


def test_decorators_make_setups_and_teardowns_of_functions() -> None:
    @setup
    def make() -> str:
        return "cluster"

    @task
    def work(cluster: str) -> None: ...

    @teardown(on_failure_fail_dagrun=True)
    def remove(cluster: str) -> None: ...

    @teardown
    @task(retries=2)
    def tidy() -> None: ...

    with DAG("d") as made:
        cluster = make()
        cluster >> tidy()
        with remove(cluster):
            work(cluster)

    spec = compile_dag(made).task_by_id
    assert [name for name, one in spec.items() if one.is_setup] == ["make"]
    assert {name: (one.setups, one.is_deciding) for name, one in spec.items() if one.is_teardown} == {
        "remove": (("make",), True),
        "tidy": (("make",), False),
    }
    assert spec["tidy"].retry.retries == 2
    assert {("make", "work"), ("work", "remove"), ("make", "remove")} <= edges(made)


def test_what_follows_a_group_waits_for_its_work_and_not_for_its_teardowns() -> None:
    with DAG("d") as made:
        with TaskGroup("g") as group:
            make, work = EmptyOperator("make"), EmptyOperator("work")
            make >> work >> EmptyOperator("remove").as_teardown(setups=make)
        group >> EmptyOperator("after")

    assert compile_dag(made).task_by_id["after"].upstream == ("g.work",)


def refused() -> dict[str, Any]:
    return {
        "is a teardown and cannot be a setup": lambda: EmptyOperator("a").as_teardown().as_setup(),
        "is a setup and cannot be a teardown": lambda: EmptyOperator("a").as_setup().as_teardown(),
        "no use in 'with'": lambda: EmptyOperator("a").__enter__(),
        "task groups cannot be setups": lambda: setup(task_group(lambda: None)),
    }


@pytest.mark.parametrize("message", refused())
def test_what_makes_no_sense_is_refused(message: str) -> None:
    with DAG("d"), pytest.raises(InvalidDag, match=message):
        refused()[message]()
