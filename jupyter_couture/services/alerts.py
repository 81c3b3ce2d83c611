"""Missed deadlines, mails and callbacks outside of tasks, as people see and change them."""

from collections.abc import Sequence

from jupyter_couture.model.alerts import AlertQuery, CallbackRow, MailPage, MailRow, MailState, MissPage, SlaMissRow
from jupyter_couture.model.errors import InvalidRequest, NotFound
from jupyter_couture.model.ids import RunKey, TaskKey
from jupyter_couture.ports.alerts import AlertStore
from jupyter_couture.ports.bus import ENGINE, Publisher
from jupyter_couture.ports.clock import Clock

SIGNAL = "mails"
"""What the engine hears when mails are due again."""

MAX_NOTE_CHARACTERS = 4000


class Alerts:
    """Reads and changes them. Every method may block."""

    def __init__(self, store: AlertStore, publisher: Publisher, clock: Clock) -> None:
        self._store = store
        self._publisher = publisher
        self._clock = clock

    def misses(self, query: AlertQuery) -> MissPage:
        """A page of missed deadlines; raises ``InvalidRequest`` for an unknown order."""
        return self._store.list_misses(query)

    def miss(self, number: int) -> SlaMissRow:
        """One; raises ``NotFound``."""
        return self._store.miss(number)

    def note(self, number: int, text: str) -> SlaMissRow:
        """Write down what there is to say of a missed deadline, instead of what was written before."""
        if len(text) > MAX_NOTE_CHARACTERS:
            raise InvalidRequest(field="$.note", message=f"a note has at most {MAX_NOTE_CHARACTERS} characters")
        self._store.note_miss(number, text)
        return self._store.miss(number)

    def mails(self, query: AlertQuery) -> MailPage:
        """A page of the outbox; raises ``InvalidRequest`` for an unknown order."""
        return self._store.list_mails(query)

    def mail(self, mail_id: str) -> MailRow:
        """One; raises ``NotFound``."""
        return self._store.mail(mail_id)

    def retry(self, mail_id: str) -> MailRow:
        """Have a mail tried again now; raises ``NotFound``, or ``Conflict`` if it was sent."""
        self._store.retry_mail(mail_id, self._clock.now())
        self._publisher.publish(ENGINE, SIGNAL)
        return self._store.mail(mail_id)

    def retry_unsent(self, dag_id: str = "") -> list[MailRow]:
        """Have all mails tried again that were given up; those that are due again now."""
        found: list[MailRow] = []
        query = AlertQuery(dag_id=dag_id, state=MailState.UNSENT, order_by="made_at", limit=1000)
        while rows := self._store.list_mails(query).rows:
            found += [self.retry(row.mail.mail_id) for row in rows]
        return found

    def callbacks(self, key: RunKey) -> Sequence[CallbackRow]:
        """The callbacks of a run outside of its tasks, oldest first; raises ``NotFound``."""
        return self._store.callbacks_of(key)

    def callback_key(self, key: RunKey, name: str) -> TaskKey:
        """The key under which a callback's log is kept; raises ``NotFound``."""
        for row in self._store.callbacks_of(key):
            if row.key.task_id == name:
                return row.key
        raise NotFound(what="callback", id=name, **key._asdict())
