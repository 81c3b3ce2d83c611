"""``jupyter couture audit``: who did what."""

from typing import Any

import click

from jupyter_couture.app.office import opened_office
from jupyter_couture.cli.action_options import between_options, instant
from jupyter_couture.cli.options import json_option, list_options, print_json, settings_of
from jupyter_couture.model.browsing import AuditFilter
from jupyter_couture.model.records import AuditEntry


@click.group(name="audit")
def command() -> None:
    """Look at the audit log: who did what, when and from where."""


def _row(entry: AuditEntry) -> dict[str, Any]:
    return {
        "at": entry.at.isoformat(),
        "actor": entry.actor,
        "event": entry.event,
        "source_ip": entry.source_ip,
        "dag_id": entry.dag_id,
        "run_id": entry.run_id,
        "task_id": entry.task_id,
        "extra": dict(entry.extra),
    }


@command.command(name="list")
@click.option("--event", default="", help="Only of this kind, such as trigger.")
@click.option("--actor", default="", help="Only what this person or program did.")
@click.option("--dag", default="", help="Only about this DAG.")
@click.option("--run", default="", help="Only about runs of this id.")
@click.option("--task", default="", help="Only about this task.")
@between_options("done")
@list_options("at", default="-at")
@json_option
@click.pass_context
def list_(
    ctx: click.Context,
    event: str,
    actor: str,
    dag: str,
    run: str,
    task: str,
    since: str | None,
    until: str | None,
    order_by: str,
    limit: int,
    offset: int,
    as_json: bool,
) -> None:
    """List what was done, newest first."""
    wanted = AuditFilter(
        event=event,
        actor=actor,
        dag_id=dag,
        run_id=run,
        task_id=task,
        since=instant(since, "--since"),
        until=instant(until, "--until"),
        is_oldest_first=order_by == "at",
        limit=limit,
        offset=offset,
    )
    with opened_office(settings_of(ctx)) as office:
        page = office.browsing.audit(wanted)
    if as_json:
        print_json(
            {"entries": [_row(each.entry) for each in page.rows], "total": page.total, "has_more": page.has_more}
        )
        return
    for found in page.rows:
        each = found.entry
        about = "/".join(name for name in (each.dag_id, each.run_id, each.task_id) if name)
        click.echo(f"{each.at.isoformat()}  {each.actor}  {each.event}  {about}".rstrip())
    click.echo(f"{len(page.rows)} of {page.total}{' or more' if page.has_more else ''}")
