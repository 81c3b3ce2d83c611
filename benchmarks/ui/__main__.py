"""``python -m benchmarks.ui [MEASUREMENT ...] [--list]``: the views in a real lab and a headless Chromium.

One lab serves all measurements; each gets a fresh page and writes the DAG files it needs. Every number is one JSON
line; the exit code is 1 if a budget is missed.
"""

import importlib
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import click
from playwright.sync_api import Browser

from benchmarks.measures import Measure, load_average, show
from jupyter_couture.cli.lab import Lab
from tests.e2e.lab import lab_host, running_browser

SIZE = (1400, 850)

MEASUREMENTS = {
    "bundle": "benchmarks.ui.bundle",
    "pixel": "benchmarks.ui.pixel",
    "storm": "benchmarks.ui.storm",
    "graph": "benchmarks.ui.graph",
    "tree": "benchmarks.ui.tree",
    "widgets": "benchmarks.ui.widgets",
    "list": "benchmarks.ui.list",
}
"""By name, in this order: a later one may leave many DAGs behind."""


def run(names: Sequence[str]) -> bool:
    """Run measurements one after another, printing each number as it comes; whether all budgets are kept."""
    is_ok = True
    with tempfile.TemporaryDirectory(prefix="couture-bench-ui-") as folder, lab_host(Path(folder)) as host:
        lab = host.start()
        try:
            with running_browser() as browser:
                for name in names:
                    show(Measure(workload=name, metric="load before", value=load_average(), unit="tasks"), as_json=True)
                    for measure in _measures(name, browser, lab):
                        show(measure, as_json=True)
                        is_ok = is_ok and measure.is_ok is not False
        finally:
            lab.close()
    return is_ok


def _measures(name: str, browser: Browser, lab: Lab) -> Iterable[Measure]:
    context = browser.new_context(viewport={"width": SIZE[0], "height": SIZE[1]})
    try:
        yield from importlib.import_module(MEASUREMENTS[name]).measure(context.new_page(), lab)
    finally:
        context.close()


@click.command(name="benchmarks.ui")
@click.argument("names", nargs=-1, type=click.Choice(list(MEASUREMENTS)))
@click.option("--list", "only_list", is_flag=True, help="Name the measurements and end.")
def command(names: tuple[str, ...], only_list: bool) -> None:
    """Measure NAMES (default: all) and compare with the budgets."""
    if only_list:
        for name, module in MEASUREMENTS.items():
            click.echo(f"{name:<10}{(importlib.import_module(module).__doc__ or '').strip().splitlines()[0]}")
        return
    sys.exit(0 if run(names or tuple(MEASUREMENTS)) else 1)


if __name__ == "__main__":
    command()
