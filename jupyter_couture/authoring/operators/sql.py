"""SQL over a connection: run statements, and branch on what a query returns. Checks are in ``sql_checks``."""

import ast
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from jupyter_couture.authoring.connections import Connection
from jupyter_couture.authoring.context import Context
from jupyter_couture.authoring.hooks.dbapi import DbApiHook, sql_hook_of
from jupyter_couture.authoring.hooks.handlers import fetch_all_handler, return_single_query_results
from jupyter_couture.authoring.operator import BaseOperator
from jupyter_couture.authoring.operators.branch import BranchOperator
from jupyter_couture.authoring.statements import Parameters
from jupyter_couture.model.errors import AirflowException, GiveUp, InvalidRequest

_log = logging.getLogger(__name__)

TRUE_TEXTS = frozenset({"y", "yes", "t", "true", "on", "1"})
FALSE_TEXTS = frozenset({"n", "no", "f", "false", "off", "0"})


class SqlCheckFailed(AirflowException):
    """A query returned what its check does not allow."""


class SqlTask(BaseOperator):
    """What tasks over a SQL connection share.

    Parameters
    ----------
    conn_id
        The connection; its type says which hook speaks to the database.
    database
        Replaces that of the connection.
    hook_params
        More arguments for the hook.
    retry_on_failure
        Whether a failed check uses the task's retries.
    """

    template_fields: Sequence[str] = ("conn_id", "database", "hook_params")

    def __init__(
        self,
        task_id: str,
        *,
        conn_id: str | None = None,
        database: str | None = None,
        hook_params: Mapping[str, Any] | None = None,
        retry_on_failure: bool = True,
        **options: Any,
    ) -> None:
        super().__init__(task_id, **options)
        self.conn_id = conn_id
        self.database = database
        self.hook_params = dict(hook_params or {})
        self.retry_on_failure = bool(retry_on_failure)

    @classmethod
    def get_hook(cls, conn_id: str, hook_params: Mapping[str, Any] | None = None) -> DbApiHook:
        """The database hook of a connection; raises ``NotFound``."""
        return sql_hook_of(Connection.get(conn_id), hook_params)

    def get_db_hook(self) -> DbApiHook:
        """The hook of its connection. Subclasses may make another one."""
        if not self.conn_id:
            raise InvalidRequest(field="conn_id", message=f"task {self.task_id!r} needs a conn_id")
        hook = self.get_hook(self.conn_id, self.hook_params)
        if self.database:
            hook.schema = self.database
            if hasattr(hook, "database"):
                hook.database = self.database
        return hook

    @cached_property
    def _hook(self) -> DbApiHook:
        return self.get_db_hook()

    def first_row(self, sql: str, parameters: Parameters = None) -> Any:
        """The first row of a query."""
        return self._hook.get_first(sql, parameters)

    def fail(self, message: str) -> Exception:
        """The error for a check that failed: final unless ``retry_on_failure``."""
        return SqlCheckFailed(message) if self.retry_on_failure else GiveUp(message)


