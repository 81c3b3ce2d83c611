"""The views that notebook widgets show, made by `labextension/widgets.build.mjs`: a script and what it fetches later.

They come from the server whose API they call, not from the kernel, so the two always fit.
"""

import re
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any

from jupyter_server.base.handlers import JupyterHandler
from tornado.ioloop import IOLoop
from tornado.web import HTTPError, authenticated

import jupyter_couture
from jupyter_couture_server.scripts import Script, ScriptHandler

WIDGETS_PATH = "couture/widgets"
SCRIPTS = ("bundle.js", "forms.js", "layout.js")


def _find(name: str) -> Path:
    return Path(jupyter_couture.__file__).parent / "widgets" / "static" / name


class WidgetHandler(ScriptHandler):
    """One of ``SCRIPTS``, and nothing else. A browser keeps it and asks each time whether it is still the newest."""

    def initialize(self, script: Script) -> None:
        self.script = script
        self.stamp = ""

    def compute_etag(self) -> str | None:
        """Of the file, whether packed or not."""
        return f'W/"{self.stamp}"' if self.stamp else None

    @authenticated
    async def get(self) -> None:
        """The script."""
        await self.check_reader()
        try:
            self.stamp, plain, packed = await IOLoop.current().run_in_executor(None, self.script.forms)
        except FileNotFoundError:
            raise HTTPError(HTTPStatus.NOT_FOUND, "The widgets have not been built: jlpm run build:prod") from None
        self.set_header("Cache-Control", "private, no-cache")
        await self.finish_script(plain, packed)


def widget_handlers() -> list[tuple[str, type[JupyterHandler], dict[str, Any]]]:
    """Handlers to be registered."""
    return [
        (f"/{WIDGETS_PATH}/{re.escape(name)}", WidgetHandler, {"script": Script(partial(_find, name))})
        for name in SCRIPTS
    ]
