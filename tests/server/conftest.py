"""A real Jupyter server with the extension, a real database in a home of its own, and no engine."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
from jupyter_couture_server.extension import Couture
from tornado.httpclient import HTTPClientError, HTTPResponse
from traitlets.config import Config

from tests.server.yard import Yard

Fetch = Callable[..., Awaitable[HTTPResponse]]


@dataclass(frozen=True)
class Answer:
    """A reply: status, headers and decoded body."""

    status: int
    headers: Any
    body: bytes

    @property
    def json(self) -> Any:
        """The decoded body."""
        return msgspec.json.decode(self.body)

    @property
    def error(self) -> Any:
        """The typed error of the body."""
        return self.json["error"]


Ask = Callable[..., Awaitable[Answer]]


@pytest.fixture
def couture_options() -> dict[str, Any]:
    """Options of ``c.Couture``; tests override it."""
    return {"engine": "off"}


@pytest.fixture
def jp_server_config(home: Path, couture_options: dict[str, Any]) -> Config:
    """Our extension and nothing else; an anonymous request may reach handlers only where they say so."""
    return Config(
        {
            "ServerApp": {
                "jpserver_extensions": {"jupyter_couture_server": True, "jupyter_server_terminals": False},
                "reraise_server_extension_failures": True,
                "allow_unauthenticated_access": False,
            },
            "Couture": couture_options,
        }
    )


@pytest.fixture
def yard(home: Path) -> Iterator[Yard]:
    """Puts things into the server's database."""
    yard = Yard(home)
    yield yard
    yard.close()


@pytest.fixture
def couture(jp_serverapp: Any) -> Couture:
    """The loaded extension."""
    app = jp_serverapp.extension_manager.extension_points["jupyter_couture_server"].app
    assert isinstance(app, Couture)
    return app


@pytest.fixture
def ask(jp_fetch: Fetch) -> Ask:
    """Ask the API as the token's owner: ``await ask("dags", "etl", method="PATCH", json={...})``."""

    async def call(*parts: str, json: Any = None, **options: Any) -> Answer:
        if json is not None:
            options["body"] = msgspec.json.encode(json)
        if options.get("method", "GET") in ("POST", "PATCH", "PUT"):
            options.setdefault("body", b"")
        try:
            reply = await jp_fetch("couture", "api", *parts, allow_nonstandard_methods=True, **options)
        except HTTPClientError as error:
            if error.response is None:
                raise
            reply = error.response
        return Answer(reply.code, reply.headers, reply.body or b"")

    return call


async def eventually(condition: Callable[[], object], timeout_seconds: float = 10) -> None:
    """Wait until ``condition`` holds."""
    async with asyncio.timeout(timeout_seconds):
        while not condition():  # noqa: ASYNC110 - what is waited for is somebody else's state
            await asyncio.sleep(0.02)