class SQLExecuteQueryOperator(SqlTask):
    """Runs SQL over a connection and keeps what it returns.

    Parameters
    ----------
    sql
        A statement, a text of several, a list of them, or a file ending in ``.sql``; a template.
    parameters
        Values for the placeholders: a mapping for ``:name`` or ``%(name)s``, a sequence for ``%s`` or ``?`` as the
        database's driver has it. Never put values into the text of a statement.
    conn_id
        The connection (``postgres``, ``sqlite``, ``mysql`` ... or any SQLAlchemy dialect whose driver is installed).
    autocommit
        Each statement is final at once; by default all of them are one transaction.
    split_statements
        Cut a text at its semicolons. None: as the database needs it.
    handler
        Takes from the cursor what is kept of each statement; by default all rows. None: nothing.
    return_last
        Of a text keep the result of the last statement only; False: a list with one for each. Of a list of statements
        a list is kept.
    output_processor
        ``f(results, descriptions)``: makes of the results and the columns of each what is kept.
    requires_result_fetch
        Fetch even if ``do_xcom_push`` is off.
    show_return_value_in_logs
        Log what is kept. Off: it may be long or secret.
    database, hook_params
        See ``SqlTask``.

    Errors: ``NotFound`` (connection), the driver's own for a refused statement (then nothing of the transaction stays).
    """

    template_fields = ("sql", "parameters", *SqlTask.template_fields)
    template_ext = (".sql", ".json")

    def __init__(
        self,
        task_id: str,
        *,
        sql: str | Sequence[str],
        parameters: Parameters | str = None,
        autocommit: bool = False,
        split_statements: bool | None = None,
        handler: Callable[[Any], Any] | None = fetch_all_handler,
        return_last: bool = True,
        show_return_value_in_logs: bool = False,
        output_processor: Callable[[list[Any], list[Any]], Any] | None = None,
        requires_result_fetch: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(task_id, **options)
        self.sql = sql
        self.parameters = parameters
        self.autocommit = autocommit
        self.split_statements = split_statements
        self.handler = handler
        self.return_last = return_last
        self.show_return_value_in_logs = show_return_value_in_logs
        self.output_processor = output_processor
        self.requires_result_fetch = requires_result_fetch

    def execute(self, context: Context) -> Any:
        """Run the statements; what they return."""
        sql = self.sql if isinstance(self.sql, str) else [str(statement) for statement in self.sql]
        if not (sql.strip() if isinstance(sql, str) else any(statement.strip() for statement in sql)):
            raise GiveUp(f"the sql of task {self.task_id} holds no statement")
        hook = self._hook
        is_kept = self.handler is not None and (self.do_xcom_push or self.requires_result_fetch)
        found = hook.run(
            sql,
            autocommit=bool(self.autocommit),
            parameters=self._parameters(),
            handler=self.handler if is_kept else None,
            return_last=self.return_last,
            **({} if self.split_statements is None else {"split_statements": self.split_statements}),
        )
        if not is_kept:
            return None
        is_single = return_single_query_results(sql, self.return_last, self.split_statements)
        processed = self._process_output([found] if is_single else found, hook.descriptions)
        value = _plain(processed[-1] if is_single else processed)
        if self.show_return_value_in_logs:
            _log.info("result: %s", value)
        return value

    def _parameters(self) -> Any:
        """As given; a text, such as a template gives, is read as Python's literal."""
        return ast.literal_eval(self.parameters) if isinstance(self.parameters, str) else self.parameters

    def _process_output(self, results: list[Any], descriptions: list[Any]) -> Any:
        """Make of the results what is kept; subclasses may."""
        return results if self.output_processor is None else self.output_processor(results, descriptions)


class BranchSQLOperator(SqlTask, BranchOperator):
    """Follows one branch if the first value of ``sql`` is true, another if it is false.

    True: ``True``, a number other than 0, or one of the texts true, t, y, yes, 1, on (any case); false their opposites.
    """

    template_fields = ("sql", *SqlTask.template_fields)
    template_ext = (".sql",)

    def __init__(
        self,
        task_id: str,
        *,
        sql: str,
        follow_task_ids_if_true: str | list[str],
        follow_task_ids_if_false: str | list[str],
        parameters: Parameters = None,
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
        value = first_value(row)
        is_true = parse_boolean(value) if isinstance(value, str) else value
        if isinstance(is_true, str):
            raise SqlCheckFailed(f"the query of branch {self.task_id} returned {value!r}: neither true nor false")
        return self.follow_task_ids_if_true if is_true else self.follow_task_ids_if_false


def values_of(row: Any) -> list[Any]:
    """The values of a row, also of one by name."""
    return list(row.values()) if isinstance(row, Mapping) else list(row)


def first_value(row: Any) -> Any:
    """The first value of a row, also of one by name."""
    return values_of(row)[0] if isinstance(row, Iterable) and not isinstance(row, str) else row


def _plain(value: Any) -> Any:
    """Rows and values of drivers' own classes as Python's, which other processes can read."""
    if isinstance(value, memoryview):
        return bytes(value)
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, tuple):
        return tuple(map(_plain, value))
    return list(map(_plain, value)) if isinstance(value, list) else value


def parse_boolean(val: str) -> str | bool:
    """What a text means as a yes or no; the text itself if it means neither."""
    word = val.strip().lower()
    return True if word in TRUE_TEXTS else False if word in FALSE_TEXTS else val
