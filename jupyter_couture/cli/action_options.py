"""What the commands that change runs share: directions, looking before acting, asking, and saying what came of it."""

import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import click

from jupyter_couture.cli.options import print_json
from jupyter_couture.model.errors import InvalidRequest
from jupyter_couture.services.actions import Done, Preview

SHOWN = 40


def reach_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """``--past --future --upstream --downstream``, and ``--map-index``."""
    for name, text in (
        ("downstream", "Also every task after it."),
        ("upstream", "Also every task before it."),
        ("future", "Also in the runs with a later logical date."),
        ("past", "Also in the runs with an earlier logical date."),
    ):
        function = click.option(f"--{name}", is_flag=True, help=text)(function)
    return click.option("--map-index", type=click.IntRange(0), help="One instance of a mapped task.  [default: all]")(
        function
    )


latest_version_option = click.option(
    "--latest-version",
    is_flag=True,
    help="Go on with the present version of the DAG instead of the one the run has. Nothing of it may be running.",
)


def acting_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """``--dry-run`` and ``--yes``."""
    function = click.option("--yes", "-y", is_flag=True, help="Do not ask.")(function)
    return click.option("--dry-run", is_flag=True, help="Only list what would be touched.")(function)


def between_options(what: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """``--since`` and ``--until``."""

    def add(function: Callable[..., Any]) -> Callable[..., Any]:
        function = click.option("--until", help=f"Only those {what} then or earlier.")(function)
        text = f"Only those {what} then or later, ISO 8601; without offset it means UTC."
        return click.option("--since", help=text)(function)

    return add


def look_first(preview: Preview, what: str, *, dry_run: bool, yes: bool, as_json: bool) -> bool:
    """Show what would be touched and ask; whether to go on. Exits if the answer is no."""
    if dry_run or not (yes or as_json):
        _show(preview, as_json=as_json)
    if dry_run:
        return False
    if not preview.touched:
        if as_json:
            print_json({"touched": 0, "notes": ["There is nothing to do."]})
        elif yes:
            _show(preview, as_json=False)
        return False
    if not (yes or as_json):
        click.confirm(f"{what} {_count(preview)}?", abort=True)
    return True


def say(done: Done, *, as_json: bool) -> None:
    """What came of a command. Exits with 1 if nothing was done or the engine has not come to it."""
    outcome = done.outcome
    if as_json:
        print_json(
            {
                "command": done.number,
                "is_done": outcome is not None,
                "touched": outcome.touched if outcome else 0,
                "notes": list(outcome.notes) if outcome else [],
            }
        )
    elif outcome is None:
        click.echo("The command is stored; no engine has come to it yet. Start one with 'jupyter couture engine'.")
    else:
        click.echo(f"Done: {outcome.touched} touched.")
        for note in outcome.notes:
            click.echo(f"  {note}")
    if outcome is None or (outcome.notes and not outcome.touched):
        sys.exit(1)


def instant(text: str | None, option: str) -> datetime | None:
    """A time an option gives; a naive one means UTC."""
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        message = f"{option} {text!r} is not a time like 2026-01-31T12:00+00:00"
        raise InvalidRequest(field=option, message=message) from None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _count(preview: Preview) -> str:
    number = len(preview.touched)
    return "1 task instance" if number == 1 else f"{number} task instances"


def _show(preview: Preview, *, as_json: bool) -> None:
    rows: Sequence[Any] = preview.touched
    if as_json:
        print_json(
            {
                "total": len(rows),
                "token": preview.token,
                "touched": [
                    {**one.target.run_key._asdict(), **one.target.task_key._asdict(), "state": one.state.value}
                    for one in rows
                ],
            }
        )
        return
    if not rows:
        click.echo("There is nothing to do.")
    for one in rows[:SHOWN]:
        index = "" if one.target.task_key.map_index < 0 else f"[{one.target.task_key.map_index}]"
        click.echo(f"  {one.target.run_key.run_id}  {one.target.task_key.task_id}{index}  {one.state.value}")
    if len(rows) > SHOWN:
        click.echo(f"  ... and {len(rows) - SHOWN} more")
