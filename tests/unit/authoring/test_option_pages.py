"""``docs/tasks.md`` speaks of every argument there is, and the examples beside it are DAG files."""

import re
from pathlib import Path

import pytest

from jupyter_couture import DAG, BaseOperator
from jupyter_couture.authoring.arguments import argument_names
from jupyter_couture.authoring.compile import compile_dag
from jupyter_couture.authoring.load import load_source

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "tasks.md").read_text()
TASK_PART, _, DAG_PART = PAGE.partition("## Options of a DAG")


@pytest.mark.parametrize("name", argument_names(BaseOperator.__init__))
def test_every_option_of_tasks_is_explained(name: str) -> None:
    assert f"`{name}`" in TASK_PART


@pytest.mark.parametrize("name", argument_names(DAG.__init__))
def test_every_option_of_dags_is_explained(name: str) -> None:
    assert f"`{name}`" in DAG_PART


def examples() -> list[tuple[str, str]]:
    found = []
    for page in ("tasks", "mapping", "callbacks"):
        text = (ROOT / "docs" / f"{page}.md").read_text()
        blocks = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
        found += [(f"{page}_{number}", block) for number, block in enumerate(blocks)]
    return found


@pytest.mark.parametrize(("name", "source"), examples(), ids=[name for name, _ in examples()])
def test_every_example_is_a_dag_file(name: str, source: str, tmp_path: Path) -> None:
    loaded = load_source(source, tmp_path / f"{name}.py", tmp_path)

    assert loaded.dags
    for made in loaded.dags.values():
        assert compile_dag(made).tasks
