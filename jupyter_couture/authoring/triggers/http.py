"""A trigger that waits for the answer of an HTTP server."""

import asyncio
import urllib.error
from collections.abc import AsyncIterator, Mapping
from functools import partial
from typing import Any

from jupyter_couture.authoring.triggers.trigger import BaseTrigger, TriggerEvent, path_of
from jupyter_couture.authoring.web import request


class HttpTrigger(BaseTrigger):
    """Fires when a request of ``url`` is answered with a status below 400.

    Asks every ``poke_interval`` seconds; one request may take ``timeout_seconds``. A status of ``response_error_codes``
    (texts that the status begins with; 404 by default) or no connection means: not yet. Any other error fails the wait.
    The event is ``{"status", "text"}``. ``headers`` are stored in the database: for a request that needs a password
    use a sensor in reschedule mode.
    """

    def __init__(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        data: str | dict[str, Any] | None = None,
        response_error_codes: list[str] | None = None,
        poke_interval: float = 5.0,
        timeout_seconds: float = 30.0,
    ) -> None:
        self.url = url
        self.method = method
        self.headers = dict(headers or {})
        self.data = data
        self.response_error_codes = ["404"] if response_error_codes is None else list(response_error_codes)
        self.poke_interval = float(poke_interval)
        self.timeout_seconds = float(timeout_seconds)

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """See ``BaseTrigger``."""
        return path_of(type(self)), {
            "url": self.url,
            "method": self.method,
            "headers": self.headers,
            "data": self.data,
            "response_error_codes": self.response_error_codes,
            "poke_interval": self.poke_interval,
            "timeout_seconds": self.timeout_seconds,
        }

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """See ``BaseTrigger``."""
        ask = partial(
            request, self.method, self.url, headers=self.headers, data=self.data, timeout_seconds=self.timeout_seconds
        )
        while True:
            try:
                answer = await asyncio.to_thread(ask)
            except (urllib.error.URLError, OSError):
                answer = None
            if answer is not None:
                if answer.ok:
                    yield TriggerEvent({"status": answer.status_code, "text": answer.text})
                    return
                if not any(str(answer.status_code).startswith(code) for code in self.response_error_codes):
                    answer.raise_for_status()
            await asyncio.sleep(self.poke_interval)
