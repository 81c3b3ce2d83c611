"""Many small rows as one large value a group, for pages of tens of thousands of them.

A row that the driver hands over is an object or two, and so many objects wake Python's garbage collector, which then
looks at everything there is. One text for each group of rows, cut into columns by one ``split``, is several times as
fast. Values of ids and states have no line break in them, so a line break stands between two values.
"""

from collections.abc import Sequence
from functools import reduce
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, String, cast, func, select, type_coerce

_BREAK = "\n"


def rows_in_lists(*groups: ColumnElement[Any], columns: Sequence[ColumnElement[Any]]) -> Select[Any]:
    """A query for each group with all its rows in one text, for ``lists_of``. Times are as they are stored."""
    texts: list[ColumnElement[str]] = [func.coalesce(_text(column), "") for column in columns]
    row = reduce(lambda left, right: left.concat(_BREAK).concat(right), texts)
    return select(*groups, func.aggregate_strings(row, _BREAK)).group_by(*groups)


def lists_of(text: str, width: int) -> list[list[str]]:
    """The columns of such a text; what has no value is empty."""
    values = text.split(_BREAK) if text else []
    return [values[place::width] for place in range(width)]


def _text(column: ColumnElement[Any]) -> ColumnElement[str]:
    if isinstance(column.type, String):
        return column
    return cast(type_coerce(column, BigInteger), String)
