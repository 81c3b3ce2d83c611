"""``AirflowPlugin``: classes, macros and modules that a ``plugins`` folder brings along.

The folder lies beside the DAG file's folder or one above it, or is named by ``AIRFLOW__CORE__PLUGINS_FOLDER``. It is on
``sys.path``, so its modules can be imported by their own names. Modules that define a plugin are executed when
something is asked for that only a plugin can have: ``airflow.operators.my_plugin``, ``macros.my_plugin``.
"""

import importlib
import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

from jupyter_couture.authoring import dialects
from jupyter_couture.authoring.plugin_folders import plugin_folders
from jupyter_couture.compat import web_pages

_log = logging.getLogger("couture.plugins")

_KINDS = {
    "operators": "operators",
    "sensors": "sensors",
    "hooks": "hooks",
    "executors": "executors",
    "macros": "macros",
}
"""Packages of Airflow's that plugins add modules to, and where a plugin lists what is in them."""


class AirflowPlugin:
    """What a plugin brings. What concerns Airflow's own pages is kept and shown nowhere."""

    name: str | None = None
    operators: ClassVar[list[Any]] = []
    sensors: ClassVar[list[Any]] = []
    hooks: ClassVar[list[Any]] = []
    executors: ClassVar[list[Any]] = []
    macros: ClassVar[list[Any]] = []
    admin_views: ClassVar[list[Any]] = []
    flask_blueprints: ClassVar[list[Any]] = []
    menu_links: ClassVar[list[Any]] = []
    appbuilder_views: ClassVar[list[Any]] = []
    appbuilder_menu_items: ClassVar[list[Any]] = []
    fastapi_apps: ClassVar[list[Any]] = []
    fastapi_root_middlewares: ClassVar[list[Any]] = []
    external_views: ClassVar[list[Any]] = []
    react_apps: ClassVar[list[Any]] = []
    global_operator_extra_links: ClassVar[list[Any]] = []
    operator_extra_links: ClassVar[list[Any]] = []
    timetables: ClassVar[list[Any]] = []
    listeners: ClassVar[list[Any]] = []
    ti_deps: ClassVar[list[Any]] = []
    priority_weight_strategies: ClassVar[list[Any]] = []
    hook_lineage_readers: ClassVar[list[Any]] = []

    @classmethod
    def validate(cls) -> None:
        """Raise if the plugin has no name."""
        if not cls.name:
            raise AirflowPluginException("Your plugin needs a name.")

    @classmethod
    def on_load(cls, *args: Any, **kwargs: Any) -> None:
        """Called once the plugin is loaded."""


class AirflowPluginException(Exception):
    """A plugin is not as it should be."""


_loaded: dict[str, type[AirflowPlugin]] = {}
_looked_at: set[Path] = set()


def module_names(path: str) -> Mapping[str, Any] | None:
    """What plugins put into the module ``path`` of Airflow's, by name; None if there is no such module."""
    kind, _, name = path.removeprefix("airflow.").partition(".")
    if kind not in _KINDS or "." in name:
        return None
    plugins = _plugins()
    if not name:  # the old way: straight into the package
        return {each.__name__: each for plugin in plugins.values() for each in getattr(plugin, kind)}
    if name not in plugins:
        return None
    return {each.__name__: each for each in getattr(plugins[name], kind)}


def attribute(path: str, name: str) -> Any:
    """What plugins put as ``name`` into the module ``path`` of Airflow's; None if there is nothing."""
    return (module_names(path) or {}).get(name)


def macros_of(name: str) -> Mapping[str, Any] | None:
    """The macros of a plugin by their names; None if there is no such plugin."""
    return module_names(f"airflow.macros.{name}")


def _plugins() -> Mapping[str, type[AirflowPlugin]]:
    for folder in _folders():
        if folder in _looked_at:
            continue
        _looked_at.add(folder)
        for module in _modules(folder):
            try:
                with web_pages.standing_in():
                    importlib.import_module(module)
            except Exception:  # noqa: BLE001  # the module is the user's
                _log.exception("The plugin module %s of %s cannot be loaded", module, folder)
    for plugin in _subclasses(AirflowPlugin):
        if plugin.name and plugin.name not in _loaded:
            _loaded[plugin.name] = plugin
            plugin.on_load()
    return _loaded


def _folders() -> list[Path]:
    at_hand = dialects.file_at_hand()
    return [] if at_hand is None else plugin_folders(at_hand.path.absolute())


def _modules(folder: Path) -> Iterator[str]:
    """The dotted names of the modules of a folder that define a plugin."""
    for path in sorted(folder.rglob("*.py")):
        inside = path.relative_to(folder).with_suffix("")
        if all(part.isidentifier() for part in inside.parts) and b"AirflowPlugin" in path.read_bytes():
            yield ".".join(inside.parts[:-1] if inside.name == "__init__" and len(inside.parts) > 1 else inside.parts)


def _subclasses(kind: type[AirflowPlugin]) -> Iterator[type[AirflowPlugin]]:
    for each in kind.__subclasses__():
        yield each
        yield from _subclasses(each)
