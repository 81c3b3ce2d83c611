"""The mailer: at least once, with pauses, and never in anybody's way; the postman on a real socket."""

import logging
import socket
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from jupyter_couture.model.alerts import AlertQuery, Mail, MailKind, MailState
from jupyter_couture.model.errors import Unavailable
from jupyter_couture.model.ids import DagId
from jupyter_couture.model.records import Batch
from jupyter_couture.scheduler.mailer import LONGEST_PAUSE_SECONDS, MAX_TRIES, Mailer, pause_after
from jupyter_couture.scheduler.postman import SmtpPostman
from jupyter_couture.settings import Settings
from jupyter_couture.store import MemoryStore
from tests.builders import T0


class _Killed(BaseException):
    """The process ends here."""


class _Postman:
    """Takes mails, unless told otherwise."""

    def __init__(self, *troubles: BaseException, refusal: str = "") -> None:
        self.refusal = refusal
        self.taken: list[str] = []
        self.troubles = list(troubles)
        self.arrived = threading.Event()

    def send(self, mail: Mail) -> str:
        trouble = self.troubles.pop(0) if self.troubles else None
        if isinstance(trouble, Unavailable):
            raise trouble
        self.taken.append(mail.mail_id)
        self.arrived.set()
        if trouble is not None:
            raise trouble
        return ""


def _mail(name: str = "m", *to: str) -> Mail:
    return Mail(
        mail_id=name,
        kind=MailKind.FAILURE,
        to=to or ("ada@example.org",),
        subject="[Couture] d: task ü failed\nBcc: eve@example.org",
        text="Task ü failed: <b>&\n.\nend\n",
        made_at=T0,
        dag_id=DagId("d"),
    )


@pytest.fixture
def store() -> Iterator[MemoryStore]:
    """A store with one mail in its outbox."""
    made = MemoryStore()
    lease = made.acquire_lease("us", 600)
    assert lease is not None
    made.commit(lease.fence, Batch(mails=[_mail()]))
    yield made
    made.close()


def _busy(code: str = "451") -> Unavailable:
    return Unavailable(what="mail server", message=code)


def _state(store: MemoryStore) -> MailState:
    return store.mail("m").state


def test_a_mail_that_is_sent_is_sent_once(store: MemoryStore) -> None:
    postman = _Postman()
    mailer = Mailer(store, postman, lambda: T0)
    assert (mailer.send_due(), mailer.send_due()) == (1, 0)
    assert (postman.taken, _state(store)) == (["m"], MailState.SENT)


def test_T10_a_crash_between_sending_and_noting_it_doubles_a_mail_at_most_once_and_loses_none(
    store: MemoryStore,
) -> None:
    """T10."""
    postman = _Postman(_Killed())
    with pytest.raises(_Killed):
        Mailer(store, postman, lambda: T0).send_due()
    later = T0 + timedelta(hours=1)
    assert Mailer(store, postman, lambda: T0).send_due() == 0, "not before its pause is over"
    Mailer(store, postman, lambda: later).send_due()
    Mailer(store, postman, lambda: later).send_due()
    assert (postman.taken, _state(store)) == (["m", "m"], MailState.SENT)


def test_a_mail_is_tried_again_after_longer_and_longer_pauses_and_given_up_in_the_end(store: MemoryStore) -> None:
    postman = _Postman(*(_busy() for _ in range(50)))
    now = T0
    moments: list[datetime] = []
    while (at := store.next_mail_at()) is not None:
        now = max(now, at)
        moments.append(now)
        Mailer(store, postman, partial(max, now, T0)).send_due()
    pauses = [(after - before).total_seconds() for before, after in pairwise(moments)]
    assert pauses[:3] == [10.0, 20.0, 40.0]
    assert max(pauses) == LONGEST_PAUSE_SECONDS
    found = store.mail("m")
    assert (found.tries, found.state, len(moments)) == (MAX_TRIES, MailState.UNSENT, MAX_TRIES)
    assert "451" in found.error
    store.retry_mail("m", now)
    postman.troubles.clear()
    Mailer(store, postman, lambda: now).send_due()
    assert _state(store) is MailState.SENT


