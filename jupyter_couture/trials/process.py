"""The process of a trial, as seen by who asks for it: it lives in a session of its own and ends with us."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import IO, Any

from jupyter_couture.model.errors import Unavailable

END_SECONDS = 30.0
"""A process that was asked to cancel its run has this long."""

_SHOWN_CHARACTERS = 2_000


class TrialProcess:
    """Starts ``app.trial_process`` with an order. Use ``with``: its end stops what still runs, and waits for that."""

    def __init__(self, order: Mapping[str, Any]) -> None:
        self._order = order
        self._process: subprocess.Popen[bytes] | None = None
        self._errors: IO[bytes] | None = None

    def __enter__(self) -> "TrialProcess":
        self._errors = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "jupyter_couture.app.trial_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            start_new_session=True,  # an interrupt of the kernel is for us: we cancel in order
        )
        self._said.write(json.dumps(self._order).encode() + b"\n")
        self._said.flush()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process is not None
        assert self._errors is not None
        self.leave()
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        finally:
            self._heard.close()
            self._errors.close()

    def messages(self) -> Iterator[dict[str, Any]]:
        """What it tells, until it has ended. Raises ``Unavailable`` if it ends without a last word."""
        last = ""
        for line in self._heard:
            message: dict[str, Any] = json.loads(line)
            last = message["kind"]
            yield message
        if last not in ("end", "problems", "refused"):
            raise Unavailable(what="process of the test run", message=f"The test run broke off. {self._complaint()}")

    def leave(self) -> None:
        """Have the run cancelled, if it still goes on; ``messages`` goes on to its end."""
        if not self._said.closed:
            self._said.close()

    def _complaint(self) -> str:
        assert self._errors is not None
        self._errors.seek(0)
        return self._errors.read().decode("utf-8", "replace")[-_SHOWN_CHARACTERS:]

    @property
    def _said(self) -> IO[bytes]:
        assert self._process is not None
        assert self._process.stdin is not None
        return self._process.stdin

    @property
    def _heard(self) -> IO[bytes]:
        assert self._process is not None
        assert self._process.stdout is not None
        return self._process.stdout
