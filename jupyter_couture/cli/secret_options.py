"""What the commands for variables and connections share: the services, secrets from standard input, reports."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from jupyter_couture.app.office import Office, opened_office
from jupyter_couture.cli.options import print_json, settings_of
from jupyter_couture.model.errors import InvalidRequest
from jupyter_couture.ports.bus import BAG
from jupyter_couture.services.connections import Connections
from jupyter_couture.services.secret_files import write_mapping, written
from jupyter_couture.services.variables import IfExists, ImportReport, Variables

if_exists_option = click.option(
    "--if-exists",
    type=click.Choice([each.value for each in IfExists]),
    default=IfExists.OVERWRITE.value,
    show_default=True,
    help="What becomes of names that are there already.",
)
with_secrets_option = click.option(
    "--with-secrets", is_flag=True, help="Write secrets in clear, into a file that only you can read."
)


@dataclass(frozen=True, slots=True)
class Safe:
    """The services of a deployment for its secrets."""

    office: Office
    variables: Variables
    connections: Connections


@contextmanager
def opened_safe(ctx: click.Context) -> Iterator[Safe]:
    """Open the database; raises ``Unavailable``."""
    settings = settings_of(ctx)
    with opened_office(settings) as office:

        def tell() -> None:
            office.publisher.publish(BAG)

        hides = settings.hide_sensitive
        yield Safe(
            office,
            Variables(office.store, hides=hides, on_change=tell),
            Connections(office.store, hides=hides, on_change=tell),
        )


def from_standard_input(what: str) -> str:
    """A secret that stands in no command line: typed unseen at a terminal, else all of standard input."""
    if sys.stdin.isatty():
        typed: str = click.prompt(what, hide_input=True, err=True)
        return typed
    return sys.stdin.read().removesuffix("\n")


def from_environment(name: str) -> str:
    """A secret that another program put into the environment variable ``name``."""
    found = os.environ.get(name)
    if found is None:
        raise InvalidRequest(field=name, message=f"there is no environment variable {name}")
    return found


def say_report(report: ImportReport, *, as_json: bool) -> None:
    """Print what came of an import; exits with 1 if something failed."""
    if as_json:
        print_json(
            {
                "created": list(report.created),
                "updated": list(report.updated),
                "skipped": list(report.skipped),
                "failed": dict(report.failed),
            }
        )
    else:
        numbers = {"created": report.created, "updated": report.updated, "skipped": report.skipped}
        click.echo(", ".join(f"{len(names)} {what}" for what, names in numbers.items()) + ".")
        for name, message in report.failed.items():
            click.secho(f"{name}: {message}", fg="red", err=True)
    sys.exit(1 if report.failed else 0)


def export_to(path: Path, entries: Mapping[str, object], *, with_secrets: bool) -> None:
    """Write an export; ``-`` prints it, but never with secrets in clear."""
    if str(path) != "-":
        write_mapping(path, entries)
        click.echo(f"{len(entries)} written to {path}.", err=True)
        return
    if with_secrets:
        raise InvalidRequest(field="--with-secrets", message="secrets in clear are written into files only")
    click.echo(written(".json", entries), nl=False)
