"""Checks of data by SQL: a task that fails when a query returns what it should not."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from jupyter_couture.authoring.context import Context
from jupyter_couture.authoring.operators.sql import SqlTask, first_value, values_of
from jupyter_couture.authoring.statements import Parameters
from jupyter_couture.model.errors import InvalidDag


class SQLCheckOperator(SqlTask):
    """Fails (``SqlCheckFailed``) unless every value in the first row of ``sql`` is true; no row fails too."""

    template_fields = ("sql", "parameters", *SqlTask.template_fields)
    template_ext = (".sql",)

    def __init__(self, task_id: str, *, sql: str, parameters: Parameters = None, **options: Any) -> None:
        super().__init__(task_id, **options)
        self.sql = sql
        self.parameters = parameters

    def execute(self, context: Context) -> None:
        """Look."""
        row = self.row()
        if not all(row):
            raise self.fail(f"check {self.task_id} failed: the query returned {tuple(row)}")

    def row(self) -> list[Any]:
        """The values of the first row; raises if there is none."""
        row = self.first_row(self.sql, self.parameters)
        if not row:
            raise self.fail(f"the query of check {self.task_id} returned no row")
        return values_of(row)


class SQLValueCheckOperator(SQLCheckOperator):
    """Fails unless the first row of ``sql`` equals ``pass_value``; numbers may be off by ``tolerance`` (a fraction)."""

    template_fields = ("sql", "pass_value", "parameters", *SqlTask.template_fields)

    def __init__(self, task_id: str, *, pass_value: Any, tolerance: float | None = None, **options: Any) -> None:
        super().__init__(task_id, **options)
        self.pass_value = pass_value
        self.tolerance = tolerance

    def execute(self, context: Context) -> None:
        """Compare."""
        row = self.row()
        if not all(_fits(value, self.pass_value, self.tolerance) for value in row):
            allowed = "" if self.tolerance is None else f" within {self.tolerance:.0%}"
            raise self.fail(f"check {self.task_id} failed: {tuple(row)} instead of {self.pass_value}{allowed}")


class SQLThresholdCheckOperator(SQLCheckOperator):
    """Fails unless the first value of ``sql`` is from ``min_threshold`` to ``max_threshold`` (numbers or queries)."""

    template_fields = ("sql", "min_threshold", "max_threshold", "parameters", *SqlTask.template_fields)

    def __init__(self, task_id: str, *, min_threshold: float | str, max_threshold: float | str, **options: Any) -> None:
        super().__init__(task_id, **options)
        self.min_threshold = min_threshold
        self.max_threshold = max_threshold

    def execute(self, context: Context) -> None:
        """Compare."""
        value = self._number(self.sql)
        low, high = self._number(self.min_threshold), self._number(self.max_threshold)
        if not low <= value <= high:
            raise self.fail(f"check {self.task_id} failed: {value} is not between {low} and {high}")

    def _number(self, given: float | str) -> float:
        if not isinstance(given, str):
            return float(given)
        with contextlib.suppress(ValueError):
            return float(given)
        row = self.first_row(given, self.parameters if given == self.sql else None)
        value = first_value(row) if row else None
        if value is None:
            raise self.fail(f"the query of check {self.task_id} returned no value")
        return float(value)


class SQLIntervalCheckOperator(SqlTask):
    """Fails if figures of ``table`` changed too much since ``days_back`` days before the run's date.

    Parameters
    ----------
    metrics_thresholds
        For each figure (an expression such as ``COUNT(*)``) the ratio of the two days that it must stay below.
    date_filter_column
        The column that holds the day, as ``YYYY-MM-DD``: ``ds``.
    days_back
        How far to look back: 7 days, whatever the sign.
    ratio_formula
        ``max_over_min`` (the larger by the smaller) or ``relative_diff`` (the change by the older).
    ignore_zero
        Whether a figure of 0 on one of the days passes.
    """

    template_fields = ("sql1", "sql2", "table", *SqlTask.template_fields)
    template_ext = (".sql",)
    ratio_formulas: Mapping[str, Callable[[float, float], float | None]] = {
        "max_over_min": lambda now, then: max(now, then) / min(now, then) if now and then else None,
        "relative_diff": lambda now, then: abs(now - then) / then if then else None,
    }

    def __init__(
        self,
        task_id: str,
        *,
        table: str,
        metrics_thresholds: Mapping[str, float],
        date_filter_column: str | None = "ds",
        days_back: int = -7,
        ratio_formula: str | None = "max_over_min",
        ignore_zero: bool = True,
        **options: Any,
    ) -> None:
        super().__init__(task_id, **options)
        if ratio_formula not in self.ratio_formulas:
            names = " or ".join(self.ratio_formulas)
            raise InvalidDag(task_id=self.task_id, message=f"ratio_formula is {names}, not {ratio_formula!r}")
        self.table = table
        self.metrics_thresholds = metrics_thresholds
        self.metrics_sorted = sorted(metrics_thresholds)
        self.date_filter_column = date_filter_column
        self.days_back = -abs(days_back)
        self.ratio_formula = ratio_formula
        self.ignore_zero = bool(ignore_zero)
        select = f"SELECT {', '.join(self.metrics_sorted)} FROM {table} WHERE {date_filter_column}="
        self.sql1 = f"{select}'{{{{ ds }}}}'"
        self.sql2 = f"{select}'{{{{ macros.ds_add(ds, {self.days_back}) }}}}'"

    def execute(self, context: Context) -> None:
        """Compare the two days."""
        then, now = self.first_row(self.sql2), self.first_row(self.sql1)
        if not then or not now:
            missing = self.sql2 if not then else self.sql1
            raise self.fail(f"check {self.task_id}: the query {missing} returned no row")
        faults = list(self._faults(values_of(now), values_of(then)))
        if faults:
            raise self.fail(f"check {self.task_id} failed: {'; '.join(faults)}")

    def _faults(self, now: list[Any], then: list[Any]) -> Iterator[str]:
        for metric, present, past in zip(self.metrics_sorted, now, then, strict=True):
            limit = self.metrics_thresholds[metric]
            if not present or not past:
                ratio = None
            else:
                ratio = self.ratio_formulas[str(self.ratio_formula)](float(present), float(past))
            if ratio is None and self.ignore_zero:
                continue
            if ratio is None or ratio >= limit:
                yield f"{metric} was {past} and is {present}, {self.ratio_formula} {ratio} instead of below {limit}"


class SQLColumnCheckOperator(SqlTask):
    """Checks figures of columns of ``table``: null_check, distinct_check, unique_check, min, max.

    ``column_mapping``: for each column the checks, each with ``equal_to``, ``greater_than``, ``geq_to``, ``less_than``
    or ``leq_to``, perhaps a ``tolerance`` (a fraction, which widens the bounds) and a ``partition_clause``, a condition
    that the rows must fulfil. The task's own ``partition_clause`` holds for all. ``accept_none``: no rows at all count
    as 0. Fails with ``SqlCheckFailed`` naming every check that does.
    """

    template_fields = ("table", "partition_clause", "column_mapping", *SqlTask.template_fields)

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
        for column, checks in column_mapping.items() if isinstance(column_mapping, Mapping) else ():
            for check, bounds in checks.items():
                unknown = ({check} - _FIGURES.keys()) or (set(bounds) - _COMPARISONS.keys() - _BOUND_OPTIONS)
                if unknown:
                    message = f"column {column!r} of task {self.task_id!r}: there is no check {min(unknown)!r}"
                    raise InvalidDag(task_id=self.task_id, message=message)

    def execute(self, context: Context) -> None:
        """Ask for every figure."""
        faults = list(self._faults())
        if faults:
            raise self.fail(f"checks of {self.table} failed: {'; '.join(faults)}")

    def _faults(self) -> Iterator[str]:
        for column, checks in self.column_mapping.items():
            for check, bounds in checks.items():
                figure = _FIGURES[check].format(column=column)
                where = _where(self.partition_clause, bounds.get("partition_clause"))
                row = self.first_row(f"SELECT {figure} FROM {self.table}{where}")
                value = first_value(row) if row else None
                if value is None and self.accept_none:
                    value = 0
                if value is None or not _holds(value, bounds):
                    yield f"{column}.{check} is {value}, wanted {dict(bounds)}"


class SQLTableCheckOperator(SqlTask):
    """Checks statements about the whole ``table``: ``checks`` maps a name to ``{"check_statement": condition}``.

    A condition may use aggregates (``COUNT(*) > 1000``) or columns (``a + b = c``, which must hold in every row); each
    may have its own ``partition_clause``. Fails with ``SqlCheckFailed`` naming the checks that do.
    """

    template_fields = ("table", "partition_clause", "checks", *SqlTask.template_fields)

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
            raise self.fail(f"checks of {self.table} failed: {', '.join(failed)}")

    def _is_met(self, check: Mapping[str, Any]) -> bool:
        where = _where(self.partition_clause, check.get("partition_clause"))
        case = f"CASE WHEN {check['check_statement']} THEN 1 ELSE 0 END AS is_met"
        row = self.first_row(f"SELECT MIN(is_met) FROM (SELECT {case} FROM {self.table}{where}) AS judged")
        return bool(row and first_value(row) == 1)


_FIGURES = {
    "null_check": "SUM(CASE WHEN {column} IS NULL THEN 1 ELSE 0 END)",
    "distinct_check": "COUNT(DISTINCT {column})",
    "unique_check": "COUNT({column}) - COUNT(DISTINCT {column})",
    "min": "MIN({column})",
    "max": "MAX({column})",
}

_COMPARISONS: Mapping[str, Callable[[Any, Any, float], bool]] = {
    "equal_to": lambda value, bound, slack: bool(_lower(bound, slack) <= value <= _upper(bound, slack)),
    "greater_than": lambda value, bound, slack: bool(value > _lower(bound, slack)),
    "geq_to": lambda value, bound, slack: bool(value >= _lower(bound, slack)),
    "less_than": lambda value, bound, slack: bool(value < _upper(bound, slack)),
    "leq_to": lambda value, bound, slack: bool(value <= _upper(bound, slack)),
}

_BOUND_OPTIONS = frozenset({"tolerance", "partition_clause"})


def _lower(bound: Any, slack: float) -> Any:
    return float(bound) - abs(float(bound)) * slack if slack else bound


def _upper(bound: Any, slack: float) -> Any:
    return float(bound) + abs(float(bound)) * slack if slack else bound


def _holds(value: Any, bounds: Mapping[str, Any]) -> bool:
    slack = float(bounds.get("tolerance") or 0)
    asked = ((name, bound) for name, bound in bounds.items() if name not in _BOUND_OPTIONS)
    return all(_COMPARISONS[name](float(value) if slack else value, bound, slack) for name, bound in asked)


def _fits(value: Any, wanted: Any, tolerance: float | None) -> bool:
    try:
        number, target = float(value), float(wanted)
    except (TypeError, ValueError):
        return str(value) == str(wanted)
    return number == target if tolerance is None else abs(number - target) <= abs(target) * float(tolerance)


def _where(*clauses: str | None) -> str:
    given = [clause for clause in clauses if clause]
    return f" WHERE {' AND '.join(given)}" if given else ""
