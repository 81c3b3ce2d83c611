"""Libraries of Airflow's web pages, which modules of plugins import and nobody has installed here."""

import importlib
import sys
from typing import Any

import pytest

from jupyter_couture.compat import web_pages


def test_libraries_of_pages_can_be_imported_while_a_plugin_is_and_are_gone_afterwards() -> None:
    with web_pages.standing_in():
        library = importlib.import_module("flask_appbuilder")
        inside = importlib.import_module("flask_appbuilder.fieldwidgets")
        View: Any = type("View", (library.BaseView,), {"page": library.expose("/")(lambda _self: "page")})  # noqa: N806
        assert View(inside.Widget()).datamodel.anything("x") is not None
        assert View.default_view
        assert not hasattr(View, "__len__")
    assert not [name for name in sys.modules if name.startswith("flask_appbuilder")]
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("flask_appbuilder")


def test_other_libraries_stay_missing() -> None:
    with web_pages.standing_in(), pytest.raises(ModuleNotFoundError):
        importlib.import_module("nobody_has_this")
