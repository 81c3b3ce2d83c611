"""Messages to people by Airflow's names: chats on a real web server, mails on a real mail server."""

import json
import logging
import socket
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword

from jupyter_couture.authoring.connections import Connection
from jupyter_couture.authoring.context import attempt_scope
from jupyter_couture.authoring.mail import SmtpServer
from jupyter_couture.compat.hooks.chats import DiscordWebhookHook, TelegramHook
from jupyter_couture.compat.hooks.slack import SlackHook, SlackWebhookHook
from jupyter_couture.compat.hooks.smtp import SmtpHook
from jupyter_couture.compat.notifications.people import (
    DiscordNotifier,
    SlackNotifier,
    SlackWebhookNotifier,
    SmtpNotifier,
    send_smtp_notification,
)
from jupyter_couture.compat.operators.chats import DiscordWebhookOperator, TelegramFileOperator, TelegramOperator
from jupyter_couture.compat.operators.slack import (
    SlackAPIFileOperator,
    SlackAPIOperator,
    SlackAPIPostOperator,
    SlackWebhookOperator,
)
from jupyter_couture.model.errors import AirflowException, InvalidDag
from tests.integration.compat.web import Web, running_web
from tests.unit.authoring.attempts import StandInAttempt, execute

CONTEXT = {
    "dag": SimpleNamespace(dag_id="etl"),
    "ti": SimpleNamespace(task_id="load", try_number=2),
    "run_id": "r1",
    "exception": ValueError("a < b"),
}


@pytest.fixture
def web() -> Iterator[Web]:
    """The server."""
    with running_web() as server:
        yield server


class _Listening(StandInAttempt):
    """Notes what is to be hidden."""

    def __init__(self, **how: Any) -> None:
        super().__init__(**how)
        self.hidden: set[str] = set()

    def hide(self, secret: str) -> None:
        self.hidden.add(secret)


@pytest.fixture
def attempt(web: Web) -> Iterator[_Listening]:
    """An attempt with connections of all chats to the server."""
    base = f"http://127.0.0.1:{web.port}"
    known = {
        "slack_api_default": {"conn_type": "slack", "password": "xoxb-1", "extra": json.dumps({"base_url": base})},
        "slack_default": {"conn_type": "slackwebhook", "host": f"{base}/services", "password": "T0/B0/XX"},
        "old_webhook": {**web.place, "extra": '{"webhook_token": "/T1/B1/YY"}'},
        "telegram_default": {
            "conn_type": "telegram",
            "host": "-100",
            "password": "42:abc",
            "extra": json.dumps({"base_url": base}),
        },
        "discord_default": {
            "conn_type": "discord",
            "host": base,
            "extra": '{"webhook_endpoint": "webhooks/7/zz-Z_9"}',
        },
    }
    attempt = _Listening(connections=known)
    with attempt_scope(attempt, {}):
        yield attempt


def _ok(asked: Any) -> tuple[int, Any]:
    return 200, {"ok": True, "ts": "1.2"}


def test_slack_is_called_with_the_token_and_says_what_is_wrong(attempt: _Listening, web: Web) -> None:
    web.answers["/chat.postMessage"] = _ok
    post = SlackAPIPostOperator(task_id="s", channel="#etl", text="done", blocks=[{"type": "divider"}])
    execute(post, attempt)
    (asked,) = web.requests
    assert asked.headers["Authorization"] == "Bearer xoxb-1"
    assert asked.json == {
        "channel": "#etl",
        "username": "Airflow",
        "text": "done",
        "attachments": "[]",
        "blocks": '[{"type": "divider"}]',
    }
    assert "xoxb-1" in attempt.hidden
    assert SlackHook(token="xoxp-2", base_url=f"http://127.0.0.1:{web.port}").call("chat.postMessage")["ts"] == "1.2"
    assert web.requests[-1].headers["Authorization"] == "Bearer xoxp-2"
    web.answers["/chat.delete"] = lambda asked: (200, {"ok": False, "error": "channel_not_found"})
    with pytest.raises(AirflowException, match=r"chat\.delete failed: channel_not_found"):
        SlackHook().call("chat.delete", {"channel": "x"})
    with pytest.raises(AirflowException, match="no api_params"):
        execute(SlackAPIOperator(task_id="s", method="chat.delete"), attempt)


def test_slacks_own_client_reaches_the_same_place(attempt: _Listening, web: Web) -> None:
    web.answers["/chat.postMessage"] = _ok
    assert SlackHook().client.chat_postMessage(channel="#a", text="b")["ok"]
    assert web.requests[0].headers["Authorization"] == "Bearer xoxb-1"


