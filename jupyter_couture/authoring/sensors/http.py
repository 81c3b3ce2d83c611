"""``HttpSensor``: waits until a web server answers well."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from jupyter_couture.authoring.connections import Connection
from jupyter_couture.authoring.context import Context
from jupyter_couture.authoring.endpoints import web_address
from jupyter_couture.authoring.operators.http import ask, call_with
from jupyter_couture.authoring.sensors.sensor import BaseSensor, PokeReturnValue
from jupyter_couture.authoring.triggers.http import HttpTrigger
from jupyter_couture.model.errors import InvalidDag


class HttpSensor(BaseSensor):
    """Asks an address until the answer has a status below 400 and ``response_check`` accepts it.

    Parameters
    ----------
    endpoint, http_conn_id, method (``GET``), headers, extra_options
        As those of ``HttpOperator``.
    request_params
        The query of a GET, the body of other methods.
    response_error_codes
        Beginnings of statuses that mean "not yet"; ``["404"]`` by default. Others of 400 and more fail the task.
    response_check
        Something false means "not yet"; a ``PokeReturnValue`` may carry a value.
    deferrable
        A trigger asks, without a slot; only without ``response_check`` and without secrets: a connection with a
        password, or with headers in its extra, is waited for in reschedule mode instead.

    Errors: ``HttpFailed``, ``SensorTimeout``. No connection to the server means "not yet".
    """

    template_fields = ("endpoint", "request_params", "headers")

    def __init__(
        self,
        task_id: str,
        *,
        endpoint: str,
        http_conn_id: str | None = None,
        method: str = "GET",
        request_params: Any = None,
        headers: Mapping[str, str] | None = None,
        response_error_codes: list[str] | None = None,
        response_check: Callable[..., Any] | None = None,
        extra_options: Mapping[str, Any] | None = None,
        deferrable: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(task_id, **options)
        if deferrable and response_check is not None:
            message = f"Task {self.task_id!r}: a deferrable HttpSensor cannot have a response_check"
            raise InvalidDag(task_id=self.task_id, message=message)
        self.endpoint = endpoint
        self.http_conn_id = http_conn_id
        self.method = method.upper()
        self.request_params = request_params
        self.headers = dict(headers or {})
        self.response_error_codes = ["404"] if response_error_codes is None else list(response_error_codes)
        self.response_check = response_check
        self.extra_options = dict(extra_options or {})
        self.deferrable = bool(deferrable)

    def execute(self, context: Context) -> Any:
        """Wait for it."""
        if self.deferrable:
            found = self.poke(context)
            if found:
                return None
            if not self._has_secrets():
                self.wait_by(self._trigger())
            self.mode = "reschedule"
        return super().execute(context)

    def poke(self, context: Context) -> bool | PokeReturnValue:
        """Ask once."""
        try:
            answer = ask(
                self.http_conn_id,
                self.endpoint,
                method=self.method,
                data=self.request_params,
                headers=self.headers,
                options=self.extra_options,
            )
        except OSError as error:
            self.log.info("No connection: %s", error)
            return False
        if not answer.ok:
            if any(str(answer.status_code).startswith(code) for code in self.response_error_codes):
                self.log.info("Not yet: %s %s", answer.status_code, answer.reason)
                return False
            answer.raise_for_status()
        if self.response_check is None:
            return True
        found = call_with(self.response_check, answer, context)
        return found if isinstance(found, PokeReturnValue) else bool(found)

    def _has_secrets(self) -> bool:
        if any(name.lower() in ("authorization", "cookie") or "key" in name.lower() for name in self.headers):
            return True
        if self.http_conn_id is None:
            return False
        connection = Connection.get(self.http_conn_id)
        return bool(connection.login or connection.password or connection.extra_dejson.get("headers"))

    def _trigger(self) -> HttpTrigger:
        url = self.endpoint
        if self.http_conn_id is not None:
            url = web_address(Connection.get(self.http_conn_id), self.endpoint)
        data = self.request_params
        return HttpTrigger(
            url,
            method=self.method,
            headers=self.headers,
            data=data if data is None or isinstance(data, str | dict) else json.dumps(data),
            response_error_codes=self.response_error_codes,
            poke_interval=self.poke_interval,
        )