def test_without_a_mail_server_mails_are_kept_and_the_log_says_so_once(
    store: MemoryStore, caplog: pytest.LogCaptureFixture
) -> None:
    postman = _Postman(refusal="no mail server is set (smtp_host)")
    mailer = Mailer(store, postman, lambda: T0)
    with caplog.at_level(logging.WARNING):
        mailer.send_due()
        store.retry_mail("m", T0)
        mailer.send_due()
    assert [record.message for record in caplog.records] == [
        "Mails are written down but not sent: no mail server is set (smtp_host)"
    ]
    assert (postman.taken, _state(store), store.mail("m").error) == ([], MailState.UNSENT, postman.refusal)


def test_the_thread_sends_what_lies_there_and_what_comes_and_ends_when_told(store: MemoryStore) -> None:
    postman = _Postman()
    mailer = Mailer(store, postman, lambda: T0)
    mailer.start()
    mailer.wake()
    postman.arrived.wait(10)
    mailer.close()
    assert postman.taken == ["m"]
    assert store.list_mails(AlertQuery(state=MailState.SENT)).total == 1


def test_pauses_grow_to_a_limit() -> None:
    assert [pause_after(tries).total_seconds() for tries in (1, 2, 9, 30)] == [10.0, 20.0, 1800.0, 1800.0]


# --- the postman ------------------------------------------------------------------------------------------------------


class _Letters:
    """A server's hands: refuses addresses that begin with ``no``."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("no"):
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.envelopes.append(envelope)
        return "250 OK"


@pytest.fixture(scope="module")
def letters() -> Iterator[tuple[_Letters, int]]:
    """A real mail server."""
    taken = _Letters()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(taken, "127.0.0.1", port)
    server.start()
    yield taken, port
    server.stop()


def _postman(home: Path, port: int, **more: object) -> SmtpPostman:
    options = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_tls": "none", "smtp_timeout_seconds": 5.0, **more}
    return SmtpPostman(Settings.load({}, home=str(home), **options))


def test_a_mail_arrives_as_text_and_html_and_its_subject_cannot_add_headers(
    letters: tuple[_Letters, int], tmp_path: Path
) -> None:
    postman = _postman(tmp_path, letters[1], smtp_from="couture@test")
    assert postman.refusal == ""
    assert postman.send(_mail("m", "ada@example.org", "bob@example.org")) == ""
    envelope = letters[0].envelopes[-1]
    assert envelope.rcpt_tos == ["ada@example.org", "bob@example.org"]
    assert isinstance(envelope.content, bytes)
    mail = message_from_bytes(envelope.content, policy=default)
    assert mail["Subject"] == "[Couture] d: task ü failed Bcc: eve@example.org"
    assert mail["Bcc"] is None
    assert str(mail["Message-ID"]).startswith("<m@")
    text, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    assert text.get_content().replace("\r\n", "\n") == _mail().text
    assert "&lt;b&gt;&amp;" in html.get_content()


def test_what_some_addresses_met_is_told_and_what_all_met_is_an_error(
    letters: tuple[_Letters, int], tmp_path: Path
) -> None:
    postman = _postman(tmp_path, letters[1])
    assert (
        postman.send(_mail("m", "ada@example.org", "no@example.org")) == "refused for no@example.org: 550 no such user"
    )
    with pytest.raises(Unavailable, match="all addresses were refused"):
        postman.send(_mail("m", "no@example.org"))


def test_a_server_that_is_away_or_speaks_no_tls_is_unavailable(letters: tuple[_Letters, int], tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(Unavailable, match="ConnectionRefusedError"):
        _postman(tmp_path, port).send(_mail())
    with pytest.raises(Unavailable, match="STARTTLS"):
        _postman(tmp_path, letters[1], smtp_tls="starttls").send(_mail())
    assert _postman(tmp_path, 0, smtp_host="").refusal == "no mail server is set (smtp_host)"


@pytest.mark.parametrize("address", ["ada <", '"', "ada@[", "\udc80@example.org"])
def test_what_is_no_address_is_told_and_holds_up_no_other_mail(
    address: str, letters: tuple[_Letters, int], tmp_path: Path, store: MemoryStore
) -> None:
    _, port = letters
    lease = store.current_lease()
    assert lease is not None
    store.commit(lease.fence, Batch(mails=[_mail("bad", address), _mail("good")]))
    mailer = Mailer(store, _postman(tmp_path, port), lambda: T0)
    assert mailer.send_due() == 3
    assert store.mail("good").state is MailState.SENT
    assert store.mail("bad").state is MailState.WAITING
    assert store.mail("bad").error
