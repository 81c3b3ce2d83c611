"""The orders of attempts on disk, in files that are used again.

To make and remove a file for each attempt is dear: ext4 hands the number of a removed file out again only after some
seconds, and until then each new file looks at all that were removed. So the file of a settled attempt is renamed to be
a spare one, and a spare one is renamed to be the next attempt's, when the whole order is in it.
"""

import errno
import itertools
import os
import secrets
from pathlib import Path

_MOST_SPARE = 256
_LEFT_BYTES = 1
"""Of an order in a spare file: its first brace. What was made quite empty, ext4 writes out when it is closed."""


class OrderFiles:
    """Writes orders and puts them away. ``folder`` is for the spare files, next to where orders lie."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._spare = [str(path) for path in folder.iterdir()]
        self._names = map(f"{folder}/{secrets.token_hex(4)}-{{}}".format, itertools.count())

    def write(self, path: str, order: bytes) -> None:
        """Put an order where the next supervisor finds it, all at once; raises ``OSError``."""
        spare = self._spare.pop() if self._spare else next(self._names)
        try:
            _fill(spare, order)
            os.rename(spare, path)  # noqa: PTH104  # in the hot path
        except OSError:
            Path(spare).unlink(missing_ok=True)
            raise

    def remove(self, path: str) -> None:
        """Take an order away; does nothing if there is none. Nothing of it is kept."""
        try:
            self._put_aside(path)
        except FileNotFoundError:
            return
        except OSError:  # a full disk has no room for another name
            Path(path).unlink(missing_ok=True)

    def _put_aside(self, path: str) -> None:
        if len(self._spare) >= _MOST_SPARE:
            os.unlink(path)  # noqa: PTH108
            return
        os.truncate(path, _LEFT_BYTES)
        spare = next(self._names)
        os.rename(path, spare)  # noqa: PTH104
        self._spare.append(spare)


def _fill(path: str, order: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if os.write(handle, order) < len(order):
            raise OSError(errno.ENOSPC, "no room for an order", path)
        os.ftruncate(handle, len(order))
    finally:
        os.close(handle)
