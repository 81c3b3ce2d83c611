"""``jupyter couture variables``: list, get, set, delete, import, export."""

from typing import Any

import click

from jupyter_couture.authoring.environment import VARIABLE_PREFIXES
from jupyter_couture.cli.exchange import export_command, import_command
from jupyter_couture.cli.options import json_option, list_options, order_of, print_json
from jupyter_couture.cli.secret_options import from_environment, from_standard_input, opened_safe
from jupyter_couture.model.errors import InvalidRequest
from jupyter_couture.model.masking import is_sensitive
from jupyter_couture.model.secrets import SecretQuery
from jupyter_couture.services.secret_files import read_named
from jupyter_couture.services.variables import ShownVariable

_ARGV = "a secret on the command line is seen by everybody on this machine: use --stdin or --from-env"


@click.group(name="variables")
def command() -> None:
    """Look at and change variables. Values whose key says that they are secret read ***."""


def _row(shown: ShownVariable) -> dict[str, Any]:
    found = shown.variable
    return {"key": found.key, "value": shown.value, "description": found.description, "hidden": shown.is_hidden}


@command.command(name="list")
@click.option("--search", default="", help="Only those with these words in key or description.")
@list_options("key", "description", default="key", limit=1000, most=100_000)
@json_option
@click.pass_context
def list_(ctx: click.Context, search: str, order_by: str, limit: int, offset: int, as_json: bool) -> None:
    """List variables by key."""
    with opened_safe(ctx) as safe:
        page = safe.variables.page(SecretQuery(search=search, limit=limit, offset=offset, **order_of(order_by)))
    if as_json:
        print_json({"variables": [_row(each) for each in page.rows], "total": page.total})
        return
    for each in page.rows:
        click.echo(f"{each.variable.key} = {each.value if each.value is not None else '(no key opens it)'}")
    if not page.rows:
        click.echo("There is no variable.", err=True)


@command.command()
@click.argument("key")
@click.option("--show", is_flag=True, help="Print the value in clear even if it is secret.")
@json_option
@click.pass_context
def get(ctx: click.Context, key: str, show: bool, as_json: bool) -> None:
    """Print the value of variable KEY. Exits with 2 if there is none."""
    with opened_safe(ctx) as safe:
        shown = safe.variables.get(key)
        if show:
            safe.office.note("variable.show", name=key)
    row = {**_row(shown), **({"value": shown.variable.value} if show else {})}
    if as_json:
        print_json(row)
    else:
        click.echo(row["value"])


@command.command(name="set")
@click.argument("key")
@click.argument("value", required=False)
@click.option("--stdin", is_flag=True, help="Read the value from standard input; at a terminal it is not shown.")
@click.option("--from-env", metavar="NAME", help="Take the value of an environment variable.")
@click.option("--description", help="What it is for.  [default: leave what is there]")
@click.pass_context
def set_(
    ctx: click.Context, key: str, value: str | None, stdin: bool, from_env: str | None, description: str | None
) -> None:
    """Store VALUE as variable KEY, replacing what was there."""
    if sum((value is not None, stdin, from_env is not None)) != 1:
        raise InvalidRequest(field="VALUE", message="give one of VALUE, --stdin and --from-env")
    if value is not None and is_sensitive(key):
        raise InvalidRequest(field="VALUE", message=_ARGV)
    given = from_standard_input(f"Value of {key}") if stdin else from_environment(from_env) if from_env else value or ""
    with opened_safe(ctx) as safe:
        shown = safe.variables.put(key, given, description)
        safe.office.note("variable.set", name=key)
    if shown.warning:
        click.secho(f"Note: the value of {key} {shown.warning}.", fg="yellow", err=True)
    click.echo(f"Variable {key} is stored.", err=True)


@command.command()
@click.argument("key")
@click.pass_context
def delete(ctx: click.Context, key: str) -> None:
    """Remove variable KEY."""
    with opened_safe(ctx) as safe:
        safe.variables.delete(key)
        safe.office.note("variable.remove", name=key)
    click.echo(f"Variable {key} is removed.", err=True)


command.add_command(
    import_command(
        "variable",
        "Store all variables of FILE: JSON, YAML or .env, an export of Airflow's too.",
        lambda path: read_named(path, VARIABLE_PREFIXES),
        lambda safe: safe.variables,
    )
)
command.add_command(
    export_command("variable", lambda safe, with_secrets: safe.variables.export(with_secrets=with_secrets))
)
