"""``jupyter couture pools``: how many task instances may use something scarce at the same time."""

from pathlib import Path
from typing import Any

import click

from jupyter_couture.app.office import opened_office
from jupyter_couture.cli.options import json_option, print_json, settings_of
from jupyter_couture.model.pools import Pool
from jupyter_couture.ports.pools import PoolUse
from jupyter_couture.services.pools import MAX_SLOTS, PoolQuery
from jupyter_couture.services.secret_files import read_mapping, write_mapping
from jupyter_couture.services.variables import IfExists


@click.group(name="pools")
def command() -> None:
    """List, make, change and remove pools; import and export them as JSON or YAML."""


def _row(use: PoolUse) -> dict[str, Any]:
    pool = use.pool
    return {
        "name": pool.name,
        "slots": pool.slots,
        "description": pool.description,
        "includes_deferred": pool.includes_deferred,
        "running": use.running,
        "queued": use.queued,
        "scheduled": use.scheduled,
        "deferred": use.deferred,
        "open": use.open,
    }


def _print(row: dict[str, Any]) -> None:
    slots = "unlimited" if row["slots"] < 0 else f"{row['open']} of {row['slots']} free"
    click.echo(f"{row['name']:30}{slots:20}{row['scheduled']} waiting  {row['description']}".rstrip())


@command.command(name="list")
@click.option("--search", default="", help="Only pools whose name or description holds this.")
@json_option
@click.pass_context
def list_(ctx: click.Context, search: str, as_json: bool) -> None:
    """List pools with their slots."""
    with opened_office(settings_of(ctx)) as office:
        uses, _ = office.pools.page(PoolQuery(search=search, limit=MAX_SLOTS))
    rows = [_row(use) for use in uses]
    if as_json:
        print_json({"pools": rows})
        return
    for row in rows:
        _print(row)


@command.command()
@click.argument("name")
@json_option
@click.pass_context
def get(ctx: click.Context, name: str, as_json: bool) -> None:
    """Show the pool NAME."""
    with opened_office(settings_of(ctx)) as office:
        row = _row(office.pools.get(name))
    print_json(row) if as_json else _print(row)


@command.command(name="set", context_settings={"ignore_unknown_options": True})
@click.argument("name")
@click.argument("slots", type=click.IntRange(-1, MAX_SLOTS))
@click.argument("description", default="")
@click.option("--include-deferred", is_flag=True, help="Deferred task instances keep their slots.")
@json_option
@click.pass_context
def set_(ctx: click.Context, name: str, slots: int, description: str, include_deferred: bool, as_json: bool) -> None:
    """Make or change the pool NAME with so many SLOTS (-1: as many as wanted)."""
    with opened_office(settings_of(ctx)) as office:
        use, is_new = office.pools.put(Pool(name, slots, description, include_deferred))
        office.note("pool.add" if is_new else "pool.change", name=name, slots=slots)
    print_json(_row(use)) if as_json else _print(_row(use))


@command.command()
@click.argument("name")
@click.pass_context
def delete(ctx: click.Context, name: str) -> None:
    """Remove the pool NAME. Tasks that name it wait until it is there again."""
    with opened_office(settings_of(ctx)) as office:
        office.pools.delete(name)
        office.note("pool.remove", name=name)


@command.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--if-exists",
    type=click.Choice([each.value for each in IfExists]),
    default=IfExists.OVERWRITE.value,
    help="What to do with pools that are there.",
    show_default=True,
)
@json_option
@click.pass_context
def import_(ctx: click.Context, file: Path, if_exists: str, as_json: bool) -> None:
    """Store the pools of FILE (.json, .yaml), as export writes them. Exits with 1 if some could not be stored."""
    entries = read_mapping(file)
    with opened_office(settings_of(ctx)) as office:
        report = office.pools.bring_in(entries, IfExists(if_exists))
        office.note("pool.import", names=sorted(entries))
    if as_json:
        found = {name: list(getattr(report, name)) for name in ("created", "updated", "skipped")}
        print_json({**found, "failed": dict(report.failed)})
    else:
        click.echo(
            f"{len(report.created)} created, {len(report.updated)} updated, {len(report.skipped)} skipped, "
            f"{len(report.failed)} failed"
        )
        for name, reason in report.failed.items():
            click.echo(f"{name}: {reason}", err=True)
    ctx.exit(1 if report.failed else 0)


@command.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_context
def export(ctx: click.Context, file: Path) -> None:
    """Write all pools to FILE (.json, .yaml)."""
    with opened_office(settings_of(ctx)) as office:
        entries = office.pools.export()
    write_mapping(file, entries)
    click.echo(f"{len(entries)} pools written to {file}")
