"""Making and sending mails, with the standard library."""

import html
import mimetypes
import re
import smtplib
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path
from typing import Any

from jupyter_couture.authoring.connections import Connection

_BREAKS = re.compile(r"<\s*(br|/p|/div|/tr|/h\d|/li)\b[^>]*>", re.IGNORECASE)
_HIDDEN = re.compile(r"<\s*(style|script)\b.*?<\s*/\s*\1\s*>", re.IGNORECASE | re.DOTALL)
_TAGS = re.compile(r"<[^>]+>")


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where mails are handed over. ``is_ssl``: encrypted from the beginning; ``is_starttls``: on request."""

    host: str
    port: int
    sender: str
    login: str | None = None
    password: str | None = field(default=None, repr=False)
    is_ssl: bool = False
    is_starttls: bool = False
    is_verified: bool = True
    timeout_seconds: float = 30.0

    @classmethod
    def of(cls, connection: Connection) -> "SmtpServer":
        """The server of a connection; see ``EmailOperator`` for its extra."""
        extra = connection.extra_dejson
        is_ssl = bool(extra.get("use_ssl", extra.get("disable_ssl") is False))
        is_starttls = bool(extra.get("use_tls", extra.get("disable_tls") is False)) and not is_ssl
        usual = 465 if is_ssl else 587 if is_starttls else 25
        return cls(
            host=connection.host or "localhost",
            port=connection.port or usual,
            sender=str(extra.get("from_email") or connection.login or "couture@localhost"),
            login=connection.login or None,
            password=connection.password,
            is_ssl=is_ssl,
            is_starttls=is_starttls,
            is_verified=bool(extra.get("verify", True)),
            timeout_seconds=float(extra.get("timeout", 30.0)),
        )


def make_message(
    *,
    sender: str,
    to: Sequence[str],
    subject: str,
    markup: str,
    cc: Sequence[str] = (),
    files: Sequence[str] = (),
    headers: Mapping[str, Any] | None = None,
) -> EmailMessage:
    """A mail with its text in two forms and its attachments; raises ``OSError`` if a file cannot be read."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = ", ".join(to)
    if cc:
        message["Cc"] = ", ".join(cc)
    message["Subject"] = " ".join(subject.split())
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid()
    for name, value in (headers or {}).items():
        message[name] = str(value)
    message.set_content(plain_text(markup))
    message.add_alternative(markup, subtype="html")
    for path in files:
        kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
        main, _, sub = kind.partition("/")
        message.add_attachment(Path(path).read_bytes(), maintype=main, subtype=sub, filename=Path(path).name)
    return message


def send(server: SmtpServer, message: EmailMessage, recipients: Sequence[str]) -> None:
    """Hand a mail over to all ``recipients``; raises ``smtplib.SMTPException``, also if one of them is refused."""
    context = ssl.create_default_context()
    if not server.is_verified:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    with _opened(server, context) as client:
        if server.is_starttls:
            client.starttls(context=context)
        if server.login:
            client.login(server.login, server.password or "")
        refused = client.send_message(message, from_addr=server.sender, to_addrs=list(recipients))
        if refused:
            raise smtplib.SMTPRecipientsRefused(refused)


def _opened(server: SmtpServer, context: ssl.SSLContext) -> smtplib.SMTP:
    if server.is_ssl:
        return smtplib.SMTP_SSL(server.host, server.port, timeout=server.timeout_seconds, context=context)
    return smtplib.SMTP(server.host, server.port, timeout=server.timeout_seconds)


def plain_text(markup: str) -> str:
    """What is left of HTML without its tags."""
    text = _TAGS.sub("", _BREAKS.sub("\n", _HIDDEN.sub("", markup)))
    lines = [line.strip() for line in html.unescape(text).splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"
