"""What tasks leave for people (executed notebooks, files), as a read-only drive of the lab.

The lab's ``CoutureOutputs`` drive asks ``couture/outputs/api/contents``; names and replies are those of Jupyter's own
contents API, so that the lab opens a notebook from here like any other.
"""

import json
from http import HTTPStatus
from pathlib import Path
from typing import Any, NoReturn

from jupyter_client.jsonutil import json_default
from jupyter_core.utils import ensure_async
from jupyter_server.base.handlers import APIHandler, path_regex
from jupyter_server.services.contents.largefilemanager import LargeFileManager
from tornado.web import HTTPError, authenticated

from jupyter_couture.model.errors import Denied
from jupyter_couture.services.access import Permission
from jupyter_couture_server.identity import actor_of, check

CONTENTS_PATH = "couture/outputs/api/contents"

_READ_ONLY = "Outputs of tasks are read-only. Save a copy elsewhere."


class OutputsManager(LargeFileManager):
    """Serves the outputs folder and nothing outside, whatever links tasks may have made in it."""

    def _get_os_path(self, path: str) -> str:
        found = super()._get_os_path(path)  # type: ignore[no-untyped-call]
        if not Path(found).resolve().is_relative_to(Path(self.root_dir).resolve()):
            raise HTTPError(HTTPStatus.NOT_FOUND, f"{path} is outside the outputs folder")
        return str(found)


class _OutputsHandler(APIHandler):
    """Reading only."""

    def initialize(self, manager: OutputsManager) -> None:
        self.manager = manager

    def set_default_headers(self) -> None:
        super().set_default_headers()
        self.set_header("Cache-Control", "no-store")

    def compute_etag(self) -> None:
        """No entity tags: nothing here may be cached."""

    async def allow(self) -> None:
        try:
            user, source_ip = self.current_user, self.request.remote_ip or ""
            await check(self, actor_of(user, source_ip), Permission.OUTPUTS_READ)
        except Denied as error:
            raise HTTPError(HTTPStatus.FORBIDDEN, str(error)) from None

    async def refuse(self) -> NoReturn:
        await self.allow()
        raise HTTPError(HTTPStatus.FORBIDDEN, _READ_ONLY)

    @authenticated
    async def post(self, **_: str) -> None:
        await self.refuse()

    @authenticated
    async def put(self, **_: str) -> None:
        await self.refuse()

    @authenticated
    async def patch(self, **_: str) -> None:
        await self.refuse()

    @authenticated
    async def delete(self, **_: str) -> None:
        await self.refuse()


class OutputsHandler(_OutputsHandler):
    """A file or folder."""

    @authenticated
    async def get(self, path: str = "") -> None:
        """The contents model, as ``GET api/contents`` gives it."""
        await self.allow()
        kind = self.get_query_argument("type", None)
        form = self.get_query_argument("format", None)
        content, with_hash = self.get_query_argument("content", "1"), self.get_query_argument("hash", "0")
        if form not in (None, "text", "base64") or content not in ("0", "1") or with_hash not in ("0", "1"):
            raise HTTPError(HTTPStatus.BAD_REQUEST, "format is text or base64, content and hash are 0 or 1")
        manager: Any = self.manager  # its methods carry no types
        if not await ensure_async(manager.exists(path)):
            raise HTTPError(HTTPStatus.NOT_FOUND, f"There is no output {path}")
        model: dict[str, Any] = await ensure_async(
            manager.get(
                path=path,
                type=kind if kind in ("directory", "file", "notebook") else None,
                format=form,
                content=content == "1",
                require_hash=with_hash == "1",
            )
        )
        model["writable"] = False
        self.set_header("Last-Modified", model["last_modified"])
        await self.finish(json.dumps(model, default=json_default))


class OutputsCheckpointsHandler(_OutputsHandler):
    """Outputs have no checkpoints."""

    @authenticated
    async def get(self, **_: str) -> None:
        """Always none."""
        await self.allow()
        await self.finish("[]")


def outputs_handlers(manager: OutputsManager) -> list[tuple[str, type[APIHandler], dict[str, Any]]]:
    """Handlers to be registered, in this order."""
    values = {"manager": manager}
    return [
        (rf"/{CONTENTS_PATH}{path_regex}/checkpoints", OutputsCheckpointsHandler, values),
        (rf"/{CONTENTS_PATH}{path_regex}/checkpoints/[\w-]+", OutputsCheckpointsHandler, values),
        (rf"/{CONTENTS_PATH}{path_regex}/trust", OutputsCheckpointsHandler, values),
        (rf"/{CONTENTS_PATH}{path_regex}", OutputsHandler, values),
    ]
