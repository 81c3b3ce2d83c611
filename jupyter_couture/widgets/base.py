"""What all widgets are: a view by its name, what it shows, and a picture for places where nothing is live.

Traits that begin with ``_`` belong to the page: which view to draw, the picture, and whether the page wants one.
"""

import importlib
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from jupyter_couture.authoring.arguments import unknown_argument
from jupyter_couture.widgets.cells import is_unattended
from jupyter_couture.widgets.painting import Painter
from jupyter_couture.widgets.picture import picture_of

_SCRIPT = Path(__file__).parent / "static" / "widget.js"
_VIEW_TYPE = "application/vnd.jupyter.widget-view+json"
LEAST_HEIGHT = 80


class View(anywidget.AnyWidget):
    """A view of Couture in a notebook. What it shows the page asks of its own server, not of the kernel."""

    height = traitlets.Int(420, min=LEAST_HEIGHT).tag(sync=True)
    """Of the widget, in CSS pixels."""

    _couture_view = traitlets.Unicode("").tag(sync=True)
    _picture = traitlets.Unicode("").tag(sync=True)
    _picture_wanted = traitlets.Bool(False).tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        for name in traits:
            if name not in self.trait_names():
                raise unknown_argument(type(self).__name__, name, self._arguments())
        # Read here and not with the class: a checkout that is not built yet can still be imported.
        super().__init__(_esm=_script(), **traits)
        self.observe(self._on_wanted, "_picture_wanted")

    def _arguments(self) -> list[str]:
        return [name for name in self.trait_names() if not name.startswith("_")]

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    def picture(self) -> str:
        """HTML of what the view shows now: no script, readable without kernel and server. Never raises.

        Where the client finds a server that answers within two seconds it shows what that says, else a card.
        """
        paint = self.painter()
        drawn = None if paint is None else _drawn(paint)
        return drawn or picture_of(repr(self), self.subject())

    def painter(self) -> Painter | None:
        """What draws the picture of what is shown now, by another thread; None: there is only the card."""
        return None

    def subject(self) -> str:
        """What it is about, in words."""
        return "all DAGs"

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        made: tuple[dict[str, Any], dict[str, Any]] | None = super()._repr_mimebundle_(**kwargs)
        if made is None:
            return None
        data, metadata = made
        data["text/html"] = self._picture = self.picture()
        # With the live view of a run that nobody looked at, an exported page would ask other hosts for scripts.
        if is_unattended():
            del data[_VIEW_TYPE]
        return data, metadata

    def _on_wanted(self, _change: object) -> None:
        if self._picture_wanted:
            self._picture = self.picture()


def _drawn(paint: Painter) -> str | None:
    # Read with the first picture: the client takes longer to read than all the widgets.
    asking = importlib.import_module("jupyter_couture.widgets.asking")
    patience = asking.UNATTENDED_SECONDS if is_unattended() else asking.PATIENCE_SECONDS
    drawn: str | None = asking.asker.drawn(paint, patience)
    return drawn


class MissingBuild(RuntimeError):
    """The scripts of the widgets have not been built in this checkout."""

    def __init__(self) -> None:
        super().__init__("The widgets have not been built in this checkout. Build them with: jlpm run build:prod")


def _script() -> str:
    try:
        return _SCRIPT.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise MissingBuild from None


def id_of(thing: object, name: str) -> str:
    """``thing`` if it is an id, else its attribute ``name``: DAGs and runs can be given as objects.

    Raises ``TypeError`` for what is neither.
    """
    found = thing if isinstance(thing, str) else getattr(thing, name, None)
    if not isinstance(found, str):
        raise TypeError(f"expected a {name} or an object that has one, not {thing!r}")
    return found
