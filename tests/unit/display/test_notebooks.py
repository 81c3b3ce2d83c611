"""Executed notebooks on paper."""

from typing import Any

import pytest

from jupyter_couture.display.notebooks import LARGEST_IMAGE, LONGEST_TEXT, MOST_CELLS, Cell, notebook

PNG = "iVBORw0KGgo="


def page_of(*outputs: dict[str, Any]) -> str:
    return notebook([Cell(1, "x = '<b>'", "success", outputs)])


def test_cells_show_their_source_their_state_and_their_text() -> None:
    shown = page_of({"output_type": "stream", "text": ["one <i>\n", "two"]})

    assert "x = &#x27;&lt;b&gt;&#x27;" in shown
    assert 'data-state="success"' in shown
    assert "one &lt;i&gt;\ntwo" in shown


def test_pictures_are_shown_and_named_by_their_text() -> None:
    shown = page_of({"output_type": "display_data", "data": {"image/png": f"{PNG}\n", "text/plain": "<Figure>"}})

    assert f'src="data:image/png;base64,{PNG}"' in shown
    assert 'alt="&lt;Figure&gt;"' in shown


@pytest.mark.parametrize("picture", ['x" onerror="alert(1)', "A" * (LARGEST_IMAGE + 1), ""])
def test_for_what_is_no_picture_or_too_large_its_text_stands(picture: str) -> None:
    shown = page_of({"output_type": "display_data", "data": {"image/png": picture, "text/plain": "a figure"}})

    assert "<img" not in shown
    assert "<pre>a figure</pre>" in shown


def test_html_of_a_notebook_is_left_out() -> None:
    shown = page_of({"output_type": "execute_result", "data": {"text/html": "<script>", "text/plain": "a table"}})

    assert "script" not in shown
    assert "<pre>a table</pre>" in shown


def test_an_error_loses_its_colours_and_shows_its_end() -> None:
    lines = ["\x1b[0;31m" + "deep " * LONGEST_TEXT, "\x1b[31mValueError\x1b[0m: no"]
    shown = page_of({"output_type": "error", "ename": "ValueError", "evalue": "no", "traceback": lines})

    assert shown.endswith("ValueError: no</pre></div>")
    assert "\x1b" not in shown
    assert len(shown) < 2 * LONGEST_TEXT


def test_cells_beyond_those_drawn_are_counted() -> None:
    cells = [Cell(number, "pass", "pending", ()) for number in range(1, MOST_CELLS + 8)]

    assert "and 7 cells more" in notebook(cells)
