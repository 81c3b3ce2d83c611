"""``SqlSensor``: waits until a query returns something true."""

from collections.abc import Callable, Mapping
from typing import Any

from jupyter_couture.authoring.connections import Connection
from jupyter_couture.authoring.context import Context
from jupyter_couture.authoring.hooks.dbapi import DbApiHook, sql_hook_of
from jupyter_couture.authoring.operators.sql import first_value
from jupyter_couture.authoring.sensors.sensor import BaseSensor
from jupyter_couture.authoring.statements import Parameters
from jupyter_couture.model.errors import GiveUp


class SqlSensor(BaseSensor):
    """Runs ``sql`` over ``conn_id`` until the first value of the first row is true.

    ``selector`` takes the value from the row (the first one by default). ``success`` judges the value instead;
    ``failure`` true fails the task for good. ``fail_on_empty``: no row fails it too, instead of meaning "not yet". True
    is what Python calls true, but for the texts ``"0"`` and ``""``. ``hook_params`` are more arguments for the hook.
    """

    template_fields = ("sql", "parameters", "hook_params")
    template_ext = (".hql", ".sql")

    def __init__(
        self,
        task_id: str,
        *,
        conn_id: str,
        sql: str,
        parameters: Parameters = None,
        success: Callable[[Any], Any] | None = None,
        failure: Callable[[Any], Any] | None = None,
        selector: Callable[[Any], Any] = first_value,
        fail_on_empty: bool = False,
        database: str | None = None,
        hook_params: Mapping[str, Any] | None = None,
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
        self.hook_params = dict(hook_params or {})

    def _get_hook(self) -> DbApiHook:
        named = {"schema": self.database} if self.database else {}
        return sql_hook_of(Connection.get(self.conn_id), {**named, **self.hook_params})

    def poke(self, context: Context) -> bool:
        """Ask once."""
        rows = self._get_hook().get_records(self.sql, self.parameters)
        if not rows:
            if self.fail_on_empty:
                raise GiveUp(f"the query of sensor {self.task_id} returned no row")
            return False
        value = self.selector(rows[0])
        if self.failure is not None and self.failure(value):
            raise GiveUp(f"sensor {self.task_id}: failure({value!r}) holds")
        if self.success is not None:
            return bool(self.success(value))
        return bool(value) and str(value) != "0"
