"""The outputs of notebook cells, cut to what a page can show: the newest stay, and what is left out is counted."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from jupyter_couture.services.notebook_files import joined

MOST_OUTPUTS = 100
"""Of one cell; the newest."""

CELL_BYTES = 2**20
"""The outputs of one cell together."""

WHOLE_BYTES = 4 * 2**20
"""The outputs of all cells together; the newest cells keep theirs."""

_TEXT_BYTES = 64 * 1024  # of one piece of text: its end is what one looks for
_METADATA_BYTES = 4096
_MESSAGE_LENGTH = 4096
_KINDS = ("stream", "display_data", "execute_result", "error")

Output = dict[str, Any]


class Shortened(NamedTuple):
    """Outputs in the form of nbformat; ``left_out`` counts outputs of which nothing is left, ``bytes_left_out`` all."""

    outputs: Sequence[Output]
    left_out: int
    bytes_left_out: int

    @property
    def size_bytes(self) -> int:
        """What is left."""
        return sum(map(_size, self.outputs))


NO_OUTPUTS = Shortened((), 0, 0)


def shorten(given: Any, limit_bytes: int = CELL_BYTES) -> Shortened:
    """The outputs of a cell as its notebook holds them, the newest within ``limit_bytes``, in their order."""
    outputs = list(_known(given))
    kept: list[Output] = []
    left_out = bytes_left_out = 0
    room = limit_bytes
    for place, output in enumerate(reversed(outputs)):
        size = _size(output)
        short = _fitted(output, room) if place < MOST_OUTPUTS else None
        if short is None:
            left_out += 1
            bytes_left_out += size
            continue
        rest = _size(short)
        room -= rest
        bytes_left_out += size - rest
        kept.append(short)
    return Shortened(kept[::-1], left_out, bytes_left_out)


def shorten_all(cells: Sequence[Any]) -> list[Shortened]:
    """The outputs of all cells of a notebook, each one's and all together within the limits."""
    room = WHOLE_BYTES
    found: list[Shortened] = []
    for given in reversed(cells):
        short = shorten(given, min(CELL_BYTES, room))
        room -= short.size_bytes
        found.append(short)
    return found[::-1]


def _known(given: Any) -> Iterator[Output]:
    """Outputs with the fields of their type and no others, lists of lines joined."""
    for output in given if isinstance(given, list) else ():
        kind = output.get("output_type") if isinstance(output, dict) else None
        if kind not in _KINDS:
            continue
        if kind == "stream":
            name = "stderr" if output.get("name") == "stderr" else "stdout"
            yield {"output_type": kind, "name": name, "text": joined(output.get("text"))}
        elif kind == "error":
            lines = output.get("traceback")
            yield {
                "output_type": kind,
                "ename": joined(output.get("ename"))[:_MESSAGE_LENGTH],
                "evalue": joined(output.get("evalue"))[:_MESSAGE_LENGTH],
                "traceback": ["\n".join(map(str, lines))] if isinstance(lines, list) else [],
            }
        else:
            data = output.get("data")
            yield {
                "output_type": "display_data",  # without the number of its execution
                "data": dict(_pieces(data)) if isinstance(data, dict) else {},
                "metadata": _metadata(output.get("metadata")),
            }


def _pieces(data: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for mime_type, value in data.items():
        is_json = mime_type == "application/json" or mime_type.endswith("+json")
        yield mime_type, value if is_json else joined(value)


def _metadata(given: Any) -> Mapping[str, Any]:
    """Sizes of pictures and the like."""
    return given if isinstance(given, dict) and _length(given) <= _METADATA_BYTES else {}


def _fitted(output: Output, room: int) -> Output | None:
    """``output`` in at most ``room``, as far as that can be; None if nothing of it can be shown."""
    if output["output_type"] == "display_data":
        data: dict[str, Any] = {}
        for mime_type, value in sorted(output["data"].items(), key=lambda piece: _length(piece[1])):
            size = _length(value)
            if size <= room:
                data[mime_type] = value
                room -= size
        return {**output, "data": data} if data or not output["data"] else None
    text = _text_of(output)
    short = _end_of(text, min(room, _TEXT_BYTES))
    if text and not short:
        return None
    return {**output, "text": short} if output["output_type"] == "stream" else {**output, "traceback": [short]}


def _text_of(output: Output) -> str:
    """Of a stream or an error."""
    return str(output["text"]) if output["output_type"] == "stream" else "".join(output["traceback"])


def _end_of(text: str, most: int) -> str:
    """The end of a text, from the beginning of a line if there is one."""
    if len(text) <= most:
        return text
    end = text[len(text) - most :]
    _, newline, rest = end.partition("\n")
    return rest if newline and rest else end


def _size(output: Output) -> int:
    if output["output_type"] == "display_data":
        return sum(map(_length, output["data"].values()))
    return len(_text_of(output))


def _length(value: Any) -> int:
    """About the bytes that a value takes: most text has one for each character."""
    return len(value) if isinstance(value, str) else len(msgspec.json.encode(value))
