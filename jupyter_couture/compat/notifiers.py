"""``BaseNotifier``: callbacks as objects with templates, as plugins and DAG files derive them."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from functools import cached_property
from logging import Logger, getLogger
from typing import Any

from jinja2 import Environment
from jinja2.sandbox import SandboxedEnvironment

from jupyter_couture.authoring.context import Context


class BaseNotifier:
    """Say in ``notify(context)`` what to do; the object is a callback. ``template_fields`` are rendered before."""

    template_fields: Sequence[str] = ()
    template_ext: Sequence[str] = ()

    def __init__(self, **kwargs: Any) -> None:
        for name, value in kwargs.items():
            setattr(self, name, value)

    @cached_property
    def log(self) -> Logger:
        """A logger whose records go to the attempt's log."""
        return getLogger(f"{type(self).__module__}.{type(self).__name__}")

    @abstractmethod
    def notify(self, context: Context) -> None:
        """Tell somebody."""
        raise TypeError(f"{type(self).__name__} does not define notify(context)")

    async def async_notify(self, context: Context) -> None:
        """As ``notify``, where something awaits it."""
        self.notify(context)

    def render_template_fields(self, context: Mapping[str, Any], jinja_env: Environment | None = None) -> None:
        """Fill the templates."""
        env = jinja_env or SandboxedEnvironment()  # texts, no pages
        for name in self.template_fields:
            if hasattr(self, name):
                setattr(self, name, _filled(env, getattr(self, name), context))

    def render_template(self, value: Any, context: Mapping[str, Any], jinja_env: Environment | None = None) -> Any:
        """A value with its templates filled."""
        return _filled(jinja_env or SandboxedEnvironment(), value, context)  # as above

    def __call__(self, *args: Any) -> None:
        context: Any = args[0] if len(args) == 1 else {"dag": args[0], "task_list": args[1], "slas": args[3]}
        templates = {name: getattr(self, name) for name in self.template_fields if hasattr(self, name)}
        self.render_template_fields(context)
        try:
            self.notify(context)
        except Exception:
            self.log.exception("The notifier %s failed", type(self).__name__)
        finally:
            for name, value in templates.items():
                setattr(self, name, value)


def _filled(env: Environment, value: Any, context: Mapping[str, Any]) -> Any:
    if isinstance(value, str) and "{" in value:
        return env.from_string(value).render({name: context[name] for name in context})
    if isinstance(value, list | tuple):
        return type(value)(_filled(env, item, context) for item in value)
    if isinstance(value, dict):
        return {name: _filled(env, item, context) for name, item in value.items()}
    return value
