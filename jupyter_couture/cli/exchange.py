"""``import`` and ``export`` as the groups of variables, connections and pools have them, and how reports are told."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from jupyter_couture.cli.options import json_option, print_json
from jupyter_couture.cli.secret_options import Safe, opened_safe
from jupyter_couture.model.errors import InvalidRequest
from jupyter_couture.services.imports import IfExists, ImportReport, Keeper
from jupyter_couture.services.secret_files import write_mapping, written

dry_run_option = click.option("--dry-run", is_flag=True, help="Store nothing, and say what would become of each name.")


def import_command(
    noun: str, text: str, read: Callable[[Path], Mapping[str, object]], keeper: Callable[[Safe], Keeper]
) -> click.Command:
    """The command that stores what ``read`` finds in a file."""

    @click.command(name="import", help=f"{text} Exits with 1 if one of them cannot be stored.")
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option(
        "--if-exists",
        type=click.Choice([each.value for each in IfExists]),
        default=IfExists.OVERWRITE.value,
        show_default=True,
        help="What becomes of names that are there already.",
    )
    @dry_run_option
    @json_option
    @click.pass_context
    def import_(ctx: click.Context, file: Path, if_exists: str, dry_run: bool, as_json: bool) -> None:
        entries = read(file)
        with opened_safe(ctx) as safe:
            report = keeper(safe).bring_in(entries, IfExists(if_exists), dry_run=dry_run)
            if not dry_run:
                safe.office.note(f"{noun}.import", names=sorted(entries))
        say_report(report, dry_run=dry_run, as_json=as_json)

    return import_


def export_command(
    noun: str, exported: Callable[[Safe, bool], Mapping[str, object]], *, has_secrets: bool = True
) -> click.Command:
    """The command that writes what ``exported`` gives; its second argument says whether secrets are wanted in clear."""
    text = f"Write all {noun}s into FILE (.json, .yaml; - prints JSON), as `import` takes them."

    @click.command(name="export", help=text)
    @click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
    @click.pass_context
    def export(ctx: click.Context, file: Path, with_secrets: bool = False) -> None:
        with opened_safe(ctx) as safe:
            entries = exported(safe, with_secrets)
            safe.office.note(f"{noun}.export", with_secrets=with_secrets)
        export_to(file, entries, with_secrets=with_secrets)

    if not has_secrets:
        return export
    return click.option("--with-secrets", is_flag=True, help="Write secrets in clear, into a file only you can read.")(
        export
    )


def export_to(path: Path, entries: Mapping[str, object], *, with_secrets: bool = False) -> None:
    """Write an export; ``-`` prints it, but never with secrets in clear."""
    if str(path) != "-":
        write_mapping(path, entries)
        click.echo(f"{len(entries)} written to {path}.", err=True)
        return
    if with_secrets:
        raise InvalidRequest(field="--with-secrets", message="secrets in clear are written into files only")
    click.echo(written(".json", entries), nl=False)


def report_as_json(report: ImportReport) -> dict[str, Any]:
    """A report for programs."""
    return {
        "created": list(report.created),
        "updated": list(report.updated),
        "unchanged": list(report.unchanged),
        "skipped": list(report.skipped),
        "failed": dict(report.failed),
    }


def say_report(report: ImportReport, *, dry_run: bool, as_json: bool) -> None:
    """Print what came of an import; exits with 1 if something failed."""
    if as_json:
        print_json(report_as_json(report))
    else:
        _say(report, dry_run=dry_run)
    sys.exit(1 if report.failed else 0)


def _say(report: ImportReport, *, dry_run: bool) -> None:
    numbers = {
        "created": report.created,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "skipped": report.skipped,
        "failed": report.failed,
    }
    if dry_run:
        for what in ("created", "updated"):
            for name in numbers[what]:
                click.echo(f"{what}: {name}")
    counted = ", ".join(f"{len(names)} {what}" for what, names in numbers.items())
    click.echo(f"{'It would be: ' if dry_run else ''}{counted}.")
    for name, message in report.failed.items():
        click.secho(f"{name}: {message}", fg="red", err=True)
