"""Task groups, labels on dependencies, and the longer ways to write dependencies."""

from typing import Any

import pytest

from jupyter_couture import (
    DAG,
    BaseOperator,
    EmptyOperator,
    Label,
    PythonOperator,
    TaskGroup,
    chain,
    chain_linear,
    cross_downstream,
    task,
    task_group,
)
from jupyter_couture.authoring.compile import compile_dag
from jupyter_couture.authoring.context import StandaloneAttempt, attempt_scope
from jupyter_couture.authoring.operator_type import apply_defaults
from jupyter_couture.authoring.operators.branch import BranchPythonOperator
from jupyter_couture.authoring.perform import perform
from jupyter_couture.model.dag import EdgeLabel, GroupSpec
from jupyter_couture.model.errors import DuplicateTask, InvalidDag, InvalidRequest
from jupyter_couture.model.ids import TaskId


def edges(dag: DAG) -> set[tuple[str, str]]:
    return set(compile_dag(dag).edges)


def test_groups_reach_the_spec_with_their_parents_labels_and_words() -> None:
    with (
        DAG("d") as made,
        TaskGroup("load", tooltip="Bring it in", group_display_name="Loading", ui_color="#fff"),
        TaskGroup("inner"),
    ):
        EmptyOperator("a")

    spec = compile_dag(made)
    assert spec.groups == (
        GroupSpec("load", "Loading", tooltip="Bring it in"),
        GroupSpec("load.inner", "inner", parent="load"),
    )
    assert spec.tasks[0].group == "load.inner"


def test_a_second_group_of_one_name_is_refused_or_numbered() -> None:
    with DAG("d") as made:
        TaskGroup("g")
        with pytest.raises(DuplicateTask):
            TaskGroup("g")
        assert TaskGroup("g", add_suffix_on_collision=True).group_id == "g__1"
        assert TaskGroup("g", add_suffix_on_collision=True).group_id == "g__2"
        EmptyOperator("t")
        with pytest.raises(DuplicateTask):
            TaskGroup("t")

    assert [group.group_id for group in compile_dag(made).groups] == ["g", "g__1", "g__2"]


def test_a_function_makes_a_group_each_time_it_is_called() -> None:
    @task
    def add(x: int) -> int:
        return x + 1

    @task_group(default_args={"retries": 2})
    def twice(x: Any) -> Any:
        """Twice."""
        return add(add(x))

    with DAG("d") as made:
        end = EmptyOperator("end")
        twice(twice(1)) >> end
        twice.override(group_id="third", prefix_group_id=False)(2)

    spec = compile_dag(made)
    assert [(group.group_id, group.tooltip) for group in spec.groups] == [
        ("twice", "Twice."),
        ("twice__1", "Twice."),
        ("third", "Twice."),
    ]
    assert set(spec.edges) == {
        ("twice.add", "twice.add__1"),
        ("twice.add__1", "twice__1.add"),
        ("twice__1.add", "twice__1.add__1"),
        ("twice__1.add__1", "end"),
        ("add", "add__1"),
    }
    assert {one.retry.retries for one in spec.tasks if one.task_id != "end"} == {2}


def test_a_function_that_returns_nothing_gives_its_group() -> None:
    @task_group
    def pair() -> None:
        EmptyOperator("a") >> EmptyOperator("b")

    with DAG("d") as made:
        EmptyOperator("start") >> pair() >> EmptyOperator("end")

    assert edges(made) == {("start", "pair.a"), ("pair.a", "pair.b"), ("pair.b", "end")}


def test_a_label_stands_on_the_dependencies_it_is_written_between() -> None:
    with DAG("d") as made:
        a, b, c, d, e = (EmptyOperator(name) for name in "abcde")
        a >> Label("no data") >> [b, c]
        [b, c] >> Label("then") >> d
        e << Label("backwards") << d
        a.set_downstream(e, edge_modifier=Label("short"))

    spec = compile_dag(made)
    assert set(spec.edges) == {("a", "b"), ("a", "c"), ("b", "d"), ("c", "d"), ("d", "e"), ("a", "e")}
    assert spec.edge_labels == tuple(
        EdgeLabel(TaskId(up), TaskId(down), text)
        for up, down, text in (
            ("a", "b", "no data"),
            ("a", "c", "no data"),
            ("a", "e", "short"),
            ("b", "d", "then"),
            ("c", "d", "then"),
            ("d", "e", "backwards"),
        )
    )


