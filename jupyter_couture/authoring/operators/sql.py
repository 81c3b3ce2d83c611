"""SQL over a connection, by SQLAlchemy: run statements, check what a query returns, branch on it."""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from jupyter_couture.authoring.connections import Connection
from jupyter_couture.authoring.context import Context
from jupyter_couture.authoring.endpoints import database_url
from jupyter_couture.authoring.operator import BaseOperator
from jupyter_couture.authoring.operators.branch import BranchOperator
from jupyter_couture.authoring.statements import run_statements, split_statements
from jupyter_couture.model.errors import GiveUp, InvalidDag


class SqlCheckFailed(RuntimeError):
    """A query returned what its check does not allow."""


def fetch_all(result: Any) -> list[tuple[Any, ...]] | None:
    """All rows as tuples; None if the statement gives none."""
    return [tuple(row) for row in result.fetchall()] if result.returns_rows else None


def fetch_one(result: Any) -> tuple[Any, ...] | None:
    """The first row."""
    row = result.fetchone() if result.returns_rows else None
    return None if row is None else tuple(row)


class SqlTask(BaseOperator):
    """What tasks over a SQL connection share: ``conn_id`` and ``database``, which replaces the connection's own."""

    def __init__(
        self,
        task_id: str,
        *,
        conn_id: str | None = None,
        database: str | None = None,
        hook_params: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(task_id, **options)
        if not conn_id:
            raise InvalidDag(task_id=self.task_id, message=f"Task {self.task_id!r} needs a conn_id")
        self.conn_id = conn_id
        self.database = database
        self.hook_params = dict(hook_params or {})

    def first_row(self, sql: str, parameters: Any = None) -> tuple[Any, ...] | None:
        """The first row of a query."""
        url = database_url(Connection.get(self.conn_id), self.database)
        rows: tuple[Any, ...] | None = run_statements(url, [sql], parameters, is_autocommit=False, handler=fetch_one)[0]
        return rows


class SQLExecuteQueryOperator(SqlTask):
    """Runs SQL over a connection and keeps what it returns.

    Parameters
    ----------
    sql
        A statement, a list of them, or a file ending in ``.sql``; a template.
    parameters
        Values for the placeholders: a mapping for ``:name`` or ``%(name)s``, a sequence for ``%s`` or ``?`` as the
        database's driver has it. Never put values into the text of a statement.
    conn_id
        The connection (``postgres``, ``sqlite``, ``mysql`` ... or any SQLAlchemy dialect whose driver is installed).
    autocommit
        Each statement is final at once; by default all of them are one transaction.
    split_statements
        Cut a text at its semicolons. None: if it is one text with several statements.
    handler
        What is done with the result of each statement; by default all rows are fetched. None: nothing is kept.
    return_last
        Keep the result of the last statement only; False: a list with one for each.
    show_return_value_in_log, database, hook_params
        ``database`` replaces that of the connection. The others are accepted for Airflow's sake.

    Errors: ``NotFound`` (connection), the driver's own for a refused statement (then nothing of the transaction stays).
    """

    template_fields = ("sql", "parameters", "conn_id", "database")
    template_ext = (".sql",)

    def __init__(
        self,
        task_id: str,
        *,
        sql: str | Sequence[str],
        parameters: Mapping[str, Any] | Sequence[Any] | None = None,
        autocommit: bool = False,
        split_statements: bool | None = None,
        handler: Callable[[Any], Any] | None = fetch_all,
        return_last: bool = True,
        show_return_value_in_log: bool = True,
        output_processor: Callable[..., Any] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(task_id, **options)
        self.sql = sql
        self.parameters = parameters
        self.autocommit = bool(autocommit)
        self.split_statements = split_statements
        self.handler = handler
        self.return_last = bool(return_last)
        self.show_return_value_in_log = show_return_value_in_log
        self.output_processor = output_processor

    def execute(self, context: Context) -> Any:
        """Run the statements; what they return."""
        is_split = isinstance(self.sql, str) and self.split_statements is not False
        statements = split_statements(str(self.sql)) if is_split else _texts(self.sql)
        if not statements:
            raise GiveUp(f"the sql of task {self.task_id} holds no statement")
        url = database_url(Connection.get(self.conn_id), self.database)
        results = run_statements(url, statements, self.parameters, is_autocommit=self.autocommit, handler=self.handler)
        if self.handler is None:
            return None
        return results[-1] if self.return_last else results


class SQLCheckOperator(SqlTask):
    """Fails (``SqlCheckFailed``) unless every value in the first row of ``sql`` is true; no row fails too."""

    template_fields = ("sql", "parameters")
    template_ext = (".sql",)

    def __init__(self, task_id: str, *, sql: str, parameters: Any = None, **options: Any) -> None:
        super().__init__(task_id, **options)
        self.sql = sql
        self.parameters = parameters

    def execute(self, context: Context) -> None:
        """Look."""
        row = self.first_row(self.sql, self.parameters)
        if not row:
            raise SqlCheckFailed(f"the query of check {self.task_id} returned no row")
        if not all(row):
            raise SqlCheckFailed(f"check {self.task_id} failed: the query returned {row}")


class SQLValueCheckOperator(SQLCheckOperator):
    """Fails unless the first row of ``sql`` equals ``pass_value``; numbers may be off by ``tolerance`` (a fraction)."""

    def __init__(self, task_id: str, *, pass_value: Any, tolerance: float | None = None, **options: Any) -> None:
        super().__init__(task_id, **options)
        self.pass_value = pass_value
        self.tolerance = tolerance

    def execute(self, context: Context) -> None:
        """Compare."""
        row = self.first_row(self.sql, self.parameters)
        if not row:
            raise SqlCheckFailed(f"the query of check {self.task_id} returned no row")
        if not all(_fits(value, self.pass_value, self.tolerance) for value in row):
            allowed = "" if self.tolerance is None else f" within {self.tolerance:.0%}"
            raise SqlCheckFailed(f"check {self.task_id} failed: {row} instead of {self.pass_value}{allowed}")


class SQLThresholdCheckOperator(SQLCheckOperator):
    """Fails unless the first value of ``sql`` is from ``min_threshold`` to ``max_threshold`` (numbers or queries)."""

    def __init__(self, task_id: str, *, min_threshold: float | str, max_threshold: float | str, **options: Any) -> None:
        super().__init__(task_id, **options)
        self.min_threshold = min_threshold
        self.max_threshold = max_threshold

    def execute(self, context: Context) -> None:
        """Compare."""
        value = self._number(self.sql)
        low, high = self._number(self.min_threshold), self._number(self.max_threshold)
        if not low <= value <= high:
            raise SqlCheckFailed(f"check {self.task_id} failed: {value} is not between {low} and {high}")

    def _number(self, given: float | str) -> float:
        if not isinstance(given, str):
            return float(given)
        with contextlib.suppress(ValueError):
            return float(given)
        row = self.first_row(given)
        if not row or row[0] is None:
            raise SqlCheckFailed(f"the query of check {self.task_id} returned no value")
        return float(row[0])


class SQLColumnCheckOperator(SqlTask):
    """Checks figures of columns of ``table``: null_check, distinct_check, unique_check, min, max.

    ``column_mapping``: for each column the checks, each with ``equal_to``, ``greater_than``, ``geq_to``, ``less_than``
    or ``leq_to`` and perhaps a ``tolerance`` (a fraction, for ``equal_to``). ``partition_clause`` is a condition that
    the rows must fulfil. Fails with ``SqlCheckFailed`` naming every check that does.
    """

    template_fields = ("partition_clause", "table")

    def __init__(
        self,
        task_id: str,
        *,
        table: str,
        column_mapping: Mapping[str, Mapping[str, Mapping[str, Any]]],
        partition_clause: str | None = None,
        accept_none: bool = True,
        **options: Any,
    ) -> None:
        super().__init__(task_id, **options)
        self.table = table
        self.column_mapping = column_mapping
        self.partition_clause = partition_clause
        self.accept_none = bool(accept_none)
        for column, checks in column_mapping.items():
            for check, bounds in checks.items():
                unknown = ({check} - _FIGURES.keys()) or (set(bounds) - _COMPARISONS.keys() - {"tolerance"})
                if unknown:
                    message = f"column {column!r} of task {self.task_id!r}: there is no check {min(unknown)!r}"
                    raise InvalidDag(task_id=self.task_id, message=message)

    def execute(self, context: Context) -> None:
        """Ask for every figure."""
        self._report(self._faults())

    def _faults(self) -> Iterator[str]:
        where = f" WHERE {self.partition_clause}" if self.partition_clause else ""
        for column, checks in self.column_mapping.items():
            for check, bounds in checks.items():
                figure = _FIGURES[check].format(column=column)
                row = self.first_row(f"SELECT {figure} FROM {self.table}{where}")
                value = row[0] if row else None
                if value is None and self.accept_none:
                    value = 0
                if value is None or not _holds(value, bounds):
                    yield f"{column}.{check} is {value}, wanted {dict(bounds)}"

    def _report(self, faults: Iterable[str]) -> None:
        found = list(faults)
        if found:
            raise SqlCheckFailed(f"checks of {self.table} failed: {'; '.join(found)}")


class SQLTableCheckOperator(SqlTask):
    """Checks statements about the whole ``table``: ``checks`` maps a name to ``{"check_statement": condition}``.

    A condition may use aggregates (``COUNT(*) > 1000``) or columns (``a + b = c``, which must hold in every row); each
    may have its own ``partition_clause``. Fails with ``SqlCheckFailed`` naming the checks that do.
    """

    template_fields = ("partition_clause", "table")

    def __init__(
        self,
        task_id: str,
        *,
        table: str,
        checks: Mapping[str, Mapping[str, Any]],
        partition_clause: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(task_id, **options)
        self.table = table
        self.checks = checks
        self.partition_clause = partition_clause

    def execute(self, context: Context) -> None:
        """Ask each."""
        failed = [name for name, check in self.checks.items() if not self._is_met(check)]
        if failed:
            raise SqlCheckFailed(f"checks of {self.table} failed: {', '.join(failed)}")

    def _is_met(self, check: Mapping[str, Any]) -> bool:
        clauses = [clause for clause in (self.partition_clause, check.get("partition_clause")) if clause]
        where = f" WHERE {' AND '.join(clauses)}" if clauses else ""
        case = f"CASE WHEN {check['check_statement']} THEN 1 ELSE 0 END AS is_met"
        row = self.first_row(f"SELECT MIN(is_met) FROM (SELECT {case} FROM {self.table}{where}) AS judged")
        return bool(row and row[0] == 1)


class BranchSQLOperator(SqlTask, BranchOperator):
    """Follows one branch if the first value of ``sql`` is true, another if it is false.

    True: ``True``, a number other than 0, or one of the texts true, y, yes, 1, on (any case).
    """

    template_fields = ("sql",)
    template_ext = (".sql",)

    def __init__(
        self,
        task_id: str,
        *,
        sql: str,
        follow_task_ids_if_true: str | list[str],
        follow_task_ids_if_false: str | list[str],
        parameters: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(task_id, **options)
        self.sql = sql
        self.parameters = parameters
        self.follow_task_ids_if_true = follow_task_ids_if_true
        self.follow_task_ids_if_false = follow_task_ids_if_false

    def choose_branch(self, context: Context) -> str | list[str]:
        """Ask."""
        row = self.first_row(self.sql, self.parameters)
        if not row:
            raise SqlCheckFailed(f"the query of branch {self.task_id} returned no row")
        value = row[0]
        is_true = value.strip().lower() in ("true", "y", "yes", "1", "on") if isinstance(value, str) else bool(value)
        return self.follow_task_ids_if_true if is_true else self.follow_task_ids_if_false


_FIGURES = {
    "null_check": "SUM(CASE WHEN {column} IS NULL THEN 1 ELSE 0 END)",
    "distinct_check": "COUNT(DISTINCT {column})",
    "unique_check": "COUNT({column}) - COUNT(DISTINCT {column})",
    "min": "MIN({column})",
    "max": "MAX({column})",
}

_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "equal_to": lambda value, bound: bool(value == bound),
    "greater_than": lambda value, bound: bool(value > bound),
    "geq_to": lambda value, bound: bool(value >= bound),
    "less_than": lambda value, bound: bool(value < bound),
    "leq_to": lambda value, bound: bool(value <= bound),
}


def _holds(value: Any, bounds: Mapping[str, Any]) -> bool:
    tolerance = bounds.get("tolerance")
    for name, bound in bounds.items():
        if name == "equal_to" and tolerance is not None:
            if not _fits(value, bound, tolerance):
                return False
        elif name != "tolerance" and not _COMPARISONS[name](value, bound):
            return False
    return True


def _fits(value: Any, wanted: Any, tolerance: float | None) -> bool:
    try:
        number, target = float(value), float(wanted)
    except (TypeError, ValueError):
        return str(value) == str(wanted)
    return number == target if tolerance is None else abs(number - target) <= abs(target) * tolerance


def _texts(sql: str | Sequence[str]) -> list[str]:
    return [sql] if isinstance(sql, str) else [text for text in sql if text.strip()]
