"""Libraries that only some hooks need, read when a hook first needs them."""

import importlib
import importlib.util
from typing import Any

from jupyter_couture.model.errors import CannotRun

EXTRAS = {
    "docker": "docker",
    "pandas": "frames",
    "paramiko": "ssh",
    "polars": "frames",
    "psycopg": "postgres",
    "pymysql": "mysql",
    "slack_sdk": "slack",
}
"""The extras of this package that bring a library."""


class LibraryMissing(CannotRun, ImportError):
    """A library is not installed where the task runs. Trying again does not help, so retries are not used."""


def driver(module: str, what: str, *, package: str = "") -> Any:
    """The library ``module``; raises ``LibraryMissing`` that says what ``what`` needs.

    ``package`` is the distribution to install, where that is not the module's name.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        top = module.partition(".")[0]
        if error.name is None or error.name.partition(".")[0] != top:
            raise
        wanted = f'"jupyter-couture[{EXTRAS[top]}]"' if top in EXTRAS else package or top
        message = f"{what} needs the library {top!r}, which is not installed where tasks run: pip install {wanted}"
        raise LibraryMissing(message) from None


def is_installed(module: str) -> bool:
    """Whether there is such a top-level library; it is not read."""
    return importlib.util.find_spec(module) is not None
