"""Messages and files to Slack as tasks."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from jupyter_couture.authoring.context import Context
from jupyter_couture.authoring.operator import BaseOperator
from jupyter_couture.compat.hooks.slack import SlackHook, SlackWebhookHook
from jupyter_couture.model.errors import AirflowException

_TEXT = "No message has been set."


class SlackAPIOperator(BaseOperator):
    """Calls ``method`` of Slack's Web API with ``api_params``; subclasses make those in ``construct_api_call_params``.

    ``slack_conn_id`` is ``slack_api_default``, its password the token; a ``token`` may be given itself. ``base_url``,
    ``timeout`` and ``proxy`` go before those in the connection's extra.
    """

    template_fields: Sequence[str] = ()

    def __init__(
        self,
        task_id: str,
        *,
        slack_conn_id: str | None = SlackHook.default_conn_name,
        token: str | None = None,
        method: str | None = None,
        api_params: Mapping[str, Any] | None = None,
        base_url: str | None = None,
        proxy: str | None = None,
        timeout: float | None = None,
        retry_handlers: Sequence[Any] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(task_id, **options)
        self.slack_conn_id = slack_conn_id
        self.token = token
        self.method = method
        self.api_params = dict(api_params) if api_params is not None else None
        self.base_url = base_url
        self.proxy = proxy
        self.slack_timeout = timeout
        self.retry_handlers = retry_handlers

    @property
    def hook(self) -> SlackHook:
        """A hook for the connection."""
        return SlackHook(
            self.slack_conn_id, base_url=self.base_url, timeout=self.slack_timeout, proxy=self.proxy, token=self.token
        )

    def construct_api_call_params(self) -> Any:
        """Set ``api_params``."""
        raise AirflowException(f"Task {self.task_id!r} has no api_params, and its class does not construct them")

    def execute(self, context: Context) -> None:
        """Call it."""
        if not self.method:
            raise ValueError("Expected value for the `method` argument, the name of a method of Slack's API")
        if not self.api_params:
            self.construct_api_call_params()
        self.hook.call(self.method, json=self.api_params)


class SlackAPIPostOperator(SlackAPIOperator):
    """Posts ``text`` (with ``blocks`` or ``attachments``) to ``channel``, named by ``#its-name`` or its id."""

    template_fields = ("username", "text", "attachments", "blocks", "channel")

    def __init__(
        self,
        task_id: str,
        *,
        channel: str = "#general",
        username: str = "Airflow",
        text: str = _TEXT,
        icon_url: str | None = None,
        blocks: Sequence[Any] | None = None,
        attachments: Sequence[Any] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(task_id, method="chat.postMessage", **options)
        self.channel = channel
        self.username = username
        self.text = text
        self.icon_url = icon_url
        self.attachments = list(attachments or ())
        self.blocks = list(blocks or ())

    def construct_api_call_params(self) -> None:
        """See ``SlackAPIOperator``."""
        self.api_params = {
            "channel": self.channel,
            "username": self.username,
            "text": self.text,
            "icon_url": self.icon_url,
            "attachments": json.dumps(self.attachments),
            "blocks": json.dumps(self.blocks),
        }
        self.api_params = {name: value for name, value in self.api_params.items() if value is not None}


class SlackAPIFileOperator(SlackAPIOperator):
    """Uploads the file ``filename``, or ``content``, and shares it in ``channels`` (ids)."""

    template_fields = ("channels", "initial_comment", "filename", "filetype", "content", "title")

    def __init__(
        self,
        task_id: str,
        *,
        channels: str | Sequence[str] | None = None,
        channel: str | None = None,
        initial_comment: str | None = None,
        filename: str | None = None,
        filetype: str | None = None,
        content: str | None = None,
        title: str | None = None,
        method_version: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(task_id, method="files.upload", **options)
        self.channels = channels if channels is not None else channel
        self.initial_comment = initial_comment
        self.filename = filename
        self.filetype = filetype
        self.content = content
        self.title = title
        self.method_version = method_version

    def execute(self, context: Context) -> None:
        """Upload it."""
        self.hook.send_file(
            channels=self.channels,
            file=self.filename if self.content is None else None,
            content=self.content,
            filename=self.filename if self.content is not None else None,
            filetype=self.filetype,
            initial_comment=self.initial_comment,
            title=self.title,
        )


class SlackWebhookOperator(BaseOperator):
    """Sends ``message`` (with ``blocks`` or ``attachments``) to the webhook of ``slack_webhook_conn_id``."""

    template_fields = ("message", "attachments", "blocks", "channel", "username", "proxy", "webhook_token")

    def __init__(
        self,
        task_id: str,
        *,
        slack_webhook_conn_id: str | None = None,
        http_conn_id: str | None = None,
        webhook_token: str | None = None,
        message: str = "",
        text: str | None = None,
        attachments: Sequence[Any] | None = None,
        blocks: Sequence[Any] | None = None,
        channel: str | None = None,
        username: str | None = None,
        icon_emoji: str | None = None,
        icon_url: str | None = None,
        link_names: bool = False,
        proxy: str | None = None,
        timeout: float | None = None,
        retry_handlers: Sequence[Any] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(task_id, **options)
        self.slack_webhook_conn_id = slack_webhook_conn_id or http_conn_id
        self.http_conn_id = self.slack_webhook_conn_id
        self.webhook_token = webhook_token
        self.message = text if text is not None else message
        self.attachments = attachments
        self.blocks = blocks
        self.channel = channel
        self.username = username
        self.icon_emoji = icon_emoji
        self.icon_url = icon_url
        self.link_names = bool(link_names)
        self.proxy = proxy
        self.slack_timeout = timeout

    @property
    def hook(self) -> SlackWebhookHook:
        """A hook with the message."""
        return SlackWebhookHook(
            slack_webhook_conn_id=self.slack_webhook_conn_id,
            webhook_token=self.webhook_token,
            message=self.message,
            attachments=self.attachments,
            blocks=self.blocks,
            channel=self.channel,
            username=self.username,
            icon_emoji=self.icon_emoji,
            icon_url=self.icon_url,
            link_names=self.link_names,
            proxy=self.proxy,
            timeout=self.slack_timeout,
        )

    def execute(self, context: Context) -> None:
        """Send it."""
        self.hook.execute()
