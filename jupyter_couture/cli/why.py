"""``jupyter couture why``: everything that keeps a task instance from running."""

import click

from jupyter_couture.app.office import opened_office
from jupyter_couture.cli.options import json_option, print_json, settings_of
from jupyter_couture.model.ids import NOT_MAPPED, RunKey, TaskKey, dag_id, run_id, task_id
from jupyter_couture.services.reasons import as_rows


@click.command(name="why")
@click.argument("dag")
@click.argument("run")
@click.argument("task")
@click.option("--map-index", type=click.IntRange(0), help="The instance of a mapped task.")
@json_option
@click.pass_context
def command(ctx: click.Context, dag: str, run: str, task: str, map_index: int | None, as_json: bool) -> None:
    """Say everything that keeps TASK of RUN of DAG from running now, or what it failed of."""
    key = TaskKey(task_id(task), NOT_MAPPED if map_index is None else map_index)
    with opened_office(settings_of(ctx)) as office:
        rows = as_rows(office.reasons.of(RunKey(dag_id(dag), run_id(run)), key))
    if as_json:
        print_json({"reasons": rows})
        return
    for row in rows:
        click.echo(row["sentence"])
    if not rows:
        click.echo("Nothing: it runs, or is about to.")
