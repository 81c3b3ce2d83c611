"""``HttpOperator`` as Airflow's files call it: over ``HttpHook``, so that checks are given answers of ``requests``."""

from collections.abc import Callable, Mapping
from typing import Any

from jupyter_couture.authoring.context import Context
from jupyter_couture.authoring.operators.http import HttpOperator as NativeHttpOperator
from jupyter_couture.authoring.operators.http import call_with
from jupyter_couture.compat.hooks.http import HttpHook
from jupyter_couture.model.errors import AirflowException


class HttpOperator(NativeHttpOperator):
    """Sends a request over the connection ``http_default``; arguments beyond those of our own operator are here.

    Parameters
    ----------
    pagination_function
        Called with each answer (with a list of them from the second page on, as Airflow does); a mapping with
        ``endpoint``, ``data``, ``headers``, ``extra_options`` makes a further request, something false ends it. What is
        kept then is a list, and ``response_filter`` is given one.
    request_kwargs
        Further arguments of ``requests.Request``, such as ``json``.
    auth_type, tcp_keep_alive, tcp_keep_alive_idle, tcp_keep_alive_count, tcp_keep_alive_interval
        See ``HttpHook``.
    retry_args
        Arguments of ``tenacity.Retrying`` for requests that fail.
    deferrable
        Accepted; the task keeps its slot while the server answers.
    """

    template_fields = ("endpoint", "data", "headers")

    def __init__(
        self,
        task_id: str,
        *,
        endpoint: str | None = None,
        http_conn_id: str = "http_default",
        pagination_function: Callable[..., Any] | None = None,
        request_kwargs: Mapping[str, Any] | None = None,
        auth_type: Any = None,
        tcp_keep_alive: bool = True,
        tcp_keep_alive_idle: int = 120,
        tcp_keep_alive_count: int = 20,
        tcp_keep_alive_interval: int = 30,
        retry_args: Mapping[str, Any] | None = None,
        deferrable: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(task_id, endpoint=endpoint, http_conn_id=http_conn_id, **options)
        self.pagination_function = pagination_function
        self.request_kwargs = dict(request_kwargs or {})
        self.auth_type = auth_type
        self.tcp_keep_alive = tcp_keep_alive
        self.tcp_keep_alive_idle = tcp_keep_alive_idle
        self.tcp_keep_alive_count = tcp_keep_alive_count
        self.tcp_keep_alive_interval = tcp_keep_alive_interval
        self.retry_args = dict(retry_args) if retry_args else None
        self.deferrable = bool(deferrable)

    @property
    def hook(self) -> HttpHook:
        """A hook with the arguments of the task."""
        return HttpHook(
            self.method,
            http_conn_id=self.http_conn_id,
            auth_type=self.auth_type,
            tcp_keep_alive=self.tcp_keep_alive,
            tcp_keep_alive_idle=self.tcp_keep_alive_idle,
            tcp_keep_alive_count=self.tcp_keep_alive_count,
            tcp_keep_alive_interval=self.tcp_keep_alive_interval,
        )

    def execute(self, context: Context) -> Any:
        """Ask, page by page if there are pages."""
        first = {"endpoint": self.endpoint, "data": self.data, "headers": self.headers}
        first["extra_options"] = self.extra_options
        response = self._ask(self.hook, first)
        if self.pagination_function is None:
            return self.process_response(context, response)
        pages = [response]
        while further := call_with(self.pagination_function, pages[0] if len(pages) == 1 else pages, context):
            pages.append(self._ask(self.hook, _merged(first, further)))
        return self.process_response(context, pages)

    def process_response(self, context: Context, response: Any) -> Any:
        """What is kept of an answer, or of a list of them; raises ``AirflowException`` if a check refuses it."""
        if self.log_response:
            for page in response if isinstance(response, list) else [response]:
                self.log.info(page.text)
        if self.response_check is not None and not call_with(self.response_check, response, context):
            raise AirflowException("Response check returned False.")
        if self.response_filter is not None:
            return call_with(self.response_filter, response, context)
        return [page.text for page in response] if isinstance(response, list) else response.text

    def _ask(self, hook: HttpHook, asked: Mapping[str, Any]) -> Any:
        arguments = (asked.get("endpoint"), asked.get("data"), asked.get("headers"), asked.get("extra_options"))
        if self.retry_args:
            return hook.run_with_advanced_retry(self.retry_args, *arguments, **self.request_kwargs)
        return hook.run(*arguments, **self.request_kwargs)


def _merged(first: Mapping[str, Any], further: Mapping[str, Any]) -> dict[str, Any]:
    """The next request: what ``further`` says, over the first one; mappings are merged, a text replaces."""
    merged = dict(first)
    for name, value in further.items():
        before = merged.get(name)
        merged[name] = {**before, **value} if isinstance(before, Mapping) and isinstance(value, Mapping) else value
    return merged
