"""A thousand tasks that do nothing, a process each, all recorded; next to bare Dask on the same workers."""

from collections.abc import Iterator

from benchmarks import bare_dask
from benchmarks.dags.wide import WIDTH
from benchmarks.deployment import Deployment, deployed
from benchmarks.measures import Measure
from benchmarks.processes import cpu_seconds


def run() -> Iterator[Measure]:
    """Measure the second run: the first one warms up. Bare Dask is measured before and after."""
    with deployed("wide.py") as deployment:
        deployment.wait_for_dag("wide_1000")
        _rate(deployment)
        before = bare_dask.rates(deployment.settings, WIDTH)
        cpu = cpu_seconds(deployment.settings)
        rate = _rate(deployment)
        spent = cpu_seconds(deployment.settings)
        after = bare_dask.rates(deployment.settings, WIDTH)
    bare, forked = ((one + other) / 2 for one, other in zip(before, after, strict=True))
    yield Measure(workload="wide-1000", metric="throughput", value=rate, unit="tasks/s", budget=150, at_least=True)
    yield Measure(workload="wide-1000", metric="bare Dask, nothing recorded or forked", value=bare, unit="tasks/s")
    yield Measure(workload="wide-1000", metric="bare Dask, one warm fork each", value=forked, unit="tasks/s")
    yield Measure(
        workload="wide-1000",
        metric="ratio to bare Dask with a fork",
        value=rate / forked,
        unit="ratio",
        budget=0.6,
        at_least=True,
    )
    for name, seconds in spent.items():
        value = (seconds - cpu.get(name, 0.0)) / WIDTH * 1000
        yield Measure(workload="wide-1000", metric=f"CPU of {name}", value=value, unit="ms/task")


def _rate(deployment: Deployment) -> float:
    run = deployment.ended(deployment.trigger("wide_1000"))
    assert run.ended_at is not None
    return WIDTH / (run.ended_at - run.queued_at).total_seconds()
