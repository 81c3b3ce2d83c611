"""BokehJS out of the installed Python package, so that figures and script are of one version and no host is asked."""

import gzip
from http import HTTPStatus
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any

from jupyter_server.base.handlers import JupyterHandler
from tornado.ioloop import IOLoop
from tornado.web import HTTPError, authenticated

from jupyter_couture.model.errors import Denied
from jupyter_couture.services.access import Permission
from jupyter_couture_server.identity import actor_of, check

BOKEH_PATH = "couture/bokeh"

_YEAR_SECONDS = 365 * 86_400
_SCRIPT = Path("server", "static", "js", "bokeh.min.js")


class BokehScript:
    """The script, read and packed when it is first asked for."""

    def __init__(self) -> None:
        self.version = version("bokeh")
        self._lock = Lock()
        self._forms: tuple[bytes, bytes] | None = None

    def forms(self) -> tuple[bytes, bytes]:
        """Plain and gzipped; may block."""
        with self._lock:
            if self._forms is None:
                found = find_spec("bokeh")  # finds the package without loading it
                assert found is not None
                assert found.origin is not None
                plain = (Path(found.origin).parent / _SCRIPT).read_bytes()
                self._forms = (plain, gzip.compress(plain, 6))
            return self._forms


class BokehHandler(JupyterHandler):
    """``bokeh.min.js`` of the installed version, and nothing else."""

    def initialize(self, script: BokehScript) -> None:
        self.script = script

    def compute_etag(self) -> None:
        """None is needed: what lies below a version never changes."""

    @authenticated
    async def get(self, asked: str) -> None:
        """The script."""
        try:
            await check(self, actor_of(self.current_user, self.request.remote_ip or ""), Permission.SYSTEM_READ)
        except Denied as error:
            raise HTTPError(HTTPStatus.FORBIDDEN, str(error)) from None
        if asked != self.script.version:
            raise HTTPError(HTTPStatus.NOT_FOUND, f"BokehJS here is of version {self.script.version}")
        plain, packed = await IOLoop.current().run_in_executor(None, self.script.forms)
        self.set_header("Content-Type", "text/javascript; charset=UTF-8")
        self.set_header("Cache-Control", f"private, max-age={_YEAR_SECONDS}, immutable")
        self.set_header("Vary", "Accept-Encoding")
        self.set_header("X-Content-Type-Options", "nosniff")
        if "gzip" in self.request.headers.get("Accept-Encoding", ""):
            self.set_header("Content-Encoding", "gzip")
            await self.finish(packed)
        else:
            await self.finish(plain)


def bokeh_handlers() -> list[tuple[str, type[JupyterHandler], dict[str, Any]]]:
    """Handlers to be registered."""
    return [(rf"/{BOKEH_PATH}/(?P<asked>[^/]+)/bokeh\.min\.js", BokehHandler, {"script": BokehScript()})]
