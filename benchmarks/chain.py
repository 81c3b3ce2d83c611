"""Thirty tasks one after another: from the end of one task's code to the beginning of the next one's."""

from collections.abc import Iterator
from itertools import pairwise

from benchmarks.deployment import Deployment, deployed
from benchmarks.measures import Measure, median, percentile

ROUNDS = 4


def run() -> Iterator[Measure]:
    """Measure hops over several runs; the first run warms up."""
    with deployed("chain.py") as deployment:
        deployment.wait_for_dag("chain_30")
        hops = [hop for number in range(ROUNDS + 1) for hop in _hops(deployment, number) if number]
    yield Measure(workload="chain-30", metric="hop p50", value=median(hops), unit="ms", budget=20)
    yield Measure(workload="chain-30", metric="hop p99", value=percentile(hops, 0.99), unit="ms", budget=60)
    yield Measure(workload="chain-30", metric="30 tasks", value=sum(hops) / ROUNDS / 1000, unit="s")


def _hops(deployment: Deployment, number: int) -> list[float]:
    """Milliseconds between the stamps of one run."""
    file = deployment.stamps / f"chain-{number}"
    deployment.ended(deployment.trigger("chain_30", {"stamps": str(file)}))
    stamps = [float(line) for line in file.read_text().split()]
    return [(later - earlier) * 1000 for earlier, later in pairwise(stamps)]
