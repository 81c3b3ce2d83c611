"""Many small rows as a few large values a group, for pages of tens of thousands of them.

A row that the driver hands over is an object or two, and so many objects wake Python's garbage collector, which then
looks at everything there is. One JSON array for each column of a group of rows, which the database makes and one call
reads, is several times as fast, and numbers come as numbers.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, Text, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

_read = msgspec.json.Decoder().decode


class _Listed(FunctionElement[str]):
    """The values of a column in all rows of a group, as the text of a JSON array."""

    type = Text()
    inherit_cache = True


@compiles(_Listed, "sqlite")
def _listed_by_sqlite(element: _Listed, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_group_array({compiler.process(element.clauses, **options)})"


@compiles(_Listed, "postgresql")
def _listed_by_postgres(element: _Listed, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST(json_agg({compiler.process(element.clauses, **options)}) AS TEXT)"


def rows_in_lists(*groups: ColumnElement[Any], columns: Sequence[ColumnElement[Any]]) -> Select[Any]:
    """A query for each group with all its rows, a text for each of ``columns``, for ``lists_of``.

    Times are as they are stored. All texts of a group have the rows in the same order.
    """
    return select(*groups, *(_Listed(column) for column in columns)).group_by(*groups)


def lists_of(texts: Sequence[str]) -> list[list[Any]]:
    """The columns of such a group; what has no value is None."""
    return [_read(text) for text in texts]
