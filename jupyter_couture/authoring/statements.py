"""SQL statements: cutting a text into them, and running them through SQLAlchemy."""

import contextlib
import importlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from jupyter_couture.model.errors import Unavailable

_PIECE = re.compile(
    r"""(?P<text>'(?:[^']|'')*'|"(?:[^"]|"")*")"""
    r"|(?P<dollar>\$(?P<tag>\w*)\$.*?\$(?P=tag)\$)"
    r"|(?P<line>--[^\n]*)"
    r"|(?P<block>/\*.*?\*/)"
    r"|(?P<end>;)",
    re.DOTALL,
)


def split_statements(text: str) -> list[str]:
    """The statements of a text, cut at semicolons that stand in no text, comment or dollar-quoted body.

    Bodies of procedures in ``BEGIN ... END`` are not known: give such statements as a list.
    """
    statements, begin = [], 0
    for match in _PIECE.finditer(text):
        if match.lastgroup == "end" or match["end"]:
            statements.append(text[begin : match.start()])
            begin = match.end()
    statements.append(text[begin:])
    return [kept for statement in statements if (kept := statement.strip()) and _says_something(kept)]


def _says_something(statement: str) -> bool:
    return bool(re.sub(r"--[^\n]*|/\*.*?\*/", "", statement, flags=re.DOTALL).strip())


def run_statements(
    url: str,
    statements: Sequence[str],
    parameters: Mapping[str, Any] | Sequence[Any] | None = None,
    *,
    is_autocommit: bool,
    handler: Callable[[Any], Any] | None,
) -> list[Any]:
    """Run statements over one connection, as one transaction or each by itself; what ``handler`` makes of each result.

    A mapping fits ``:name`` placeholders, or those of the driver (``%(name)s``) if there are any; a sequence those of
    the driver. Raises ``Unavailable`` if the driver is missing, and whatever the database says.
    """
    with _connected(url, is_autocommit) as connection:
        results = []
        for statement in statements:
            result = _execute(connection, statement, parameters)
            results.append(handler(result) if handler is not None else None)
            result.close()
        if not is_autocommit:
            connection.commit()
        return results


def _execute(connection: Any, statement: str, parameters: Mapping[str, Any] | Sequence[Any] | None) -> Any:
    sqlalchemy = importlib.import_module("sqlalchemy")
    if isinstance(parameters, Mapping) and parameters and "%(" not in statement:
        names = set(sqlalchemy.text(statement).compile().params)
        given = {name: value for name, value in parameters.items() if name in names}
        return connection.execute(sqlalchemy.text(statement), given)
    if parameters:
        given_plain = dict(parameters) if isinstance(parameters, Mapping) else tuple(parameters)
        return connection.exec_driver_sql(statement, given_plain)
    return connection.exec_driver_sql(statement)


@contextlib.contextmanager
def _connected(url: str, is_autocommit: bool) -> Iterator[Any]:
    sqlalchemy = importlib.import_module("sqlalchemy")
    try:
        engine = sqlalchemy.create_engine(url, poolclass=sqlalchemy.pool.NullPool)
    except ImportError as error:
        message = f"its driver is not installed: {error}"
        raise Unavailable(what=f"database of type {url.partition(':')[0]}", message=message) from error
    try:
        with engine.connect() as connection:
            if is_autocommit:
                connection = connection.execution_options(isolation_level="AUTOCOMMIT")
            yield connection
    finally:
        engine.dispose()
