"""All workloads by name."""

import importlib
import subprocess
import sys
from collections.abc import Iterator, Sequence

from benchmarks.measures import Measure, load_average, show

WORKLOADS = {
    "wide-1000": "benchmarks.wide",
    "chain-30": "benchmarks.chain",
    "trigger-latency": "benchmarks.trigger",
    "runs-50x10": "benchmarks.runs",
    "notebook-3cells": "benchmarks.notebook",
    "startup": "benchmarks.startup",
    "idle": "benchmarks.idle",
    "parse-500": "benchmarks.parse",
    "passes-10000": "benchmarks.passes",
    "lists-1000000": "benchmarks.lists",
    "pages-1000000": "benchmarks.pages",
}


def describe() -> Iterator[tuple[str, str]]:
    """Every workload with the first line of what it does."""
    for name, module in WORKLOADS.items():
        yield name, (importlib.import_module(module).__doc__ or "").strip().splitlines()[0]


def run(names: Sequence[str], *, as_json: bool) -> bool:
    """Run workloads one after another, printing each measure as it comes; whether all budgets are kept.

    Of several, each has a process of its own: what one leaves in memory would burden the next one's garbage collector.
    """
    if len(names) == 1:
        return _run(names[0], as_json=as_json)
    verdicts = [_run_apart(name, as_json=as_json) for name in names]
    return all(verdicts)


def _run_apart(name: str, *, as_json: bool) -> bool:
    command = [sys.executable, "-m", "benchmarks", name, *(["--json"] if as_json else [])]
    return subprocess.run(command, check=False).returncode == 0


def _run(name: str, *, as_json: bool) -> bool:
    is_ok = True
    show(Measure(workload=name, metric="load before", value=load_average(), unit="tasks"), as_json=as_json)
    for measure in importlib.import_module(WORKLOADS[name]).run():
        show(measure, as_json=as_json)
        is_ok = is_ok and measure.is_ok is not False
    return is_ok
