"""``jupyter couture mails``: the outbox of alerts."""

from typing import Any

import click

from jupyter_couture.app.office import opened_office
from jupyter_couture.cli.action_options import between_options, instant
from jupyter_couture.cli.options import json_option, list_options, order_of, print_json, settings_of
from jupyter_couture.model.alerts import AlertQuery, MailKind, MailRow, MailState


@click.group(name="mails")
def command() -> None:
    """List mails that are to be sent, were sent or were given up, and have them tried again."""


def _row(row: MailRow) -> dict[str, Any]:
    mail = row.mail
    return {
        "mail_id": mail.mail_id,
        "kind": mail.kind.value,
        "state": row.state.value,
        "dag_id": mail.dag_id,
        "run_id": mail.run_id,
        "task_id": mail.task_id,
        "to": list(mail.to),
        "subject": mail.subject,
        "made_at": mail.made_at.isoformat(),
        "tries": row.tries,
        "next_try_at": row.next_try_at.isoformat() if row.next_try_at else None,
        "sent_at": row.sent_at.isoformat() if row.sent_at else None,
        "error": row.error,
    }


def _print(row: dict[str, Any]) -> None:
    error = f"  {row['error']}" if row["error"] else ""
    click.echo(f"{row['mail_id']}  {row['state']:8}{row['subject']}  to {', '.join(row['to'])}{error}")


@command.command(name="list")
@click.option("--dag", default="", help="Only of this DAG.")
@click.option("--run", default="", help="Only of runs of this id.")
@click.option("--kind", type=click.Choice([kind.value for kind in MailKind]), help="Only those.")
@click.option("--state", type=click.Choice([state.value for state in MailState]), help="Only those.")
@between_options("made")
@list_options("made_at", "sent_at", "dag_id", "kind", default="-made_at")
@json_option
@click.pass_context
def list_(
    ctx: click.Context,
    dag: str,
    run: str,
    kind: str | None,
    state: str | None,
    since: str | None,
    until: str | None,
    order_by: str,
    limit: int,
    offset: int,
    as_json: bool,
) -> None:
    """List mails, newest first."""
    query = AlertQuery(
        dag_id=dag,
        run_id=run,
        kind=MailKind(kind) if kind else None,
        state=MailState(state) if state else None,
        since=instant(since, "--since"),
        until=instant(until, "--until"),
        limit=limit,
        offset=offset,
        **order_of(order_by),
    )
    with opened_office(settings_of(ctx)) as office:
        page = office.alerts.mails(query)
    rows = [_row(row) for row in page.rows]
    if as_json:
        print_json({"mails": rows, "total": page.total})
        return
    for row in rows:
        _print(row)


@command.command()
@click.argument("mail_id", required=False)
@click.option("--all-unsent", is_flag=True, help="All that were given up.")
@json_option
@click.pass_context
def retry(ctx: click.Context, mail_id: str | None, all_unsent: bool, as_json: bool) -> None:
    """Have the mail MAIL_ID tried again now by the engine, or all that were given up."""
    if (mail_id is None) != all_unsent:
        raise click.UsageError("give a MAIL_ID, or --all-unsent")
    with opened_office(settings_of(ctx)) as office:
        found = [office.alerts.retry(mail_id)] if mail_id is not None else office.alerts.retry_unsent()
        for row in found:
            office.note("mail.retry", mail_id=row.mail.mail_id)
    rows = [_row(row) for row in found]
    if as_json:
        print_json({"mails": rows})
        return
    for each in rows:
        _print(each)
