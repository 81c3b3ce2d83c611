"""Fifty runs of ten tasks at once."""

from collections.abc import Iterator

from benchmarks.deployment import Deployment, deployed
from benchmarks.measures import Measure

RUNS = 50
TASKS = 10


def run() -> Iterator[Measure]:
    """Measure the second time: the first one warms up."""
    with deployed("ten.py") as deployment:
        deployment.wait_for_dag("ten")
        _rate(deployment)
        rate = _rate(deployment)
    yield Measure(workload="runs-50x10", metric="throughput", value=rate, unit="tasks/s", budget=120, at_least=True)


def _rate(deployment: Deployment) -> float:
    keys = [deployment.trigger("ten") for _ in range(RUNS)]
    runs = [deployment.ended(key) for key in keys]
    begin = min(run.queued_at for run in runs)
    end = max(run.ended_at for run in runs if run.ended_at is not None)
    return RUNS * TASKS / (end - begin).total_seconds()
