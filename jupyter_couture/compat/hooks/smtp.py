"""``SmtpHook``: mails over the SMTP server of a connection."""

import smtplib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import PurePath
from typing import Any, Self

from jupyter_couture.authoring.arguments import addresses
from jupyter_couture.authoring.connections import BaseHook, Connection
from jupyter_couture.authoring.mail import ENCRYPTION_OPTIONS, SmtpServer, hand_over, make_message, opened

SSL_PORT = 465


class SmtpHook(BaseHook):
    """Sends mails: ``with SmtpHook() as smtp: smtp.send_email_smtp(to=..., subject=..., html_content=...)``.

    The connection is that of ``EmailOperator``. One with neither a port nor a word on encryption is encrypted from
    the beginning, as in Airflow. Its extra may also hold ``subject_template`` and ``html_content_template``, paths of
    files that notifiers use.
    """

    conn_name_attr = "smtp_conn_id"
    default_conn_name = "smtp_default"
    conn_type = "smtp"
    hook_name = "SMTP"

    def __init__(self, smtp_conn_id: str = default_conn_name, auth_type: str = "basic") -> None:
        super().__init__()
        self.smtp_conn_id = smtp_conn_id
        self.auth_type = auth_type
        self.smtp_client: smtplib.SMTP | None = None

    @property
    def conn(self) -> Connection:
        """The connection."""
        return self.get_connection(self.smtp_conn_id)

    @property
    def server(self) -> SmtpServer:
        """The server that the connection names."""
        connection = self.conn
        server = SmtpServer.of(connection)
        if connection.port is None and not ENCRYPTION_OPTIONS.intersection(connection.extra_dejson):
            return replace(server, port=SSL_PORT, is_ssl=True, is_starttls=False)
        return server

    @property
    def from_email(self) -> str | None:
        """The sender."""
        return self.server.sender

    @property
    def host(self) -> str:
        """The server's name."""
        return self.server.host

    @property
    def port(self) -> int:
        """The server's port."""
        return self.server.port

    @property
    def subject_template(self) -> str | None:
        """The file with the subject of notifications, if there is one."""
        return self.conn.extra_dejson.get("subject_template")

    @property
    def html_content_template(self) -> str | None:
        """The file with the text of notifications, if there is one."""
        return self.conn.extra_dejson.get("html_content_template")

    def get_conn(self) -> Self:
        """Connect and log in; the hook itself. A ``with`` does it too."""
        if self.smtp_client is None:
            self.smtp_client = opened(self.server)
        return self

    def close(self) -> None:
        """Part from the server, if there is a connection."""
        client, self.smtp_client = self.smtp_client, None
        if client is not None:
            with suppress(smtplib.SMTPException, OSError):
                client.quit()

    def __enter__(self) -> Self:
        return self.get_conn()

    def __exit__(self, *_: object) -> None:
        self.close()

    def send_email_smtp(
        self,
        *,
        to: str | Iterable[str],
        subject: str | None = None,
        html_content: str | None = None,
        from_email: str | None = None,
        files: Sequence[str | PurePath] | None = None,
        dryrun: bool = False,
        cc: str | Iterable[str] | None = None,
        bcc: str | Iterable[str] | None = None,
        mime_subtype: str = "mixed",
        mime_charset: str = "utf-8",
        custom_headers: dict[str, Any] | None = None,
        **_: Any,
    ) -> None:
        """Send a mail to all of ``to``, ``cc`` and ``bcc``; raises ``smtplib.SMTPException`` if one is refused."""
        server = self.server
        message = make_message(
            sender=from_email or server.sender,
            to=addresses(to),
            cc=addresses(cc),
            subject=subject or "",
            markup=html_content or "",
            files=[str(path) for path in files or ()],
            headers=custom_headers,
        )
        if dryrun:
            return
        client = self.get_conn().smtp_client
        if client is not None:
            hand_over(client, server.sender, message, [*addresses(to), *addresses(cc), *addresses(bcc)])

    def test_connection(self) -> tuple[bool, str]:
        """Whether the server takes us, and what is wrong if not."""
        try:
            with self:
                pass
        except Exception as error:  # noqa: BLE001  # the answer to the question
            return False, str(error)
        return True, "Connection successfully tested"

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "smtp_client": None}
