"""Mapped tasks: what a file may map over, what reaches the spec, and which values each instance gets."""

from collections.abc import Sequence
from copy import copy
from itertools import product
from math import prod
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_couture import DAG, BashOperator, EmptyOperator, PythonOperator, Skip, TriggerRule, XComArg, task
from jupyter_couture.authoring.compile import compile_dag
from jupyter_couture.authoring.context import StandaloneAttempt, attempt_scope
from jupyter_couture.authoring.groups import task_group
from jupyter_couture.authoring.operator import BaseOperator
from jupyter_couture.authoring.perform import perform
from jupyter_couture.authoring.references import Place, place_scope, references_in, resolve
from jupyter_couture.model.codec import from_document, to_document
from jupyter_couture.model.dag import DagSpec, Expansion, Length, LengthKind, TaskKind
from jupyter_couture.model.errors import AuthoringError, InvalidDag, InvalidRequest, NotFound
from jupyter_couture.model.ids import TaskId

LITERAL, TASK = LengthKind.LITERAL, LengthKind.TASK


class Attempt(StandaloneAttempt):
    """An attempt in a run whose tasks have left values: one each, or a list for the instances of a mapped one."""

    def __init__(self, **earlier: Any) -> None:
        super().__init__()
        self.earlier = earlier

    def pull(self, task_ids: Any = None, key: str | None = "return_value", **how: Any) -> Any:
        found = self.earlier.get(task_ids)
        index = how.get("map_indexes")
        return found if index is None or found is None else found[index]


def instance(dag: DAG, task_id: str, index: int, lengths: Sequence[int] = (), **earlier: Any) -> Any:
    """The operator of one instance, its values in their place."""
    whole = dag.get_task(task_id)
    group = whole.mapped_group.group_id if whole.mapped_group else ""
    context: dict[str, Any] = {"params": {}}
    with attempt_scope(Attempt(**earlier), context), place_scope(Place(index, tuple(lengths), group)):
        operator = copy(whole)
        if whole.mapped is not None:
            operator = whole.mapped.unmap(task_id, Place(index, tuple(lengths), group), context)
            operator.stand_in(whole)
        for name in operator.template_fields:
            setattr(operator, name, resolve(getattr(operator, name), context))
        return operator


def untyped(value: Any) -> Any:
    return value


def same(x: Any) -> Any:
    return x


def length(number: int) -> Length:
    return Length(LITERAL, number=number)


def of(task_id: str) -> Length:
    return Length(TASK, task_id=TaskId(task_id))


def test_a_mapped_operator_reaches_the_spec_with_its_own_kind_options_and_lengths() -> None:
    with DAG("d", default_args={"retries": 3}) as made:
        BashOperator.partial(task_id="say", pool="small", cwd="/tmp").expand(bash_command=["a", "b", "c"])

    spec = compile_dag(made).task_by_id["say"]

    assert (spec.operator, spec.kind, spec.pool, spec.retry.retries) == ("BashOperator", TaskKind.BASH, "small", 3)
    assert spec.expand == Expansion((length(3),))
    assert spec.fields["bash_command"] == ["a", "b", "c"]
    assert spec.fields["cwd"] == "/tmp"


def test_expand_over_several_arguments_takes_every_combination_the_last_varying_fastest() -> None:
    with DAG("d") as made:
        BashOperator.partial(task_id="say").expand(bash_command=["a", "b"], cwd=["x", "y", "z"])

    assert compile_dag(made).task_by_id["say"].expand == Expansion((length(2), length(3)))
    found = [instance(made, "say", index, (2, 3)) for index in range(6)]
    assert [(one.bash_command, one.cwd) for one in found] == [
        ("a", "x"),
        ("a", "y"),
        ("a", "z"),
        ("b", "x"),
        ("b", "y"),
        ("b", "z"),
    ]
    with pytest.raises(InvalidRequest, match="there is no instance 6 of 6"):
        instance(made, "say", 6, (2, 3))


def test_an_instance_has_the_id_the_options_and_the_neighbours_of_the_whole() -> None:
    with DAG("d", default_args={"owner": "ann"}) as made:
        say = BashOperator.partial(task_id="say", retries=2, append_env=True).expand(bash_command=["a", "b"])
        say >> EmptyOperator("after")

    one = instance(made, "say", 1)

    assert (one.task_id, one.dag, one.owner, one.retries, one.append_env) == ("say", made, "ann", 2, True)
    assert one.downstream_task_ids == {"after"}
    assert not one.is_mapped
    assert made.get_task("say").is_mapped


