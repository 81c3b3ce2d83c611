"""``PythonOperator``: a Python callable as a task."""

import importlib
import inspect
from collections.abc import Callable, Collection, Mapping, MutableMapping, Sequence
from typing import Any

from jupyter_couture.authoring.asset_events import drained
from jupyter_couture.authoring.context import Context, context_scope, current_attempt
from jupyter_couture.authoring.operator import BaseOperator
from jupyter_couture.model.errors import InvalidDag


class PythonOperator(BaseOperator):
    """Calls ``python_callable(*op_args, **op_kwargs)``; what it returns is kept for other tasks.

    The callable is given those names of the template context (``ds``, ``ti``, ``params`` ...) that it takes, all of
    them if it takes ``**kwargs``. ``templates_dict`` is rendered and arrives in the context; texts in it that end like
    one of ``templates_exts`` are files to render. ``show_return_value_in_logs`` False keeps the value out of the log.
    An ``async`` function is run to its end. A generator function may yield ``Metadata`` of its outlets; its value is
    what it returns.
    ``provide_context`` is accepted for old files and needs not be given. A subclass may override ``execute_callable``.
    """

    template_fields: Sequence[str] = ("templates_dict", "op_args", "op_kwargs")
    __taken: tuple[object, Sequence[inspect.Parameter] | None] = (None, None)

    def __init__(
        self,
        task_id: str,
        *,
        python_callable: Callable[..., Any],
        op_args: Collection[Any] | None = None,
        op_kwargs: Mapping[str, Any] | None = None,
        templates_dict: Mapping[str, Any] | None = None,
        templates_exts: Sequence[str] | None = None,
        show_return_value_in_logs: bool = True,
        provide_context: bool = True,
        **options: Any,
    ) -> None:
        super().__init__(task_id, **options)
        self.python_callable = checked_callable(self.task_id, python_callable)
        self.op_args = list(op_args or ())
        self.op_kwargs = dict(op_kwargs or {})
        self.templates_dict = templates_dict
        if templates_exts:
            self.template_ext = tuple(templates_exts)
        self.show_return_value_in_logs = bool(show_return_value_in_logs)
        self.provide_context = provide_context

    def settle(self) -> None:
        """See ``BaseOperator``; also reads the signature of the callable, which takes longer than most calls."""
        super().settle()
        self.__taken = (self.python_callable, _parameters(self.python_callable))

    def execute(self, context: Context) -> Any:
        """Call the callable with what it takes."""
        values = context if isinstance(context, dict | MutableMapping) else {**context}
        values["templates_dict"] = self.templates_dict
        given = self.op_kwargs
        self.op_kwargs = dict(self.determine_kwargs(values))
        try:
            with context_scope(values):
                value = self.execute_callable()
                if inspect.iscoroutine(value):
                    value = importlib.import_module("asyncio").run(value)  # slow to import, and few callables need it
                return drained(self.python_callable, value, self.outlets, current_attempt())
        finally:
            self.op_kwargs = given

    def determine_kwargs(self, context: Context) -> Mapping[str, Any]:
        """The keyword arguments of the call: those given, and of ``context`` what the callable takes."""
        function, parameters = self.__taken
        if function is not self.python_callable:
            parameters = _parameters(self.python_callable)
        return _arguments(parameters, self.op_args, self.op_kwargs, context)

    def execute_callable(self) -> Any:
        """Make the call, with ``op_args`` and ``op_kwargs`` as they are by then."""
        return self.python_callable(*self.op_args, **self.op_kwargs)


def checked_callable(task_id: str, given: object) -> Callable[..., Any]:
    """``given`` if it can be called; raises ``InvalidDag``."""
    if callable(given):
        return given
    message = f"python_callable of task {task_id!r} must be callable, not {type(given).__name__}"
    raise InvalidDag(task_id=task_id, message=message)


def call_arguments(
    function: Callable[..., Any], args: Collection[Any], kwargs: Mapping[str, Any], context: Mapping[str, Any]
) -> dict[str, Any]:
    """The keyword arguments for ``function``: ``kwargs``, and of ``context`` what it takes besides.

    ``args`` are given by position and so cover the first parameters.
    """
    return _arguments(_parameters(function), args, kwargs, context)


def _parameters(function: Callable[..., Any]) -> Sequence[inspect.Parameter] | None:
    """What it takes; None if it does not tell, as some builtins."""
    try:
        return tuple(inspect.signature(function).parameters.values())
    except (ValueError, TypeError):
        return None


def _arguments(
    parameters: Sequence[inspect.Parameter] | None,
    args: Collection[Any],
    kwargs: Mapping[str, Any],
    context: Mapping[str, Any],
) -> dict[str, Any]:
    if parameters is None:
        return dict(kwargs)
    if any(item.kind is item.VAR_KEYWORD for item in parameters):
        by_position = {item.name for item in _positional(parameters)[: len(args)]}
        return {**{name: value for name, value in context.items() if name not in by_position}, **kwargs}
    free = {item.name for item in _positional(parameters)[len(args) :] if item.kind is not item.POSITIONAL_ONLY}
    free |= {item.name for item in parameters if item.kind is item.KEYWORD_ONLY}
    return {**{name: context[name] for name in free if name in context}, **kwargs}


def _positional(parameters: Sequence[inspect.Parameter]) -> list[inspect.Parameter]:
    return [item for item in parameters if item.kind in (item.POSITIONAL_ONLY, item.POSITIONAL_OR_KEYWORD)]
