"""``ObjectStoragePath``: a path in an object store, or on this machine, that is used as ``pathlib.Path`` is."""

import posixpath
import shutil
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import IO, Any, Self

from jupyter_couture.compat.object_paths import LOCAL_PROTOCOLS, PureObjectPath
from jupyter_couture.compat.object_stores import get_fs


class ObjectStat(dict[str, Any]):
    """What a store tells of a file, its fields also by the names of ``os.stat_result``."""

    @property
    def st_size(self) -> int:
        """Its size in bytes; 0 if the store does not tell."""
        return int(self.get("size") or 0)

    @property
    def st_mtime(self) -> float:
        """When it was changed, in seconds since 1970; 0 if the store does not tell."""
        found = self.get("mtime") or self.get("LastModified") or self.get("updated") or 0
        return float(found.timestamp() if hasattr(found, "timestamp") else found)

    @property
    def st_mode(self) -> int:
        """Its mode, of files on a machine; else that of a plain file or folder."""
        return int(self.get("mode") or (0o040755 if self.get("type") == "directory" else 0o100644))


class ObjectStoragePath(PureObjectPath):
    """``ObjectStoragePath("s3://bucket/folder", conn_id="aws_default") / "file.csv"``.

    The connection may stand in the path: ``s3://aws_default@bucket/folder``. One to a server (``sftp://store@/folder``)
    names the server, which otherwise is the first part: ``ftp://files.example/folder``. A path without a protocol is
    one on this machine. Nothing is connected to before a file is asked for; what a protocol needs beyond ``fsspec``
    must be installed (``s3fs``, ``gcsfs``, ``adlfs`` ...). Further keyword arguments go to its driver.
    """

    @property
    def fs(self) -> Any:
        """The file system of ``fsspec``."""
        url = "" if self.protocol in LOCAL_PROTOCOLS else f"{self.protocol}://{self._rest}"
        return get_fs(self.protocol, self.conn_id, self._storage_options, url=url)

    def exists(self) -> bool:
        """Whether anything is there."""
        return bool(self.fs.exists(self._place))

    def is_file(self) -> bool:
        """Whether a file is there."""
        return bool(self.fs.isfile(self._place))

    def is_dir(self) -> bool:
        """Whether a folder is there."""
        return bool(self.fs.isdir(self._place))

    def is_absolute(self) -> bool:
        """Always."""
        return True

    def stat(self) -> ObjectStat:
        """What the store tells of it, with ``st_size`` and ``st_mtime``; raises ``FileNotFoundError``."""
        return ObjectStat(self.fs.info(self._place))

    def size(self) -> int:
        """Its size in bytes."""
        return int(self.fs.size(self._place) or 0)

    def checksum(self) -> int:
        """A number that changes when it does."""
        return int(self.fs.checksum(self._place))

    def ukey(self) -> str:
        """A text that changes when it does."""
        return str(self.fs.ukey(self._place))

    def sign(self, expiration: int = 100, **kwargs: Any) -> str:
        """An address that gives it to anybody for ``expiration`` seconds, if the store can make one."""
        return str(self.fs.sign(self._place, expiration, **kwargs))

    def iterdir(self) -> Iterator[Self]:
        """What lies in it."""
        for found in sorted(each["name"] for each in self.fs.ls(self._place, detail=True)):
            path = self._found(found)
            if path != self:
                yield path

    def glob(self, pattern: str, **kwargs: Any) -> Iterator[Self]:
        """What lies below it and fits ``pattern``; ``**`` stands for any folders."""
        for found in sorted(self.fs.glob(posixpath.join(self._place, pattern), **kwargs)):
            yield self._found(found)

    def rglob(self, pattern: str) -> Iterator[Self]:
        """What lies anywhere below it and whose name fits."""
        for found in sorted(self.fs.find(self._place, withdirs=True)):
            path = self._found(found)
            if path != self and fnmatchcase(path.name, pattern):
                yield path

    def walk(self) -> Iterator[tuple[Self, list[str], list[str]]]:
        """Each folder below it, with the names of the folders and files in it."""
        for folder, folders, files in self.fs.walk(self._place):
            yield self._found(folder), list(folders), list(files)

    # ---- reading and writing ----

    def open(self, mode: str = "r", **kwargs: Any) -> IO[Any]:
        """The file, opened."""
        opened: IO[Any] = self.fs.open(self._place, mode=mode, **kwargs)
        return opened

    def read_bytes(self) -> bytes:
        """What it holds."""
        return bytes(self.fs.cat_file(self._place))

    def read_text(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        """What it holds, as text."""
        return self.read_bytes().decode(encoding, errors)

    def read_block(self, offset: int, length: int, delimiter: bytes | None = None) -> bytes:
        """A part of what it holds; with ``delimiter`` whole pieces that end with it."""
        return bytes(self.fs.read_block(self._place, offset, length, delimiter))

    def write_bytes(self, data: bytes) -> int:
        """Let it hold ``data``; how many bytes."""
        self.fs.pipe_file(self._place, data)
        return len(data)

    def write_text(self, data: str, encoding: str = "utf-8", errors: str = "strict") -> int:
        """Let it hold ``data``; how many characters."""
        self.write_bytes(data.encode(encoding, errors))
        return len(data)

    def touch(self, exist_ok: bool = True, truncate: bool = False) -> None:
        """Make an empty file, unless there is one."""
        if not self.exists():
            self.write_bytes(b"")
        elif not exist_ok:
            raise FileExistsError(str(self))
        elif truncate:
            self.write_bytes(b"")

    def mkdir(self, mode: int = 0o777, parents: bool = False, exist_ok: bool = False) -> None:
        """Make a folder or bucket."""
        if self.exists():
            if not exist_ok:
                raise FileExistsError(str(self))
            return
        self.fs.mkdir(self._place, create_parents=parents)

    def unlink(self, missing_ok: bool = False) -> None:
        """Remove the file."""
        if not self.exists():
            if missing_ok:
                return
            raise FileNotFoundError(str(self))
        self.fs.rm_file(self._place)

    def rmdir(self, recursive: bool = False) -> None:
        """Remove the folder; one that is not empty only if ``recursive``."""
        if recursive:
            self.fs.rm(self._place, recursive=True)
        else:
            self.fs.rmdir(self._place)

    def rename(self, target: "str | ObjectStoragePath", overwrite: bool = False) -> "ObjectStoragePath":
        """Give it another path in the same store."""
        place = target if isinstance(target, ObjectStoragePath) or "://" in target else self.with_name(target)
        place = ObjectStoragePath(place)
        if not overwrite and place.exists():
            raise FileExistsError(str(place))
        self.fs.mv(self._place, place._place)
        return place

    replace = rename

    def copy(self, dst: "str | ObjectStoragePath", recursive: bool = True, **kwargs: Any) -> None:
        """Copy the file or folder to ``dst``, or into it if that is a folder; also into another store."""
        target = ObjectStoragePath(dst)
        if target.is_dir():
            target = target / self.name
        if self.is_file():
            self._copy_file(target)
        elif not self.is_dir():
            raise FileNotFoundError(str(self))
        elif recursive:
            for found in self.fs.find(self._place):
                source = self._found(found)
                place = source.relative_to(self)
                if ".." in place.split("/"):
                    raise ValueError(f"{source} would be copied to a place that is not below {target}")
                source._copy_file(target / place)

    def move(self, path: "str | ObjectStoragePath", recursive: bool = True, **kwargs: Any) -> None:
        """Copy it, then remove it here."""
        self.copy(path, recursive)
        self.fs.rm(self._place, recursive=recursive)

    def samefile(self, other: object) -> bool:
        """Whether both are one file."""
        return isinstance(other, str | ObjectStoragePath) and self == ObjectStoragePath(other)

    def _copy_file(self, target: "ObjectStoragePath") -> None:
        if target.protocol in LOCAL_PROTOCOLS:
            target.parent.mkdir(parents=True, exist_ok=True)
        with self.open("rb") as source, target.open("wb") as sink:
            shutil.copyfileobj(source, sink)

    def _found(self, path: str) -> Self:
        """A path as the file system tells it."""
        if self._server:
            return self._like(f"{self._server}/{path.lstrip('/')}")
        stripped = path.partition("://")[2] or path
        is_from_root = self.protocol in LOCAL_PROTOCOLS or self._rest.startswith("/")
        return self._like(stripped if is_from_root else stripped.lstrip("/"))