def test_mapping_over_what_a_task_returns_draws_the_dependency_and_asks_the_task_for_its_length() -> None:
    @task
    def extract() -> list[int]:
        return [1, 2]

    @task
    def double(x: int) -> int:
        return 2 * x

    with DAG("d") as made:
        double.expand(x=extract())

    spec = compile_dag(made)
    assert spec.task_by_id["double"].expand == Expansion((of("extract"),))
    assert spec.edges == (("extract", "double"),)
    assert made.get_task("extract").is_mapped_over
    assert instance(made, "double", 1, (2,), extract=[7, 8]).op_kwargs == {"x": 8}
    assert from_document(DagSpec, to_document(spec)) == spec


def test_the_pairs_of_a_dict_are_mapped_over() -> None:
    with DAG("d") as made:
        extract = EmptyOperator("extract")
        PythonOperator.partial(task_id="a", python_callable=print).expand(op_args={"x": 1, "y": 2})
        PythonOperator.partial(task_id="b", python_callable=print).expand(op_args=extract.output)

    assert instance(made, "a", 1).op_args == ["y", 2]
    assert instance(made, "b", 0, (1,), extract={"k": "v"}).op_args == ["k", "v"]


def test_a_function_has_arguments_that_are_shared_and_arguments_that_differ() -> None:
    @task
    def add(x: int, y: int, z: int = 0) -> int:
        return x + y + z

    with DAG("d") as made:
        add.partial(y=10).expand(x=[1, 2], z=[0, 1])

    assert instance(made, "add", 3, (2, 2)).op_kwargs == {"y": 10, "x": 2, "z": 1}
    assert compile_dag(made).task_by_id["add"].fields["op_kwargs"] == {"y": 10, "x": [1, 2], "z": [0, 1]}


def test_expand_kwargs_makes_one_instance_for_each_dict() -> None:
    @task
    def show(x: int, y: int = 0) -> None: ...

    with DAG("d") as made:
        rows = EmptyOperator("rows").output
        BashOperator.partial(task_id="say").expand_kwargs([{"bash_command": "a"}, {"bash_command": "b", "cwd": "x"}])
        show.expand_kwargs(rows)

    assert compile_dag(made).task_by_id["say"].expand == Expansion((length(2),))
    assert compile_dag(made).task_by_id["show"].expand == Expansion((of("rows"),))
    assert instance(made, "say", 1).cwd == "x"
    assert instance(made, "show", 0, (1,), rows=[{"x": 1, "y": 2}]).op_kwargs == {"x": 1, "y": 2}
    with pytest.raises(InvalidRequest, match="the arguments of an instance are a dict, not int"):
        instance(made, "show", 0, (1,), rows=[5])


def test_what_comes_from_a_task_is_no_template_and_what_the_author_wrote_is_one() -> None:
    with DAG("d") as made:
        said = EmptyOperator("said").output
        BashOperator.partial(task_id="a").expand(bash_command=said)
        BashOperator.partial(task_id="b").expand(bash_command=["{{ ds }}"])

    context: dict[str, Any] = {}
    with attempt_scope(Attempt(said=["{{ ds }}"]), context):
        work = made.get_task("a").mapped
        assert work is not None
        held = work.unmap("a", Place(0, (1,)), context).bash_command
    assert list(references_in(held)) == [held], "a reference, which rendering leaves alone"
    assert instance(made, "b", 0).bash_command == "{{ ds }}", "a text, which rendering works on"


def test_values_are_changed_by_map_when_they_are_used() -> None:
    with DAG("d") as made:
        rows = EmptyOperator("rows").output
        BashOperator.partial(task_id="say").expand(bash_command=rows.map(str).map(lambda text: f"echo {text}"))
        PythonOperator("all", python_callable=print, op_args=[rows.map(lambda value: value + 1)])

    assert compile_dag(made).task_by_id["say"].expand == Expansion((of("rows"),))
    assert instance(made, "say", 1, (2,), rows=[1, 2]).bash_command == "echo 2"
    (every,) = instance(made, "all", -1, rows=[1, 2, 3]).op_args
    assert (len(every), every[-1], every[1:], list(every)) == (3, 4, [3, 4], [2, 3, 4])
    with pytest.raises(IndexError):
        every[3]


