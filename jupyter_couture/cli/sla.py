"""``jupyter couture sla``: deadlines that were missed, and notes on them."""

from typing import Any

import click

from jupyter_couture.app.office import opened_office
from jupyter_couture.cli.action_options import between_options, instant
from jupyter_couture.cli.options import json_option, list_options, order_of, print_json, settings_of
from jupyter_couture.model.alerts import AlertQuery, SlaMissRow
from jupyter_couture.model.ids import RunKey


@click.group(name="sla")
def command() -> None:
    """List deadlines (SLAs) that were missed, and write notes on them."""


def _row(row: SlaMissRow) -> dict[str, Any]:
    miss = row.miss
    return {
        "number": row.number,
        "dag_id": miss.dag_id,
        "run_id": miss.run_id,
        "task_id": miss.task_id,
        "logical_date": miss.logical_date.isoformat(),
        "deadline": miss.deadline.isoformat(),
        "recorded_at": miss.recorded_at.isoformat(),
        "mail_sent_at": row.mail_sent_at.isoformat() if row.mail_sent_at else None,
        "called_back_at": row.called_back_at.isoformat() if row.called_back_at else None,
        "note": row.note,
    }


def _print(row: dict[str, Any]) -> None:
    name = f"{row['dag_id']}.{row['task_id']}" if row["task_id"] else f"{row['dag_id']} (the run)"
    mail = "mail sent" if row["mail_sent_at"] else "no mail sent"
    note = f"  {row['note']}" if row["note"] else ""
    click.echo(f"{row['number']:>6}  {name:40}  {row['run_id']}  due {row['deadline']}  {mail}{note}")


@command.command(name="list")
@click.option("--dag", default="", help="Only of this DAG.")
@click.option("--run", default="", help="Only of runs of this id.")
@click.option("--task", default=None, help="Only of this task.")
@between_options("recorded")
@list_options("recorded_at", "deadline", "logical_date", "dag_id", "task_id", default="-recorded_at")
@json_option
@click.pass_context
def list_(
    ctx: click.Context,
    dag: str,
    run: str,
    task: str | None,
    since: str | None,
    until: str | None,
    order_by: str,
    limit: int,
    offset: int,
    as_json: bool,
) -> None:
    """List missed deadlines, newest first."""
    query = AlertQuery(
        dag_id=dag,
        run_id=run,
        task_id=task,
        since=instant(since, "--since"),
        until=instant(until, "--until"),
        limit=limit,
        offset=offset,
        **order_of(order_by),
    )
    with opened_office(settings_of(ctx)) as office:
        page = office.alerts.misses(query)
    rows = [_row(row) for row in page.rows]
    if as_json:
        print_json({"misses": rows, "total": page.total})
        return
    for row in rows:
        _print(row)
    if page.total > len(rows):
        click.echo(f"{len(rows)} of {page.total}")


@command.command()
@click.argument("number", type=click.IntRange(1))
@click.argument("text")
@json_option
@click.pass_context
def note(ctx: click.Context, number: int, text: str, as_json: bool) -> None:
    """Write TEXT on the missed deadline NUMBER, instead of what is written there; an empty TEXT removes it."""
    with opened_office(settings_of(ctx)) as office:
        row = office.alerts.note(number, text)
        office.note("sla.note", RunKey(row.miss.dag_id, row.miss.run_id), row.miss.task_id or None, note=text)
    if as_json:
        print_json(_row(row))
    else:
        _print(_row(row))
