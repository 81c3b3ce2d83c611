"""Effective weights: own weight and those of distinct tasks around, within bounds, and fast."""

import random
import time
from collections.abc import Callable

import pytest

from jupyter_couture import DAG, EmptyOperator, WeightRule
from jupyter_couture.authoring.compile import compile_dag
from jupyter_couture.model.errors import InvalidDag


def weights(dag: DAG) -> dict[str, int]:
    return {str(task.task_id): task.priority_weight for task in compile_dag(dag).tasks}


def diamond(rule: str) -> DAG:
    with DAG("d") as made:
        a, b, c, d = (
            EmptyOperator(name, priority_weight=weight, weight_rule=rule)
            for name, weight in (("a", 1), ("b", 2), ("c", 3), ("d", 4))
        )
        a >> [b, c] >> d
    return made


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("downstream", {"a": 10, "b": 6, "c": 7, "d": 4}),
        ("upstream", {"a": 1, "b": 3, "c": 4, "d": 10}),
        ("absolute", {"a": 1, "b": 2, "c": 3, "d": 4}),
        (WeightRule.ABSOLUTE, {"a": 1, "b": 2, "c": 3, "d": 4}),
    ],
)
def test_a_weight_rule_adds_distinct_tasks_once(rule: str, expected: dict[str, int]) -> None:
    assert weights(diamond(rule)) == expected


def test_each_task_follows_its_own_rule() -> None:
    with DAG("d") as made:
        a = EmptyOperator("a", weight_rule="absolute")
        b = EmptyOperator("b", priority_weight=-5)
        c = EmptyOperator("c", weight_rule="upstream")
        a >> b >> c

    assert weights(made) == {"a": 1, "b": -4, "c": -3}


def test_a_strategy_of_the_authors_is_asked_once() -> None:
    class Twice:
        def get_weight(self, ti: object) -> int:
            return 2 * int(getattr(ti, "priority_weight", 0)) + int(getattr(ti, "try_number", 0))

    with DAG("d") as made:
        EmptyOperator("a", priority_weight=7, weight_rule=Twice())
        EmptyOperator("b", weight_rule=Twice)

    assert weights(made) == {"a": 15, "b": 3}


def test_weights_stay_within_32_bits() -> None:
    with DAG("d") as made:
        big = 2**31 - 1
        EmptyOperator("a", priority_weight=big) >> EmptyOperator("b", priority_weight=big)

    assert weights(made) == {"a": big, "b": big}


def test_an_unknown_rule_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(InvalidDag, match="weight_rule 'sideways' does not exist; it is one of downstream, upstream"):
        EmptyOperator("a", weight_rule="sideways")


def test_sums_are_those_of_a_slow_and_plain_walk_on_random_graphs() -> None:
    chance = random.Random(7)
    for _ in range(30):
        with DAG("d") as made:
            tasks = [
                EmptyOperator(
                    f"t{at}", priority_weight=chance.randrange(-40, 40), weight_rule=chance.choice(list(WeightRule))
                )
                for at in range(25)
            ]
            for at, one in enumerate(tasks):
                for before in chance.sample(tasks[:at], min(at, 2)):
                    before >> one

        for one in tasks:
            far = {
                WeightRule.DOWNSTREAM: one.get_flat_relatives(upstream=False),
                WeightRule.UPSTREAM: one.get_flat_relatives(upstream=True),
            }.get(one.weight_rule, [])
            expected = one.priority_weight + sum(other.priority_weight for other in far)
            assert weights(made)[one.task_id] == expected


def deep() -> DAG:
    with DAG("deep") as made:
        before = EmptyOperator("t0")
        for at in range(1, 5_000):
            after = EmptyOperator(f"t{at}")
            before >> after
            before = after
    return made


def wide() -> DAG:
    with DAG("wide") as made:
        first, last = EmptyOperator("first"), EmptyOperator("last")
        for at in range(9_998):
            first >> EmptyOperator(f"t{at}", priority_weight=at) >> last
    return made


def tangled() -> DAG:
    chance = random.Random(1)
    with DAG("tangled") as made:
        tasks = [EmptyOperator(f"t{at}") for at in range(10_000)]
        for at in range(1, 10_000):
            for before in {chance.randrange(at) for _ in range(3)}:
                tasks[before] >> tasks[at]
    return made


@pytest.mark.parametrize("make", [deep, wide, tangled])
def test_ten_thousand_tasks_are_made_and_compiled_within_five_seconds(make: Callable[[], DAG]) -> None:
    began = time.process_time()
    spec = compile_dag(make())

    assert time.process_time() - began < 5
    assert len(spec.tasks) in (5_000, 10_000)
    if make is deep:
        assert spec.tasks[0].priority_weight == 5_000
