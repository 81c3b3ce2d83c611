"""Connections of psycopg2 itself. Read only where it is installed."""

from typing import Any

import psycopg2
import psycopg2.extras

_CURSORS: dict[str, Any] = {
    "dictcursor": psycopg2.extras.DictCursor,
    "realdictcursor": psycopg2.extras.RealDictCursor,
    "namedtuplecursor": psycopg2.extras.NamedTupleCursor,
}


def connect(options: dict[str, Any], cursor: str = "") -> Any:
    """A new connection whose cursors are of the kind ``cursor``."""
    kinds = {"cursor_factory": _CURSORS[cursor]} if cursor else {}
    return psycopg2.connect(**options, **kinds)
