"""``PythonSensor``: waits until a Python callable says so."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from jupyter_couture.authoring.context import Context, context_scope
from jupyter_couture.authoring.operators.python import call_arguments, checked_callable
from jupyter_couture.authoring.sensors.sensor import BaseSensor


class PythonSensor(BaseSensor):
    """Waits until ``python_callable(*op_args, **op_kwargs)`` returns something true.

    The callable is given the names of the context that it takes, as by ``PythonOperator``; it may return a
    ``PokeReturnValue``. ``templates_dict`` is rendered and arrives in the context. ``provide_context`` is accepted for
    old files.
    """

    template_fields = ("templates_dict", "op_args", "op_kwargs")

    def __init__(
        self,
        task_id: str,
        *,
        python_callable: Callable[..., Any],
        op_args: Collection[Any] | None = None,
        op_kwargs: Mapping[str, Any] | None = None,
        templates_dict: Mapping[str, Any] | None = None,
        provide_context: bool = True,
        **options: Any,
    ) -> None:
        super().__init__(task_id, **options)
        self.python_callable = checked_callable(self.task_id, python_callable)
        self.op_args = list(op_args or ())
        self.op_kwargs = dict(op_kwargs or {})
        self.templates_dict = templates_dict
        self.provide_context = provide_context

    def poke(self, context: Context) -> Any:
        """Ask the callable."""
        values = {**context, "templates_dict": self.templates_dict}
        kwargs = call_arguments(self.python_callable, self.op_args, self.op_kwargs, values)
        with context_scope(values):
            return self.python_callable(*self.op_args, **kwargs)
