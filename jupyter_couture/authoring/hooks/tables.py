"""Query results as tables of pandas and polars, over any DB-API connection."""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import Any

from jupyter_couture.authoring.hooks.drivers import driver
from jupyter_couture.authoring.statements import Parameters
from jupyter_couture.model.errors import InvalidRequest

KINDS = ("pandas", "polars")


def read_table(connection: Any, sql: str, parameters: Parameters, kind: str, **options: Any) -> Any:
    """One table; ``options`` are those of ``pandas.read_sql`` or of ``polars.DataFrame``."""
    if _checked(kind) == "polars":
        with closing(connection.cursor()) as cursor:
            return _polars_table(_asked(cursor, sql, parameters), cursor.fetchall(), options)
    pandas = driver("pandas", "a table of pandas")
    with _pandas_takes_any_driver():
        return pandas.read_sql(sql, con=connection, params=parameters or None, **options)


def read_tables(
    connection: Any, sql: str, parameters: Parameters, kind: str, size: int, **options: Any
) -> Iterator[Any]:
    """Tables of ``size`` rows each, the last one perhaps shorter."""
    if _checked(kind) == "polars":
        with closing(connection.cursor()) as cursor:
            names = _asked(cursor, sql, parameters)
            while rows := cursor.fetchmany(size):
                yield _polars_table(names, rows, options)
        return
    pandas = driver("pandas", "a table of pandas")
    with _pandas_takes_any_driver():
        yield from pandas.read_sql(sql, con=connection, params=parameters or None, chunksize=size, **options)


def _checked(kind: str) -> str:
    if kind not in KINDS:
        raise InvalidRequest(field="df_type", message=f"df_type is one of {', '.join(KINDS)}, not {kind!r}")
    return kind


def _asked(cursor: Any, sql: str, parameters: Parameters) -> list[str]:
    """Run a query; the names of its columns."""
    cursor.execute(sql, parameters) if parameters else cursor.execute(sql)
    return [column[0] for column in cursor.description]


def _polars_table(names: list[str], rows: Sequence[Any], options: Mapping[str, Any]) -> Any:
    """``options`` are those of ``polars.DataFrame``. Rows by name become rows by place."""
    polars = driver("polars", "a table of polars")
    values = [tuple(row.values()) if isinstance(row, Mapping) else tuple(row) for row in rows]
    return polars.DataFrame(values, **{"schema": names, "orient": "row", "infer_schema_length": None, **options})


@contextmanager
def _pandas_takes_any_driver() -> Iterator[None]:
    """It reads from any DB-API connection, but warns that it is tested with few."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="pandas only supports SQLAlchemy", category=UserWarning)
        yield
