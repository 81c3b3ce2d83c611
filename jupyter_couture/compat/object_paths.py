"""Paths in object stores as plain values: their parts, and other paths made of them. Nothing here asks a store."""

import os
import posixpath
from collections.abc import Mapping
from typing import Any, ClassVar, Self

LOCAL_PROTOCOLS = ("file", "local")
SERVER_PROTOCOLS = frozenset({"ftp", "hdfs", "sftp", "smb", "ssh", "webhdfs"})
"""Of those the first part is a server and no part of the path there, unless a connection names the server."""


class PureObjectPath:
    """Protocol, connection and path: ``s3://conn@bucket/folder/file.csv``; without a protocol, on this machine."""

    sep: ClassVar[str] = "/"
    root_marker: ClassVar[str] = "/"
    protocol: str
    conn_id: str | None
    _rest: str
    _storage_options: Mapping[str, Any]

    def __init__(
        self,
        *args: "str | os.PathLike[str] | PureObjectPath",
        protocol: str | None = None,
        conn_id: str | None = None,
        **storage_options: Any,
    ) -> None:
        first = args[0] if args else ""
        if isinstance(first, PureObjectPath):
            told, known, rest = first.protocol, first.conn_id, first._rest
            storage_options = {**first._storage_options, **storage_options}
        else:
            told, known, rest = _read(os.fspath(first))
        self.protocol = protocol or told or "file"
        self.conn_id = conn_id or known
        if self.protocol in LOCAL_PROTOCOLS:
            rest = os.path.abspath(rest or ".")  # noqa: PTH100  # a text all along
        more = [each._rest if isinstance(each, PureObjectPath) else os.fspath(each) for each in args[1:]]
        self._rest = _tidy(posixpath.join(rest, *more) if more else rest)
        self._storage_options = storage_options

    # ---- its parts ----

    @property
    def path(self) -> str:
        """The path without protocol and connection."""
        return self._rest

    @property
    def _server(self) -> str:
        """The server, if the path begins with one."""
        return self.bucket if self.protocol in SERVER_PROTOCOLS and self.conn_id is None else ""

    @property
    def _place(self) -> str:
        """The path as a file system is asked for it."""
        return f"/{self.key}" if self._server else self._rest

    @property
    def storage_options(self) -> Mapping[str, Any]:
        """What goes to the driver beside the connection."""
        return self._storage_options

    @property
    def bucket(self) -> str:
        """The first part of the path: the bucket, of object stores; empty on this machine."""
        return "" if self.protocol in LOCAL_PROTOCOLS else self._rest.partition("/")[0]

    container = bucket

    @property
    def key(self) -> str:
        """The path within the bucket."""
        return self._rest.lstrip("/") if self.protocol in LOCAL_PROTOCOLS else self._rest.partition("/")[2]

    @property
    def namespace(self) -> str:
        """Protocol and bucket."""
        return f"{self.protocol}://{self.bucket}" if self.bucket else self.protocol

    @property
    def name(self) -> str:
        """The last part; empty for a bucket itself."""
        return posixpath.basename(self.key.rstrip("/"))

    @property
    def stem(self) -> str:
        """The last part without its suffix."""
        return posixpath.splitext(self.name)[0]

    @property
    def suffix(self) -> str:
        """The suffix of the last part, with its dot."""
        return posixpath.splitext(self.name)[1]

    @property
    def suffixes(self) -> list[str]:
        """All suffixes of the last part."""
        return [f".{each}" for each in self.name.lstrip(".").split(".")[1:]]

    @property
    def parts(self) -> tuple[str, ...]:
        """All parts: the bucket (or ``/``) and those behind it."""
        names = [part for part in self.key.split("/") if part]
        return (f"{self.bucket}/" if self.bucket else "/", *names)

    @property
    def parent(self) -> Self:
        """The folder around it."""
        above = posixpath.dirname(self._rest.rstrip("/"))
        return self._like(above if above or self.protocol in LOCAL_PROTOCOLS else self._rest)

    @property
    def parents(self) -> list[Self]:
        """The folders around it, the closest first."""
        found, here = [], self
        while here.parent != here:
            here = here.parent
            found.append(here)
        return found

    # ---- other paths ----

    def __truediv__(self, other: "str | os.PathLike[str]") -> Self:
        return self.joinpath(other)

    def joinpath(self, *others: "str | os.PathLike[str]") -> Self:
        """The path ``others`` below it."""
        return self._like(posixpath.join(self._rest, *(os.fspath(other).lstrip("/") for other in others)))

    def with_name(self, name: str) -> Self:
        """The same with another last part."""
        return self.parent / name

    def with_suffix(self, suffix: str) -> Self:
        """The same with another suffix."""
        return self.with_name(self.stem + suffix)

    def with_stem(self, stem: str) -> Self:
        """The same with another last part before the suffix."""
        return self.with_name(stem + self.suffix)

    def relative_to(self, other: "str | PureObjectPath") -> str:
        """The path as seen from ``other``; raises ``ValueError`` if it is not below it."""
        base = PureObjectPath(other)
        if self != base and base not in self.parents:
            raise ValueError(f"{self} is not below {base}")
        return posixpath.relpath(self._rest or "/", base._rest or "/")

    def is_relative_to(self, other: "str | PureObjectPath") -> bool:
        """Whether it lies below ``other``."""
        base = PureObjectPath(other)
        return self == base or base in self.parents

    def as_uri(self) -> str:
        """As a text, with protocol and connection."""
        return str(self)

    def as_posix(self) -> str:
        """As a text, with protocol and connection."""
        return str(self)

    def absolute(self) -> Self:
        """Itself."""
        return self

    resolve = expanduser = absolute

    def _like(self, rest: str) -> Self:
        made = type(self).__new__(type(self))
        made.protocol, made.conn_id, made._storage_options = self.protocol, self.conn_id, self._storage_options
        made._rest = _tidy(rest)
        return made

    # ---- as a value ----

    def __str__(self) -> str:
        who = f"{self.conn_id}@" if self.conn_id else ""
        return f"{self.protocol}://{who}{self._rest}"

    def __fspath__(self) -> str:
        return self._rest if self.protocol in LOCAL_PROTOCOLS else str(self)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PureObjectPath) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))

    def __lt__(self, other: "PureObjectPath") -> bool:
        return str(self) < str(other)

    def serialize(self) -> dict[str, Any]:
        """As plain values."""
        return {
            "path": f"{self.protocol}://{self._rest}",
            "conn_id": self.conn_id,
            "kwargs": dict(self._storage_options),
        }

    @classmethod
    def deserialize(cls, data: Mapping[str, Any], version: int = 1) -> Self:
        """Of what ``serialize`` made."""
        return cls(data["path"], conn_id=data.get("conn_id"), **data.get("kwargs", {}))


def _read(text: str) -> tuple[str, str | None, str]:
    """Protocol, connection and path of a text."""
    protocol, is_there, rest = text.partition("://")
    if not is_there:
        return "", None, text
    authority, slash, below = rest.partition("/")
    conn_id, is_named, place = authority.rpartition("@")
    return protocol, (conn_id or None) if is_named else None, f"{place}{slash}{below}"


def _tidy(rest: str) -> str:
    """Without a slash at the end, unless it is all."""
    return rest.rstrip("/") if rest.strip("/") else rest[:1]
