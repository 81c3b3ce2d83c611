"""Cells as the tasks of a DAG."""

from typing import Any

import pytest

from jupyter_couture.authoring.compile import compile_dag
from jupyter_couture.magics.cells import CellDag, task_cell
from jupyter_couture.model.errors import InvalidDag
from jupyter_couture.testing import run_dag

EXTRACT = 'text = """one\n  two"""\nlines = text.splitlines()\nlines'
COUNT = "# how many\nfor line in extract:\n    print(line)\n\nlen(extract); f'''{len(extract)}\n lines'''"


def made(*cells: tuple[str, str, tuple[str, ...]]) -> CellDag:
    dag = CellDag("sales")
    for name, source, after in cells:
        dag = dag.with_cell(task_cell(name, source, after))
    return dag


def loaded(text: str, folder: Any) -> Any:
    """The DAG of a text, saved as a file."""
    file = folder / "sales.py"
    file.write_text(text)
    return file


def test_cells_are_the_bodies_of_functions_that_return_their_last_expression(tmp_path: Any) -> None:
    dag = made(("extract", EXTRACT, ()), ("count", COUNT, ("extract",)), ("nothing", "# only a remark", ()))

    result = run_dag(loaded(dag.text(), tmp_path))

    result.assert_success()
    assert result.tasks["extract"].value == ["one", "  two"]
    assert result.tasks["count"].value == "2\n lines"
    assert result.tasks["nothing"].value is None


def test_only_what_is_not_known_runs_again_and_a_changed_cell_forgets_what_follows(tmp_path: Any) -> None:
    dag = made(("a", "1", ()), ("b", "a + 1", ("a",)), ("c", "a + b", ("a", "b")))
    assert dag.needed("c") == ["a", "b", "c"]

    dag = dag.with_value("a", 10)
    assert dag.needed("c") == ["b", "c"]
    result = run_dag(loaded(dag.text(dag.needed("c")), tmp_path))
    assert result.states == {"b": "success", "c": "success"}
    assert result.tasks["c"].value == 21

    changed = dag.with_value("b", 11).with_cell(task_cell("a", "2"))
    assert changed.values == {}
    assert dag.with_value("b", object()).needed("c") == ["b", "c"], "no text says what an object is"


def test_the_text_is_a_dag_file_with_dependencies_and_retries(tmp_path: Any) -> None:
    from jupyter_couture.testing.files import load_dag

    dag = made(("a", "1", ()), ("b", "2", ("a",))).with_cell(task_cell("b", "a", ("a",), 3))
    spec = compile_dag(load_dag(loaded(dag.text(), tmp_path)))

    assert {task.task_id: task.upstream for task in spec.tasks} == {"a": (), "b": ("a",)}
    assert [task.retry.retries for task in spec.tasks] == [0, 3]


@pytest.mark.parametrize(
    ("name", "source", "after", "words"),
    [
        ("load-it", "1", (), "becomes the name of a function"),
        ("class", "1", (), "becomes the name of a function"),
        ("fine", "!ls", (), "not plain Python"),
        ("fine", "await x", (), "not plain Python"),
        ("fine", "from math import *", (), "not plain Python"),
        ("fine", "1", ("other",), "there is no task 'other' to come after; there is a. Run its cell first"),
        ("a", "1", ("b",), "would come after itself"),
    ],
)
def test_what_cannot_be_a_task_is_refused_with_the_reason(
    name: str, source: str, after: tuple[str, ...], words: str
) -> None:
    dag = made(("a", "1", ()), ("b", "a", ("a",))) if name == "a" else made(("a", "1", ()))
    with pytest.raises(InvalidDag, match=words):
        dag.with_cell(task_cell(name, source, after))
