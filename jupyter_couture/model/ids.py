"""Identifiers: what a DAG, a task, a run and an attempt may be called.

Ids travel through file names, URLs, SQL and HTML, so they are checked once, where they are born, and compared in
Unicode normal form NFC ever after.
"""

import re
import unicodedata
from typing import NamedTuple, NewType

from jupyter_couture.model.errors import InvalidId

DagId = NewType("DagId", str)
TaskId = NewType("TaskId", str)
RunId = NewType("RunId", str)
AttemptId = NewType("AttemptId", str)
VersionHash = NewType("VersionHash", str)

MAX_ID_LENGTH = 250

_NAME = re.compile(r"[\w.\-]+")
_RUN_NAME = re.compile(r"[\w.\-:+@ ]+")

NOT_MAPPED = -1


class TaskKey(NamedTuple):
    """One task instance inside a run; ``map_index`` is -1 unless the task is mapped."""

    task_id: TaskId
    map_index: int = NOT_MAPPED

    @property
    def name(self) -> str:
        """For people: ``task`` or ``task[3]``."""
        return self.task_id if self.map_index == NOT_MAPPED else f"{self.task_id}[{self.map_index}]"


class RunKey(NamedTuple):
    """One DAG run."""

    dag_id: DagId
    run_id: RunId


def dag_id(text: str) -> DagId:
    """Check and normalise a DAG id; raises ``InvalidId``."""
    return DagId(_checked("dag_id", text, _NAME, "letters, digits, '_', '-' and '.'"))


def task_id(text: str) -> TaskId:
    """Check and normalise a task id; raises ``InvalidId``."""
    return TaskId(_checked("task_id", text, _NAME, "letters, digits, '_', '-' and '.'"))


def run_id(text: str) -> RunId:
    """Check and normalise a run id; raises ``InvalidId``. Allows the characters of an ISO time stamp."""
    return RunId(_checked("run_id", text, _RUN_NAME, "letters, digits, spaces and any of '_-.:+@'"))


def _checked(what: str, text: str, pattern: re.Pattern[str], allowed: str) -> str:
    if not isinstance(text, str):
        raise InvalidId(what=what, value=repr(text), rule="it must be a string")
    name = unicodedata.normalize("NFC", text)
    if not name:
        raise InvalidId(what=what, value=name, rule="it must not be empty")
    if len(name) > MAX_ID_LENGTH:
        raise InvalidId(what=what, value=name[:40] + "…", rule=f"it may have at most {MAX_ID_LENGTH} characters")
    if not pattern.fullmatch(name) or name.strip(". ") == "":
        raise InvalidId(what=what, value=name, rule=f"it may hold {allowed}, and not only dots")
    return name
