"""Scripts that pages load from us: read and packed when they are first asked for, kept, and given to who may read."""

import gzip
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from threading import Lock

from jupyter_server.base.handlers import JupyterHandler
from tornado.web import HTTPError

from jupyter_couture.model.errors import Denied
from jupyter_couture.services.access import Permission
from jupyter_couture_server.identity import actor_of, check


class Script:
    """A file, plain and gzipped; read again once it is another one. ``find`` may be slow."""

    def __init__(self, find: Callable[[], Path]) -> None:
        self._find = find
        self._lock = Lock()
        self._stamp = ""
        self._forms = (b"", b"")

    def forms(self) -> tuple[str, bytes, bytes]:
        """What tells this content from others, and the content plain and gzipped; may block. Raises ``OSError``."""
        with self._lock:
            path = self._find()
            status = path.stat()
            stamp = f"{status.st_mtime_ns:x}-{status.st_size:x}"
            if stamp != self._stamp:
                plain = path.read_bytes()
                self._forms = (plain, gzip.compress(plain, 6))
                self._stamp = stamp
            return (self._stamp, *self._forms)


class ScriptHandler(JupyterHandler):
    """What the handlers of scripts have in common."""

    async def check_reader(self) -> None:
        """Raise 403 for who may not even read the state of the system."""
        try:
            await check(self, actor_of(self.current_user, self.request.remote_ip or ""), Permission.SYSTEM_READ)
        except Denied as error:
            raise HTTPError(HTTPStatus.FORBIDDEN, str(error)) from None

    async def finish_script(self, plain: bytes, packed: bytes) -> None:
        """The script in the form that the browser takes."""
        self.set_header("Content-Type", "text/javascript; charset=UTF-8")
        self.set_header("Vary", "Accept-Encoding")
        self.set_header("X-Content-Type-Options", "nosniff")
        if "gzip" in self.request.headers.get("Accept-Encoding", ""):
            self.set_header("Content-Encoding", "gzip")
            await self.finish(packed)
        else:
            await self.finish(plain)
