"""A thousand tasks that do nothing, a process each, all recorded; next to what Dask alone can do."""

from collections.abc import Iterator

from benchmarks import bare_dask, stock_dask
from benchmarks.dags.wide import WIDTH
from benchmarks.deployment import Deployment, deployed
from benchmarks.measures import Measure
from benchmarks.processes import cpu_seconds


def run() -> Iterator[Measure]:
    """Measure the second run: the first one warms up. Dask is measured before and after."""
    with deployed("wide.py") as deployment:
        deployment.wait_for_dag("wide_1000")
        _rate(deployment)
        before = _others(deployment)
        cpu = cpu_seconds(deployment.settings)
        rate = _rate(deployment)
        spent = cpu_seconds(deployment.settings)
        after = _others(deployment)
    stock, forked, bare, least = ((one + other) / 2 for one, other in zip(before, after, strict=True))
    yield Measure(workload="wide-1000", metric="throughput", value=rate, unit="tasks/s", budget=150, at_least=True)
    yield Measure(workload="wide-1000", metric="Dask as it comes, tasks that do nothing", value=stock, unit="tasks/s")
    yield Measure(workload="wide-1000", metric="Dask as it comes, one warm fork each", value=forked, unit="tasks/s")
    yield Measure(
        workload="wide-1000",
        metric="ratio to Dask with a fork",
        value=rate / forked,
        unit="ratio",
        budget=0.6,
        at_least=True,
    )
    yield Measure(workload="wide-1000", metric="our pool, one graph of coroutines", value=bare, unit="tasks/s")
    yield Measure(workload="wide-1000", metric="the same, a fork not waited for", value=least, unit="tasks/s")
    yield Measure(workload="wide-1000", metric="ratio to the latter", value=rate / least, unit="ratio")
    for name, seconds in spent.items():
        value = (seconds - cpu.get(name, 0.0)) / WIDTH * 1000
        yield Measure(workload="wide-1000", metric=f"CPU of {name}", value=value, unit="ms/task")


def _others(deployment: Deployment) -> tuple[float, float, float, float]:
    settings = deployment.settings
    return *stock_dask.rates(settings, WIDTH), *bare_dask.rates(settings, WIDTH)


def _rate(deployment: Deployment) -> float:
    run = deployment.ended(deployment.trigger("wide_1000"))
    assert run.ended_at is not None
    return WIDTH / (run.ended_at - run.queued_at).total_seconds()
