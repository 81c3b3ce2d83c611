"""The page about testing is true: its example runs as it stands, and its tables name what is there."""

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

from jupyter_couture.testing.plays import Options
from jupyter_couture.testing.results import DagResult

PAGE = (Path(__file__).parents[3] / "docs" / "testing.md").read_text()


def test_the_example_passes() -> None:
    source = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)[0]
    module: dict[str, Any] = {"__name__": "test_sales"}
    exec(compile(source, "test_sales.py", "exec"), module)
    tests = [name for name in module if name.startswith("test_")]

    assert len(tests) == 4
    for name in tests:
        module[name]()


def test_every_option_is_in_the_table() -> None:
    table = PAGE.partition("## What you give")[2].partition("## What you get")[0]

    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == list(Options.__annotations__)


def test_every_part_of_a_result_is_named() -> None:
    told = PAGE.partition("## What you get")[2].partition("## Whole folders")[0]

    assert [item.name for item in fields(DagResult) if item.name != "run" and f"`{item.name}" not in told] == []
