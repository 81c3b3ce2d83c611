"""Telegram and Discord: messages over plain HTTP."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jupyter_couture.authoring.connections import BaseHook, Connection
from jupyter_couture.authoring.hiding import mask_secret
from jupyter_couture.compat.hooks.webhooks import TIMEOUT_SECONDS, base_of, post, secret_address
from jupyter_couture.model.errors import AirflowException

TELEGRAM = "https://api.telegram.org"
DISCORD = "https://discord.com/api"
_DISCORD_ENDPOINT = re.compile(r"webhooks/[0-9]+/[\w-]+(/slack)?")


class TelegramHook(BaseHook):
    """Writes as a bot: the password of ``telegram_conn_id`` is its token, the host the chat's id.

    ``token`` and ``chat_id`` may be given themselves. ``base_url`` in the connection's extra names another server.
    """

    conn_name_attr = "telegram_conn_id"
    default_conn_name = "telegram_default"
    conn_type = "telegram"
    hook_name = "Telegram"

    def __init__(
        self, telegram_conn_id: str | None = None, token: str | None = None, chat_id: str | None = None
    ) -> None:
        super().__init__()
        self.telegram_conn_id = telegram_conn_id
        connection = self.get_connection(telegram_conn_id) if telegram_conn_id else Connection()
        self.token = token or connection.password
        self.chat_id = chat_id or connection.host
        self.base_url = connection.extra_dejson.get("base_url") or TELEGRAM
        if not self.token:
            raise AirflowException("Cannot get token: No valid Telegram connection supplied.")
        mask_secret(self.token)

    def send_message(self, api_params: Mapping[str, Any]) -> Any:
        """Send ``text`` to ``chat_id`` (that of the hook), as HTML unless ``parse_mode`` says otherwise; the answer."""
        usual = {"chat_id": self.chat_id, "parse_mode": "HTML", "disable_web_page_preview": True}
        body = {**usual, **api_params}
        if not body.get("text"):
            raise AirflowException("'text' must be provided for telegram message")
        return self._call("sendMessage", _checked(body))

    def send_file(self, api_params: Mapping[str, Any]) -> Any:
        """Send ``file``, the path of one here or the address of one elsewhere, to ``chat_id``; the answer."""
        body = _checked({"chat_id": self.chat_id, **api_params})
        file = str(body.pop("file", "") or "")
        if not file:
            raise AirflowException("'file' parameter must be provided for sending a Telegram document message")
        if "://" in file:
            return self._call("sendDocument", {**body, "document": file})
        with Path(file).open("rb") as opened:
            return self._call("sendDocument", None, data=body, files={"document": opened})

    def _call(self, method: str, body: Mapping[str, Any] | None, **options: Any) -> Any:
        url = secret_address(str(self.base_url), f"bot{self.token}/{method}")
        return post(url, body, timeout_seconds=TIMEOUT_SECONDS, **options).json()


def _checked(body: dict[str, Any]) -> dict[str, Any]:
    if not body.get("chat_id"):
        raise AirflowException("'chat_id' must be provided for telegram message")
    return body


class DiscordWebhookHook(BaseHook):
    """Sends a message to a webhook: ``webhooks/{id}/{token}``, given here or in the extra of ``http_conn_id``."""

    conn_name_attr = "http_conn_id"
    default_conn_name = "discord_default"
    conn_type = "discord"
    hook_name = "Discord"

    def __init__(
        self,
        http_conn_id: str | None = None,
        webhook_endpoint: str | None = None,
        message: str = "",
        username: str | None = None,
        avatar_url: str | None = None,
        tts: bool = False,
        proxy: str | None = None,
        **_: Any,
    ) -> None:
        super().__init__()
        self.http_conn_id = http_conn_id
        self.webhook_endpoint = webhook_endpoint
        self.message = message
        self.username = username
        self.avatar_url = avatar_url
        self.tts = bool(tts)
        self.proxy = proxy

    def execute(self) -> None:
        """Send it; raises ``AirflowException`` for more than 2000 characters, which Discord does not take."""
        if len(self.message) > 2000:
            raise AirflowException("Discord message length must be 2000 or fewer characters.")
        connection = self.get_connection(self.http_conn_id) if self.http_conn_id else Connection()
        endpoint = self.webhook_endpoint or connection.extra_dejson.get("webhook_endpoint") or ""
        if not _DISCORD_ENDPOINT.fullmatch(endpoint):
            message = 'Expected Discord webhook endpoint in the form of "webhooks/{webhook.id}/{webhook.token}".'
            raise AirflowException(message)
        url = secret_address(base_of(connection, DISCORD), endpoint)
        body = {"username": self.username, "avatar_url": self.avatar_url, "tts": self.tts, "content": self.message}
        post(url, {name: value for name, value in body.items() if value is not None}, proxy=self.proxy)
