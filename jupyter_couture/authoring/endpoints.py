"""Connections as operators use them: the address of a web server or of a database."""

import urllib.parse

from jupyter_couture.authoring.connections import Connection

_DRIVERS = {
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mysql+pymysql",
    "redshift": "postgresql+psycopg",
    "mssql": "mssql+pyodbc",
    "oracle": "oracle+oracledb",
    "sqlite": "sqlite",
}
"""Connection types, and the SQLAlchemy dialects they mean. Any other type is taken as a dialect itself."""

_USUAL_PORTS = {"http": 80, "https": 443}


def web_address(connection: Connection, endpoint: str = "") -> str:
    """``endpoint`` at the server of ``connection``, its ``schema`` being the protocol; a full address stays itself."""
    if "://" in endpoint:
        return endpoint
    host = connection.host or ""
    kind = connection.conn_type if connection.conn_type in ("http", "https") else "http"
    base = host if "://" in host else f"{connection.schema or kind}://{host}"
    if connection.port is not None:
        base = f"{base.rstrip('/')}:{connection.port}"
    return f"{base.rstrip('/')}/{endpoint.lstrip('/')}" if endpoint else base


def is_elsewhere(url: str, base: str) -> bool:
    """Whether an address leads to another server than ``base``, which should not hear the login for that one.

    A ``base`` that names no server says nothing.
    """
    there, here = urllib.parse.urlsplit(url), urllib.parse.urlsplit(base)
    return bool(here.hostname) and _origin(there) != _origin(here)


def _origin(parts: urllib.parse.SplitResult) -> tuple[str, str | None, int | None]:
    return parts.scheme, parts.hostname, parts.port or _USUAL_PORTS.get(parts.scheme)


def index_address(connection: Connection) -> str:
    """The address of a package index, which is the host of ``connection``, with its login in it."""
    parts = urllib.parse.urlsplit(connection.host or "")
    if not connection.login:
        return parts.geturl()
    who = ":".join(urllib.parse.quote(text, safe="") for text in (connection.login, connection.password) if text)
    return parts._replace(netloc=f"{who}@{parts.netloc.rpartition('@')[2]}").geturl()


def database_url(connection: Connection, database: str | None = None) -> str:
    """The SQLAlchemy address of ``connection``; ``database`` instead of the one in its ``schema``.

    ``sqlalchemy_url`` in the extra is taken as it is; ``dialect`` there names another driver (``mysql+mysqldb``).
    """
    extra = connection.extra_dejson
    if extra.get("sqlalchemy_url"):
        return str(extra["sqlalchemy_url"])
    kind = connection.conn_type or ""
    dialect = str(extra.get("dialect") or _DRIVERS.get(kind, kind))
    if dialect.startswith("sqlite"):
        return f"{dialect}:///{database or connection.host or connection.schema or ''}"
    name = database or connection.schema or ""
    quote = urllib.parse.quote
    who = "" if not connection.login else quote(connection.login, safe="")
    if connection.password:
        who += f":{quote(connection.password, safe='')}"
    port = f":{connection.port}" if connection.port else ""
    return f"{dialect}://{f'{who}@' if who else ''}{connection.host or ''}{port}/{quote(name)}"
