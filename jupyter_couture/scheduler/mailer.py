"""Sending the outbox, in a thread beside the loop, so that a slow mail server keeps nobody from scheduling.

A mail is sent at least once: that a try begins is written down before it, how it went after it. Should the process die
in between, the mail is tried again later, under the same Message-ID.
"""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from jupyter_couture.model.alerts import MailRow
from jupyter_couture.model.errors import Unavailable
from jupyter_couture.ports.alerts import Outbox, Postman

log = logging.getLogger(__name__)

MAX_TRIES = 12
"""After so many a mail is given up; the last one comes about three hours after the first."""

FIRST_PAUSE_SECONDS = 10.0
LONGEST_PAUSE_SECONDS = 1800.0
"""Between two tries of a mail; each pause is twice as long as the one before."""

LONGEST_SLEEP_SECONDS = 60.0
_AFTER_TROUBLE_SECONDS = 5.0
_MAILS_AT_ONCE = 20
_LEAVE_SECONDS = 1.0


def pause_after(tries: int) -> timedelta:
    """How long to wait after so many tries, from 1."""
    return timedelta(seconds=min(FIRST_PAUSE_SECONDS * 2 ** (tries - 1), LONGEST_PAUSE_SECONDS))


class Mailer:
    """See the module. ``wake`` says that there may be new mails; ``close`` lets go of a try that is under way."""

    def __init__(self, outbox: Outbox, postman: Postman, now: Callable[[], datetime]) -> None:
        self._outbox = outbox
        self._postman = postman
        self._now = now
        self._woken = threading.Event()
        self._closing = threading.Event()
        self._is_refusal_said = False
        self._thread = threading.Thread(target=self._run, name="couture-mailer", daemon=True)

    def start(self) -> None:
        """Begin, with what lies in the outbox."""
        self._thread.start()

    def wake(self) -> None:
        """Look at the outbox now."""
        self._woken.set()

    def close(self) -> None:
        """Send no further mail."""
        self._closing.set()
        self._woken.set()
        self._thread.join(_LEAVE_SECONDS)

    def send_due(self) -> int:
        """Try all mails that are due; how many were tried."""
        tried = 0
        while not self._closing.is_set():
            due = self._outbox.due_mails(self._now(), _MAILS_AT_ONCE)
            for row in due:
                if self._closing.is_set():
                    break
                tried += self._try(row)
            if len(due) < _MAILS_AT_ONCE:
                break
        return tried

    def _run(self) -> None:
        while not self._closing.is_set():
            self._woken.clear()
            try:
                self.send_due()
                wait = self._patience()
            except Unavailable as error:
                log.warning("The outbox cannot be read, trying again: %s", error)
                wait = _AFTER_TROUBLE_SECONDS
            except Exception:  # the edge of a thread: mails must not be left lying in silence
                if not self._closing.is_set():
                    log.exception("Mails could not be sent, trying again")
                wait = _AFTER_TROUBLE_SECONDS
            self._woken.wait(wait)

    def _patience(self) -> float:
        at = self._outbox.next_mail_at()
        if at is None:
            return LONGEST_SLEEP_SECONDS
        return min(max((at - self._now()).total_seconds(), 0.05), LONGEST_SLEEP_SECONDS)

    def _try(self, row: MailRow) -> bool:
        mail, tries = row.mail, row.tries + 1
        again_at = self._now() + pause_after(tries)
        if not self._outbox.begin_mail(mail.mail_id, row.tries, again_at):
            return False
        refusal = self._postman.refusal
        if refusal:
            self._say_once(refusal)
            self._outbox.end_mail(mail.mail_id, sent_at=None, again_at=None, error=refusal)
            return True
        try:
            remark = self._postman.send(mail)
        except Unavailable as error:
            is_last = tries >= MAX_TRIES
            end = "given up" if is_last else f"tried again at {again_at:%H:%M:%S} UTC"
            log.warning("Mail %s (%s) was not sent and is %s: %s", mail.mail_id, mail.subject, end, error)
            next_at = None if is_last else again_at
            self._outbox.end_mail(mail.mail_id, sent_at=None, again_at=next_at, error=str(error))
        else:
            log.info("Mail %s (%s) was sent to %s addresses", mail.mail_id, mail.subject, len(mail.to))
            self._outbox.end_mail(mail.mail_id, sent_at=self._now(), again_at=None, error=remark)
        return True

    def _say_once(self, refusal: str) -> None:
        if not self._is_refusal_said:
            log.warning("Mails are written down but not sent: %s", refusal)
            self._is_refusal_said = True
