"""docs/cli.md says what ``--help`` says of every command. ``python -m tests.unit.test_command_page`` writes it anew."""

import inspect
from collections.abc import Iterator
from pathlib import Path

import click

from jupyter_couture.cli.main import main

PAGE = Path(__file__).parents[2] / "docs" / "cli.md"
BEGINNING = """\
# Commands

`jupyter couture COMMAND` (or `python -m jupyter_couture.cli COMMAND`). All commands take `--home DIR` before their
name: the folder of the deployment, by default that of `COUTURE_HOME` or the platform's data folder; other
[settings](running.md) come from the environment. `--help` says the same as this page. What went wrong is on the
standard error, with what to do about it. `--json` prints one document for programs.

| Exit code | |
|---|---|
| 0 | done |
| 1 | done, and the answer is bad: a run failed, a file is broken, something was refused |
| 2 | not done: a wrong argument, or something is missing |
"""


def commands(group: click.Group, path: str, above: click.Context) -> Iterator[tuple[str, click.Command, click.Context]]:
    """Every command below a group with its full name, in the order of ``--help``."""
    for name in group.list_commands(above):
        command = group.get_command(above, name)
        assert command is not None, name
        if command.hidden:
            continue
        context = click.Context(command, parent=above, info_name=name)
        yield f"{path} {name}", command, context
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}", context)


def section(name: str, command: click.Command, context: click.Context) -> str:
    """What the page says of one command."""
    lines = [f"{'##' if ' ' not in name else '###'} {name}", ""]
    if not isinstance(command, click.Group):
        usage = " ".join(command.collect_usage_pieces(context))
        lines += [f"`jupyter couture {name} {usage}`".replace(" `", "`"), ""]
    lines += [inspect.cleandoc(command.help or command.short_help or "").partition("\f")[0].replace("\b\n", ""), ""]
    rows = [record for parameter in command.params if (record := parameter.get_help_record(context)) is not None]
    told = [
        f"- `{option}`: {' '.join(text.split())}".rstrip(": ") for option, text in rows if not option.endswith("--help")
    ]
    return "\n".join([*lines, *told, *([""] if told else [])])


def page() -> str:
    """The whole page."""
    above = click.Context(main, info_name="jupyter couture")
    sections = [section(name.strip(), command, inner) for name, command, inner in commands(main, "", above)]
    return "\n".join([BEGINNING, *sections]).rstrip("\n") + "\n"


def test_the_page_says_what_help_says() -> None:
    assert PAGE.read_text() == page(), "run: python -m tests.unit.test_command_page"


def test_every_command_and_option_explains_itself() -> None:
    above = click.Context(main, info_name="jupyter couture")
    silent = []
    for name, command, _ in commands(main, "", above):
        silent += [] if command.help or command.short_help else [name]
        silent += [
            f"{name} {option.opts[0]}"
            for option in command.params
            if isinstance(option, click.Option) and not option.help and not option.hidden
        ]

    assert silent == []


if __name__ == "__main__":
    PAGE.write_text(page())
