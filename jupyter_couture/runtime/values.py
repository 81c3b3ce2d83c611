"""How values between tasks are kept: a ladder, of which each value takes the first rung that holds it.

1. Typed JSON (``tagged``).
2. Arrow, for pandas and polars frames and series and for Arrow tables; NumPy's own format for arrays.
3. cloudpickle with a MAC, for anything else, unless the deployment has switched it off (``xcom_pickle``).

Up to ``INLINE_BYTES`` a value lies in the database, above that in a file below ``xcom_dir``, written aside and renamed.
Both are opened here, so in task processes alone. The MAC's key lies in the home folder and never in the database:
whoever can write there still cannot make a task run code.
"""

import base64
import contextlib
import hashlib
import hmac
import io
import json
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_couture.model.errors import Conflict, InvalidRequest, NotFound
from jupyter_couture.model.ids import RunKey, TaskKey
from jupyter_couture.model.xcom import XCom, XComForm, XComItem
from jupyter_couture.runtime.frames import read_array, read_arrow, write_array, write_arrow
from jupyter_couture.runtime.places import write_quickly
from jupyter_couture.runtime.rendering import as_json
from jupyter_couture.runtime.tagged import NotTagged, from_tagged, to_tagged
from jupyter_couture.runtime.value_files import task_folder
from jupyter_couture.settings import Settings

INLINE_BYTES = 48 * 1024
PREVIEW_CHARACTERS = 4096
KEY_FILE = "~key"
"""The files of a DAG lie in a folder beside it, and no DAG's folder has a tilde: one may be called ``.key``."""

_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class ValueKeeper:
    """Seals the values of one attempt and opens those of any."""

    settings: Settings
    run: RunKey
    task: TaskKey
    attempt_id: str

    def seal(self, key: str, value: Any, mask: Callable[[str], str] = str) -> XComItem:
        """``value`` as it is stored under ``key``; ``mask`` hides secrets in the preview.

        Raises ``InvalidRequest`` if it is too large or cannot be kept; the message says what to do.
        """
        sink = _Sink(self._path_of(key), self.settings.xcom_max_bytes, key)
        try:
            form = self._write(key, value, sink)
            sink.finish()
        except BaseException:
            sink.discard()
            raise
        is_json = form is XComForm.JSON
        is_inline = sink.data is not None
        return XComItem(
            form=form,
            type_name=f"{type(value).__module__}.{type(value).__qualname__}".removeprefix("builtins."),
            size_bytes=sink.size,
            preview=preview_of(value, mask, is_json=is_json),
            value=None if sink.data is None else _inline(sink.data, is_json=is_json),
            path="" if is_inline else sink.path.relative_to(self.settings.xcom_dir).as_posix(),
            sha256="" if is_inline else sink.digest.hexdigest(),
            mac=self._mac(self.run, self.task, key, sink.digest.digest()) if form is XComForm.PICKLE else "",
        )

    def open(self, found: XCom) -> Any:
        """The value of a stored item. Raises ``NotFound`` if its file is gone, ``Conflict`` if it was tampered with."""
        item = found.item
        if item.form is XComForm.JSON and not item.path:
            return from_tagged(item.value)
        data = self._read(item) if item.path else base64.b64decode(str(item.value))
        if item.form is XComForm.PICKLE:
            self._check_pickle(found, data)
            import cloudpickle  # noqa: PLC0415  # read when needed

            return cloudpickle.loads(data)
        if item.form is XComForm.JSON:
            return from_tagged(json.loads(data))
        return read_arrow(data) if item.form is XComForm.ARROW else read_array(data)

    def _write(self, key: str, value: Any, sink: "_Sink") -> XComForm:
        try:
            sink.write(_dump(to_tagged(value)))
        except (NotTagged, RecursionError):
            sink.restart()
        else:
            return XComForm.JSON
        for form, write in ((XComForm.ARROW, write_arrow), (XComForm.ARRAY, write_array)):
            if write(value, sink):
                return form
            sink.restart()
        if not self.settings.xcom_pickle:
            message = (
                f"{key!r} is a {type(value).__name__}, which only pickle can carry, and xcom_pickle "
                "(COUTURE_XCOM_PICKLE) is off here. Return JSON values, data frames or a FileReference."
            )
            raise InvalidRequest(field=key, message=message)
        import cloudpickle  # noqa: PLC0415  # read when needed

        try:
            cloudpickle.dump(value, sink)
        except InvalidRequest:
            raise
        except Exception as error:  # a value's own __reduce__ may raise anything
            message = f"{key!r} is a {type(value).__name__}, which cannot be pickled: {error}"
            raise InvalidRequest(field=key, message=message) from error
        return XComForm.PICKLE

    def _path_of(self, key: str) -> Path:
        name = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        return task_folder(self.settings.xcom_dir, self.run, self.task) / f"{self.attempt_id}-{name}"

    def _read(self, item: XComItem) -> bytes:
        root = self.settings.xcom_dir.resolve()
        path = (root / item.path).resolve()
        if not path.is_relative_to(root):
            raise Conflict(what="value", id=item.path, message=f"{item.path!r} lies outside the folder of values")
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            raise NotFound(what="file of a value", id=str(path)) from None
        if hashlib.sha256(data).hexdigest() != item.sha256:
            raise Conflict(what="value", id=item.path, message=f"{path} is not what was written")
        return data

    def _check_pickle(self, found: XCom, data: bytes) -> None:
        what = f"{found.task_key.task_id}.{found.key}"
        if not self.settings.xcom_pickle:
            message = f"{what} is a pickle, and xcom_pickle (COUTURE_XCOM_PICKLE) is off here"
            raise InvalidRequest(field=found.key, message=message)
        wanted = self._mac(found.run_key, found.task_key, found.key, hashlib.sha256(data).digest())
        if not hmac.compare_digest(wanted, found.item.mac):
            message = f"{what} was not pickled by a task of this deployment; it is not opened"
            raise Conflict(what="value", id=what, message=message)

    def _mac(self, run: RunKey, task: TaskKey, key: str, digest: bytes) -> str:
        place = json.dumps([*run, *task, key]).encode()
        return hmac.new(_mac_key(self.settings.xcom_dir), place + b"\0" + digest, hashlib.sha256).hexdigest()


