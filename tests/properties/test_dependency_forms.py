"""However the dependencies of a random DAG are written, and in whatever order, its spec has the same edges."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_couture import DAG, EmptyOperator, chain, cross_downstream
from jupyter_couture.authoring.compile import compile_dag
from jupyter_couture.model.errors import DagCycle
from jupyter_couture.model.graph import find_cycle

FORMS: list[Callable[[Any, Any], object]] = [
    lambda up, down: up >> down,
    lambda up, down: down << up,
    lambda up, down: up.set_downstream(down),
    lambda up, down: down.set_upstream([up]),
    lambda up, down: [up] >> down,
    lambda up, down: [down] << up,
    lambda up, down: chain(up, [down]),
    lambda up, down: cross_downstream([up], [down]),
]


@st.composite
def written_dags(draw: st.DrawFn) -> tuple[int, list[tuple[int, int, int]]]:
    """A number of tasks; edges along a random order of them, in a random order, each with the form to write it in."""
    size = draw(st.integers(2, 14))
    order = draw(st.permutations(range(size)))
    pairs = st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)).filter(lambda pair: pair[0] < pair[1])
    chosen = draw(st.lists(pairs, unique=True, max_size=40))
    forms = draw(st.lists(st.integers(0, len(FORMS) - 1), min_size=len(chosen), max_size=len(chosen)))
    return size, [(order[up], order[down], form) for (up, down), form in zip(chosen, forms, strict=True)]


@settings(deadline=None)
@given(written_dags())
def test_every_way_of_writing_gives_the_same_edges(written: tuple[int, list[tuple[int, int, int]]]) -> None:
    size, edges = written
    with DAG("d") as dag:
        tasks = [EmptyOperator(f"t{number}") for number in range(size)]
        for up, down, form in edges:
            FORMS[form](tasks[up], tasks[down])

    assert set(compile_dag(dag).edges) == {(f"t{up}", f"t{down}") for up, down, _ in edges}


@settings(deadline=None)
@given(
    st.integers(1, 8).flatmap(
        lambda size: st.tuples(
            st.just(size),
            st.lists(st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)), unique=True, max_size=30),
        )
    )
)
def test_exactly_the_dependency_that_closes_a_cycle_is_refused(drawn: tuple[int, list[tuple[int, int]]]) -> None:
    size, pairs = drawn
    upstream: dict[str, list[str]] = {f"t{number}": [] for number in range(size)}
    with DAG("d") as dag:
        tasks = [EmptyOperator(name) for name in upstream]
        for up, down in pairs:
            with_it = {**upstream, f"t{down}": [*upstream[f"t{down}"], f"t{up}"]}
            try:
                tasks[up] >> tasks[down]
            except DagCycle as refused:
                path = refused.fields["path"]
                assert isinstance(path, tuple)
                assert path[0] == path[-1]
                assert all(before in with_it[after] for before, after in pairwise(path))
            else:
                assert not find_cycle(with_it)
                upstream = with_it

    assert dict(compile_dag(dag).upstream) == {name: tuple(parents) for name, parents in upstream.items()}
