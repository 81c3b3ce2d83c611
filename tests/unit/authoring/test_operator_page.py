"""Every example of docs/operators.md is a file that loads."""

import re
from pathlib import Path

import pytest

from jupyter_couture import operators, sensors
from jupyter_couture.authoring.compile import compile_dag
from jupyter_couture.authoring.load import load_source

PAGE = (Path(__file__).parents[3] / "docs" / "operators.md").read_text()
EXAMPLES = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
ALIASES = {"BaseBranchOperator", "BaseSensorOperator", "DummyOperator", "SimpleHttpOperator", "is_venv_installed"}
"""Older names of what is explained, and what needs no explanation."""


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_an_example_loads_and_compiles(number: int, tmp_path: Path) -> None:
    loaded = load_source(EXAMPLES[number], tmp_path / f"example_{number}.py", tmp_path)
    for dag in loaded.dags.values():
        assert compile_dag(dag).tasks
    assert loaded.dags or "BaseTrigger" in EXAMPLES[number]


def test_every_operator_and_sensor_is_named_on_the_page() -> None:
    names = {name for name in (*operators.__all__, *sensors.__all__) if not name.startswith("HITL")}
    told = {name for name in names if re.search(rf"\b{name}\b", PAGE)}
    shown_elsewhere = {"BaseOperator", "BranchOperator", "DagRunOrder", "WaitSensor"}
    shown_elsewhere |= {name for name in names if name.endswith("Async")}
    assert names - told - ALIASES - shown_elsewhere == set()


@pytest.mark.parametrize("name", sorted({*operators.__all__, *sensors.__all__}))
def test_every_operator_and_sensor_says_what_it_does(name: str) -> None:
    module = operators if name in operators.__all__ else sensors
    assert len((getattr(module, name).__doc__ or "").strip()) > 20