def preview_of(value: Any, mask: Callable[[str], str] = str, *, is_json: bool) -> Any:
    """What people see of a value: JSON as it is if it is small, else the beginning of its text; secrets masked."""
    if is_json:
        shown = as_json(value)
        text = json.dumps(shown)
        masked = mask(text)
        if len(masked) <= PREVIEW_CHARACTERS:
            with contextlib.suppress(ValueError):
                return json.loads(masked)
        return _cut(masked)
    try:
        text = repr(value)
    except Exception as error:  # noqa: BLE001  # a user's __repr__
        text = f"<{type(value).__qualname__}, whose repr fails: {type(error).__name__}>"
    return _cut(mask(text))


def _cut(text: str) -> str:
    return text if len(text) <= PREVIEW_CHARACTERS else text[: PREVIEW_CHARACTERS - 1] + "…"


def _dump(data: Any) -> bytes:
    return json.dumps(data, separators=(",", ":"), allow_nan=False).encode()


def _inline(data: bytes, *, is_json: bool) -> Any:
    return json.loads(data) if is_json else base64.b64encode(data).decode("ascii")


def _mac_key(xcom_dir: Path) -> bytes:
    """The deployment's key for MACs, made at first need."""
    path = xcom_dir / KEY_FILE
    with contextlib.suppress(FileNotFoundError):
        return path.read_bytes()
    xcom_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = f"{path}.{os.getpid()}.{secrets.token_hex(4)}"
    write_quickly(draft, secrets.token_bytes(_KEY_BYTES))
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)  # the first of several wins, and the file is whole when it appears
    os.unlink(draft)  # noqa: PTH108  # a text all along
    return path.read_bytes()


class _Sink(io.RawIOBase):
    """Takes a value's bytes: keeps few in memory (``data``), writes more to a file, refuses too many."""

    def __init__(self, path: Path, limit: int, key: str) -> None:
        super().__init__()
        self.path = path
        self._draft = path.with_name(f"{path.name}.draft")
        self._limit = limit
        self._key = key
        self._file: io.BufferedWriter | None = None
        self._buffer = bytearray()
        self.restart()

    def restart(self) -> None:
        """Forget what was written."""
        self.discard()
        self.size = 0
        self.digest = hashlib.sha256()
        self.data: bytes | None = None
        self._buffer = bytearray()

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, data: Any) -> int:
        """Take bytes."""
        view = memoryview(data).cast("B")
        self.size += len(view)
        if self.size > self._limit:
            message = (
                f"{self._key!r} is larger than the {self._limit} bytes that a value between tasks may have "
                "(setting xcom_max_bytes, COUTURE_XCOM_MAX_BYTES). Write it to a file and hand on a FileReference."
            )
            raise InvalidRequest(field=self._key, message=message)
        self.digest.update(view)
        if self._file is None and self.size <= INLINE_BYTES:
            self._buffer += view
            return len(view)
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(self._draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            self._file = os.fdopen(handle, "wb")
            self._file.write(self._buffer)
            self._buffer = bytearray()
        self._file.write(view)
        return len(view)

    def finish(self) -> None:
        """Put the file in its place, or the few bytes into ``data``."""
        if self._file is None:
            self.data = bytes(self._buffer)
            return
        self._file.close()
        self._draft.replace(self.path)

    def discard(self) -> None:
        """Remove a file that was begun."""
        if self._file is not None:
            self._file.close()
            self._draft.unlink(missing_ok=True)
            self._file = None