def test_skip_in_map_skips_the_instance_of_that_value() -> None:
    def only_even(value: int) -> int:
        if value % 2:
            raise Skip(f"{value} is odd")
        return value

    def as_list(value: int) -> list[int]:
        return [value]

    with DAG("d") as made:
        rows = EmptyOperator("rows").output
        PythonOperator.partial(task_id="use", python_callable=print).expand(
            op_args=rows.map(only_even).map(lambda x: [x])
        )

    assert instance(made, "use", 1, (2,), rows=[1, 2]).op_args == [2]
    with pytest.raises(Skip, match="1 is odd"):
        instance(made, "use", 0, (2,), rows=[1, 2])


def test_zip_and_concat_join_values_of_several_tasks() -> None:
    with DAG("d") as made:
        a, b = EmptyOperator("a").output, EmptyOperator("b").output
        PythonOperator.partial(task_id="short", python_callable=print).expand(op_args=a.zip(b))
        PythonOperator.partial(task_id="long", python_callable=print).expand(op_args=a.zip([1, 2, 3], fillvalue=0))
        PythonOperator.partial(task_id="both", python_callable=print).expand(op_args=a.concat(b).map(lambda x: [x]))

    spec = compile_dag(made)
    assert spec.task_by_id["short"].expand == Expansion((Length(LengthKind.ZIP, parts=(of("a"), of("b"))),))
    assert spec.task_by_id["long"].expand == Expansion((Length(LengthKind.ZIP_LONGEST, parts=(of("a"), length(3))),))
    assert spec.task_by_id["both"].expand == Expansion((Length(LengthKind.CONCAT, parts=(of("a"), of("b"))),))
    assert set(spec.task_by_id["short"].upstream) == {"a", "b"}
    values = {"a": ["x", "y"], "b": [5, 6, 7]}
    assert instance(made, "short", 1, (2,), **values).op_args == ["y", 6]
    assert instance(made, "long", 2, (3,), **values).op_args == [0, 3]
    assert instance(made, "both", 4, (5,), **values).op_args == [7]


def test_a_plain_task_reduces_what_all_instances_returned() -> None:
    @task
    def double(x: int) -> int:
        return 2 * x

    @task
    def total(values: Sequence[int]) -> int:
        return sum(values)

    with DAG("d") as made:
        total(double.expand(x=[1, 2, 3]))

    assert compile_dag(made).edges == (("double", "total"),)
    assert compile_dag(made).task_by_id["total"].expand is None
    assert perform(instance(made, "total", -1, double=[2, 4, 6]), {}, Attempt()) == 12


def test_a_mapped_group_gives_each_of_its_tasks_the_values_of_its_index() -> None:
    @task
    def read(path: str, mode: str) -> str:
        return path + mode

    @task
    def count(text: str, path: str) -> int:
        return len(text + path)

    @task_group
    def each(path: str, mode: str) -> XComArg:
        """One file."""
        return count(read(path, mode), path)

    with DAG("d") as made:
        paths = EmptyOperator("paths")
        each.partial(mode="r").expand(path=paths.output) >> EmptyOperator("after")

    spec = compile_dag(made)
    whole = Expansion((of("paths"),), "each")
    assert [spec.task_by_id[name].expand for name in ("each.read", "each.count", "after")] == [whole, whole, None]
    assert set(spec.edges) == {
        ("paths", "each.read"),
        ("paths", "each.count"),
        ("each.read", "each.count"),
        ("each.count", "after"),
    }
    assert [(group.group_id, group.tooltip) for group in spec.groups] == [("each", "One file.")]
    values = {"paths": ["p0", "p1"], "each.read": ["t0", "t1"]}
    assert instance(made, "each.read", 1, (2,), **values).op_args == ["p1", "r"]
    assert instance(made, "each.count", 1, (2,), **values).op_args == ["t1", "p1"]


def test_a_group_is_mapped_over_dicts_of_arguments_with_the_functions_own_defaults() -> None:
    @task_group
    def each(path: str, mode: str = "r") -> None:
        PythonOperator("use", python_callable=print, op_args=[path, mode])

    with DAG("d") as made:
        each.expand_kwargs([{"path": "a"}, {"path": "b", "mode": "w"}])

    assert [instance(made, "each.use", index, (2,)).op_args for index in (0, 1)] == [["a", "r"], ["b", "w"]]


def test_items_of_a_mapped_groups_argument_may_be_handed_on() -> None:
    @task_group
    def each(row: Any) -> None:
        PythonOperator("use", python_callable=print, op_args=[row["name"]])

    with DAG("d") as made:
        each.expand(row=[{"name": "ann"}, {"name": "bo"}])

    assert instance(made, "each.use", 1, (2,)).op_args == ["bo"]


