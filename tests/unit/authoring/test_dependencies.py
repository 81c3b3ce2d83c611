"""All ways to write a dependency give the same graph; wrong ones are refused by the line that writes them."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import pytest

from jupyter_couture import DAG, BaseOperator, EmptyOperator, TaskGroup, chain, cross_downstream, task
from jupyter_couture.authoring.compile import compile_dag
from jupyter_couture.model.errors import DagCycle, DuplicateDependency, DuplicateTask, InvalidDag


def edges(dag: DAG) -> set[tuple[str, str]]:
    return set(compile_dag(dag).edges)


def tasks(*names: str) -> Sequence[BaseOperator]:
    return [EmptyOperator(name) for name in names]


ONE_EDGE: dict[str, Callable[[Any, Any], object]] = {
    "a.set_downstream(b)": lambda a, b: a.set_downstream(b),
    "b.set_upstream(a)": lambda a, b: b.set_upstream(a),
    "a >> b": lambda a, b: a >> b,
    "b << a": lambda a, b: b << a,
    "[a] >> b": lambda a, b: [a] >> b,
    "a >> [b]": lambda a, b: a >> [b],
    "[b] << a": lambda a, b: [b] << a,
    "chain(a, b)": chain,
    "cross_downstream([a], b)": lambda a, b: cross_downstream([a], b),
}


@pytest.mark.parametrize("form", ONE_EDGE)
def test_s049_s050_every_form_of_one_dependency_gives_the_same_edge(form: str) -> None:
    with DAG("d") as dag:
        a, b = tasks("a", "b")
        ONE_EDGE[form](a, b)

    assert edges(dag) == {("a", "b")}


def test_s050_a_chain_of_shifts_reads_from_left_to_right() -> None:
    with DAG("d") as dag:
        a, b, c = tasks("a", "b", "c")
        a >> b >> c

    assert edges(dag) == {("a", "b"), ("b", "c")}


def test_s050_a_chain_of_left_shifts_reads_from_right_to_left() -> None:
    with DAG("d") as dag:
        a, b, c = tasks("a", "b", "c")
        c << b << a

    assert edges(dag) == {("a", "b"), ("b", "c")}


FAN_OUT: dict[str, Callable[[Any, Any, Any], object]] = {
    "a.set_downstream([b, c])": lambda a, b, c: a.set_downstream([b, c]),
    "a >> [b, c]": lambda a, b, c: a >> [b, c],
    "[b, c] << a": lambda a, b, c: [b, c] << a,
    "a >> (b, c)": lambda a, b, c: a >> (b, c),
    "a >> b, a >> c": lambda a, b, c: (a >> b, a >> c),
    "chain(a, [b, c])": lambda a, b, c: chain(a, [b, c]),
}


@pytest.mark.parametrize("form", FAN_OUT)
def test_s051_every_form_with_a_list_gives_the_same_edges(form: str) -> None:
    with DAG("d") as dag:
        FAN_OUT[form](*tasks("a", "b", "c"))

    assert edges(dag) == {("a", "b"), ("a", "c")}


def test_s051_lists_may_stand_on_both_sides_of_one_task() -> None:
    with DAG("d") as dag:
        a, b, c, d, e = tasks("a", "b", "c", "d", "e")
        [a, b] >> c >> [d, e]

    assert edges(dag) == {("a", "c"), ("b", "c"), ("c", "d"), ("c", "e")}


def test_chain_joins_neighbouring_lists_pair_by_pair() -> None:
    with DAG("d") as dag:
        a, b, c, d, e, f = tasks("a", "b", "c", "d", "e", "f")
        chain(a, [b, c], [d, e], f)

    assert edges(dag) == {("a", "b"), ("a", "c"), ("b", "d"), ("c", "e"), ("d", "f"), ("e", "f")}


def test_chain_refuses_neighbouring_lists_of_different_length() -> None:
    with DAG("d"):
        a, b, c = tasks("a", "b", "c")
        with pytest.raises(InvalidDag, match="not of 1 and 2 tasks"):
            chain([a], [b, c])


def test_cross_downstream_joins_everything_with_everything() -> None:
    with DAG("d") as dag:
        a, b, c, d = tasks("a", "b", "c", "d")
        cross_downstream([a, b], [c, d])

    assert edges(dag) == {("a", "c"), ("a", "d"), ("b", "c"), ("b", "d")}


def test_s052_a_cycle_is_refused_by_the_line_that_closes_it_with_the_path() -> None:
    with DAG("d"):
        a, b, c = tasks("a", "b", "c")
        a >> b >> c
        with pytest.raises(DagCycle, match="Cycle in DAG 'd': a >> b >> c >> a"):
            c >> a


def test_s052_a_cycle_is_refused_in_the_plain_object_style_too() -> None:
    dag = DAG("d")
    a, b = EmptyOperator("a", dag=dag), EmptyOperator("b", dag=dag)
    a.set_downstream(b)

    with pytest.raises(DagCycle) as caught:
        a.set_upstream(b)

    assert caught.value.fields["path"] == ("a", "b", "a")
    assert edges(dag) == {("a", "b")}


def test_s052_a_task_cannot_wait_for_itself() -> None:
    with DAG("d"):
        (a,) = tasks("a")
        with pytest.raises(DagCycle, match="a >> a"):
            a >> a


def test_s053_a_dependency_given_twice_is_refused_and_the_pair_is_named() -> None:
    with DAG("d"):
        a, b = tasks("a", "b")
        a >> b
        with pytest.raises(DuplicateDependency, match="a >> b is given twice in DAG 'd'"):
            b.set_upstream(a)


def test_s053_with_the_setting_off_a_doubled_dependency_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUTURE_STRICT_DEPENDENCIES", "0")
    with DAG("d") as dag:
        a, b = tasks("a", "b")
        a >> b
        with pytest.warns(UserWarning, match="a >> b is given twice"):
            a >> b

    assert edges(dag) == {("a", "b")}


def test_a_dependency_that_a_value_implies_may_be_written_out_once_besides() -> None:
    @task
    def load(value: object, again: object) -> None: ...

    with DAG("d") as dag:
        a = EmptyOperator("a")
        loaded = load(a.output, a.output)
        a >> loaded
        with pytest.raises(DuplicateDependency):
            a >> loaded

    assert edges(dag) == {("a", "load")}


def test_s040_a_task_id_used_twice_is_refused() -> None:
    with DAG("d"):
        EmptyOperator("a")
        with pytest.raises(DuplicateTask, match="Task id 'a' is used twice in DAG 'd'"):
            EmptyOperator(task_id="a")


def test_the_same_task_id_may_appear_in_two_dags() -> None:
    with DAG("one") as one:
        EmptyOperator("a")
        with DAG("two") as two:
            EmptyOperator("a")
        EmptyOperator("b")

    assert (one.task_ids, two.task_ids) == (["a", "b"], ["a"])


def test_tasks_of_two_dags_cannot_depend_on_each_other() -> None:
    a, b = EmptyOperator("a", dag=DAG("one")), EmptyOperator("b", dag=DAG("two"))

    with pytest.raises(InvalidDag, match="'one' and of DAG 'two'"):
        a >> b


def test_a_task_without_a_dag_joins_that_of_its_neighbour() -> None:
    dag = DAG("d")
    a, b = EmptyOperator("a", dag=dag), EmptyOperator("b")
    a >> b

    assert b.dag is dag
    assert edges(dag) == {("a", "b")}


def test_tasks_without_any_dag_cannot_have_dependencies() -> None:
    a, b = tasks("a", "b")

    with pytest.raises(InvalidDag, match="'a' needs a DAG"):
        a >> b


def test_a_task_function_that_was_not_called_is_recognised() -> None:
    @task
    def load() -> None: ...

    uncalled: Any = load
    with DAG("d"):
        (a,) = tasks("a")
        with pytest.raises(TypeError, match="is a call missing"):
            a >> uncalled


def test_a_group_stands_for_its_first_and_last_tasks() -> None:
    with DAG("d") as dag:
        start, end = tasks("start", "end")
        with TaskGroup("load") as load:
            a, b = tasks("a", "b")
            with TaskGroup("inner"):
                (c,) = tasks("c")
            a >> b
        start >> load >> end

    spec = compile_dag(dag)
    assert set(spec.edges) == {
        *{("start", "load.a"), ("start", "load.inner.c"), ("load.a", "load.b")},
        *{("load.b", "end"), ("load.inner.c", "end")},
    }
    assert c.task_id == "load.inner.c"
    assert [item.group for item in spec.tasks] == ["", "", "load", "load", "load.inner"]


def test_a_chain_written_backwards_costs_no_more_than_one_written_forwards() -> None:
    with DAG("d") as dag:
        line = tasks(*(f"t{number}" for number in range(3000)))
        for later, earlier in pairwise(line):
            earlier >> later

    assert len(edges(dag)) == 2999
