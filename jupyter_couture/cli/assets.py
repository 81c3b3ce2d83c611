"""``jupyter couture assets``: look at assets and their events, and say that one was updated."""

from typing import Any

import click

from jupyter_couture.app.office import opened_office
from jupyter_couture.cli.options import json_object, json_option, list_options, print_json, settings_of
from jupyter_couture.model.assets import Asset, AssetEvent, AssetOrder
from jupyter_couture.services.assets import Assets


@click.group(name="assets")
def command() -> None:
    """Look at assets and their events, and say that one was updated."""


def _asset(row: Asset) -> dict[str, Any]:
    return {
        "uri": row.uri,
        "name": row.name,
        "group": row.group,
        "extra": dict(row.extra),
        "producers": [list(user) for user in row.producers],
        "consumers": [list(user) for user in row.consumers],
        "event_count": row.event_count,
        "last_event_at": row.last_event_at.isoformat() if row.last_event_at else None,
    }


def _event(event: AssetEvent) -> dict[str, Any]:
    source = event.source
    return {
        "number": event.number,
        "uri": event.uri,
        "at": event.at.isoformat(),
        "extra": dict(event.extra),
        "source": None if source is None else [source.dag_id, source.run_id, source.task_id, source.map_index],
    }


@command.command(name="list")
@click.option("--search", default="", help="Part of the URI.")
@click.option("--dag", help="Only what this DAG updates, reads or waits for.")
@list_options("uri", "name", "group", default="uri")
@json_option
@click.pass_context
def list_(
    ctx: click.Context, search: str, dag: str | None, order_by: str, limit: int, offset: int, as_json: bool
) -> None:
    """List assets with who updates them and who waits for them."""
    with opened_office(settings_of(ctx)) as office:
        assets = Assets(office.store, office.publisher)
        rows, total = assets.page(search, limit, offset, dag_id=dag, order=AssetOrder(order_by))
    if as_json:
        print_json({"assets": [_asset(row) for row in rows], "total": total})
        return
    for row in rows:
        click.echo(f"{row.uri}  {row.event_count} events")
        for dag, task in row.producers:
            click.echo(f"  updated by {dag}.{task}")
        for dag, task in row.consumers:
            click.echo(f"  {'read by' if task else 'starts'} {dag}{'.' + task if task else ''}")
    click.echo(f"{len(rows)} of {total}")


@command.command()
@click.argument("uri", required=False)
@click.option("--dag", help="Only those that this DAG made.")
@list_options("number", default="-number", limit=25)
@json_option
@click.pass_context
def events(
    ctx: click.Context, uri: str | None, dag: str | None, order_by: str, limit: int, offset: int, as_json: bool
) -> None:
    """List the updates of the asset URI, or of all, newest first."""
    with opened_office(settings_of(ctx)) as office:
        assets = Assets(office.store, office.publisher)
        rows, total = assets.events(uri, dag, limit, offset, oldest_first=order_by == "number")
    if as_json:
        print_json({"events": [_event(row) for row in rows], "total": total})
        return
    for row in rows:
        by = "by hand" if row.source is None else f"by {row.source.dag_id}.{row.source.task_id} in {row.source.run_id}"
        click.echo(f"{row.at.isoformat()}  {row.uri}  {by}")
    click.echo(f"{len(rows)} of {total}")


@command.command()
@click.argument("uri")
@click.option("--extra", default="{}", help="JSON object for the tasks of the DAGs it starts.")
@json_option
@click.pass_context
def emit(ctx: click.Context, uri: str, extra: str, as_json: bool) -> None:
    """Say that the asset URI was updated: DAGs that wait for it start."""
    with opened_office(settings_of(ctx)) as office:
        event = Assets(office.store, office.publisher).emit(uri, json_object(extra, "--extra"))
        office.note("emit_asset", uri=uri)
    if as_json:
        print_json(_event(event))
    else:
        click.echo(f"Event {event.number} of {event.uri} at {event.at.isoformat()}")
