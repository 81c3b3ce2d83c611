"""An executed notebook on paper: its cells with the text and the pictures they show. HTML of theirs is left out."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jupyter_couture.display.html import Html, join, shortened, tag
from jupyter_couture.display.states import chip

MOST_CELLS = 50
"""Cells that are drawn; more are counted."""

LONGEST_TEXT = 4_000
"""Characters of a text that are drawn."""

LARGEST_IMAGE = 400_000
"""Characters of a picture's base64, above which its text stands for it: exported pages carry every picture whole."""

_IMAGES = ("image/png", "image/jpeg")
_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]+")


@dataclass(frozen=True, slots=True)
class Cell:
    """A code cell: its state as a task has one, and its outputs as they stand in a notebook file."""

    number: int
    source: str
    state: str
    outputs: Sequence[Mapping[str, Any]]


def notebook(cells: Sequence[Cell]) -> Html:
    """The first cells of a notebook; how many there are beyond."""
    drawn = [_cell(cell) for cell in cells[:MOST_CELLS]]
    rest = len(cells) - len(drawn)
    return join([*drawn, tag("p", f"and {rest:,} cells more") if rest else None])


def _cell(cell: Cell) -> Html:
    head = tag("div", tag("span", f"[{cell.number}] ", class_="couture-show-faint"), chip(cell.state))
    return tag("div", head, tag("pre", shortened(cell.source, LONGEST_TEXT)), *map(_output, cell.outputs))


def _output(output: Mapping[str, Any]) -> Html | None:
    match output.get("output_type"):
        case "stream":
            return _text(output.get("text"))
        case "error":
            lines = output.get("traceback") or [f"{output.get('ename')}: {output.get('evalue')}"]
            return _text("\n".join(map(str, lines)))
        case "display_data" | "execute_result":
            data = output.get("data") or {}
            return _image(data) or _text(data.get("text/plain"))
    return None


def _image(data: Mapping[str, Any]) -> Html | None:
    for kind in _IMAGES:
        picture = _whole(data.get(kind))
        if 0 < len(picture) <= LARGEST_IMAGE and _BASE64.fullmatch(picture):
            source = f"data:{kind};base64,{''.join(picture.split())}"
            return tag("img", src=source, alt=_whole(data.get("text/plain")) or "A picture", style="max-width:100%")
    return None


def _text(words: object) -> Html | None:
    """The end of a text: what went wrong stands there."""
    text = _ANSI.sub("", _whole(words))
    if not text:
        return None
    return tag("pre", text if len(text) <= LONGEST_TEXT else f"…{text[-LONGEST_TEXT:]}")


def _whole(words: object) -> str:
    """A text, which notebook files may also hold as a list of lines."""
    return "".join(map(str, words)) if isinstance(words, list) else str(words or "")
