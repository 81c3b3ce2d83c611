"""Slack: its Web API (``SlackHook``) and incoming webhooks (``SlackWebhookHook``), over plain HTTP."""

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from jupyter_couture.authoring.connections import BaseHook, Connection
from jupyter_couture.authoring.hiding import mask_secret
from jupyter_couture.authoring.hooks.drivers import driver
from jupyter_couture.compat.hooks.webhooks import TIMEOUT_SECONDS, base_of, post, secret_address
from jupyter_couture.model.errors import AirflowException

API = "https://slack.com/api/"
WEBHOOKS = "https://hooks.slack.com/services"


class SlackAnswer(dict[str, Any]):
    """What the API answered; ``data`` is the same, as Slack's own client calls it."""

    @property
    def data(self) -> dict[str, Any]:
        """The answer."""
        return self


class SlackHook(BaseHook):
    """Calls Slack's Web API with the token that is the password of ``slack_conn_id``.

    In the connection's extra: ``base_url``, ``timeout`` in seconds (30), ``proxy``. ``token`` may be given itself.
    ``client`` and ``get_conn()`` are Slack's own client, which the extra ``slack`` installs; the rest needs none.
    """

    conn_name_attr = "slack_conn_id"
    default_conn_name = "slack_api_default"
    conn_type = "slack"
    hook_name = "Slack API"

    def __init__(
        self,
        slack_conn_id: str | None = default_conn_name,
        base_url: str | None = None,
        timeout: float | None = None,
        proxy: str | None = None,
        retry_handlers: Sequence[Any] | None = None,
        *,
        token: str | None = None,
        **extra_client_args: Any,
    ) -> None:
        super().__init__()
        self.slack_conn_id = slack_conn_id
        self.base_url = base_url
        self.timeout = timeout
        self.proxy = proxy
        self.retry_handlers = retry_handlers
        self.token = token
        self.extra_client_args = extra_client_args

    @cached_property
    def client(self) -> Any:
        """A ``slack_sdk.WebClient``; raises ``LibraryMissing``."""
        place = self._place()
        options = {"retry_handlers": self.retry_handlers, **self.extra_client_args}
        given = {name: value for name, value in options.items() if value is not None}
        return driver("slack_sdk", "Slack's own client").WebClient(
            token=place["token"],
            base_url=place["base_url"],
            timeout=int(place["timeout"]),
            proxy=place["proxy"],
            **given,
        )

    def get_conn(self) -> Any:
        """As ``client``."""
        return self.client

    def call(self, api_method: str, api_params: Mapping[str, Any] | None = None, **kwargs: Any) -> SlackAnswer:
        """Call a method such as ``chat.postMessage``, with ``json=``, ``data=``, ``params=`` or ``files=``.

        Raises ``AirflowException`` with what Slack says is wrong.
        """
        place = self._place()
        if api_params is not None:
            kwargs.setdefault("json", dict(api_params))
        headers = {"Authorization": f"Bearer {place['token']}", **kwargs.pop("headers", {})}
        url = f"{place['base_url'].rstrip('/')}/{api_method}"
        answer = post(url, proxy=place["proxy"], timeout_seconds=place["timeout"], headers=headers, **kwargs)
        found = SlackAnswer(answer.json())
        if not found.get("ok", False):
            raise AirflowException(f"Slack API {api_method} failed: {found.get('error', 'it does not say why')}")
        return found

    def send_file(
        self,
        *,
        channels: str | Sequence[str] | None = None,
        file: str | Path | None = None,
        content: str | bytes | None = None,
        filename: str | None = None,
        filetype: str | None = None,
        initial_comment: str | None = None,
        title: str | None = None,
        **_: Any,
    ) -> SlackAnswer:
        """Upload ``file`` (a path) or ``content``, and share it in the channels, which are named by their ids."""
        if (file is None) == (content is None):
            raise ValueError("Either `file` or `content` must be provided, not both.")
        if file is not None:
            content, filename = Path(file).read_bytes(), filename or Path(file).name
        whole = content.encode() if isinstance(content, str) else content or b""
        name = filename or "Uploaded file"
        place = self.call("files.getUploadURLExternal", data={"filename": name, "length": len(whole)})
        post(str(place["upload_url"]), data=whole, timeout_seconds=self._place()["timeout"])
        wanted = channels.split(",") if isinstance(channels, str) else list(channels or ())
        done = {
            "files": [{"id": place["file_id"], "title": title or name}],
            "channels": ",".join(wanted) or None,
            "initial_comment": initial_comment,
        }
        return self.call("files.completeUploadExternal", {key: value for key, value in done.items() if value})

    send_file_v2 = send_file
    send_file_v1_to_v2 = send_file

    def test_connection(self) -> tuple[bool, str]:
        """Whether Slack takes the token, and what is wrong if not."""
        try:
            return True, json.dumps(self.call("auth.test"))
        except Exception as error:  # noqa: BLE001  # the answer to the question
            return False, str(error)

    def _place(self) -> dict[str, Any]:
        connection = self.get_connection(self.slack_conn_id) if self.slack_conn_id and not self.token else Connection()
        extra = connection.extra_dejson
        token = self.token or connection.password
        if not token:
            raise AirflowException(f"Connection {self.slack_conn_id!r} has no token: it is the password")
        mask_secret(token)
        base = self.base_url or extra.get("base_url") or base_of(connection, API)
        return {
            "token": token,
            "base_url": base if base.endswith("/") else f"{base}/",
            "timeout": float(self.timeout or extra.get("timeout") or TIMEOUT_SECONDS),
            "proxy": self.proxy or extra.get("proxy"),
        }


