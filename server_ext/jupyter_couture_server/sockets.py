"""What our WebSockets have in common: pings that find out who has gone, and a bound on what may come in."""

from typing import ClassVar

from jupyter_server.base.websocket import WebSocketMixin
from tornado.websocket import WebSocketHandler

_PING_SECONDS = 30.0


class LiveSocket(WebSocketMixin, WebSocketHandler):
    """A WebSocket that Tornado pings every half minute and closes where no answer comes."""

    largest_message_bytes: ClassVar[int]

    @property
    def ping_interval(self) -> float:
        return _PING_SECONDS

    @property
    def ping_timeout(self) -> float:
        return _PING_SECONDS

    @property
    def max_message_size(self) -> int:
        return self.largest_message_bytes
