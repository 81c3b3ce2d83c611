"""Missed deadlines, the outbox of mails, callbacks outside of tasks: what the leader, the mailer and people need."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from jupyter_couture.model.alerts import AlertQuery, CallbackRow, Mail, MailPage, MailRow, MissPage, SlaMissRow
from jupyter_couture.model.ids import RunKey
from jupyter_couture.model.intents import StartAttempt


class WatchStore(Protocol):
    """What the leader reads of them; it writes by ``commit``."""

    def open_callbacks(self) -> Sequence[StartAttempt]:
        """Callbacks that are not done yet."""
        ...

    def ended_deadlines(self) -> Sequence[tuple[RunKey, datetime]]:
        """Runs that are over and have deadlines ahead, with the next one of each."""
        ...


class Outbox(Protocol):
    """What the mailer needs."""

    def due_mails(self, now: datetime, limit: int) -> Sequence[MailRow]:
        """Mails whose next try is due, oldest first."""
        ...

    def next_mail_at(self) -> datetime | None:
        """When the next mail is due; None: there is none."""
        ...

    def begin_mail(self, mail_id: str, tries: int, again_at: datetime) -> bool:
        """Note that a mail that was tried ``tries`` times is being tried again; False if somebody else does that.

        Should nobody say how it went, it is due again at ``again_at``.
        """
        ...

    def end_mail(self, mail_id: str, *, sent_at: datetime | None, again_at: datetime | None, error: str) -> None:
        """Note how a try went."""
        ...


class AlertStore(Protocol):
    """What people see and change."""

    def list_misses(self, query: AlertQuery) -> MissPage:
        """A page of missed deadlines, newest first; raises ``InvalidRequest`` for an unknown order."""
        ...

    def miss(self, number: int) -> SlaMissRow:
        """One missed deadline; raises ``NotFound``."""
        ...

    def note_miss(self, number: int, note: str) -> None:
        """Write down what people have to say of a missed deadline; raises ``NotFound``."""
        ...

    def list_mails(self, query: AlertQuery) -> MailPage:
        """A page of the outbox, newest first; raises ``InvalidRequest`` for an unknown order."""
        ...

    def mail(self, mail_id: str) -> MailRow:
        """One mail; raises ``NotFound``."""
        ...

    def retry_mail(self, mail_id: str, at: datetime) -> None:
        """Let a mail be tried again, with all its tries; raises ``NotFound``, or ``Conflict`` if it was sent."""
        ...

    def callbacks_of(self, key: RunKey) -> Sequence[CallbackRow]:
        """The callbacks of a run outside of its tasks, oldest first; raises ``NotFound``."""
        ...


class Postman(Protocol):
    """Hands mails to a mail server."""

    @property
    def refusal(self) -> str:
        """Why no mail can be sent at all, for people; empty if mails can be sent."""
        ...

    def send(self, mail: Mail) -> str:
        """Hand a mail over; may block for as long as its time-out. Raises ``Unavailable``.

        If some addresses were refused and others not, what is returned says so.
        """
        ...
