"""``EmailOperator``: a mail as a task."""

from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import Any

from jupyter_couture.authoring.arguments import addresses
from jupyter_couture.authoring.connections import Connection
from jupyter_couture.authoring.context import Context
from jupyter_couture.authoring.mail import SmtpServer, make_message, send
from jupyter_couture.authoring.operator import BaseOperator
from jupyter_couture.authoring.references import Reference, references_in
from jupyter_couture.model.errors import InvalidDag


class EmailOperator(BaseOperator):
    """Sends a mail over the SMTP server of a connection.

    Parameters
    ----------
    to, cc, bcc
        Addresses: a text (separated by commas or semicolons) or a list.
    subject, html_content
        Templates; ``html_content`` may be a file ending in ``.html``. A plain-text form of it is sent along.
    files
        Paths of files to attach.
    conn_id
        ``smtp_default``. Host, port (25; 465 with ssl; 587 with starttls), login and password; in its extra
        ``from_email``, ``use_ssl`` (``disable_ssl: false`` in Airflow's words), ``use_tls`` (STARTTLS), ``timeout`` in
        seconds (30). Where it says nothing of encryption, port 465 means ssl and 587 STARTTLS.
    from_email
        The sender, over that of the connection; else the connection's login.
    mime_subtype, mime_charset, custom_headers
        ``mixed``, ``utf-8``, and headers to add. ``auth_type`` is accepted: the login is one with a password.

    Errors: ``smtplib.SMTPException`` (refused), ``OSError`` (no connection), ``NotFound`` (connection id).
    """

    template_fields = ("to", "from_email", "subject", "html_content", "files", "cc", "bcc", "custom_headers")
    template_ext = (".html",)

    def __init__(
        self,
        task_id: str,
        *,
        to: str | Iterable[str],
        subject: str,
        html_content: str,
        files: Sequence[str | PurePath] | None = None,
        cc: str | Iterable[str] | None = None,
        bcc: str | Iterable[str] | None = None,
        from_email: str | None = None,
        mime_subtype: str = "mixed",
        mime_charset: str = "utf-8",
        conn_id: str = "smtp_default",
        custom_headers: dict[str, Any] | None = None,
        auth_type: str = "basic",
        **options: Any,
    ) -> None:
        super().__init__(task_id, **options)
        self.to = to if isinstance(to, str | Reference) else list(to)
        self.subject = subject
        self.html_content = html_content
        self.files = [str(path) for path in files or ()]
        self.cc = cc if cc is None or isinstance(cc, str) else list(cc)
        self.bcc = bcc if bcc is None or isinstance(bcc, str) else list(bcc)
        self.from_email = from_email
        self.mime_subtype = mime_subtype
        self.mime_charset = mime_charset
        self.conn_id = conn_id
        self.custom_headers = dict(custom_headers or {})
        self.auth_type = auth_type
        if not any(references_in(self.to)) and not addresses(self.to):
            raise InvalidDag(task_id=self.task_id, message=f"Task {self.task_id!r} has nobody to write to")

    def execute(self, context: Context) -> None:
        """Send it."""
        server = SmtpServer.of(Connection.get(self.conn_id))
        message = make_message(
            sender=self.from_email or server.sender,
            to=addresses(self.to),
            cc=addresses(self.cc),
            subject=self.subject,
            markup=self.html_content,
            files=self.files,
            headers=self.custom_headers,
        )
        send(server, message, [*addresses(self.to), *addresses(self.cc), *addresses(self.bcc)])
        self.log.info("Sent %r to %s", self.subject, ", ".join(addresses(self.to)))
