"""The commands that the pages show exist, with the options and arguments they are shown with."""

import re
import shlex
from pathlib import Path

import click
import pytest

from jupyter_couture.cli.main import main

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
_ENDS = frozenset({"|", ">", ">>", "<", "&&", "||", ";", "&"})


def commands(page: Path) -> list[str]:
    """The calls of ``jupyter couture`` in the blocks of a page that show a terminal or a script."""
    text = page.read_text().replace("\\\n", " ")
    blocks = re.findall(r"^ *```(?:console|sh|bash|shell)\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL)
    lines = [line.strip().removeprefix("$ ") for block in blocks for line in block.splitlines()]
    found = (re.search(r"\bjupyter[ -]couture (.*)", line) for line in lines if not line.startswith("#"))
    return [match.group(1) for match in found if match]


def words_of(call: str) -> list[str]:
    """The words up to where the shell takes over."""
    words = shlex.split(call, comments=True)
    end = next((place for place, word in enumerate(words) if word in _ENDS), len(words))
    return words[:end]


def understand(words: list[str]) -> None:
    """Parse a call as the terminal would, without carrying it out; raises ``UsageError``."""
    command: click.Command = main
    context = click.Context(main, info_name="jupyter couture")
    while isinstance(command, click.Group):
        if not words or words[0].startswith("-"):
            return  # an option of a group, such as --help
        found = command.get_command(context, words[0])
        if found is None:
            raise click.UsageError(f"there is no command {words[0]!r}")
        command, words = found, words[1:]
    if {"--help", "-h"} & set(words):
        return
    try:
        command.make_context(command.name, list(words), parent=context).close()
    except click.BadParameter as error:
        if "does not exist" not in error.message:  # files of the reader's
            raise


PAGES_WITH_COMMANDS = [page for page in PAGES if commands(page)]


@pytest.mark.parametrize("page", PAGES_WITH_COMMANDS, ids=[page.name for page in PAGES_WITH_COMMANDS])
def test_commands_that_a_page_shows_can_be_given(page: Path) -> None:
    wrong = []
    for call in commands(page):
        try:
            understand(words_of(call))
        except click.UsageError as error:
            wrong.append(f"{call}: {error.message}")
    assert wrong == []


def test_many_pages_show_commands() -> None:
    assert len(PAGES_WITH_COMMANDS) >= 8
