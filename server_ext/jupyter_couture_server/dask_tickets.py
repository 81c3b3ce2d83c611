"""Tickets: what lets a page without an origin load its own parts.

The dashboard's pages run in a sandbox, as nobody: their scripts could otherwise do in the lab whatever its user may. A
browser sends no login cookie for what such a page loads, so the path itself carries a ticket. It is given to somebody
who is logged in and allowed to look; it opens the dashboard and nothing else, and it ends after some hours.
"""

import secrets
from dataclasses import dataclass

from jupyter_server.auth import User

from jupyter_couture.ports.clock import Clock

HOURS = 12
MOST = 1000
"""More are not kept: the oldest go."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A right to look, of a user, until a moment of the monotonic clock."""

    token: str
    user: User
    ends_at: float


class Tickets:
    """The tickets of one server. They are lost with it; then the next page gets a new one."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tickets: dict[str, Ticket] = {}

    def issue(self, user: User) -> Ticket:
        """A ticket for ``user``: the one it has, while more than half of its time is left."""
        now = self._clock.monotonic()
        self._tickets = {token: ticket for token, ticket in self._tickets.items() if ticket.ends_at > now}
        for ticket in self._tickets.values():
            if ticket.user.username == user.username and ticket.ends_at - now > HOURS * 1800:
                return ticket
        while len(self._tickets) >= MOST:
            self._tickets.pop(next(iter(self._tickets)))
        made = Ticket(secrets.token_urlsafe(32), user, now + HOURS * 3600)
        self._tickets[made.token] = made
        return made

    def find(self, token: str) -> Ticket | None:
        """The ticket with this token, unless it has ended."""
        ticket = self._tickets.get(token)
        return ticket if ticket is not None and ticket.ends_at > self._clock.monotonic() else None

    def seconds_left(self, ticket: Ticket) -> float:
        """How long it still lasts."""
        return ticket.ends_at - self._clock.monotonic()
