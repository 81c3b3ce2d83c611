"""``HttpOperator``: one HTTP request as a task."""

from collections.abc import Callable, Mapping
from typing import Any

from jupyter_couture.authoring.connections import Connection
from jupyter_couture.authoring.context import Context
from jupyter_couture.authoring.endpoints import is_elsewhere, web_address
from jupyter_couture.authoring.operator import BaseOperator
from jupyter_couture.authoring.operators.python import call_arguments
from jupyter_couture.authoring.web import Response, request
from jupyter_couture.model.errors import InvalidDag


class ResponseRefused(RuntimeError):
    """``response_check`` did not accept an answer."""


class HttpOperator(BaseOperator):
    """Sends a request and keeps the answer.

    Parameters
    ----------
    endpoint
        The path at the server of ``http_conn_id``, or a whole address (then no connection is needed; another server
        than the connection's is not told its login and headers).
    method
        ``POST`` by default.
    data
        The body: a mapping (sent as a form), text or bytes; with GET and HEAD the query.
    headers
        Over those that the connection has in its extra.
    response_check
        Called with the answer (and with names of the context that it takes); something false fails the task.
    response_filter
        Called likewise; what it returns is kept instead of the text of the answer.
    extra_options
        ``timeout`` in seconds (60), ``verify`` (True), ``check_response`` (True: a status of 400 or more fails).
    log_response
        Write the answer to the log.

    Errors: ``HttpFailed`` (status), ``ResponseRefused``, ``OSError`` (no connection), ``NotFound`` (connection id).
    """

    template_fields = ("endpoint", "data", "headers")
    template_ext = ()

    def __init__(
        self,
        task_id: str,
        *,
        endpoint: str | None = None,
        method: str = "POST",
        data: Any = None,
        headers: Mapping[str, str] | None = None,
        http_conn_id: str | None = None,
        response_check: Callable[..., Any] | None = None,
        response_filter: Callable[..., Any] | None = None,
        extra_options: Mapping[str, Any] | None = None,
        log_response: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(task_id, **options)
        if http_conn_id is None and "://" not in (endpoint or "") and "{{" not in (endpoint or ""):
            message = f"Task {self.task_id!r} needs an http_conn_id, or a whole address as its endpoint"
            raise InvalidDag(task_id=self.task_id, message=message)
        self.endpoint = endpoint or ""
        self.method = method.upper()
        self.data = data
        self.headers = dict(headers or {})
        self.http_conn_id = http_conn_id
        self.response_check = response_check
        self.response_filter = response_filter
        self.extra_options = dict(extra_options or {})
        self.log_response = bool(log_response)

    def execute(self, context: Context) -> Any:
        """Ask; the text of the answer, or what ``response_filter`` makes of it."""
        answer = ask(
            self.http_conn_id,
            self.endpoint,
            method=self.method,
            data=self.data,
            headers=self.headers,
            options=self.extra_options,
        )
        if self.log_response:
            self.log.info("%s %s: %s", answer.status_code, answer.reason, answer.text)
        if self.extra_options.get("check_response", True):
            answer.raise_for_status()
        if self.response_check is not None and not call_with(self.response_check, answer, context):
            raise ResponseRefused(f"response_check of {self.task_id} refused {answer.status_code}: {answer.text[:500]}")
        return answer.text if self.response_filter is None else call_with(self.response_filter, answer, context)


class SimpleHttpOperator(HttpOperator):
    """The older name of ``HttpOperator``."""


def ask(
    conn_id: str | None,
    endpoint: str,
    *,
    method: str,
    data: Any = None,
    headers: Mapping[str, str] | None = None,
    options: Mapping[str, Any] | None = None,
) -> Response:
    """Send a request over a connection; headers in its extra are sent too, the names in ``options`` see above.

    A whole address of another server is asked without the connection's login and headers.
    """
    connection = Connection.get(conn_id) if conn_id is not None else None
    url = web_address(connection, endpoint) if connection is not None else endpoint
    if connection is not None and is_elsewhere(url, web_address(connection)):
        connection = None
    own = connection.extra_dejson.get("headers", {}) if connection is not None else {}
    wanted = options or {}
    return request(
        method,
        url,
        data=data,
        headers={**{str(name): str(value) for name, value in own.items()}, **(headers or {})},
        login=connection.login if connection is not None else None,
        password=connection.password if connection is not None else None,
        timeout_seconds=float(wanted.get("timeout", 60.0)),
        is_verified=bool(wanted.get("verify", True)),
    )


def call_with(function: Callable[..., Any], answer: Any, context: Context) -> Any:
    """Call a check or filter with the answer, and with what it takes of the context."""
    return function(answer, **call_arguments(function, [answer], {}, context))
