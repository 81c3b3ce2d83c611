"""What several commands share: the settings, and printing for people or for programs."""

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from jupyter_couture.model.errors import InvalidRequest
from jupyter_couture.settings import Settings

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")


def list_options(
    *orders: str, default: str, limit: int = 100, most: int = 1000
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """``--order-by`` (each of ``orders``, also from the end), ``--limit`` and ``--offset``."""
    words = [word for name in orders for word in (name, f"-{name}")]

    def add(function: Callable[..., Any]) -> Callable[..., Any]:
        for option in (
            click.option("--offset", type=click.IntRange(0), default=0, help="Leave out so many first."),
            click.option(
                "--limit", type=click.IntRange(1, most), default=limit, show_default=True, help="At most so many."
            ),
            click.option(
                "--order-by",
                type=click.Choice(words),
                default=default,
                show_default=True,
                help="What to order by; with - before it from the end.",
            ),
        ):
            function = option(function)
        return function

    return add


def order_of(word: str) -> dict[str, Any]:
    """The fields of a query that ``--order-by`` says: a column, and whether from the end."""
    return {"order_by": word.removeprefix("-"), "is_descending": word.startswith("-")}


def settings_of(ctx: click.Context, **given: object) -> Settings:
    """The settings of this call: the environment, ``--home`` of the group, and what the command gives."""
    home: Path | None = (ctx.obj or {}).get("home")
    return Settings.load(None, home=str(home) if home is not None else None, **given)


def json_object(text: str, option: str) -> Mapping[str, Any]:
    """The JSON object given as ``option``; raises ``InvalidRequest``."""
    try:
        found = json.loads(text)
    except ValueError as error:
        raise InvalidRequest(field=option, message=f"{option} is not JSON: {error}") from None
    if not isinstance(found, dict):
        raise InvalidRequest(field=option, message=f"{option} must be a JSON object")
    return found


def print_json(data: Any) -> None:
    """One JSON document on standard output."""
    json.dump(data, sys.stdout, indent=2, ensure_ascii=False, default=str)
    sys.stdout.write("\n")
