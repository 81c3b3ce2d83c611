"""A file that a task wrote, as a value for other tasks: where it lies, how large it is, what its bytes hash to."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from jupyter_couture.model.errors import Conflict, InvalidRequest

_READ_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReference:
    """A file named by its URI. Return it from a task instead of the data; the file itself stays where it is.

    >>> FileReference.of("/data/day.parquet")     # in the task that wrote it
    >>> reference.checked_path()                  # in the task that reads it

    ``sha256`` is empty if the bytes were not looked at, as for files elsewhere than on this host.
    """

    uri: str
    size_bytes: int | None = None
    sha256: str = ""

    @classmethod
    def of(cls, path: str | Path) -> "FileReference":
        """The reference to a local file; reads it once. Raises ``OSError``."""
        place = Path(path).absolute()
        return cls(uri=place.as_uri(), size_bytes=place.stat().st_size, sha256=_hash_of(place))

    @property
    def path(self) -> Path:
        """Where the file lies on this host; raises ``InvalidRequest`` if the URI names no local file."""
        parts = urlsplit(self.uri)
        if parts.scheme not in ("", "file") or parts.netloc not in ("", "localhost"):
            raise InvalidRequest(field="uri", message=f"{self.uri} is not a local file")
        return Path(unquote(parts.path))

    def checked_path(self) -> Path:
        """The same, after making sure that the file is what it was; raises ``Conflict`` if not, ``OSError`` if gone."""
        place = self.path
        if self.sha256 and _hash_of(place) != self.sha256:
            raise Conflict(what="file", id=self.uri, message=f"{self.uri} is not the file that was handed on")
        return place

    def __str__(self) -> str:
        return self.uri


def _hash_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_READ_BYTES):
            digest.update(block)
    return digest.hexdigest()
