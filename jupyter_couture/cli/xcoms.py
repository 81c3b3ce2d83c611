"""``jupyter couture xcoms``: values that tasks handed on."""

from typing import Any

import click

from jupyter_couture.app.office import opened_office
from jupyter_couture.cli.options import json_option, list_options, print_json, settings_of
from jupyter_couture.model.ids import NOT_MAPPED, DagId, RunId, RunKey, TaskId, TaskKey
from jupyter_couture.model.xcom import XCom, XComFilter
from jupyter_couture.services.xcoms import XComs

_SHOWN_CHARACTERS = 60

_index_option = click.option("--map-index", default=NOT_MAPPED, help="Of a mapped task: which instance.")


@click.group(name="xcoms")
def command() -> None:
    """List, show and remove values that tasks handed on. Shown is the preview that was stored with a value."""


def _row(found: XCom) -> dict[str, Any]:
    item = found.item
    return {
        "dag_id": found.run_key.dag_id,
        "run_id": found.run_key.run_id,
        "task_id": found.task_key.task_id,
        "map_index": found.task_key.map_index,
        "key": found.key,
        "form": item.form.value,
        "type": item.type_name,
        "size_bytes": item.size_bytes,
        "preview": item.preview,
        "pushed_at": found.pushed_at.isoformat(),
    }


def _key(dag_id: str, run_id: str, task_id: str, map_index: int) -> tuple[RunKey, TaskKey]:
    return RunKey(DagId(dag_id), RunId(run_id)), TaskKey(TaskId(task_id), map_index)


@command.command(name="list")
@click.option("--dag", "dag_id", help="Only of this DAG.")
@click.option("--run", "run_id", help="Only of this run.")
@click.option("--task", "task_id", help="Only of this task.")
@click.option("--key", help="Only under this key.")
@click.option("--map-index", type=click.IntRange(-1), help="Of a mapped task: only of this instance.")
@list_options("pushed_at", default="-pushed_at", most=10_000)
@json_option
@click.pass_context
def list_(
    ctx: click.Context,
    dag_id: str | None,
    run_id: str | None,
    task_id: str | None,
    key: str | None,
    map_index: int | None,
    order_by: str,
    limit: int,
    offset: int,
    as_json: bool,
) -> None:
    """List values, newest first."""
    wanted = XComFilter(
        dag_id=dag_id,
        run_id=run_id,
        task_id=task_id,
        map_index=map_index,
        key=key,
        is_oldest_first=order_by == "pushed_at",
        limit=limit,
        offset=offset,
    )
    with opened_office(settings_of(ctx)) as office:
        page = XComs(office.store, office.settings.xcom_dir).page(wanted)
    rows = [_row(found) for found in page.rows]
    if as_json:
        print_json({"xcoms": rows, "total": page.total})
        return
    for row in rows:
        index = "" if row["map_index"] == NOT_MAPPED else f"[{row['map_index']}]"
        shown = str(row["preview"])
        shown = shown if len(shown) <= _SHOWN_CHARACTERS else f"{shown[:_SHOWN_CHARACTERS]}…"
        click.echo(f"{row['dag_id']}/{row['run_id']}/{row['task_id']}{index}  {row['key']} = {shown}")
    if page.total > len(rows):
        click.echo(f"... {page.total} in all", err=True)


@command.command()
@click.argument("dag_id")
@click.argument("run_id")
@click.argument("task_id")
@click.argument("key", default="return_value")
@_index_option
@json_option
@click.pass_context
def get(ctx: click.Context, dag_id: str, run_id: str, task_id: str, key: str, map_index: int, as_json: bool) -> None:
    """Show the value under KEY (default: what the task returned)."""
    with opened_office(settings_of(ctx)) as office:
        run, task = _key(dag_id, run_id, task_id, map_index)
        row = _row(XComs(office.store, office.settings.xcom_dir).get(run, task, key))
    if as_json:
        print_json(row)
    else:
        click.echo(f"{row['type']} of {row['size_bytes']} bytes ({row['form']})")
        click.echo(str(row["preview"]))


@command.command()
@click.argument("dag_id")
@click.argument("run_id")
@click.argument("task_id")
@click.argument("key")
@_index_option
@click.pass_context
def delete(ctx: click.Context, dag_id: str, run_id: str, task_id: str, key: str, map_index: int) -> None:
    """Remove the value under KEY, so that tasks find it no more."""
    with opened_office(settings_of(ctx)) as office:
        run, task = _key(dag_id, run_id, task_id, map_index)
        XComs(office.store, office.settings.xcom_dir).delete(run, task, key)
        office.note("xcom.remove", run, task_id, name=key)