def test_a_file_is_uploaded_to_slack(attempt: _Listening, web: Web, tmp_path: Path) -> None:
    upload = {"ok": True, "upload_url": f"http://127.0.0.1:{web.port}/upload/1", "file_id": "F1"}
    web.answers["/files.getUploadURLExternal"] = lambda asked: (200, upload)
    web.answers["/files.completeUploadExternal"] = _ok
    report = tmp_path / "report.csv"
    report.write_text("1,2\n")
    execute(SlackAPIFileOperator(task_id="s", channels="C1", filename=str(report), initial_comment="see"), attempt)
    place, content, done = web.requests
    assert place.body == b"filename=report.csv&length=4"
    assert content.body == b"1,2\n"
    assert done.json == {
        "files": [{"id": "F1", "title": "report.csv"}],
        "channels": "C1",
        "initial_comment": "see",
    }


def test_webhooks_of_slack_take_messages_from_new_and_old_connections(attempt: _Listening, web: Web) -> None:
    SlackWebhookHook(slack_webhook_conn_id="slack_default").send(text="hi", blocks=None)
    execute(SlackWebhookOperator(task_id="s", http_conn_id="old_webhook", message="old", channel="#a"), attempt)
    token = f"http://127.0.0.1:{web.port}/whole"
    SlackWebhookHook(webhook_token=token, message="m", icon_emoji=":x:", link_names=True).execute()
    assert [asked.path for asked in web.requests] == ["/services/T0/B0/XX", "/T1/B1/YY", "/whole"]
    assert [asked.json for asked in web.requests] == [
        {"text": "hi"},
        {"text": "old", "channel": "#a"},
        {"text": "m", "icon_emoji": ":x:", "link_names": 1},
    ]
    assert {"T0/B0/XX", "/T1/B1/YY", token} <= attempt.hidden
    web.answers["/services/T0/B0/XX"] = lambda asked: (403, b"invalid_token")
    with pytest.raises(AirflowException, match=r"invalid_token.*403") as refused:
        SlackWebhookHook(slack_webhook_conn_id="slack_default").send_text("x")
    assert "B0" not in str(refused.value)
    address = f"http://127.0.0.1:{web.port}/services/T2/B2/ZZ?key=aaaabbbbcccc"
    SlackWebhookHook(webhook_token=address).send_text("x")
    assert {address, "services/T2/B2/ZZ", "key=aaaabbbbcccc"} <= attempt.hidden
    with pytest.raises(AirflowException, match="No valid Slack webhook token"):
        SlackWebhookHook().send_text("x")


def test_telegram_and_discord_take_messages(attempt: _Listening, web: Web, tmp_path: Path) -> None:
    execute(TelegramOperator(task_id="t", text="<b>done</b>", telegram_kwargs={"disable_notification": True}), attempt)
    assert web.requests[0].path == "/bot42:abc/sendMessage"
    assert web.requests[0].json == {
        "chat_id": "-100",
        "text": "<b>done</b>",
        "parse_mode": "HTML",
        "disable_web_page_preview": True,
        "disable_notification": True,
    }
    report = tmp_path / "r.txt"
    report.write_text("content")
    execute(TelegramFileOperator(task_id="t", file=str(report), chat_id="5"), attempt)
    assert b"content" in web.requests[1].body
    with pytest.raises(AirflowException, match="chat_id"):
        TelegramHook(token="1:x").send_message({"text": "x"})
    execute(DiscordWebhookOperator(task_id="d", http_conn_id="discord_default", message="m", username="bot"), attempt)
    assert web.requests[2].path == "/webhooks/7/zz-Z_9"
    assert web.requests[2].json == {"content": "m", "username": "bot", "tts": False}
    with pytest.raises(AirflowException, match="in the form of"):
        DiscordWebhookHook("slack_default", webhook_endpoint="x").execute()
    with pytest.raises(AirflowException, match="2000"):
        DiscordWebhookHook("discord_default", message="x" * 2001).execute()
    with pytest.raises(InvalidDag, match="webhook_endpoint"):
        DiscordWebhookOperator(task_id="d")


