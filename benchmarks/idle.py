"""A deployment with nothing to do: processor time and memory of engine, Dask and supervisor."""

import time
from collections.abc import Iterator

from benchmarks.deployment import deployed
from benchmarks.measures import Measure
from benchmarks.processes import cpu_seconds, pss_bytes

SETTLE_SECONDS = 8.0
WATCH_SECONDS = 20.0


def run() -> Iterator[Measure]:
    """Watch for a while after one run has ended."""
    with deployed("single.py") as deployment:
        deployment.wait_for_dag("single")
        file = deployment.stamps / "one"
        deployment.ended(deployment.trigger("single", {"stamps": str(file)}))
        time.sleep(SETTLE_SECONDS)
        before = cpu_seconds(deployment.settings)
        time.sleep(WATCH_SECONDS)
        after = cpu_seconds(deployment.settings)
        memory = pss_bytes(deployment.settings)
    shares = {name: (after[name] - before.get(name, 0.0)) / WATCH_SECONDS * 100 for name in after}
    dask_and_engine = sum(share for name, share in shares.items() if "supervisor" not in name)
    yield Measure(workload="idle", metric="CPU, engine and Dask", value=dask_and_engine, unit="% core", budget=3)
    yield Measure(workload="idle", metric="CPU, all", value=sum(shares.values()), unit="% core")
    total = sum(memory.values()) / 1024**2
    yield Measure(workload="idle", metric="memory (PSS), all", value=total, unit="MiB", budget=330)
    for name, size in memory.items():
        yield Measure(workload="idle", metric=f"memory of {name}", value=size / 1024**2, unit="MiB")
    for name, share in shares.items():
        if share > 0.05:
            yield Measure(workload="idle", metric=f"CPU of {name}", value=share, unit="% core")
