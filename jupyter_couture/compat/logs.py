"""``airflow.utils.log``: loggers for classes, and hiding secrets."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from jupyter_couture.model.masking import is_sensitive

DEFAULT_SENSITIVE_FIELDS = frozenset(
    {"access_token", "api_key", "apikey", "authorization", "passphrase", "passwd", "password", "private_key", "secret"}
)


class LoggingMixin:
    """Gives a class ``self.log``, whose records go to the attempt's log."""

    _log_config_logger_name: str | None = None
    _logger_name: str | None = None

    def __init__(self, context: Any = None) -> None:
        pass

    @cached_property
    def log(self) -> logging.Logger:
        """The logger."""
        return logging.getLogger(f"{type(self).__module__}.{type(self).__name__}")

    @property
    def logger(self) -> logging.Logger:
        """The older name of ``log``."""
        return self.log


class StreamLogWriter:
    """A stream whose lines become records."""

    encoding = "utf-8"
    closed = False

    def __init__(self, logger: logging.Logger, level: int) -> None:
        self.logger, self.level = logger, level
        self._line = ""

    def write(self, message: str) -> None:
        """Take text; a record for each full line."""
        *lines, self._line = (self._line + message).split("\n")
        for line in lines:
            self.logger.log(self.level, line.rstrip())

    def flush(self) -> None:
        """A record of what there is of a line."""
        if self._line:
            self.logger.log(self.level, self._line)
            self._line = ""

    def isatty(self) -> bool:
        """It is no terminal."""
        return False


@contextmanager
def redirected(logger: logging.Logger, level: int) -> Iterator[None]:
    """What is printed goes to the log in any case."""
    yield


def redact(value: Any, name: str | None = None, max_depth: int | None = None) -> Any:
    """``value`` with ``***`` in the place of what its names say is secret."""
    depth = 5 if max_depth is None else max_depth
    if name and is_sensitive(name) and isinstance(value, str | bytes):
        return "***"
    if depth <= 0:
        return value
    if isinstance(value, dict):
        return {key: redact(item, str(key), depth - 1) for key, item in value.items()}
    if isinstance(value, list | tuple | set):
        return type(value)(redact(item, name, depth - 1) for item in value)
    return value


def should_hide_value_for_key(name: str | None) -> bool:
    """Whether a name says that its value is secret."""
    return bool(name) and is_sensitive(str(name))
