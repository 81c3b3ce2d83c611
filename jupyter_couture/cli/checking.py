"""``jupyter couture dags check``: what of a folder of DAG files, Airflow's or ours, loads and runs here."""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from jupyter_couture.app.edges import look_into_store
from jupyter_couture.cli.options import json_option, print_json, settings_of
from jupyter_couture.model.errors import Unavailable
from jupyter_couture.services.checking import POOL, Asked, Deployment, Report, When, check_path, stand_ins
from jupyter_couture.services.secrets import Secrets
from jupyter_couture.settings import Settings

_MOST = 3
_WIDTH = 160
"""Columns of a table that goes to no terminal."""
_SQLITE = "sqlite:///"


@click.command(name="check")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@json_option
@click.pass_context
def check(ctx: click.Context, path: Path, as_json: bool) -> None:
    """Say of every DAG file at PATH, a file or a folder, whether it loads here and what its tasks need.

    Files for Airflow 1.10, 2 and 3 are meant, and ours. Each is parsed in an isolated process; no server is needed, and
    nothing is stored. Variables and connections that are missing get stand-ins, so that the DAGs can be seen, and are
    listed with the pools and packages that are missing; if this home has a deployment, what it has is found there.
    Exits with 0 if all files load, with 1 if some do not, and with 2 if the call is wrong.
    """
    settings = settings_of(ctx)
    with _deployment(settings) as deployment:
        report = check_path(path, settings, deployment)
    if as_json:
        print_json(report.as_json())
    else:
        _print(report)
    sys.exit(1 if report.broken else 0)


@contextmanager
def _deployment(settings: Settings) -> Iterator[Deployment]:
    """The deployment of this home as far as there is one; none is made."""
    url = settings.database_url
    if url.startswith(_SQLITE) and not Path(url.removeprefix(_SQLITE)).is_file():
        yield Deployment(Secrets.load(settings, None))
        return
    try:
        store = look_into_store(settings)
    except Unavailable as error:
        click.secho(f"Without the deployment: {error}", fg="yellow", err=True)
        yield Deployment(Secrets.load(settings, None))
        return
    try:
        yield Deployment(Secrets.load(settings, store), frozenset(pool.name for pool in store.pools()))
    finally:
        store.close()


def _print(report: Report) -> None:
    console = Console(highlight=False, width=None if sys.stdout.isatty() else _WIDTH, soft_wrap=True)
    if not report.files:
        console.print(f"No file at {report.path} mentions a DAG.")
        return
    if report.dags:
        console.print(_dag_table(report))
    _print_placeholders(console, report)
    _print_asked(console, report)
    _print_packages(console, report.packages)
    for note in report.notes:
        console.print(f"[yellow]{escape(note)}[/]")
    for dag in report.dags:
        for warning in dag.warnings:
            console.print(f"[yellow]{escape(dag.spec.file)}, {escape(dag.spec.dag_id)}:[/] {escape(warning)}")
    for checked in report.broken:
        without = stand_ins(checked)
        for problem in checked.parsed.problems:
            console.print(f"[red]{escape(checked.parsed.file)}:{problem.line or 1}:[/] {escape(problem.message)}")
        if without:
            console.print(f"    It was loaded with stand-ins for {escape(without)}: set these and check again.")
    console.print(_summary(report))


def _dag_table(report: Report) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("file", "DAG", "dialect", "schedule"):
        table.add_column(name, overflow="fold")
    for name in ("tasks", "run", "need a service", "placeholders"):
        table.add_column(name, justify="right")
    for dag in report.dags:
        schedule = dag.spec.schedule.label if dag.spec.schedule is not None else "none"
        counts = (len(dag.tasks), dag.count("runs"), dag.count("needs_service"), dag.count("placeholder"))
        texts = (dag.spec.file, dag.spec.dag_id, dag.spec.dialect, schedule)
        table.add_row(*(escape(text) for text in texts), *(str(count) if count else "" for count in counts))
    return table


def _print_placeholders(console: Console, report: Report) -> None:
    operators: dict[tuple[str, str], Counter[str]] = {}
    for task in (task.task for dag in report.dags for task in dag.tasks):
        if task.missing is not None:
            advice = task.missing.sentence.partition("; ")[2] or task.missing.sentence
            operators.setdefault((task.missing.provider, advice), Counter())[task.operator] += 1
    if operators:
        console.print("\n[bold]Placeholders[/]: in the graph, and failing when they run")
    for (provider, advice), counted in sorted(operators.items()):
        names = [f"{name} ({count})" if count > 1 else name for name, count in counted.most_common()]
        console.print(f"  {escape(provider)}: {escape(_some(names))}; {escape(advice)}")


def _print_asked(console: Console, report: Report) -> None:
    rows = [(kind, asked) for kind, found in report.asked.items() for asked in found]
    if not rows:
        return
    where = "" if report.has_deployment else " (this home has no deployment yet)"
    console.print(f"\n[bold]Asked for[/]{where}")
    table = Table(box=None, pad_edge=False, show_header=False)
    for kind, asked in rows:
        table.add_row(f"  {kind}", escape(asked.name), _state(kind, asked), escape(_some(sorted(asked.files))))
    console.print(table)


def _state(kind: str, asked: Asked) -> str:
    if asked.exists:
        return "[green]here[/]"
    word = "unknown" if asked.exists is None else "missing"
    if asked.has_default:
        return f"{word}, has a default"
    if asked.is_needed_to_load:
        return f"[red]{word}[/], needed to load the file"
    return f"[yellow]{word}[/]{', its tasks wait for it' if kind == POOL else ''}"


def _print_packages(console: Console, packages: Sequence[Asked]) -> None:
    if packages:
        console.print("\n[bold]Packages that are not installed[/]")
    for each in packages:
        when = "when the file is loaded" if When.LOAD in each.when else "when its tasks run"
        console.print(f"  {escape(each.name)}  {when}: {escape(_some(sorted(each.files)))}")


def _some(names: Sequence[str]) -> str:
    """The first few of the names, and how many more there are."""
    shown = names[:_MOST]
    return ", ".join(shown) + (f" and {len(names) - len(shown)} more" if len(names) > len(shown) else "")


def _summary(report: Report) -> str:
    n = report.summary
    color = "red" if n["broken"] else "green"
    loads = f"{n['loading']} of {_count(n['files'], 'file')} load"
    stand_in = f" ({n['with_stand_ins']} only with stand-ins for what is missing)" if n["with_stand_ins"] else ""
    return (
        f"\n[bold {color}]{loads}{stand_in}.[/] {_count(n['dags'], 'DAG')}, {_count(n['tasks'], 'task')}: "
        f"{n['runs']} run{_s(n['runs'])} here, {n['needs_service']} need{_s(n['needs_service'])} a service, "
        f"{_count(n['placeholders'], 'placeholder')}."
    )


def _s(number: int) -> str:
    """The ending of a verb."""
    return "s" if number == 1 else ""


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
