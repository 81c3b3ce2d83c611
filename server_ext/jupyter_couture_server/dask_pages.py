"""What of Dask's dashboard may be asked, and how a page of it leaves us. Pure: no request, no connection.

Nothing is passed on that is not listed here: neither paths (Dask has routes that retire workers or lead to other hosts)
nor headers.
"""

import re
from enum import Enum
from urllib.parse import urlencode, urljoin, urlsplit

from jupyter_couture_server.requests import JUPYTER_OPTIONS

FIRST_PAGE = "status"


class Kind(Enum):
    """What a path leads to."""

    PAGE = "page"  # a document: what a person opens
    FILE = "file"  # a script, a stylesheet or a picture of one
    SOCKET = "socket"  # the WebSocket over which one is drawn


_PLOTS = (
    r"(?:status|workers|tasks|system|gpu|profile|profile-server|graph|groups|shuffle|stealing|exceptions|events"
    r"|counters|individual-[a-z]+(?:-[a-z]+)*)"
)
_NAME = r"[A-Za-z0-9_][A-Za-z0-9_.-]*"
_ID = r"[A-Za-z0-9%._~:'(),-]+"  # a task or a worker, encoded: it may hold anything but is one piece of the path
_KINDS = (
    (Kind.PAGE, re.compile(_PLOTS)),
    (Kind.PAGE, re.compile(r"info|info/main/(?:workers|exceptions|logs)\.html")),
    (Kind.PAGE, re.compile(rf"info/(?:worker|task|call-stacks|call-stack|logs)/{_ID}\.html")),
    (Kind.FILE, re.compile(rf"static/js/{_NAME}\.js")),
    (Kind.FILE, re.compile(rf"statics/(?:css|js|images)/{_NAME}")),
    (Kind.SOCKET, re.compile(rf"{_PLOTS}/ws")),
)

_FOREIGN_LINK = re.compile(rb"""<link\b[^>]*\bhref\s*=\s*["']?\s*(?:https?:)?//[^>]*>""", re.IGNORECASE)
_PLAIN_STYLE = (
    b"<style>body{font:14px sans-serif;margin:1em 2em}table{border-collapse:collapse}"
    b"th,td{border-bottom:1px solid #ddd;padding:.4em .8em;text-align:left}"
    b"a.button{border:1px solid #bbb;border-radius:3px;padding:.2em .6em;text-decoration:none}</style>"
)

_TOO_HIGH = b"../../../statics/"
"""How Dask's plain pages name their files: above its root, which only a browser at the root of a host forgives."""

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "sandbox allow-scripts allow-popups",
        "default-src 'none'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
"""Without ``allow-same-origin`` a page is nobody's: it reads no cookie, storage or page of the lab, and no login goes
along with what it asks for."""


def kind_of(path: str) -> Kind | None:
    """What an undecoded path below the dashboard leads to; None for what nobody may ask."""
    return next((kind for kind, pattern in _KINDS if pattern.fullmatch(path)), None)


def options_of(arguments: dict[str, list[bytes]]) -> str:
    """The query as it goes on: without what belongs to the Jupyter server, above all its token."""
    pairs = [(name, value) for name, values in arguments.items() if name not in JUPYTER_OPTIONS for value in values]
    return f"?{urlencode(pairs)}" if pairs else ""


def redirected(root: str, path: str, location: str) -> str | None:
    """Where an answer of ``root`` sends us on, as a path below the dashboard; None if that is elsewhere."""
    target, start = urlsplit(urljoin(f"{root}/{path}", location)), urlsplit(root)
    prefix = f"{start.path.rstrip('/')}/"
    if (target.scheme, target.netloc) != (start.scheme, start.netloc) or not target.path.startswith(prefix):
        return None
    found = target.path.removeprefix(prefix) or FIRST_PAGE
    return found if kind_of(found) is not None else None


def fitted(page: bytes) -> bytes:
    """A page that asks no other host for its style, and has a plain one instead; with files that lie below us."""
    return _FOREIGN_LINK.sub(_PLAIN_STYLE, page).replace(_TOO_HIGH, b"../../statics/")
