"""``jupyter couture airflow``: taking over what an Airflow deployment keeps."""

import os
import sys
from collections.abc import Mapping, Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import click
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from jupyter_couture.authoring.environment import CONNECTION_PREFIXES, VARIABLE_PREFIXES
from jupyter_couture.cli.exchange import dry_run_option, report_as_json
from jupyter_couture.cli.options import json_option, print_json
from jupyter_couture.cli.secret_options import Safe, from_environment, opened_safe
from jupyter_couture.model.errors import InvalidRequest
from jupyter_couture.services.airflow import Origin, Taken, origin_of, pool_entries, take_over
from jupyter_couture.services.imports import Keeper
from jupyter_couture.services.secret_files import read_mapping, read_named
from jupyter_couture.store.airflow import CONNECTIONS, KINDS, POOLS, VARIABLES, AirflowContent, read_airflow

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(name="airflow")
def command() -> None:
    """Take over what an Airflow deployment keeps. `dags check` looks at its DAG files."""


@command.command(name="import")
@click.option("--config", type=_FILE, help="airflow.cfg: it says where the database is, and the Fernet key.")
@click.option("--database", metavar="URL", help="Airflow's metadata database, without a password in it.")
@click.option("--database-env", metavar="NAME", help="Take that URL from an environment variable.")
@click.option("--schema", help="The schema of Airflow's tables, if they have one of their own.")
@click.option("--fernet-key-env", metavar="NAME", help="Take Airflow's Fernet key from an environment variable.")
@click.option("--fernet-key-file", type=_FILE, help="Take Airflow's Fernet key from a file.")
@click.option("--variables", type=_FILE, help="What `airflow variables export` wrote; .json, .yaml or .env.")
@click.option("--connections", type=_FILE, help="What `airflow connections export` wrote; .json, .yaml or .env.")
@click.option("--pools", type=_FILE, help="What `airflow pools export` wrote; .json or .yaml.")
@click.option("--only", multiple=True, type=click.Choice(KINDS), help="Only this kind; may be given again.")
@click.option("--match", multiple=True, metavar="PATTERN", help="Only names like PATTERN (* ? []); may be given again.")
@click.option("--overwrite", is_flag=True, help="Replace what is here and says something else.")
@dry_run_option
@json_option
@click.pass_context
def import_(
    ctx: click.Context,
    /,
    schema: str | None,
    only: Sequence[str],
    match: Sequence[str],
    overwrite: bool,
    dry_run: bool,
    as_json: bool,
    **sources: Any,
) -> None:
    """Take over Variables, Connections and Pools of Airflow 1.10, 2 or 3.

    From its metadata database (--config, --database or --database-env), which is only read, or from exported files, or
    both; a file says it better. What is here already and says something else stays as it is, unless --overwrite is
    given. Secrets are never printed, and are sealed with the keys of this deployment. Exits with 1 if not everything
    could be taken over.
    """
    kinds = tuple(kind for kind in KINDS if not only or kind in only)
    origin = _origin(sources, schema)
    files = {kind: path for kind in kinds if (path := sources[kind]) is not None}
    if origin is None and not files:
        message = "say where from: --config, --database, --database-env, --variables, --connections or --pools"
        raise InvalidRequest(field="--config", message=message)
    content = AirflowContent({}, {})
    if origin is not None:
        content = read_airflow(origin.url, origin.fernet_keys, origin.schema, kinds)
    entries: dict[str, Mapping[str, object]] = {
        kind: {**content.entries.get(kind, {}), **_read(kind, files.get(kind))} for kind in kinds
    }
    if POOLS in entries:
        entries[POOLS] = pool_entries(entries[POOLS])
    failed = {
        kind: {name: why for name, why in content.failed.get(kind, {}).items() if name not in entries[kind]}
        for kind in kinds
    }
    with opened_safe(ctx) as safe:
        taken = {
            kind: take_over(
                _keeper(safe, kind),
                _matching(entries[kind], match),
                _matching(failed[kind], match),
                overwrite=overwrite,
                dry_run=dry_run,
            )
            for kind in kinds
        }
        if not dry_run:
            names = {kind: [*found.report.created, *found.report.updated] for kind, found in taken.items()}
            safe.office.note("airflow.import", names=names)
    if as_json:
        print_json({kind: {**report_as_json(found.report), "kept": list(found.kept)} for kind, found in taken.items()})
    else:
        _say(taken, dry_run=dry_run)
    sys.exit(0 if all(found.is_whole for found in taken.values()) else 1)


def _origin(sources: Mapping[str, Any], schema: str | None) -> Origin | None:
    """Where Airflow's database is, by the options; None if no option says it. Raises ``InvalidRequest``."""
    if sum(sources[name] is not None for name in ("config", "database", "database_env")) > 1:
        message = "give one of --config, --database and --database-env"
        raise InvalidRequest(field="--database", message=message)
    if sources["config"] is not None:
        origin = origin_of(sources["config"], os.environ)
    elif sources["database"] is not None:
        _refuse_password(sources["database"])
        origin = Origin(sources["database"])
    elif sources["database_env"] is not None:
        origin = Origin(from_environment(sources["database_env"]))
    else:
        return None
    keys = origin.fernet_keys
    if sources["fernet_key_env"] is not None:
        keys = from_environment(sources["fernet_key_env"])
    elif sources["fernet_key_file"] is not None:
        keys = sources["fernet_key_file"].read_text(encoding="utf-8", errors="replace")
    return Origin(origin.url, keys, schema or origin.schema)


def _refuse_password(url: str) -> None:
    try:
        said = make_url(url)
        has_password = said.password is not None or "password" in said.query
    except (ArgumentError, ValueError):
        has_password = False
    if has_password:
        message = "a password on the command line is seen by everybody on this machine: use --database-env or --config"
        raise InvalidRequest(field="--database", message=message)


def _read(kind: str, path: Path | None) -> Mapping[str, object]:
    if path is None:
        return {}
    if kind == POOLS:
        return read_mapping(path)
    return read_named(path, VARIABLE_PREFIXES if kind == VARIABLES else CONNECTION_PREFIXES)


def _keeper(safe: Safe, kind: str) -> Keeper:
    keepers: dict[str, Keeper] = {
        VARIABLES: safe.variables,
        CONNECTIONS: safe.connections,
        POOLS: safe.office.pools,
    }
    return keepers[kind]


def _matching(found: Mapping[str, Any], patterns: Sequence[str]) -> dict[str, Any]:
    return {
        name: said
        for name, said in found.items()
        if not patterns or any(fnmatch(name, pattern) for pattern in patterns)
    }


def _say(taken: Mapping[str, Taken], *, dry_run: bool) -> None:
    would = "would be " if dry_run else ""
    for kind, found in taken.items():
        report = found.report
        numbers = {
            f"{would}created": report.created,
            f"{would}overwritten": report.updated,
            "here already": report.unchanged,
            "kept as they are here": found.kept,
            "failed": report.failed,
        }
        told = ", ".join(f"{len(names)} {what}" for what, names in numbers.items() if names)
        click.secho(f"{kind}: {told or 'nothing'}", bold=True)
        for what, names in numbers.items():
            if names and what not in ("here already", "failed"):
                click.echo(f"  {what}: {', '.join(names)}")
        for name, why in report.failed.items():
            click.secho(f"  {name}: {why}", fg="red", err=True)
    if any(found.kept for found in taken.values()):
        click.echo("What is kept says something else here than in Airflow: --overwrite takes Airflow's.", err=True)