def test_notifiers_fill_their_templates(attempt: _Listening, web: Web) -> None:
    web.answers["/chat.postMessage"] = _ok
    text = "{{ ti.task_id }} of {{ dag.dag_id }}"
    for notify in (SlackNotifier(text=text, channel="c"), SlackWebhookNotifier(text=text), DiscordNotifier(text=text)):
        notify(CONTEXT)
    api, webhook, discord = (asked.json for asked in web.requests)
    assert (api["text"], api["channel"]) == ("load of etl", "c")
    assert webhook == {"text": "load of etl"}
    assert discord["content"] == "load of etl"


def test_a_notifier_that_fails_is_told_in_the_log_and_harms_nothing(
    attempt: _Listening, caplog: pytest.LogCaptureFixture
) -> None:
    attempt.known.clear()
    with caplog.at_level(logging.ERROR):
        SlackWebhookNotifier(text="x")(CONTEXT)
    assert "SlackWebhookNotifier" in caplog.text


# --- mail -------------------------------------------------------------------------------------------------------------


class _Letters:
    def __init__(self) -> None:
        self.taken: list[Envelope] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:
        self.taken.append(envelope)
        return "250 OK"


def _may_log_in(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    is_good = isinstance(data, LoginPassword) and (data.login, data.password) == (b"ada", b"s3cret")
    return AuthResult(success=is_good, handled=is_good)


@pytest.fixture
def letters() -> Iterator[_Letters]:
    """A mail server that wants a login, with a connection to it around the test."""
    handler = _Letters()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(handler, "127.0.0.1", port, authenticator=_may_log_in, auth_require_tls=False)
    controller.start()
    extra = json.dumps({"from_email": "etl@example.org", "disable_ssl": True, "disable_tls": True})
    place = {"conn_type": "smtp", "host": "127.0.0.1", "port": port, "login": "ada", "password": "s3cret"}
    with attempt_scope(StandInAttempt(connections={"smtp_default": {**place, "extra": extra}}), {}):
        yield handler
    controller.stop()


def _read(envelope: Envelope) -> Any:
    assert isinstance(envelope.content, bytes)
    return message_from_bytes(envelope.content)


def test_a_mail_hook_sends_several_mails_over_one_connection(letters: _Letters, tmp_path: Path) -> None:
    report = tmp_path / "r.csv"
    report.write_text("1\n")
    with SmtpHook() as smtp:
        client = smtp.smtp_client
        smtp.send_email_smtp(to="a@example.org", subject="one", html_content="<p>1</p>", files=[report])
        smtp.send_email_smtp(to=["b@example.org"], cc="c@example.org", subject="two", html_content="2", dryrun=True)
        smtp.send_email_smtp(to=["b@example.org"], bcc="d@example.org", subject="two", html_content="2")
        assert smtp.smtp_client is client
        assert (smtp.from_email, smtp.host) == ("etl@example.org", "127.0.0.1")
    assert [envelope.rcpt_tos for envelope in letters.taken] == [["a@example.org"], ["b@example.org", "d@example.org"]]
    assert _read(letters.taken[0])["Subject"] == "one"
    assert SmtpHook().test_connection() == (True, "Connection successfully tested")
    assert SmtpHook("nowhere").test_connection()[0] is False


def test_a_mail_notifier_writes_of_the_task(letters: _Letters) -> None:
    assert send_smtp_notification is SmtpNotifier
    SmtpNotifier(to="a@example.org", from_email=None)(CONTEXT)
    send_smtp_notification(to=["a@example.org"], subject="{{ run_id }}", html_content="{{ exception }}")(CONTEXT)
    first, second = (_read(envelope) for envelope in letters.taken)
    assert first["Subject"] == "DAG etl - Task load - Run ID r1"
    assert "a &lt; b" in str(first)
    assert second["Subject"] == "r1"


def test_how_a_mail_server_is_spoken_to_follows_from_its_connection() -> None:
    def told(**fields: Any) -> tuple[int, bool, bool]:
        server = SmtpServer.of(Connection("c", "smtp", host="h", **fields))
        return server.port, server.is_ssl, server.is_starttls

    assert told() == (25, False, False)
    assert told(port=465) == (465, True, False)
    assert told(port=587) == (587, False, True)
    assert told(port=587, extra='{"disable_tls": true}') == (587, False, False)
    assert told(extra='{"disable_ssl": false}') == (465, True, False)
    assert told(extra='{"use_tls": true}') == (587, False, True)
    with attempt_scope(StandInAttempt(connections={"smtp_default": {"conn_type": "smtp", "host": "h"}}), {}):
        assert (SmtpHook().port, SmtpHook().server.is_ssl) == (465, True)
