"""What is written down of runs by the real Airflow, and where."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

VERSION = "2.10.5"
LOGICAL_DATE = "2024-05-01T00:00:00+00:00"

RECORDED = Path(__file__).parents[1] / "data" / "airflow" / f"runs-{VERSION}.json"

FOLDER = RECORDED.parent / "dags"
"""Files in other people's styles, written for this."""

EXAMPLES = "examples"
WRITTEN = "dags"

VARIES: Mapping[str, Any] = {"varies": True}
"""Stands for a value that depends on the moment or on chance."""

REFUSED = "refused"
"""The state of a run that was not made, since parameters lack values and the like."""

Ran = Mapping[str, Any]
"""A run: ``state``, and of each task instance by ``task`` or ``task[index]`` its ``state`` and ``xcoms``."""


def recorded() -> dict[str, dict[str, Ran | None]]:
    """The facts, by file and DAG; None is a run that did not end."""
    files: dict[str, dict[str, Ran | None]] = json.loads(RECORDED.read_text())["files"]
    return files
