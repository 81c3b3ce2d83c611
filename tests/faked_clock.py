"""Clocks that jump under whole processes while everybody else's, and their own monotonic ones, go on as they are.

The engine's: each Python process of the tree begins with a ``sitecustomize`` that puts time-machine under a clock which
a file steers. (libfaketime cannot be used: Python's sleep, an absolute time of the monotonic clock, fails under it.)
PostgreSQL's: the database asks for its clock by a name that another function takes.
"""

import os
from pathlib import Path

import psycopg

_SITE = """
import sys
import time

sys.modules["pytest"] = None  # time-machine reads it, and what runs here needs none
import time_machine

del sys.modules["pytest"]
_file, _looked_at, _ahead = {file!r}, float("-inf"), 0


class Moved(time_machine.Traveller):
    def time_ns(self):
        global _looked_at, _ahead
        if time.monotonic() - _looked_at > 0.05:
            _looked_at = time.monotonic()
            with open(_file) as found:
                _ahead = int(found.read()) * 10**9
        return time_machine.escape_hatch.time.time_ns() + _ahead


time_machine.travel(0).start().__class__ = Moved
"""


class EngineClock:
    """``jump_to`` moves the clock of all Python processes that were started with ``environ``, and of their children."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "clock"
        self._site = folder / "site"
        self._site.mkdir()
        (self._site / "sitecustomize.py").write_text(_SITE.format(file=str(self._file)))
        self.jump_to(0)

    @property
    def environ(self) -> dict[str, str]:
        """What puts processes under this clock."""
        before = os.environ.get("PYTHONPATH")
        return {"PYTHONPATH": os.pathsep.join(filter(None, (str(self._site), before)))}

    def jump_to(self, seconds: int) -> None:
        """Set the clock so far ahead of the host's, or behind it."""
        draft = self._file.with_suffix(".new")
        draft.write_text(str(seconds))
        draft.replace(self._file)


class DatabaseClock:
    """``jump_to`` moves the clock of a PostgreSQL database, for all connections that begin after this object."""

    def __init__(self, url: str) -> None:
        self.environ: dict[str, str] = {}
        self._url = url.replace("+psycopg", "")
        name = url.rsplit("/", 1)[1]
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute("CREATE TABLE public.clock (ahead interval)")
            connection.execute("INSERT INTO public.clock VALUES (interval '0')")
            connection.execute(
                "CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS "
                "'SELECT pg_catalog.clock_timestamp() + ahead FROM public.clock'"
            )
            connection.execute(f"ALTER DATABASE {name} SET search_path = public, pg_catalog".encode())

    def jump_to(self, seconds: int) -> None:
        """Set the clock so far ahead of the host's, or behind it."""
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute("UPDATE public.clock SET ahead = make_interval(secs => %s)", (seconds,))
