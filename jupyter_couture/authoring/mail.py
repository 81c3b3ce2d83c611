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

ENCRYPTION_OPTIONS = frozenset({"use_ssl", "disable_ssl", "use_tls", "disable_tls"})
"""What the extra of a connection may say of encryption; ``disable_...`` are Airflow's words."""

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
        is_untold = not ENCRYPTION_OPTIONS.intersection(extra)
        is_ssl = connection.port == 465 if is_untold else _is_wanted(extra, "ssl")
        is_starttls = not is_ssl and (connection.port == 587 if is_untold else _is_wanted(extra, "tls"))
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
    with opened(server) as client:
        hand_over(client, server.sender, message, recipients)


def opened(server: SmtpServer) -> smtplib.SMTP:
    """A connection that is encrypted and logged in as ``server`` wants it; the caller parts from it (``with`` it)."""
    context = ssl.create_default_context()
    if not server.is_verified:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    client = _reached(server, context)
    try:
        if server.is_starttls:
            client.starttls(context=context)
        if server.login:
            client.login(server.login, server.password or "")
    except BaseException:
        client.close()
        raise
    return client


def hand_over(client: smtplib.SMTP, sender: str, message: EmailMessage, recipients: Sequence[str]) -> None:
    """Send a mail over an open connection; raises ``smtplib.SMTPException``, also if one recipient is refused."""
    refused = client.send_message(message, from_addr=sender, to_addrs=list(recipients))
    if refused:
        raise smtplib.SMTPRecipientsRefused(refused)


def _is_wanted(extra: Mapping[str, Any], kind: str) -> bool:
    return bool(extra.get(f"use_{kind}", extra.get(f"disable_{kind}") is False))


def _reached(server: SmtpServer, context: ssl.SSLContext) -> smtplib.SMTP:
    if server.is_ssl:
        return smtplib.SMTP_SSL(server.host, server.port, timeout=server.timeout_seconds, context=context)
    return smtplib.SMTP(server.host, server.port, timeout=server.timeout_seconds)


def plain_text(markup: str) -> str:
    """What is left of HTML without its tags."""
    text = _TAGS.sub("", _BREAKS.sub("\n", _HIDDEN.sub("", markup)))
    lines = [line.strip() for line in html.unescape(text).splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"
