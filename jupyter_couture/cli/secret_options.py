"""What the commands for variables and connections share: the services, and secrets from standard input."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import click

from jupyter_couture.app.office import Office, opened_office
from jupyter_couture.cli.options import settings_of
from jupyter_couture.model.errors import InvalidRequest
from jupyter_couture.ports.bus import BAG
from jupyter_couture.services.connections import Connections
from jupyter_couture.services.variables import Variables


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
