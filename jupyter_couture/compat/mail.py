"""``airflow.utils.email``: mails from task code, over the SMTP server of a connection."""

from collections.abc import Iterable, Sequence
from email.message import EmailMessage
from typing import Any

from jupyter_couture.authoring.arguments import addresses
from jupyter_couture.authoring.connections import Connection
from jupyter_couture.authoring.mail import SmtpServer, make_message, send
from jupyter_couture.compat.configuration import conf
from jupyter_couture.model.errors import NotFound, Unavailable


def send_email(
    to: str | Iterable[str],
    subject: str,
    html_content: str,
    files: Sequence[str] | None = None,
    dryrun: bool = False,
    cc: str | Iterable[str] | None = None,
    bcc: str | Iterable[str] | None = None,
    mime_subtype: str = "mixed",
    mime_charset: str = "utf-8",
    conn_id: str | None = None,
    custom_headers: dict[str, Any] | None = None,
    from_email: str | None = None,
    **kwargs: Any,
) -> None:
    """Send a mail over the SMTP server of connection ``conn_id`` (``smtp_default``).

    Without that connection the server is the one that ``AIRFLOW__SMTP__SMTP_HOST`` and its like name.
    """
    server = _server(conn_id)
    receivers = addresses(to)
    message = make_message(
        sender=from_email or server.sender,
        to=receivers,
        cc=addresses(cc),
        subject=subject,
        markup=html_content,
        files=[str(path) for path in files or ()],
        headers=custom_headers,
    )
    if not dryrun:
        send(server, message, [*receivers, *addresses(cc), *addresses(bcc)])


send_email_smtp = send_email


def send_mime_email(
    e_from: str, e_to: str | list[str], mime_msg: EmailMessage, conn_id: str = "smtp_default", dryrun: bool = False
) -> None:
    """Hand over a mail that is made already."""
    if not dryrun:
        send(_server(conn_id), mime_msg, addresses(e_to))


def build_mime_message(
    mail_from: str | None, to: str | Iterable[str], subject: str, html_content: str, **more: Any
) -> tuple[EmailMessage, list[str]]:
    """A mail, and everybody it goes to."""
    receivers, cc, bcc = addresses(to), addresses(more.get("cc")), addresses(more.get("bcc"))
    message = make_message(
        sender=mail_from or "",
        to=receivers,
        cc=cc,
        subject=subject,
        markup=html_content,
        files=[str(path) for path in more.get("files") or ()],
        headers=more.get("custom_headers"),
    )
    return message, [*receivers, *cc, *bcc]


def get_email_address_list(value: str | Iterable[str]) -> list[str]:
    """The addresses of a text or of several."""
    return list(addresses(value))


def _server(conn_id: str | None) -> SmtpServer:
    try:
        return SmtpServer.of(Connection.get(conn_id or "smtp_default"))
    except (NotFound, Unavailable):
        if not conf.has_option("smtp", "smtp_host") or conf.get("smtp", "smtp_host") == "localhost":
            raise
    return SmtpServer(
        host=conf.get("smtp", "smtp_host"),
        port=conf.getint("smtp", "smtp_port"),
        sender=conf.get("smtp", "smtp_mail_from"),
        login=conf.get("smtp", "smtp_user", fallback=None),
        password=conf.get("smtp", "smtp_password", fallback=None),
        is_ssl=conf.getboolean("smtp", "smtp_ssl"),
        is_starttls=conf.getboolean("smtp", "smtp_starttls"),
        timeout_seconds=conf.getfloat("smtp", "smtp_timeout"),
    )
