"""A DAG of 10,000 tasks: parsed, stored, planned and served as a graph, wide, deep and at random."""

import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_couture.dagbag.show import show_file
from jupyter_couture.model.dag import DagSpec
from jupyter_couture.model.ids import DagId
from jupyter_couture.settings import Settings
from tests.builders import World, a_dag, a_task
from tests.server.conftest import Ask
from tests.server.yard import Yard

SIZE = 10_000
GRAPH_SECONDS = 2.0
PASS_SECONDS = 0.2
SLOWER = 5.0
"""How much slower than a quiet machine the one that runs the tests may be."""


def _wide() -> DagSpec:
    return a_dag(a_task("first"), *(a_task(f"t{number}", "first") for number in range(SIZE - 1)), dag_id="large")


def _deep() -> DagSpec:
    chain = [a_task(f"t{number}", *([f"t{number - 1}"] if number else [])) for number in range(SIZE // 2)]
    beside = [a_task(f"s{number}") for number in range(SIZE // 2)]
    return a_dag(*chain, *beside, dag_id="large")


def _random() -> DagSpec:
    rng = random.Random(7)
    tasks = []
    for number in range(SIZE):
        parents = sorted({rng.randrange(number) for _ in range(rng.randrange(4))}) if number else []
        tasks.append(a_task(f"t{number}", *(f"t{parent}" for parent in parents)))
    return a_dag(*tasks, dag_id="large")


SHAPES = [_wide, _deep, _random]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__.strip("_"))
async def test_its_graph_is_served_in_two_seconds(yard: Yard, ask: Ask, shape: Callable[[], DagSpec]) -> None:
    spec = yard.add_dag(shape())
    began = time.process_time()
    answer = await ask("dags", spec.dag_id, "graph")
    took = time.process_time() - began
    assert len(answer.json["nodes"]) == SIZE
    assert len(answer.json["edges"]) == len(spec.edges)
    assert took <= GRAPH_SECONDS, f"{took:.2f} s of processor time"


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__.strip("_"))
def test_no_pass_over_it_is_long(shape: Callable[[], DagSpec]) -> None:
    world = World.of(shape(), slots=64)
    longest = 0.0
    for _ in range(6):
        began = time.process_time()
        world.step()
        longest = max(longest, time.process_time() - began)
        for start in world.started:
            world.begin(start)
            world.succeed(start)
        world.started.clear()
    assert longest <= PASS_SECONDS * SLOWER, f"{longest:.3f} s of processor time"


def test_its_file_is_parsed_with_all_its_edges(tmp_path: Path) -> None:
    spec = _random()
    assert spec.dag_id == DagId("large")
    file = tmp_path / "large.py"
    file.write_text(
        "from jupyter_couture import DAG, EmptyOperator\n"
        f"EDGES = {[[parent, child] for parent, child in spec.edges]!r}\n"
        'with DAG("large", schedule=None) as dag:\n'
        f'    tasks = {{f"t{{number}}": EmptyOperator(task_id=f"t{{number}}") for number in range({SIZE})}}\n'
        "    for parent, child in EDGES:\n"
        "        tasks[parent] >> tasks[child]\n"
    )
    found = show_file(file, Settings.load(home=str(tmp_path / "home")))
    assert found["errors"] == []
    (dag,) = found["dags"]
    assert len(dag["tasks"]) == SIZE
    assert sorted(map(tuple, dag["edges"])) == sorted(spec.edges)
