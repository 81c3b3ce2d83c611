"""What the parser asks of its warm process, the zygote, over a socket pair.

A request is four bytes of length and a JSON object, with two descriptors alongside: the pipe to report to, and the
socket at which the file may ask for variables.
"""

import array
import json
import socket
from typing import Any

ZYGOTE = "jupyter_couture.dagbag.zygote"
"""The module to run. The parser does not import it: it brings all that DAG files may need."""

HEADER_BYTES = 4


def send(control: socket.socket, request: dict[str, Any], report_fd: int, ask_fd: int) -> None:
    """Write one request; raises ``OSError`` if nobody is there."""
    body = json.dumps(request).encode()
    message = len(body).to_bytes(HEADER_BYTES, "big") + body
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [report_fd, ask_fd]))]
    sent = control.sendmsg([message], rights)
    control.sendall(message[sent:])


def receive(control: socket.socket) -> tuple[dict[str, Any], int, int] | None:
    """Read one request; None if the other end has closed."""
    header, fds, _, _ = socket.recv_fds(control, HEADER_BYTES, 2)
    if len(header) < HEADER_BYTES or len(fds) != 2:
        return None
    body = bytearray()
    length = int.from_bytes(header, "big")
    while len(body) < length:
        piece = control.recv(min(1 << 20, length - len(body)))
        if not piece:
            return None
        body += piece
    return json.loads(body), fds[0], fds[1]
