"""Handing mails to the mail server that the settings name."""

import html
import smtplib
import socket
from email.message import EmailMessage
from email.utils import format_datetime

from jupyter_couture.authoring.mail import SmtpServer, send
from jupyter_couture.model.alerts import Mail
from jupyter_couture.model.errors import Unavailable
from jupyter_couture.settings import Settings

NO_SERVER = "no mail server is set (smtp_host)"

_USUAL_PORTS = {"ssl": 465, "starttls": 587, "none": 25}


class SmtpPostman:
    """Speaks SMTP to the deployment's server, with a connection for each mail."""

    def __init__(self, settings: Settings) -> None:
        tls = settings.smtp_tls
        self._host = settings.smtp_host
        self._domain = socket.gethostname() or "localhost"
        self._server = SmtpServer(
            host=settings.smtp_host,
            port=settings.smtp_port or _USUAL_PORTS[tls],
            sender=settings.smtp_from or f"couture@{self._domain}",
            login=settings.smtp_user or None,
            password=settings.smtp_password or None,
            is_ssl=tls == "ssl",
            is_starttls=tls == "starttls",
            timeout_seconds=settings.smtp_timeout_seconds,
        )

    @property
    def refusal(self) -> str:
        """Why no mail can be sent at all."""
        return "" if self._host else NO_SERVER

    def send(self, mail: Mail) -> str:
        """Hand a mail over. Raises ``Unavailable``; what some of its addresses met, if others took it, is returned."""
        try:
            send(self._server, self._message(mail), mail.to)
        except smtplib.SMTPRecipientsRefused as error:
            refused = ", ".join(f"{name}: {_said(code, said)}" for name, (code, said) in error.recipients.items())
            if len(error.recipients) < len(set(mail.to)):
                return f"refused for {refused}"
            raise self._unavailable(f"all addresses were refused: {refused}") from error
        except smtplib.SMTPResponseException as error:
            raise self._unavailable(_said(error.smtp_code, error.smtp_error)) from error
        except Exception as error:  # addresses are the user's, and what is no address may raise anything
            raise self._unavailable(f"{type(error).__name__}: {error}") from error
        return ""

    def _unavailable(self, message: str) -> Unavailable:
        return Unavailable(what=f"mail server {self._server.host}:{self._server.port}", message=message)

    def _message(self, mail: Mail) -> EmailMessage:
        message = EmailMessage()
        message["From"] = self._server.sender
        message["To"] = ", ".join(mail.to)
        message["Subject"] = " ".join(mail.subject.split())
        message["Date"] = format_datetime(mail.made_at)
        message["Message-ID"] = f"<{mail.mail_id}@{self._domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message["X-Couture-Kind"] = mail.kind.value
        message.set_content(mail.text)
        message.add_alternative(f"<pre>{html.escape(mail.text)}</pre>\n", subtype="html")
        return message


def _said(code: int, answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)
    return f"{code} {' '.join(text.split())}"
