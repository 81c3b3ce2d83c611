"""Notifiers that write a mail or a message to a chat; they are callbacks of DAGs and tasks."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePath
from typing import Any

from jupyter_couture.authoring.context import Context
from jupyter_couture.compat.hooks.chats import DiscordWebhookHook
from jupyter_couture.compat.hooks.slack import SlackHook, SlackWebhookHook
from jupyter_couture.compat.hooks.smtp import SmtpHook
from jupyter_couture.compat.notifiers import BaseNotifier

_SUBJECT = "DAG {{ dag.dag_id }} - Task {{ ti.task_id }} - Run ID {{ run_id }}"
_MARKUP = (
    "<p>Task <b>{{ ti.task_id }}</b> of DAG <b>{{ dag.dag_id }}</b>, run {{ run_id }}: "
    "attempt {{ ti.try_number }}{% if exception %}<br>{{ exception|e }}{% endif %}</p>"
)


class SmtpNotifier(BaseNotifier):
    """Sends a mail, see ``SmtpHook``; without ``subject`` or ``html_content`` one that names the task and the error."""

    template_fields = ("from_email", "to", "subject", "html_content", "files", "cc", "bcc", "custom_headers")

    def __init__(
        self,
        to: str | Iterable[str],
        from_email: str | None = None,
        subject: str | None = None,
        html_content: str | None = None,
        files: Sequence[str | PurePath] | None = None,
        cc: str | Iterable[str] | None = None,
        bcc: str | Iterable[str] | None = None,
        mime_subtype: str = "mixed",
        mime_charset: str = "utf-8",
        custom_headers: Mapping[str, Any] | None = None,
        smtp_conn_id: str = SmtpHook.default_conn_name,
        auth_type: str = "basic",
        *,
        template: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.smtp_conn_id = smtp_conn_id
        self.from_email = from_email
        self.to = to if isinstance(to, str) else list(to)
        self.files = [str(path) for path in files or ()]
        self.cc = cc if cc is None or isinstance(cc, str) else list(cc)
        self.bcc = bcc if bcc is None or isinstance(bcc, str) else list(bcc)
        self.mime_subtype = mime_subtype
        self.mime_charset = mime_charset
        self.custom_headers = dict(custom_headers or {})
        self.subject = subject if subject is not None else _SUBJECT
        markup = Path(template).read_text() if template else _MARKUP
        self.html_content = html_content if html_content is not None else markup

    def notify(self, context: Context) -> None:
        """Send it."""
        with SmtpHook(self.smtp_conn_id) as hook:
            hook.send_email_smtp(
                to=self.to,
                subject=" ".join(self.subject.split()),
                html_content=self.html_content,
                from_email=self.from_email,
                files=self.files,
                cc=self.cc,
                bcc=self.bcc,
                mime_subtype=self.mime_subtype,
                mime_charset=self.mime_charset,
                custom_headers=self.custom_headers,
            )


class SlackNotifier(BaseNotifier):
    """Posts a message by Slack's Web API, see ``SlackHook``."""

    template_fields = ("text", "channel", "username", "attachments", "blocks", "unfurl_links", "unfurl_media")

    def __init__(
        self,
        *,
        slack_conn_id: str = SlackHook.default_conn_name,
        text: str = "This is a default message",
        channel: str = "general",
        username: str = "Airflow",
        icon_url: str | None = None,
        attachments: Sequence[Any] = (),
        blocks: Sequence[Any] = (),
        base_url: str | None = None,
        proxy: str | None = None,
        timeout: float | None = None,
        retry_handlers: Sequence[Any] | None = None,
        unfurl_links: bool = True,
        unfurl_media: bool = True,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.slack_conn_id = slack_conn_id
        self.text = text
        self.channel = channel
        self.username = username
        self.icon_url = icon_url
        self.attachments = list(attachments)
        self.blocks = list(blocks)
        self.base_url = base_url
        self.proxy = proxy
        self.timeout = timeout
        self.unfurl_links = unfurl_links
        self.unfurl_media = unfurl_media

    def notify(self, context: Context) -> None:
        """Post it."""
        said = ("channel", "username", "text", "icon_url", "attachments", "blocks", "unfurl_links", "unfurl_media")
        hook = SlackHook(self.slack_conn_id, base_url=self.base_url, timeout=self.timeout, proxy=self.proxy)
        message = {name: getattr(self, name) for name in said}
        hook.call("chat.postMessage", json={name: value for name, value in message.items() if value is not None})


class SlackWebhookNotifier(BaseNotifier):
    """Sends a message to an incoming webhook of Slack, see ``SlackWebhookHook``."""

    template_fields = ("slack_webhook_conn_id", "text", "attachments", "blocks", "proxy", "timeout")

    def __init__(
        self,
        *,
        slack_webhook_conn_id: str = SlackWebhookHook.default_conn_name,
        text: str = "",
        blocks: Sequence[Any] | None = None,
        unfurl_links: bool | None = None,
        unfurl_media: bool | None = None,
        proxy: str | None = None,
        attachments: Sequence[Any] | None = None,
        timeout: float | None = None,
        retry_handlers: Sequence[Any] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.slack_webhook_conn_id = slack_webhook_conn_id
        self.text = text
        self.attachments = attachments
        self.blocks = blocks
        self.unfurl_links = unfurl_links
        self.unfurl_media = unfurl_media
        self.proxy = proxy
        self.timeout = timeout

    def notify(self, context: Context) -> None:
        """Send it."""
        hook = SlackWebhookHook(self.slack_webhook_conn_id, proxy=self.proxy, timeout=self.timeout)
        hook.send(
            text=self.text,
            blocks=self.blocks,
            attachments=self.attachments,
            unfurl_links=self.unfurl_links,
            unfurl_media=self.unfurl_media,
        )


class DiscordNotifier(BaseNotifier):
    """Sends a message to a webhook of Discord, see ``DiscordWebhookHook``."""

    template_fields = ("discord_conn_id", "text", "username", "avatar_url", "tts")

    def __init__(
        self,
        discord_conn_id: str = DiscordWebhookHook.default_conn_name,
        text: str = "",
        username: str = "Airflow",
        avatar_url: str | None = None,
        tts: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.discord_conn_id = discord_conn_id
        self.text = text
        self.username = username
        self.avatar_url = avatar_url
        self.tts = tts

    def notify(self, context: Context) -> None:
        """Send it."""
        DiscordWebhookHook(
            self.discord_conn_id, message=self.text, username=self.username, avatar_url=self.avatar_url, tts=self.tts
        ).execute()


send_smtp_notification = SmtpNotifier
send_slack_notification = SlackNotifier
send_slack_webhook_notification = SlackWebhookNotifier
