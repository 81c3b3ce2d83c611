"""How the extension is found, configured and started."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jupyter_couture_server import _jupyter_server_extension_points
from jupyter_couture_server.extension import Couture, refuse_unknown, setting_names
from traitlets.config import Config

from jupyter_couture.model.errors import InvalidRequest
from jupyter_couture.settings import Settings
from tests.server.conftest import Ask

ROOT = Path(__file__).parents[2]


def test_installing_switches_the_extension_on() -> None:
    text = (ROOT / "server_ext" / "jupyter-config" / "jupyter_couture_server.json").read_text()
    assert json.loads(text)["ServerApp"]["jpserver_extensions"] == {"jupyter_couture_server": True}
    (point,) = _jupyter_server_extension_points()
    assert point == {"module": "jupyter_couture_server", "app": Couture}


def test_every_setting_is_an_option_and_has_a_help_text() -> None:
    traits = Couture.class_own_traits(config=True)
    assert set(setting_names()) | {"engine", "on_stop"} <= set(traits)
    assert all(traits[name].help for name in setting_names())


def test_an_option_that_does_not_exist_is_refused_by_name() -> None:
    refuse_unknown(Config({"Couture": {"workers": 3}}))
    with pytest.raises(InvalidRequest, match=r"c\.Couture\.wrokers is not an option"):
        refuse_unknown(Config({"Couture": {"wrokers": 3}}))


class TestOptions:
    """A server with options of its own."""

    @pytest.fixture
    def couture_options(self, tmp_path: Path) -> dict[str, Any]:
        """Other than the defaults."""
        return {"engine": "off", "home": str(tmp_path / "other"), "workers": 3, "paused_at_creation": False}

    def test_options_reach_the_settings(self, couture: Couture, tmp_path: Path) -> None:
        settings = couture.deployment.settings
        assert (settings.home, settings.workers, settings.paused_at_creation) == (tmp_path / "other", 3, False)
        assert settings.slots_per_worker == Settings.load({}).slots_per_worker
        assert settings.outputs_dir.is_dir()


class TestAwayDatabase:
    """A server whose database does not answer."""

    @pytest.fixture
    def couture_options(self, tmp_path: Path) -> dict[str, Any]:
        """A database below a file, which cannot be."""
        (tmp_path / "file").write_text("")
        return {"engine": "off", "database_url": f"sqlite:///{tmp_path}/file/couture.db"}

    async def test_the_server_stands_and_says_what_is_away(self, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("jupyter_couture_server.deployment.READY_SECONDS", 1.0)
        answer = await ask("dags")
        assert (answer.status, answer.error["type"]) == (503, "unavailable")
        assert answer.error["hint"]
        health = await ask("health")
        assert (health.status, health.json["status"], health.json["database"]["ok"]) == (200, "unhealthy", False)


def test_loading_the_extension_leaves_heavy_libraries_for_later() -> None:
    """The Jupyter server's start waits for none of them."""
    code = (
        "import sys, jupyter_couture_server.extension\n"
        "print([name for name in ('sqlalchemy', 'alembic', 'bokeh', 'distributed', 'papermill', 'pandas')"
        " if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
