"""``HttpSensor`` as Airflow's files call it: over ``HttpHook``, so that checks are given answers of ``requests``."""

from collections.abc import Callable, Mapping
from typing import Any

from jupyter_couture.authoring.context import Context
from jupyter_couture.authoring.operators.http import call_with
from jupyter_couture.authoring.sensors.http import HttpSensor as NativeHttpSensor
from jupyter_couture.authoring.sensors.sensor import PokeReturnValue
from jupyter_couture.compat.hooks.http import HttpHook
from jupyter_couture.model.errors import AirflowException


class HttpSensor(NativeHttpSensor):
    """Asks over the connection ``http_default`` until the answer is good.

    A status that is not in ``response_error_codes`` (404 alone by default) fails the task, as does a server that cannot
    be reached; ``extra_options`` may hold ``check_response: False``. With a ``response_check`` it waits in its
    ``mode``, also if it is ``deferrable``. Other arguments are those of our own sensor and of ``HttpHook``.
    """

    def __init__(
        self,
        task_id: str,
        *,
        endpoint: str,
        http_conn_id: str = "http_default",
        request_kwargs: Mapping[str, Any] | None = None,
        tcp_keep_alive: bool = True,
        tcp_keep_alive_idle: int = 120,
        tcp_keep_alive_count: int = 20,
        tcp_keep_alive_interval: int = 30,
        response_check: Callable[..., Any] | None = None,
        deferrable: bool = False,
        **options: Any,
    ) -> None:
        waits_by_trigger = deferrable and response_check is None
        super().__init__(
            task_id,
            endpoint=endpoint,
            http_conn_id=http_conn_id,
            response_check=response_check,
            deferrable=waits_by_trigger,
            **options,
        )
        self.request_kwargs = dict(request_kwargs or {})
        self.tcp_keep_alive = tcp_keep_alive
        self.tcp_keep_alive_idle = tcp_keep_alive_idle
        self.tcp_keep_alive_count = tcp_keep_alive_count
        self.tcp_keep_alive_interval = tcp_keep_alive_interval

    @property
    def hook(self) -> HttpHook:
        """A hook with the arguments of the task."""
        return HttpHook(
            self.method,
            http_conn_id=self.http_conn_id,
            tcp_keep_alive=self.tcp_keep_alive,
            tcp_keep_alive_idle=self.tcp_keep_alive_idle,
            tcp_keep_alive_count=self.tcp_keep_alive_count,
            tcp_keep_alive_interval=self.tcp_keep_alive_interval,
        )

    def poke(self, context: Context) -> bool | PokeReturnValue:
        """Ask once."""
        try:
            answer = self.hook.run(
                self.endpoint, self.request_params, self.headers, self.extra_options, **self.request_kwargs
            )
        except AirflowException as error:
            if any(str(error).startswith(code) for code in self.response_error_codes):
                return False
            raise
        if self.response_check is None:
            return True
        found = call_with(self.response_check, answer, context)
        return found if isinstance(found, PokeReturnValue) else bool(found)
