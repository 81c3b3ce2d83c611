"""What is taken from a database cursor once a statement has run, and whether one value or a list is given back."""

from collections.abc import Iterable
from typing import Any


def fetch_all_handler(cursor: Any) -> list[Any] | None:
    """All rows; None if the statement gives none."""
    return list(cursor.fetchall()) if _has_rows(cursor) else None


def fetch_one_handler(cursor: Any) -> Any:
    """The first row; None if there is none."""
    return cursor.fetchone() if _has_rows(cursor) else None


def default_output_processor(results: list[Any], descriptions: list[Any]) -> list[Any]:
    """The results as they are."""
    return results


def return_single_query_results(sql: str | Iterable[str], return_last: bool, split_statements: bool | None) -> bool:
    """Whether the value is that of one statement: of the last one, or of the only one. A list of texts gives a list."""
    if not isinstance(sql, str):
        return False
    return return_last or split_statements is False


def _has_rows(cursor: Any) -> bool:
    if not hasattr(cursor, "description"):
        message = f"a handler is given the cursor of the database, which has a description; {type(cursor)} has none"
        raise RuntimeError(message)
    return cursor.description is not None
