"""BokehJS out of the installed Python package, so that figures and script are of one version and no host is asked."""

from http import HTTPStatus
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from jupyter_server.base.handlers import JupyterHandler
from tornado.ioloop import IOLoop
from tornado.web import HTTPError, authenticated

from jupyter_couture_server.scripts import Script, ScriptHandler

BOKEH_PATH = "couture/bokeh"

_YEAR_SECONDS = 365 * 86_400
_SCRIPT = Path("server", "static", "js", "bokeh.min.js")


def _find_script() -> Path:
    found = find_spec("bokeh")  # finds the package without loading it
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / _SCRIPT


class BokehHandler(ScriptHandler):
    """``bokeh.min.js`` of the installed version, and nothing else."""

    def initialize(self, script: Script, installed: str) -> None:
        self.script = script
        self.installed = installed

    def compute_etag(self) -> None:
        """None is needed: what lies below a version never changes."""

    @authenticated
    async def get(self, asked: str) -> None:
        """The script."""
        await self.check_reader()
        if asked != self.installed:
            raise HTTPError(HTTPStatus.NOT_FOUND, f"BokehJS here is of version {self.installed}")
        _, plain, packed = await IOLoop.current().run_in_executor(None, self.script.forms)
        self.set_header("Cache-Control", f"private, max-age={_YEAR_SECONDS}, immutable")
        await self.finish_script(plain, packed)


def bokeh_handlers() -> list[tuple[str, type[JupyterHandler], dict[str, Any]]]:
    """Handlers to be registered."""
    given = {"script": Script(_find_script), "installed": version("bokeh")}
    return [(rf"/{BOKEH_PATH}/(?P<asked>[^/]+)/bokeh\.min\.js", BokehHandler, given)]