class SlackWebhookHook(BaseHook):
    """Sends messages to an incoming webhook.

    The connection's password is the webhook's address or the part of it behind ``.../services``; older ones have it as
    ``webhook_token`` in their extra. What is given here of a message (as older files do) goes with ``execute()``.
    """

    conn_name_attr = "slack_webhook_conn_id"
    default_conn_name = "slack_default"
    conn_type = "slackwebhook"
    hook_name = "Slack Incoming Webhook"

    def __init__(
        self,
        http_conn_id: str | None = None,
        webhook_token: str | None = None,
        message: str = "",
        attachments: Sequence[Any] | None = None,
        blocks: Sequence[Any] | None = None,
        channel: str | None = None,
        username: str | None = None,
        icon_emoji: str | None = None,
        icon_url: str | None = None,
        link_names: bool = False,
        proxy: str | None = None,
        *,
        slack_webhook_conn_id: str | None = None,
        timeout: float | None = None,
        retry_handlers: Sequence[Any] | None = None,
        **_: Any,
    ) -> None:
        super().__init__()
        self.slack_webhook_conn_id = slack_webhook_conn_id or http_conn_id
        self.http_conn_id = self.slack_webhook_conn_id
        self.webhook_token = webhook_token
        self.message = message
        self.proxy = proxy
        self.timeout = timeout
        self.said = {
            "attachments": attachments,
            "blocks": blocks,
            "channel": channel,
            "username": username,
            "icon_emoji": icon_emoji,
            "icon_url": icon_url,
            "link_names": 1 if link_names else None,
        }

    def send(self, *, text: str | None = None, **body: Any) -> Any:
        """Send a message of ``text``, ``blocks``, ``attachments`` and so on; the answer."""
        return self.send_dict({"text": text, **body})

    def send_text(self, text: str, unfurl_links: bool | None = None, unfurl_media: bool | None = None) -> Any:
        """Send a text; the answer."""
        return self.send(text=text, unfurl_links=unfurl_links, unfurl_media=unfurl_media)

    def send_dict(self, body: Mapping[str, Any] | str, *, headers: Mapping[str, str] | None = None) -> Any:
        """Send a message as Slack describes it, a mapping or its JSON; the answer."""
        message = json.loads(body) if isinstance(body, str) else body
        url, extra = self._address()
        return post(
            url,
            message,
            proxy=self.proxy or extra.get("proxy"),
            timeout_seconds=float(self.timeout or extra.get("timeout") or TIMEOUT_SECONDS),
            headers=dict(headers or {}),
        )

    def execute(self) -> None:
        """Send the message that the hook was made with."""
        self.send_dict({"text": self.message, **self.said})

    def _address(self) -> tuple[str, dict[str, Any]]:
        connection = self.get_connection(self.slack_webhook_conn_id) if self.slack_webhook_conn_id else Connection()
        extra = connection.extra_dejson
        token = self.webhook_token or connection.password or extra.get("webhook_token")
        if not token:
            raise AirflowException("Cannot get token: No valid Slack webhook token nor slack_webhook_conn_id supplied.")
        return secret_address(base_of(connection, WEBHOOKS), str(token)), extra
