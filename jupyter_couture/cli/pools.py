"""``jupyter couture pools``: how many task instances may use something scarce at the same time."""

from typing import Any

import click

from jupyter_couture.app.office import opened_office
from jupyter_couture.cli.exchange import export_command, import_command
from jupyter_couture.cli.options import json_option, list_options, print_json, settings_of
from jupyter_couture.model.pools import Pool
from jupyter_couture.ports.pools import PoolUse
from jupyter_couture.services.pools import MAX_SLOTS, PoolQuery
from jupyter_couture.services.secret_files import read_mapping


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
@list_options("name", "slots", "description", default="name", limit=1000, most=100_000)
@json_option
@click.pass_context
def list_(ctx: click.Context, search: str, order_by: str, limit: int, offset: int, as_json: bool) -> None:
    """List pools with their slots."""
    query = PoolQuery(search=search, order_by=order_by, limit=limit, offset=offset)
    with opened_office(settings_of(ctx)) as office:
        uses, total = office.pools.page(query)
    rows = [_row(use) for use in uses]
    if as_json:
        print_json({"pools": rows, "total": total})
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


command.add_command(
    import_command(
        "pool",
        "Store the pools of FILE (.json, .yaml): an export of ours or of Airflow's.",
        read_mapping,
        lambda safe: safe.office.pools,
    )
)
command.add_command(export_command("pool", lambda safe, _: safe.office.pools.export(), has_secrets=False))
