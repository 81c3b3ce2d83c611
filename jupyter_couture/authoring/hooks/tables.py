"""Query results as tables of pandas and polars, over any DB-API connection."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from jupyter_couture.authoring.hooks.drivers import driver
from jupyter_couture.authoring.statements import Parameters
from jupyter_couture.model.errors import InvalidRequest

KINDS = ("pandas", "polars")


def read_table(connection: Any, sql: str, parameters: Parameters, kind: str, **options: Any) -> Any:
    """One table; ``options`` are those of ``pandas.read_sql`` or of ``polars.read_database``."""
    if _checked(kind) == "polars":
        polars = driver("polars", "a table of polars")
        return polars.read_database(sql, connection, execute_options=_polars_options(parameters), **options)
    pandas = driver("pandas", "a table of pandas")
    with _pandas_takes_any_driver():
        return pandas.read_sql(sql, con=connection, params=parameters or None, **options)


def read_tables(
    connection: Any, sql: str, parameters: Parameters, kind: str, size: int, **options: Any
) -> Iterator[Any]:
    """Tables of ``size`` rows each, the last one perhaps shorter."""
    if _checked(kind) == "polars":
        polars = driver("polars", "a table of polars")
        given = _polars_options(parameters)
        yield from polars.read_database(
            sql, connection, execute_options=given, iter_batches=True, batch_size=size, **options
        )
        return
    pandas = driver("pandas", "a table of pandas")
    with _pandas_takes_any_driver():
        yield from pandas.read_sql(sql, con=connection, params=parameters or None, chunksize=size, **options)


def _checked(kind: str) -> str:
    if kind not in KINDS:
        raise InvalidRequest(field="df_type", message=f"df_type is one of {', '.join(KINDS)}, not {kind!r}")
    return kind


def _polars_options(parameters: Parameters) -> dict[str, Any] | None:
    return {"parameters": parameters} if parameters else None


@contextmanager
def _pandas_takes_any_driver() -> Iterator[None]:
    """It reads from any DB-API connection, but warns that it is tested with few."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="pandas only supports SQLAlchemy", category=UserWarning)
        yield
