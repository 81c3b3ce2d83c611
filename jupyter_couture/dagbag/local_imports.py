"""Which modules of the DAG folder a file imports, found without executing or parsing it.

A pattern is enough: a line too many costs a needless parse, and one that is built at run time cannot be found by any
other means either.
"""

import re
from collections.abc import Iterator
from pathlib import Path

_IMPORT = re.compile(
    rb"^[ \t]*(?:from[ \t]+(?P<source>[.\w]+)[ \t]+import[ \t]*(?P<names>\([^)]*\)|[^\n#]*)"
    rb"|import[ \t]+(?P<modules>[^\n#]+))",
    re.MULTILINE,
)
_NAME = re.compile(r"[\w.]+")


def imported_files(data: bytes, path: Path, folder: Path) -> tuple[Path, ...]:
    """Files below ``folder`` or beside ``path`` that the Python text ``data`` at ``path`` imports directly."""
    roots = [path.parent] if path.parent == folder else [path.parent, folder]
    found: dict[Path, None] = {}
    for dotted in _dotted_names(data):
        for base, name in _places(dotted, path, roots):
            found.update(dict.fromkeys(_files_of(base, name)))
    return tuple(found)


def _dotted_names(data: bytes) -> Iterator[str]:
    for match in _IMPORT.finditer(data):
        if match["source"] is not None:
            source = match["source"].decode("utf-8", "replace")
            yield source
            for name in _first_words(match["names"]):
                yield f"{source}{name}" if source.endswith(".") else f"{source}.{name}"
        else:
            yield from _first_words(match["modules"])


def _first_words(text: bytes) -> Iterator[str]:
    for part in text.decode("utf-8", "replace").strip("()").split(","):
        match = _NAME.match(part.strip(" \t\r\n\\("))
        if match is not None:
            yield match.group()


def _places(dotted: str, path: Path, roots: list[Path]) -> Iterator[tuple[Path, str]]:
    name = dotted.lstrip(".")
    dots = len(dotted) - len(name)
    if dots:
        yield path.parents[min(dots, len(path.parents)) - 1], name
    else:
        for root in roots:
            yield root, name


def _files_of(base: Path, dotted: str) -> Iterator[Path]:
    """The module file and the ``__init__`` files of the packages above it, as far as they exist."""
    place = base
    for part in filter(None, dotted.split(".")):
        module = place / f"{part}.py"
        place = place / part
        if (place / "__init__.py").is_file():
            yield place / "__init__.py"
        elif module.is_file():
            yield module
            return
        elif not place.is_dir():
            return
