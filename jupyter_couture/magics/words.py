"""The words after ``%couture`` and ``%%couture_task``: what may be said, and a sentence for what may not."""

import argparse
import json
import shlex
from collections.abc import Mapping
from typing import Any, NoReturn

from IPython.core.error import UsageError

from jupyter_couture.model.errors import InvalidId
from jupyter_couture.model.ids import dag_id as check_dag_id

LATEST = "latest"

_RUN_HELP = f"id of a run, or: {LATEST}"
_CONF_HELP = 'JSON object that overrides params, such as \'{"name": "Ada"}\''


class Told(Exception):
    """The help was asked for and has been printed."""


class Words(argparse.ArgumentParser):
    """An ``ArgumentParser`` for a cell: errors are one sentence, and nothing ends the kernel."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter, **options)

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{self.prog}: {message}. What there is: {self.prog} --help")

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        raise Told(message or "")


def read(words: argparse.ArgumentParser, line: str) -> argparse.Namespace | None:
    """What a line says; None if it asked for help. Raises ``UsageError``."""
    try:
        parts = shlex.split(line)
    except ValueError as error:
        raise UsageError(f"{words.prog}: {error}: {line}") from None
    try:
        return words.parse_args(parts)
    except Told:
        return None


def task_words() -> Words:
    """Of ``%%couture_task``."""
    words = Words(
        prog="%%couture_task",
        description="Make a task of this cell, run it as one, and show how it goes.\n"
        "It sees what the tasks before it returned, under their names, and nothing else of the notebook;\n"
        "its last expression is what it returns.",
    )
    words.add_argument(
        "--task", required=True, metavar="ID", help="id of the task; the cell's code replaces an older one"
    )
    words.add_argument("--dag", default="notebook", type=_dag_id, metavar="NAME", help="DAG it is part of  [notebook]")
    words.add_argument("--after", default=(), type=_names, metavar="ID,...", help="tasks that it comes after")
    words.add_argument("--retries", default=0, type=_count, metavar="N", help="how often it is tried again  [0]")
    words.add_argument("--no-run", action="store_true", help="take the cell in and run nothing")
    return words


def couture_words() -> Words:
    """Of ``%couture``."""
    words = Words(prog="%couture", description="Look at DAGs and run them. %couture COMMAND --help says more.")
    commands = words.add_subparsers(dest="command", metavar="COMMAND", required=True)
    deployed: Mapping[str, str] = {
        "dags": "list the DAGs of the deployment",
        "runs": "list the newest runs of a DAG",
        "trigger": "make a run of a DAG and watch it; an interrupt ends the watching, the run goes on",
        "cancel": "end a run: what runs is stopped, the rest does not start",
        "log": "show the log of a task",
    }
    made = {name: _command(commands, name, about) for name, about in deployed.items()}
    made["dags"].add_argument("--search", default="", metavar="TEXT", help="only those with this in id, tags or owner")
    for name in ("runs", "trigger", "cancel", "log"):
        made[name].add_argument("dag", metavar="DAG")
    made["runs"].add_argument("--limit", default=10, type=_count, metavar="N", help="how many  [10]")
    made["trigger"].add_argument("--conf", default={}, type=_conf, metavar="JSON", help=_CONF_HELP)
    made["trigger"].add_argument("--no-watch", action="store_true", help="do not wait for its end")
    made["cancel"].add_argument("run", metavar="RUN", nargs="?", default=LATEST, help=_RUN_HELP)
    made["log"].add_argument("run", metavar="RUN", help=_RUN_HELP)
    made["log"].add_argument("task", metavar="TASK", help="id of a task; of a mapped one as fetch[3]")
    made["log"].add_argument("--attempt", default=None, type=_count, metavar="N", help="counted from 1  [the latest]")

    test = _command(commands, "test", "run a DAG of this notebook to its end, as dag.test() does")
    test.add_argument("--conf", default={}, type=_conf, metavar="JSON", help=_CONF_HELP)
    show = _command(commands, "show", "draw a DAG of this notebook, or of the deployment")
    source = _command(commands, "source", "print a DAG of cells as a DAG file")
    save = _command(commands, "save", "write a DAG of cells to a DAG file")
    for one in (test, show, source, save):
        one.add_argument("dag", metavar="DAG")
    save.add_argument("file", metavar="FILE")
    save.add_argument("--replace", action="store_true", help="also if the file is there")
    return words


def _command(commands: Any, name: str, about: str) -> argparse.ArgumentParser:
    made: argparse.ArgumentParser = commands.add_parser(name, help=about, description=f"{about[0].upper()}{about[1:]}.")
    return made


def _dag_id(text: str) -> str:
    try:
        return str(check_dag_id(text))
    except InvalidId as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _names(text: str) -> tuple[str, ...]:
    return tuple(name for name in (part.strip() for part in text.split(",")) if name)


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 on")
    return int(text)


def _conf(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError as error:
        advice = f'{text!r} is not JSON ({error}). Put it in single quotes: --conf \'{{"name": "value"}}\''
        raise argparse.ArgumentTypeError(advice) from None
    if not isinstance(found, dict):
        raise argparse.ArgumentTypeError(f"{text!r} is not a JSON object")
    return found
