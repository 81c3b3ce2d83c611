"""Messages to Telegram and Discord as tasks."""

from collections.abc import Mapping
from typing import Any

from jupyter_couture.authoring.context import Context
from jupyter_couture.authoring.operator import BaseOperator
from jupyter_couture.compat.hooks.chats import DiscordWebhookHook, TelegramHook
from jupyter_couture.model.errors import InvalidDag


class TelegramOperator(BaseOperator):
    """Sends ``text`` to a chat; ``telegram_kwargs`` are further parameters of Telegram's ``sendMessage``."""

    template_fields = ("text", "chat_id")

    def __init__(
        self,
        task_id: str,
        *,
        telegram_conn_id: str = TelegramHook.default_conn_name,
        token: str | None = None,
        chat_id: str | None = None,
        text: str = "No message has been set.",
        telegram_kwargs: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(task_id, **options)
        self.telegram_conn_id = telegram_conn_id
        self.token = token
        self.chat_id = chat_id
        self.telegram_kwargs = dict(telegram_kwargs or {})
        self.text = text if text is not None else self.telegram_kwargs.get("text", "")

    def execute(self, context: Context) -> None:
        """Send it."""
        hook = TelegramHook(self.telegram_conn_id if not self.token else None, self.token, self.chat_id)
        hook.send_message({**self.telegram_kwargs, "text": self.text})


class TelegramFileOperator(BaseOperator):
    """Sends ``file``, a path or an address, to a chat."""

    template_fields = ("file", "chat_id")

    def __init__(
        self,
        task_id: str,
        *,
        telegram_conn_id: str = TelegramHook.default_conn_name,
        token: str | None = None,
        chat_id: str | None = None,
        file: str,
        telegram_kwargs: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(task_id, **options)
        self.telegram_conn_id = telegram_conn_id
        self.token = token
        self.chat_id = chat_id
        self.file = file
        self.telegram_kwargs = dict(telegram_kwargs or {})

    def execute(self, context: Context) -> None:
        """Send it."""
        hook = TelegramHook(self.telegram_conn_id if not self.token else None, self.token, self.chat_id)
        hook.send_file({**self.telegram_kwargs, "file": self.file})


class DiscordWebhookOperator(BaseOperator):
    """Sends ``message`` to a webhook, see ``DiscordWebhookHook``."""

    template_fields = ("username", "message", "webhook_endpoint")

    def __init__(
        self,
        task_id: str,
        *,
        http_conn_id: str | None = None,
        webhook_endpoint: str | None = None,
        message: str = "",
        username: str | None = None,
        avatar_url: str | None = None,
        tts: bool = False,
        proxy: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(task_id, **options)
        if not http_conn_id and not webhook_endpoint:
            text = f"Task {self.task_id!r} needs an http_conn_id or a webhook_endpoint"
            raise InvalidDag(task_id=self.task_id, message=text)
        self.http_conn_id = http_conn_id
        self.webhook_endpoint = webhook_endpoint
        self.message = message
        self.username = username
        self.avatar_url = avatar_url
        self.tts = bool(tts)
        self.proxy = proxy

    def execute(self, context: Context) -> None:
        """Send it."""
        DiscordWebhookHook(
            self.http_conn_id,
            self.webhook_endpoint,
            self.message,
            self.username,
            self.avatar_url,
            tts=self.tts,
            proxy=self.proxy,
        ).execute()
