"""Rendering templates in task code itself. The runtime does it, and says so by ``render_with``."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from jupyter_couture.authoring.context import Context
from jupyter_couture.model.errors import Unavailable


class Renderer(Protocol):
    """Renders as the fields of ``operator`` are rendered before an attempt."""

    def render(self, operator: Any, value: Any, context: Mapping[str, Any]) -> Any:
        """``value`` with its templates filled."""
        ...

    def environment(self, operator: Any) -> Any:
        """The environment of Jinja that is used for it."""
        ...


_renderers: list[Renderer] = []


def render_with(renderer: Renderer) -> None:
    """Let ``renderer`` do it from now on."""
    _renderers[:] = [renderer]


def _renderer() -> Renderer:
    if not _renderers:
        raise Unavailable(what="rendering", message="templates are rendered only while a task runs")
    return _renderers[0]


class Templating:
    """The part of ``BaseOperator`` that task code calls to render more than its fields."""

    template_fields: Sequence[str]

    def render_template(self, content: Any, context: Any, *more: Any) -> Any:
        """``content`` with its templates filled from ``context``.

        Airflow's first versions put the name of a field before it, the last ones an environment after; neither counts.
        """
        if more and not isinstance(context, Mapping):
            content, context = context, more[0]
        return _renderer().render(self, content, context)

    def render_template_fields(self, context: Context, jinja_env: Any = None) -> None:
        """Fill the templates of the fields; done before ``execute`` in any case."""
        for name in self.template_fields:
            setattr(self, name, self.render_template(getattr(self, name), context))

    def get_template_env(self, dag: Any = None) -> Any:
        """The environment of Jinja that the fields are rendered with."""
        return _renderer().environment(self)

    def prepare_template(self) -> None:
        """Called before the fields are rendered. For subclasses that change what is in them."""
