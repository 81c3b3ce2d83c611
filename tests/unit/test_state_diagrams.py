"""``docs/states.md`` is drawn from the transition tables: run with ``UPDATE_DOCS=1`` to draw it anew."""

import inspect
import os
import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from jupyter_couture.compat.states import State
from jupyter_couture.model import states
from jupyter_couture.model.states import (
    ATTEMPT_TRANSITIONS,
    RUN_TRANSITIONS,
    TASK_TRANSITIONS,
    AttemptState,
    RunState,
    TaskState,
)

PAGE = Path(__file__).parents[2] / "docs" / "states.md"

Table: TypeAlias = Mapping[Any, StrEnum]
"""From (state, event) to state, of any of the three kinds."""

TABLES: Mapping[str, tuple[type[StrEnum], Table]] = {
    "run": (RunState, RUN_TRANSITIONS),
    "task": (TaskState, TASK_TRANSITIONS),
    "attempt": (AttemptState, ATTEMPT_TRANSITIONS),
}


def meanings(kind: type[StrEnum]) -> dict[str, str]:
    """What stands beside each state in the code."""
    found = re.findall(r'= "(\w+)"(?:  # (.*))?', inspect.getsource(kind))
    return dict(found)


def drawn(kind: type[StrEnum], table: Table) -> str:
    """The states with their meaning, and a mermaid diagram of the table; events that share a way share an arrow."""
    lines = ["| state | meaning |", "|---|---|"]
    lines += [f"| `{state.value}` | {meanings(kind)[state.value]} |" for state in kind]
    arrows: dict[tuple[str, str], list[str]] = {}
    for (before, event), after in table.items():
        arrows.setdefault((before.value, after.value), []).append(event.value)
    lines += ["", "```mermaid", "stateDiagram-v2", f"    [*] --> {next(iter(kind)).value}"]
    lines += [f"    {before} --> {after}: {', '.join(events)}" for (before, after), events in arrows.items()]
    final = [state.value for state in kind if state not in {before for before, _ in table}]
    reached = {after.value for after in table.values()}
    lines += [f"    {state} --> [*]" for state in final if state in reached]
    return "\n".join([*lines, "```"])


def marked(name: str) -> re.Pattern[str]:
    """Where a drawing stands in the page."""
    return re.compile(rf"(?<=<!-- {name}: begin -->\n).*?(?=<!-- {name}: end -->)", re.DOTALL)


@pytest.mark.parametrize("name", TABLES)
def test_the_page_shows_the_table_as_it_is(name: str) -> None:
    page = PAGE.read_text()
    expected = f"\n{drawn(*TABLES[name])}\n\n"
    if os.environ.get("UPDATE_DOCS"):
        PAGE.write_text(marked(name).sub(lambda _: expected, page))
        return

    found = marked(name).search(page)
    assert found is not None
    assert found.group() == expected, "the table has changed: run this test with UPDATE_DOCS=1 and look at the page"


def test_every_state_says_what_it_means() -> None:
    silent = [state.value for kind, _ in TABLES.values() for state in kind if not meanings(kind)[state.value]]

    assert silent == ["success", "failed"], "the two ends of an attempt speak for themselves"
    assert inspect.getdoc(states)


def test_S170_every_state_that_users_know_by_name_is_there() -> None:
    """What 1.10 called ``shutdown`` shows as ``restarting``, or as the state it was marked with; the page says so."""
    known = """none scheduled queued running success failed up_for_retry up_for_reschedule upstream_failed skipped
        removed deferred awaiting_input"""
    assert set(known.split()) <= {state.value for state in TaskState}
    assert "shutdown" not in {state.value for state in TaskState}
    assert "Its `shutdown`" in PAGE.read_text()
    assert State.SHUTDOWN == "shutdown", "DAG files that compare with it load"
