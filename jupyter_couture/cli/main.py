"""The command group: which command lives in which module, and how errors reach a person at a terminal."""

import importlib
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

import jupyter_couture
from jupyter_couture.model.errors import CoutureError
from jupyter_couture.runtime.collecting import uncollected

COMMANDS: Mapping[str, tuple[str, str]] = {
    "airflow": ("jupyter_couture.cli.airflow", "Take over variables, connections and pools of an Airflow."),
    "assets": ("jupyter_couture.cli.assets", "Look at assets and their events, and say that one was updated."),
    "audit": ("jupyter_couture.cli.audit", "Look at who did what."),
    "backfill": ("jupyter_couture.cli.backfill", "Make the runs of a range of dates, a few at a time."),
    "bench": ("jupyter_couture.cli.bench", "Measure how fast this machine runs work, next to bare Dask."),
    "commands": ("jupyter_couture.cli.commands", "Look at what was ordered of the engine, and what came of it."),
    "connections": ("jupyter_couture.cli.connections", "List, add, delete, import and export connections."),
    "dags": ("jupyter_couture.cli.dags", "Look at DAG files and try them out."),
    "db": ("jupyter_couture.cli.db", "Prepare and check the database."),
    "doctor": ("jupyter_couture.cli.doctor", "Check that everything is there and works."),
    "down": ("jupyter_couture.cli.down", "Stop engine, workers and supervisor of this home folder."),
    "engine": ("jupyter_couture.cli.engine", "Run the scheduler."),
    "mails": ("jupyter_couture.cli.mails", "Look at the mails of alerts, and have them tried again."),
    "pools": ("jupyter_couture.cli.pools", "List, make, change and remove pools; import and export them."),
    "runs": ("jupyter_couture.cli.runs", "List, trigger, cancel, clear, set and delete DAG runs."),
    "secrets": ("jupyter_couture.cli.secrets", "Look after the keys under which secrets are stored."),
    "sla": ("jupyter_couture.cli.sla", "Look at missed deadlines, and write notes on them."),
    "supervisor": ("jupyter_couture.cli.supervisor", "Look after the attempts of this host (started by the executor)."),
    "tasks": ("jupyter_couture.cli.tasks", "Look at task instances, clear, mark and run them."),
    "up": ("jupyter_couture.cli.up", "Start JupyterLab with Couture and run the showcase."),
    "why": ("jupyter_couture.cli.why", "Say why a task instance does not run."),
    "variables": ("jupyter_couture.cli.variables", "List, get, set, delete, import and export variables."),
    "workers": ("jupyter_couture.cli.workers", "Start, look at and stop the Dask workers of this deployment."),
    "xcoms": ("jupyter_couture.cli.xcoms", "List, show and remove values that tasks handed on."),
}
"""Each command, the module whose ``command`` it is, and its line in the list."""

INTERNAL = frozenset({"supervisor"})


class LateGroup(click.Group):
    """A group that imports a command's module when the command is called, and lists all without importing any."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(set(COMMANDS) - INTERNAL)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        with uncollected():
            found = importlib.import_module(entry[0]).command
        return found if isinstance(found, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except CoutureError as error:
            click.secho(f"Error: {error}", fg="red", err=True)
            click.echo(f"{error.hint}", err=True)
            sys.exit(2)


@click.group(cls=LateGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(jupyter_couture.__version__, prog_name="jupyter couture")
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="COUTURE_HOME",
    help="Folder of this deployment: database, logs, DAG files.  [default: the platform's data folder]",
)
@click.pass_context
def main(ctx: click.Context, home: Path | None) -> None:
    """Author, schedule, run and watch data pipelines inside JupyterLab.

    Settings come from the environment: COUTURE_HOME, COUTURE_DAGS_FOLDER, COUTURE_DATABASE_URL and so on; the full
    list is in the documentation under "Running".
    """
    ctx.obj = {"home": home}
