"""``jupyter couture bench``: how fast is this machine, next to the budgets and to bare Dask.

The workloads live in ``benchmarks/`` of the source tree, not in the installed package.
"""

import importlib
import sys

import click


@click.command(name="bench")
@click.argument("workloads", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line instead of a table.")
@click.option("--list", "only_list", is_flag=True, help="Name the workloads and end.")
def command(workloads: tuple[str, ...], as_json: bool, only_list: bool) -> None:
    """Run WORKLOADS (default: all), each on a deployment of its own.

    Exits with 1 if a budget is missed.
    """
    try:
        catalogue = importlib.import_module("benchmarks.catalogue")
    except ModuleNotFoundError:
        raise click.ClickException("the benchmarks come with the source tree: run this in a checkout") from None
    if only_list:
        for name, line in catalogue.describe():
            click.echo(f"{name:<16}{line}")
        return
    unknown = sorted(set(workloads) - set(catalogue.WORKLOADS))
    if unknown:
        raise click.BadParameter(f"no workload {', '.join(unknown)}; --list names them all")
    sys.exit(0 if catalogue.run(workloads or tuple(catalogue.WORKLOADS), as_json=as_json) else 1)
