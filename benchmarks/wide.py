"""A thousand tasks that do nothing, a process each, all recorded; next to what Dask alone can do."""

from collections import defaultdict
from collections.abc import Iterator
from statistics import median

from benchmarks import bare_dask, stock_dask
from benchmarks.dags.wide import WIDTH
from benchmarks.deployment import Deployment, deployed
from benchmarks.measures import Measure
from benchmarks.processes import cpu_seconds

ROUNDS = 5


def run() -> Iterator[Measure]:
    """Medians of several runs after one that warms up; Dask is measured before and after each of them.

    A run lasts no longer than the machine keeps its pace: single ratios scatter by a tenth.
    """
    rates: list[float] = []
    others: list[tuple[float, ...]] = []
    ratios: list[tuple[float, ...]] = []
    spent: defaultdict[str, float] = defaultdict(float)
    with deployed("wide.py") as deployment:
        deployment.wait_for_dag("wide_1000")
        _rate(deployment)
        before = _others(deployment)
        for _ in range(ROUNDS):
            cpu = cpu_seconds(deployment.settings)
            rate = _rate(deployment)
            for name, seconds in cpu_seconds(deployment.settings).items():
                spent[name] += seconds - cpu.get(name, 0.0)
            after = _others(deployment)
            meanwhile = tuple((one + other) / 2 for one, other in zip(before, after, strict=True))
            rates.append(rate)
            others.append(meanwhile)
            ratios.append(tuple(rate / other for other in meanwhile))
            before = after
    stock, forked, bare, least = map(median, zip(*others, strict=True))
    _, to_forked, _, to_least = map(median, zip(*ratios, strict=True))
    yield Measure(
        workload="wide-1000", metric="throughput", value=median(rates), unit="tasks/s", budget=150, at_least=True
    )
    yield Measure(workload="wide-1000", metric="Dask as it comes, tasks that do nothing", value=stock, unit="tasks/s")
    yield Measure(workload="wide-1000", metric="Dask as it comes, one warm fork each", value=forked, unit="tasks/s")
    yield Measure(
        workload="wide-1000",
        metric="ratio to Dask with a fork",
        value=to_forked,
        unit="ratio",
        budget=0.6,
        at_least=True,
    )
    yield Measure(workload="wide-1000", metric="our pool, one graph of coroutines", value=bare, unit="tasks/s")
    yield Measure(workload="wide-1000", metric="the same, a fork not waited for", value=least, unit="tasks/s")
    yield Measure(workload="wide-1000", metric="ratio to the latter", value=to_least, unit="ratio")
    for name, seconds in spent.items():
        value = seconds / ROUNDS / WIDTH * 1000
        yield Measure(workload="wide-1000", metric=f"CPU of {name}", value=value, unit="ms/task")


def _others(deployment: Deployment) -> tuple[float, float, float, float]:
    settings = deployment.settings
    return *stock_dask.rates(settings, WIDTH), *bare_dask.rates(settings, WIDTH)


def _rate(deployment: Deployment) -> float:
    run = deployment.ended(deployment.trigger("wide_1000"))
    assert run.ended_at is not None
    return WIDTH / (run.ended_at - run.queued_at).total_seconds()
