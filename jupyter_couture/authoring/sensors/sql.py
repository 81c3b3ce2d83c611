"""``SqlSensor``: waits until a query returns something true."""

from collections.abc import Callable
from typing import Any

from jupyter_couture.authoring.connections import Connection
from jupyter_couture.authoring.context import Context
from jupyter_couture.authoring.endpoints import database_url
from jupyter_couture.authoring.operators.sql import fetch_one
from jupyter_couture.authoring.sensors.sensor import BaseSensor
from jupyter_couture.authoring.statements import run_statements
from jupyter_couture.model.errors import GiveUp


class SqlSensor(BaseSensor):
    """Runs ``sql`` over ``conn_id`` until the first value of the first row is true.

    ``selector`` takes the value from the row (the first one by default). ``success`` judges the value instead;
    ``failure`` true fails the task for good. ``fail_on_empty``: no row fails it too, instead of meaning "not yet". True
    is what Python calls true, but for the texts ``"0"`` and ``""``.
    """

    template_fields = ("sql", "parameters")
    template_ext = (".sql",)

    def __init__(
        self,
        task_id: str,
        *,
        conn_id: str,
        sql: str,
        parameters: Any = None,
        success: Callable[[Any], Any] | None = None,
        failure: Callable[[Any], Any] | None = None,
        selector: Callable[[tuple[Any, ...]], Any] | None = None,
        fail_on_empty: bool = False,
        database: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(task_id, **options)
        self.conn_id = conn_id
        self.sql = sql
        self.parameters = parameters
        self.success = success
        self.failure = failure
        self.selector = selector
        self.fail_on_empty = bool(fail_on_empty)
        self.database = database

    def poke(self, context: Context) -> bool:
        """Ask once."""
        url = database_url(Connection.get(self.conn_id), self.database)
        row = run_statements(url, [self.sql], self.parameters, is_autocommit=False, handler=fetch_one)[0]
        if not row:
            if self.fail_on_empty:
                raise GiveUp(f"the query of sensor {self.task_id} returned no row")
            return False
        value = row[0] if self.selector is None else self.selector(row)
        if self.failure is not None and self.failure(value):
            raise GiveUp(f"sensor {self.task_id}: failure({value!r}) holds")
        if self.success is not None:
            return bool(self.success(value))
        return bool(value) and str(value) != "0"
