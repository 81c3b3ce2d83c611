"""``jupyter couture connections``: list, get, add, delete, import, export."""

import json
from typing import Any

import click

from jupyter_couture.authoring.environment import CONNECTION_PREFIXES
from jupyter_couture.authoring.uris import connection_from_uri
from jupyter_couture.cli.exchange import export_command, import_command
from jupyter_couture.cli.options import json_option, list_options, order_of, print_json
from jupyter_couture.cli.secret_options import from_environment, from_standard_input, opened_safe
from jupyter_couture.model.errors import InvalidRequest, NotFound
from jupyter_couture.model.masking import secrets_in_text
from jupyter_couture.model.secrets import SecretQuery
from jupyter_couture.services.connections import ShownConnection
from jupyter_couture.services.secret_files import read_named

_ARGV = "a secret on the command line is seen by everybody on this machine: use --password-stdin or --stdin"


@click.group(name="connections")
def command() -> None:
    """Look at and change connections. Passwords are never printed."""


def _row(shown: ShownConnection) -> dict[str, Any]:
    found = shown.connection
    return {
        "number": found.number,
        "conn_id": found.conn_id,
        "conn_type": found.conn_type,
        "host": found.host,
        "schema": found.schema,
        "login": found.login,
        "port": found.port,
        "extra": shown.extra,
        "description": found.description,
        "has_password": found.has_password,
    }


def _line(row: dict[str, Any]) -> str:
    place = f"{row['host'] or ''}{':' + str(row['port']) if row['port'] is not None else ''}"
    account = f"{row['login'] or ''}{':***' if row['has_password'] else ''}"
    address = f"{account}@{place}" if account else place
    schema = f"/{row['schema']}" if row["schema"] else ""
    return f"{row['number']:>5}  {row['conn_id']}  {row['conn_type'] or '-'}  {address}{schema}"


@command.command(name="list")
@click.option("--search", default="", help="Only those with these words in id or description.")
@list_options(
    "conn_id",
    "conn_type",
    "host",
    "schema",
    "login",
    "port",
    "description",
    default="conn_id",
    limit=1000,
    most=100_000,
)
@json_option
@click.pass_context
def list_(ctx: click.Context, search: str, order_by: str, limit: int, offset: int, as_json: bool) -> None:
    """List connections by id, each with its number."""
    with opened_safe(ctx) as safe:
        page = safe.connections.page(SecretQuery(search=search, limit=limit, offset=offset, **order_of(order_by)))
    rows = [_row(each) for each in page.rows]
    if as_json:
        print_json({"connections": rows, "total": page.total})
        return
    for row in rows:
        click.echo(_line(row))
    if not rows:
        click.echo("There is no connection.", err=True)


@command.command()
@click.argument("conn_id")
@json_option
@click.pass_context
def get(ctx: click.Context, conn_id: str, as_json: bool) -> None:
    """Show the connections of CONN_ID, without passwords. Exits with 2 if there is none."""
    with opened_safe(ctx) as safe:
        page = safe.connections.page(SecretQuery(name=conn_id, limit=1000))
    if not page.rows:
        raise NotFound(what="connection", id=conn_id)
    rows = [_row(each) for each in page.rows]
    if as_json:
        print_json({"connections": rows})
        return
    for row in rows:
        for name, value in row.items():
            click.echo(f"{name:14}{value if value not in (None, '') else '-'}")


@command.command()
@click.argument("conn_id")
@click.option("--uri", help="type://login@host:port/schema?name=value, without password.")
@click.option("--conn-type", help="Such as postgres or http.")
@click.option("--host", help="Name or address of the other side.")
@click.option("--login", help="The user there.")
@click.option("--schema", help="The database, or what the type calls its schema.")
@click.option("--port", type=click.IntRange(0, 65_535), help="Its port.")
@click.option("--extra", help="A JSON object, without secrets.")
@click.option("--description", help="What it is for.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.option("--password-env", metavar="NAME", help="Take the password from an environment variable.")
@click.option("--stdin", is_flag=True, help="Read a URI, or a JSON object of fields, from standard input.")
@click.pass_context
def add(
    ctx: click.Context,
    /,
    conn_id: str,
    uri: str | None,
    password_stdin: bool,
    password_env: str | None,
    stdin: bool,
    **parts: str | int | None,
) -> None:
    """Store a connection CONN_ID; another one, if there is one of that id."""
    if sum((password_stdin, password_env is not None, stdin)) > 1:
        raise InvalidRequest(field="--stdin", message="give one of --password-stdin, --password-env and --stdin")
    fields: dict[str, Any] = {name: value for name, value in parts.items() if value is not None}
    if uri is not None:
        said = connection_from_uri(conn_id, uri)
        if said.password or secrets_in_text(said.extra or ""):
            raise InvalidRequest(field="--uri", message=_ARGV)
        fields = {**_parts(said), **fields}
    if secrets_in_text(str(parts.get("extra") or "")):
        raise InvalidRequest(field="--extra", message=_ARGV)
    if stdin:
        fields = {**fields, **_read_fields(conn_id)}
    elif password_stdin or password_env:
        given = from_environment(password_env) if password_env else from_standard_input(f"Password of {conn_id}")
        fields["password"] = given
    with opened_safe(ctx) as safe:
        made = safe.connections.add({**fields, "conn_id": conn_id})
        safe.office.note("connection.add", conn_id=conn_id, number=made.connection.number)
        together = safe.connections.page(SecretQuery(name=conn_id, limit=1)).total
    click.echo(f"Connection {conn_id} is stored under number {made.connection.number}.", err=True)
    if together > 1:
        click.echo(f"There are {together} of this id now; tasks get one of them by chance.", err=True)


@command.command()
@click.argument("conn_id")
@click.option("--number", type=int, help="Only this one of those that share the id.")
@click.pass_context
def delete(ctx: click.Context, conn_id: str, number: int | None) -> None:
    """Remove the connections of CONN_ID."""
    with opened_safe(ctx) as safe:
        removed = safe.connections.delete_all(conn_id, number)
        if not removed:
            raise NotFound(what="connection", id=conn_id if number is None else f"{conn_id} ({number})")
        safe.office.note("connection.remove", conn_id=conn_id, numbers=removed)
    click.echo(f"{len(removed)} removed.", err=True)


command.add_command(
    import_command(
        "connection",
        "Store all connections of FILE: JSON, YAML or .env, an export of Airflow's too.",
        lambda path: read_named(path, CONNECTION_PREFIXES),
        lambda safe: safe.connections,
    )
)
command.add_command(
    export_command("connection", lambda safe, with_secrets: safe.connections.export(with_secrets=with_secrets))
)


def _read_fields(conn_id: str) -> dict[str, Any]:
    text = from_standard_input(f"URI or JSON of {conn_id}").strip()
    if not text.startswith("{"):
        return _parts(connection_from_uri(conn_id, text))
    try:
        found = json.loads(text)
    except ValueError:
        raise InvalidRequest(field="--stdin", message="standard input is not JSON") from None
    extra = found.get("extra")
    return {**found, **({"extra": json.dumps(extra)} if isinstance(extra, dict) else {})}


def _parts(said: Any) -> dict[str, Any]:
    names = ("conn_type", "host", "schema", "login", "password", "port", "extra")
    return {name: value for name in names if (value := getattr(said, name)) not in (None, "")}