def test_outside_its_group_a_task_gets_all_that_the_instances_left() -> None:
    @task_group
    def each(x: int) -> XComArg:
        return PythonOperator("use", python_callable=print, op_args=[x]).output

    with DAG("d") as made:
        PythonOperator("all", python_callable=print, op_args=[each.expand(x=[1, 2])])

    assert instance(made, "all", -1, **{"each.use": [10, 20]}).op_args == [[10, 20]]


@pytest.mark.parametrize(
    ("write", "error", "message"),
    [
        (lambda: BashOperator.partial(task_id="a", nonsense=1), TypeError, "no argument 'nonsense'"),
        (lambda: BashOperator.partial(task_id="a").expand(), TypeError, "needs an argument to map over"),
        (lambda: BashOperator.partial(task_id="a").expand(bash_comand=["x"]), TypeError, "did you mean 'bash_command'"),
        (lambda: BashOperator.partial(task_id="a").expand(task_id=["x"]), TypeError, "'task_id' is given to partial"),
        (lambda: BashOperator.partial(task_id="a").expand(trigger_rule=["x"]), TypeError, "cannot differ"),
        (lambda: BashOperator.partial(task_id="a").expand(retries=[1]), TypeError, "cannot differ"),
        (lambda: BashOperator.partial(task_id="a", cwd="x").expand(cwd=["y"]), TypeError, "'cwd' is given to partial"),
        (lambda: BashOperator.partial(task_id="a").expand(bash_command="abc"), InvalidDag, "not over str"),
        (lambda: BashOperator.partial(task_id="a").expand(bash_command=5), InvalidDag, "not over int"),
        (lambda: BashOperator.partial(task_id="a").expand_kwargs("x"), InvalidDag, "takes a list of dicts"),
        (lambda: BashOperator.partial(task_id="a").expand_kwargs([1]), InvalidDag, "one of the items is a int"),
        (lambda: BashOperator.partial(task_id="a").expand_kwargs([{"retries": 1}]), TypeError, "cannot differ"),
        (lambda: task(print).expand(x=[1]), TypeError, "no argument 'x'"),
        (lambda: task(same).partial(y=1), TypeError, "unexpected keyword argument 'y'"),
        (lambda: task(same).partial(x=1).partial(x=2), TypeError, "argument 'x' is given already"),
        (lambda: task(same).partial(x=1).expand(x=[2]), TypeError, "is given to partial"),
        (task(same).partial(x=1), TypeError, "is completed by expand"),
        (lambda: task(same)(1, 2), TypeError, "too many positional arguments"),
        (lambda: task_group(lambda x: x).expand(), TypeError, "needs an argument to map over"),
        (lambda: task_group(lambda x: x).expand(y=[1]), TypeError, "no argument 'y'"),
        (lambda: task_group(lambda x: x).partial(x=1).expand(x=[1]), TypeError, "given to partial"),
        (lambda: task_group(lambda **x: x).expand_kwargs([{}]), TypeError, "needs the names of the arguments"),
        (lambda: EmptyOperator("a").output.map(task(len)), InvalidDag, "takes a plain function"),
        (lambda: EmptyOperator("a").output.map(untyped(5)), InvalidDag, "takes a plain function"),
        (lambda: EmptyOperator("a").output.zip([1], fill=0), TypeError, "zip\\(\\) has no argument 'fill'"),
        (lambda: list(EmptyOperator("a").output), InvalidDag, "map over it with expand"),
        (lambda: EmptyOperator("a").output[0], InvalidDag, "take items of it in another task"),
        (lambda: EmptyOperator("a").output.map(str)["x"], InvalidDag, "has no output 'x'"),
        (
            lambda: task(same).expand(x=EmptyOperator("a").output["rows"]),
            InvalidDag,
            "cannot map over output 'rows'",
        ),
    ],
)
def test_what_cannot_be_mapped_is_refused_when_the_file_is_read(write: Any, error: type, message: str) -> None:
    with DAG("d"), pytest.raises(error, match=message):
        write()


def test_mapping_inside_a_mapped_group_is_refused() -> None:
    @task_group
    def inner(x: int) -> None:
        BashOperator.partial(task_id="a").expand(bash_command=["x"])

    @task_group
    def middle(x: int) -> None:
        EmptyOperator("b")

    @task_group
    def outer(x: int) -> None:
        middle.expand(x=[1])

    with DAG("d"), pytest.raises(InvalidDag, match=r"Task 'inner\.a' cannot be mapped inside a mapped task group"):
        inner.expand(x=[1])
    with DAG("d"), pytest.raises(InvalidDag, match=r"Mapped task group 'outer\.middle' is inside another one"):
        outer.expand(x=[1])


