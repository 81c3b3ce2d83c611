"""The words that server and browser share are written twice; here they are compared."""

import re
from enum import StrEnum
from pathlib import Path

import pytest

from jupyter_couture.model.run import RunType
from jupyter_couture.model.states import RunState, TaskState

LABEXTENSION = Path(__file__).parents[2] / "labextension"


@pytest.mark.parametrize(
    ("constant", "states"), [("TASK_STATES", TaskState), ("RUN_STATES", RunState), ("RUN_TYPES", RunType)]
)
def test_the_browser_knows_every_word_of_the_server(constant: str, states: type[StrEnum]) -> None:
    wire = (LABEXTENSION / "src/model/wire.ts").read_text()
    found = re.search(rf"{constant} = \[(.*?)\] as const", wire, re.DOTALL)
    assert found is not None
    assert sorted(re.findall(r"'(\w+)'", found[1])) == sorted(states)


def test_every_state_has_a_colour_in_both_themes() -> None:
    styles = (LABEXTENSION / "style/states.css").read_text()
    for state in TaskState:
        assert styles.count(f"--couture-{state}:") == 2, state
        assert state is TaskState.NONE or f"[data-state='{state}']" in styles, state
