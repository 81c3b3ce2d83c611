"""Pages that are made of notebooks, and what they do not ask for."""

import base64
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbconvert.exporters import HTMLExporter, get_exporter

from jupyter_couture.export import CoutureExporter

VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def notebook_of(*outputs: dict[str, Any], words: str = "Some $x^2$ here") -> Any:
    """A notebook whose widgets the lab saved with it."""
    shown = [nbformat.v4.new_output("display_data", each) for each in outputs]
    cells = [nbformat.v4.new_markdown_cell(words), nbformat.v4.new_code_cell("1", outputs=shown)]
    models = {each[VIEW]["model_id"]: {"state": {"_esm": "x" * 99}} for each in outputs if VIEW in each}
    widgets = {STATE: {"state": models, "version_major": 2, "version_minor": 0}}
    return nbformat.v4.new_notebook(cells=cells, metadata={"widgets": widgets})


def widget(number: int, **data: str) -> dict[str, Any]:
    return {VIEW: {"model_id": str(number), "version_major": 2, "version_minor": 0}, **data}


def addresses(page: str) -> list[str]:
    return re.findall(r"(?:https?:)?//[\w.-]+\.(?:com|org|net)[^\"' )]*", page)


SHOWN = notebook_of(
    widget(1, **{"text/html": "<b>the picture</b>", "text/plain": "DagGraph('etl')"}),
    widget(2, **{"text/plain": "VBox(children=(...))"}),
    {"text/latex": "$y$", "text/plain": "y"},
    {"text/vnd.mermaid": "graph TD"},
)


def test_a_page_has_pictures_for_widgets_and_needs_no_script_of_others() -> None:
    page, _ = CoutureExporter().from_notebook_node(SHOWN)

    assert "<b>the picture</b>" in page
    assert "DagGraph(" not in page
    assert "VBox(children=(...))" in page
    assert "graph TD" in page
    assert "<script" not in page
    assert "x" * 99 not in page, "the scripts of widgets are of no use without a kernel"
    assert addresses(re.sub(r"<style.*?</style>", "", page, flags=re.DOTALL)) == []
    assert not re.search(r"url\((?!['\"]?data:)[^)]*\)|@import", page)


def test_the_template_alone_does_the_same_and_the_usual_one_asks_other_hosts() -> None:
    usual, _ = HTMLExporter().from_notebook_node(SHOWN)
    assert addresses(re.sub(r"<style.*?</style>", "", usual, flags=re.DOTALL)) != []

    ours, _ = CoutureExporter().from_notebook_node(SHOWN)
    assert HTMLExporter(template_name="couture").from_notebook_node(SHOWN)[0] == ours


@pytest.mark.parametrize(("theme", "light"), [("light", "auto"), ("dark", "false")])
def test_a_page_is_as_dark_as_the_reader_likes_or_as_was_said(theme: str, light: str) -> None:
    page, _ = CoutureExporter(theme=theme).from_notebook_node(SHOWN)

    assert f'data-jp-theme-light="{light}"' in page
    assert ('<style media="screen and (prefers-color-scheme: dark)">' in page) == (theme == "light")


def test_pictures_beside_the_notebook_go_into_the_page(tmp_path: Path) -> None:
    (tmp_path / "dot.png").write_bytes(PIXEL)
    page, _ = CoutureExporter().from_notebook_node(
        notebook_of(words="![a dot](dot.png)"), resources={"metadata": {"path": str(tmp_path)}}
    )

    assert f'src="data:image/png;base64,{base64.b64encode(PIXEL).decode()}"' in page


def test_nbconvert_knows_it_by_its_name() -> None:
    assert get_exporter("couture") is CoutureExporter
