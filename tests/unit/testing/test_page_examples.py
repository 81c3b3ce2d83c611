"""The examples of the documentation run: each page's DAGs are carried through, only what needs a world is mocked.

The examples of docs/airflow.md, docs/operators.md and docs/testing.md have tests of their own.
"""

import re
from pathlib import Path
from typing import Any

import pytest

from jupyter_couture.testing import assert_dag_valid, dag_bag, run_dag

ROOT = Path(__file__).parents[3]
ELSEWHERE = {"airflow.md", "operators.md", "testing.md"}
PAGES = [
    page
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
    if page.name not in ELSEWHERE and "DAG(" in page.read_text()
]
MOCKS: dict[str, dict[str, Any]] = {
    "orders": {"report": "/reports/1.ipynb"},
    "nightly": {"fetch": "/data/1.csv", "check": 1, "load": "loaded"},
    "files": {"ping": "there"},
    "weekly": {"report": "/reports/1.ipynb"},
    "loading": {"load": 3},
}
"""What stands in for notebooks, networks and commands that are not here, by DAG and task."""

FILES = {"templates.md": {"clean.sh": "echo {{ ds }}"}}
"""What the text of a page has beside its DAG file."""

CONCEPTS = {
    "schedules": "schedules.md",
    "assets": "assets.md",
    "backfill": "backfill.md",
    "mapping": "mapping.md",
    "pools and why": "waiting.md",
    "xcom": "xcom.md",
    "secrets": "secrets.md",
    "templates": "templates.md",
    "operators, sensors, deferral": "operators.md",
    "options": "tasks.md",
    "alerts": "alerts.md",
    "callbacks": "callbacks.md",
    "testing": "testing.md",
    "commands": "cli.md",
    "actions": "actions.md",
}


def examples(page: Path) -> list[str]:
    """The blocks of a page that make DAGs by themselves."""
    blocks = re.findall(r"^```python\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL)
    return [block for block in blocks if "import" in block and ("DAG(" in block or "@dag" in block)]


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_the_dags_of_a_page_run(page: Path, tmp_path: Path) -> None:
    found = examples(page)
    assert found, f"{page.name} has no example that stands by itself"
    for number, source in enumerate(found):
        file = tmp_path / str(number) / f"{page.stem}_{number}.py"
        file.parent.mkdir()
        file.write_text(source)
        for name, text in FILES.get(page.name, {}).items():
            (file.parent / name).write_text(text)
        assert_dag_valid(file)
        for dag_id, dag in dag_bag(file.parent).items():
            mocks = {name: mock for name, mock in MOCKS.get(dag_id, {}).items() if name in dag.task_dict}
            run_dag(dag, mocks=mocks).assert_success()


def test_every_concept_has_its_page_with_an_example() -> None:
    index = (ROOT / "docs" / "index.md").read_text()
    for concept, name in CONCEPTS.items():
        page = ROOT / "docs" / name
        assert page.exists(), concept
        assert f"({name})" in index, f"{name} is not in the list of pages"
        assert re.search(r"^```(python|console|sh|bash|json)\n", page.read_text(), re.MULTILINE) or name == "cli.md", (
            name
        )