def test_labels_stand_in_chains_and_between_groups() -> None:
    with DAG("d") as made:
        a, b, c = (EmptyOperator(name) for name in "abc")
        with TaskGroup("g") as group:
            EmptyOperator("x")
        chain(a, [Label("left"), Label("right")], [b, c], group)
        a >> Label("all") >> group

    assert {(item.upstream, item.downstream, item.text) for item in compile_dag(made).edge_labels} == {
        ("a", "b", "left"),
        ("a", "c", "right"),
        ("a", "g.x", "all"),
    }
    assert edges(made) == {("a", "b"), ("a", "c"), ("b", "g.x"), ("c", "g.x"), ("a", "g.x")}


def test_chains_take_groups_and_outputs_of_tasks() -> None:
    @task
    def load() -> int:
        return 1

    with DAG("d") as made:
        with TaskGroup("g") as group:
            EmptyOperator("x")
        chain(load(), group, [load(), EmptyOperator("e")])

    assert edges(made) == {("load", "g.x"), ("g.x", "load__1"), ("g.x", "e")}


def test_chain_linear_joins_every_task_of_one_step_to_every_task_of_the_next() -> None:
    with DAG("d") as made:
        a, b, c, d, e, f = (EmptyOperator(name) for name in "abcdef")
        chain_linear(a, [b, c], [], [d, e], f)

    ends = {("b", "d"), ("b", "e"), ("c", "d"), ("c", "e")}
    assert edges(made) == {("a", "b"), ("a", "c"), *ends, ("d", "f"), ("e", "f")}
    with pytest.raises(InvalidDag, match="joins at least two elements"):
        chain_linear([a, b])


def test_cross_downstream_joins_lists_of_outputs() -> None:
    @task
    def one() -> int:
        return 1

    with DAG("d") as made:
        cross_downstream([one(), one()], [EmptyOperator("a"), EmptyOperator("b")])

    assert len(edges(made)) == 4


def test_old_operators_with_apply_defaults_get_their_default_arguments() -> None:
    class OldOperator(BaseOperator):
        @apply_defaults
        def __init__(self, conn: str, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.conn = conn

    with DAG("d", default_args={"conn": "db", "retries": 1}):
        kind: Any = OldOperator
        old = kind(task_id="a")

    assert (old.conn, old.retries) == ("db", 1)


def test_a_branch_does_not_skip_what_its_choice_leads_to() -> None:
    with DAG("d"):
        branch = BranchPythonOperator("branch", python_callable=lambda: "left")
        left, right, join = (EmptyOperator(name) for name in ("left", "right", "join"))
        branch >> [left, right, join]
        [left, right] >> join

    attempt = StandaloneAttempt()
    with attempt_scope(attempt):
        branch.execute({})

    assert attempt.skips == ["right"]


def test_the_same_function_called_ten_thousand_times_is_numbered_at_once() -> None:
    with DAG("d") as made:
        again = task(task_id="again")(print)
        for _ in range(10_000):
            again()

    assert made.task_ids[-1] == "again__9999"


def test_an_operator_of_a_function_and_a_plain_one_stand_in_one_group() -> None:
    with DAG("d") as made, TaskGroup("g", prefix_group_id=False):
        PythonOperator("a", python_callable=print)
        with TaskGroup("inner"):
            EmptyOperator("b")

    assert made.task_ids == ["a", "inner.b"]


def test_a_group_knows_what_is_in_it() -> None:
    with DAG("d"), TaskGroup("g") as group:
        a = EmptyOperator("a")
        inner = TaskGroup("inner")

    assert group.children == {"g.a": a, "g.inner": inner}
    assert (group.get_child_by_label("a"), group.get_child_by_label("inner")) == (a, inner)


def test_a_task_function_that_is_called_inside_a_task_says_what_to_call_instead() -> None:
    @task
    def inner() -> int:
        return 7

    @task
    def outer() -> object:
        return inner()

    with DAG("d") as made:
        outer()

    with pytest.raises(InvalidRequest, match=r"inside a task call inner\.function\(\.\.\.\)"):
        perform(made.get_task("outer"), {}, StandaloneAttempt())
