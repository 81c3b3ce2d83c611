"""A cell waits for its picture a while, and only once for a server that is away."""

import logging
from threading import Event

import pytest

from jupyter_couture.client import Client
from jupyter_couture.client.errors import ClientError, Denied, NotFound, Unreachable
from jupyter_couture.widgets import asking
from jupyter_couture.widgets.asking import Asker


class Server:
    """Counts who connects."""

    def __init__(self) -> None:
        self.client = Client("http://127.0.0.1:1", "secret")
        self.connections = 0

    def connect(self) -> Client:
        self.connections += 1
        return self.client


@pytest.fixture
def server() -> Server:
    return Server()


def raising(error: Exception) -> Client:
    raise error


def test_pictures_share_a_client(server: Server) -> None:
    asker = Asker(server.connect)

    assert asker.drawn(lambda client: f"one of {client.url}") == "one of http://127.0.0.1:1/"
    assert asker.drawn(lambda client: "two") == "two"
    assert server.connections == 1


def test_a_server_that_does_not_answer_in_time_is_left_alone_for_a_while(server: Server) -> None:
    asker = Asker(server.connect)
    answered = Event()

    assert asker.drawn(lambda client: str(answered.wait(60)), 0.05) is None
    assert asker.drawn(lambda client: "at once") is None
    answered.set()


@pytest.mark.parametrize("kind", [Unreachable, Denied])
def test_so_is_one_that_is_away_or_refuses(
    server: Server, kind: type[ClientError], monkeypatch: pytest.MonkeyPatch
) -> None:
    asker = Asker(server.connect)
    assert asker.drawn(lambda client: str(raising(kind(message="no")))) is None
    assert asker.drawn(lambda client: "at once") is None
    assert server.connections == 1

    monkeypatch.setattr(asking, "REST_SECONDS", 0.0)
    asker = Asker(server.connect)
    assert asker.drawn(lambda client: str(raising(kind(message="no")))) is None
    assert asker.drawn(lambda client: "later") == "later"
    assert server.connections == 3, "it may have another address or token by then"


def test_what_is_missing_or_broken_costs_one_picture_and_never_the_cell(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    asker = Asker(server.connect)
    with caplog.at_level(logging.WARNING):
        told = asker.drawn(lambda client: str(raising(NotFound(message="no such <b>"))))
        assert told is not None
        assert ("no such &lt;b&gt;" in told, "<b>" in told) == (True, False)
        assert caplog.records == []
        assert asker.drawn(lambda client: str(raising(ZeroDivisionError()))) is None
    assert "could not be drawn" in caplog.text
    assert "secret" not in caplog.text
    assert asker.drawn(lambda client: "next") == "next"
