"""Working directories of payloads. One that comes back empty is used again: making and removing folders is dear."""

import contextlib
import errno
import itertools
import os
import shutil
from pathlib import Path

from jupyter_couture.runtime.places import write_quickly
from jupyter_couture.runtime.processes import is_alive


class Workplaces:
    """The working directories of one nursery, below ``folder``. ``owner`` is the nursery's identity."""

    def __init__(self, folder: str, owner: str) -> None:
        self._folder = folder
        self._owner = owner
        self._free: list[str] = []
        self._numbers = itertools.count(1)
        self._card = ""

    def mark(self, link: str) -> None:
        """Make a link that names the owner; raises ``FileExistsError`` if there is one, ``OSError`` if it cannot be."""
        try:
            os.link(self._own_card(), link)
        except FileNotFoundError:  # somebody tidied up
            self._card = ""
            os.link(self._own_card(), link)
        except OSError as error:
            if error.errno not in (errno.EPERM, errno.ENOTSUP):
                raise
            os.symlink(self._owner, link)  # noqa: PTH211  # no hard links here; the target is a name, not a path

    def _own_card(self) -> str:
        """The path of a file that holds the owner's name."""
        if not self._card:
            path = f"{self._folder}/{self._owner}-card"
            write_quickly(path, self._owner.encode())
            self._card = path
        return self._card

    def take(self) -> str:
        """An empty folder; raises ``OSError``."""
        if self._free:
            return self._free.pop()
        path = f"{self._folder}/{self._owner}-{next(self._numbers)}"
        os.mkdir(path, 0o700)  # noqa: PTH102  # a text all along
        return path

    def give_back(self, path: str) -> str:
        """Take a folder back; the path of what is to be removed if it was not left empty, else nothing."""
        try:
            with os.scandir(path) as entries:
                is_empty = next(entries, None) is None
        except OSError:
            return ""  # the task removed it
        if is_empty:
            self._free.append(path)
            return ""
        return path

    def close(self) -> None:
        """Remove the folders that are free, and the card."""
        with contextlib.suppress(OSError):
            os.unlink(self._card)  # noqa: PTH108  # texts all along
        for path in self._free:
            with contextlib.suppress(OSError):
                os.rmdir(path)  # noqa: PTH106  # a text all along


def empty_folder(path: str) -> None:
    """Remove all that a folder holds, as far as possible."""
    with contextlib.suppress(OSError), os.scandir(path) as entries:
        for entry in entries:
            remove_tree(entry.path)


def remove_tree(path: str) -> None:
    """Remove a file or a folder with all it holds, as far as possible."""
    if Path(path).is_dir() and not Path(path).is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            Path(path).unlink()


def remove_litter(folder: str) -> None:
    """Remove the working directories of nurseries that are gone."""
    for path in Path(folder).iterdir():
        if not is_alive(path.name.rpartition("-")[0]):
            remove_tree(str(path))
