"""The keys of stored secrets: Fernet, several at once so that they can be rotated while everything runs.

The first key seals; every key opens. They come from the setting ``fernet_keys``, or from a file in the home folder
that is made (mode 0600) when the first secret is stored. A process notices by itself that the file was changed, and
goes on opening what it read just before with the keys it knew.

cryptography is imported with the first secret: a process that needs none does not pay for it.
"""

import contextlib
import os
from base64 import urlsafe_b64encode
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import RLock
from typing import Any

from jupyter_couture.model.errors import InvalidRequest, Unavailable
from jupyter_couture.settings import Settings

NO_KEY = (
    "there is no key for stored secrets on this host: copy fernet.keys into the home folder, or set COUTURE_FERNET_KEYS"
)
_WRONG_KEY = "none of this deployment's keys opens it: it was sealed with another; bring that key back, or set it anew"

_Stamp = tuple[int, int, int]


class KeyRing:
    """Seals and opens texts. Safe to use from any number of threads."""

    def __init__(self, keys: Sequence[str] = (), file: Path | None = None) -> None:
        """``keys`` that do not change, or else those of ``file``, if it exists."""
        self._given = tuple(keys)
        self._file = file
        self._known: tuple[str, ...] = ()
        self._older: tuple[str, ...] = ()
        self._stamp: _Stamp | None = None
        self._ring: Any = None
        self._lock = RLock()

    @classmethod
    def of(cls, settings: Settings) -> "KeyRing":
        """The keys of a deployment."""
        return cls(split_keys(settings.fernet_keys), settings.keys_file)

    @classmethod
    def throw_away(cls) -> "KeyRing":
        """A key that nobody else has, for a store that ends with this process."""
        return cls([new_key()])

    @property
    def file(self) -> Path | None:
        """Where the keys lie; None if they were given."""
        return None if self._given else self._file

    @property
    def is_empty(self) -> bool:
        """Whether there is no key yet."""
        with self._lock:
            self._refresh()
            return not self._known

    def seal(self, text: str) -> str:
        """Encrypt with the first key; raises ``Unavailable`` if there is none."""
        with self._lock:
            self._refresh()
            if not self._known:
                raise Unavailable(what="the key of stored secrets", message=NO_KEY)
            sealed: bytes = self._ring.encrypt(text.encode("utf-8", "surrogatepass"))
        return sealed.decode("ascii")

    def open(self, sealed: str) -> str:
        """Decrypt; raises ``Unavailable`` if no key fits."""
        return self._try(lambda ring: ring.decrypt(sealed.encode("ascii", "replace"))).decode("utf-8", "surrogatepass")

    def reseal(self, sealed: str) -> str:
        """The same secret under the first key; raises ``Unavailable`` if no key opens it."""
        with self._lock:
            self._refresh()  # the first key as it is now, not as it was when we last sealed something
        return self._try(lambda ring: ring.rotate(sealed.encode("ascii", "replace"))).decode("ascii")

    def make(self) -> None:
        """Make the first key, unless there is one; of several processes that try, one succeeds and all use its key."""
        with self._lock:
            if self.is_empty and self._file is not None:
                self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                draft = _written(self._file, [new_key()])
                with contextlib.suppress(FileExistsError):
                    os.link(draft, self._file)
                draft.unlink()

    def replace(self, change: Callable[[tuple[str, ...]], Sequence[str]]) -> None:
        """Write other keys into the file; raises ``InvalidRequest`` if the keys are a setting."""
        if self._given or self._file is None:
            message = "the keys are a setting (COUTURE_FERNET_KEYS): change them there, everywhere, and start anew"
            raise InvalidRequest(field="fernet_keys", message=message)
        with self._lock:
            self._refresh()
            _written(self._file, change(self._known)).replace(self._file)
            self._refresh()

    def _try(self, use: Callable[[Any], bytes]) -> bytes:
        from cryptography.fernet import InvalidToken  # noqa: PLC0415  (late: see the module)

        for is_last in (False, True):
            with self._lock:
                if self._ring is None or is_last:
                    self._refresh()
                ring = self._ring
            if ring is None:
                raise Unavailable(what="a stored secret", message=NO_KEY)
            with contextlib.suppress(InvalidToken):
                return use(ring)
        raise Unavailable(what="a stored secret", message=_WRONG_KEY)

    def _refresh(self) -> None:
        """Read the file again if it is not as it was."""
        if self._given:
            if self._ring is None:
                self._take(self._given)
            return
        stamp = _stamp(self._file)
        if stamp is not None and stamp != self._stamp and self._file is not None:
            self._take(split_keys(self._file.read_text(encoding="ascii", errors="replace")))
            self._stamp = stamp

    def _take(self, keys: tuple[str, ...]) -> None:
        from cryptography.fernet import Fernet, MultiFernet  # noqa: PLC0415  (late: see the module)

        if not keys:
            return
        self._older = tuple(key for key in (*self._known, *self._older) if key not in keys)
        try:
            self._ring = MultiFernet([Fernet(key) for key in (*keys, *self._older)])
        except ValueError:
            message = "a key of stored secrets is no Fernet key: 32 bytes in URL-safe base64; `secrets key` prints one"
            raise InvalidRequest(field="fernet_keys", message=message) from None
        self._known = keys


def new_key() -> str:
    """A fresh key: 32 random bytes in URL-safe base64, as Fernet takes them."""
    return urlsafe_b64encode(os.urandom(32)).decode("ascii")


def split_keys(text: str) -> tuple[str, ...]:
    """Keys between commas, blanks and line ends; the rest of a line after ``#`` is a remark."""
    lines = [line.partition("#")[0] for line in text.splitlines()]
    return tuple(dict.fromkeys(" ".join(lines).replace(",", " ").split()))


def _stamp(file: Path | None) -> _Stamp | None:
    if file is None:
        return None
    try:
        found = file.stat()
    except FileNotFoundError:
        return None
    return found.st_mtime_ns, found.st_ino, found.st_size


def _written(file: Path, keys: Sequence[str]) -> Path:
    draft = file.with_name(f"{file.name}.{os.getpid()}.new")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as out:
        out.write("# Keys of stored secrets; the first seals, all open. Keep a copy apart from the database's.\n")
        out.writelines(f"{key}\n" for key in keys)
        out.flush()
        os.fsync(out.fileno())
    return draft
