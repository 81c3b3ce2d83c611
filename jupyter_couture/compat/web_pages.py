"""Stand-ins for the libraries of Airflow's web pages, while modules of plugins are executed.

A company's plugin often brings a page next to its operators and macros: a Flask blueprint, a view. Airflow has those
libraries, here nobody shows the pages, and without them the operators would be lost too. So they are stood in for,
where they are not installed, and are gone again afterwards.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, Self

LIBRARIES = frozenset(
    {
        *("fastapi", "flask", "flask_admin", "flask_appbuilder", "flask_babel", "flask_caching", "flask_login"),
        *("flask_session", "flask_sqlalchemy", "flask_wtf", "starlette", "werkzeug", "wtforms"),
    }
)
"""What plugins import for their pages, by top module."""


class PageType(type):
    """Class attributes that a page's class may be asked for."""

    def __getattr__(cls, name: str) -> Any:
        """Another thing of that library."""
        if name.startswith("__"):
            raise AttributeError(f"type object {cls.__name__!r} has no attribute {name!r}")
        return _thing(name)()


class Page(metaclass=PageType):
    """Anything of a library for pages: can be made, derived from, called and used as a decorator; does nothing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        pass

    def __call__(self, *args: Any, **kwargs: Any) -> Self:
        """Itself, so that it can decorate with and without arguments."""
        return self

    def __getattr__(self, name: str) -> Any:
        """Another thing of that library."""
        if name.startswith("__"):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return _thing(name)()


def _thing(name: str) -> PageType:
    return PageType(name, (Page,), {})


class PageModule(ModuleType):
    """A module of a library for pages that is not installed."""

    def __getattr__(self, name: str) -> Any:
        """A class that stands for anything."""
        if name.startswith("__"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        return _thing(name)


class PageFinder(MetaPathFinder, Loader):
    """The last finder: asked for what no other has found."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """A stand-in for a library of pages."""
        return ModuleSpec(fullname, self, is_package=True) if fullname.partition(".")[0] in LIBRARIES else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """An empty module; it fills itself."""
        return PageModule(spec.name, f"{spec.name} is not installed.")

    def exec_module(self, module: ModuleType) -> None:
        """There is nothing to execute."""


@contextmanager
def standing_in() -> Iterator[None]:
    """Let libraries of pages that are not installed be importable meanwhile."""
    finder = PageFinder()
    sys.meta_path.append(finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for name in [name for name, module in sys.modules.items() if isinstance(module, PageModule)]:
            del sys.modules[name]