def test_a_task_of_a_mapped_group_cannot_run_always() -> None:
    @task_group
    def each(x: int) -> None:
        EmptyOperator("a", trigger_rule=TriggerRule.ALWAYS)

    with DAG("d") as made:
        each.expand(x=[1])

    with pytest.raises(AuthoringError, match="cannot have the trigger rule 'always'"):
        compile_dag(made)


def test_a_task_that_is_mapped_over_must_return_several_values() -> None:
    with DAG("d") as made:
        five = PythonOperator("five", python_callable=lambda: 5)
        silent = PythonOperator("silent", python_callable=lambda: [1], do_xcom_push=False)
        task(same).expand(x=five.output)
        task(same).expand(x=silent.output)

    with pytest.raises(InvalidRequest, match="task 'five' is mapped over, so it must return a list or a dict, not int"):
        perform(made.get_task("five"), {}, Attempt())
    with pytest.raises(InvalidRequest, match="keeps nothing: do_xcom_push is False"):
        perform(made.get_task("silent"), {}, Attempt())


def test_an_instance_that_is_mapped_over_keeps_even_nothing_so_that_no_value_is_shifted() -> None:
    with DAG("d") as made:
        first = task(lambda x: None).override(task_id="first").expand(x=[1])
        task(same).override(task_id="second").expand(x=first)

    attempt = Attempt()
    with place_scope(Place(0, (1,))):
        perform(instance(made, "first", 0, (1,)), {}, attempt)

    assert attempt.outputs == {"return_value": None}


def test_a_run_with_fewer_values_than_it_was_planned_for_fails_in_words() -> None:
    with DAG("d") as made:
        rows = EmptyOperator("rows").output
        BashOperator.partial(task_id="say").expand(bash_command=rows)

    with pytest.raises(NotFound, match="value 1 of the 1 that task 'rows' returned"):
        instance(made, "say", 1, (2,), rows=["a"])


def test_custom_operators_map_like_ours_and_get_their_default_arguments() -> None:
    class Copy(BaseOperator):
        template_fields = ("source",)

        def __init__(self, *, source: str, target: str = "none", **options: Any) -> None:
            super().__init__(**options)
            self.source, self.target = source, target

        def execute(self, context: Any) -> str:
            return f"{self.source}>{self.target}"

    with DAG("d", default_args={"target": "there", "source": "default"}) as made:
        Copy.partial(task_id="copy").expand(source=["a", "b"])

    assert instance(made, "copy", 1).execute({}) == "b>there"


def test_of_many_values_the_spec_shows_the_beginning() -> None:
    with DAG("d") as made:
        BashOperator.partial(task_id="say").expand(bash_command=[str(at) for at in range(10_000)])
        BashOperator.partial(task_id="each").expand_kwargs([{"bash_command": str(at)} for at in range(500)])

    spec = compile_dag(made)
    assert spec.task_by_id["say"].expand == Expansion((length(10_000),))
    shown = spec.task_by_id["say"].fields["bash_command"]
    assert isinstance(shown, list)
    assert (len(shown), shown[99:]) == (101, ["99", "… 9900 more"])
    assert len(str(spec.task_by_id["each"].fields)) < 5_000


def test_a_partial_that_nothing_completes_is_not_lost_in_silence() -> None:
    with DAG("d") as made:
        BashOperator.partial(task_id="say", cwd="x")

    with pytest.raises(InvalidDag, match=r"partial\(\) of task 'say' is not completed by expand\(\)"):
        compile_dag(made)


@settings(deadline=None)
@given(st.lists(st.lists(st.integers(), min_size=1, max_size=4), min_size=1, max_size=3))
def test_instances_are_the_product_of_the_arguments_in_order(values: list[list[int]]) -> None:
    @task
    def show(**kwargs: int) -> None: ...

    with DAG("d") as made:
        show.expand(**{f"x{at}": each for at, each in enumerate(values)})

    sizes = [len(each) for each in values]
    found = [tuple(instance(made, "show", at, sizes).op_kwargs.values()) for at in range(prod(sizes))]
    assert found == list(product(*values))
    assert [tuple(instance(made, "show", at).op_kwargs.values()) for at in range(prod(sizes))] == found, "no engine"
