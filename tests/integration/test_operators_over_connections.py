"""Operators that reach other systems, on real ones: PostgreSQL, HTTP and SMTP servers, virtual environments."""

import http.server
import json
import socket
import sys
import threading
from collections.abc import Iterator, Mapping
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword

from jupyter_couture.authoring.context import attempt_scope
from jupyter_couture.authoring.environments import EnvironmentFailed
from jupyter_couture.authoring.foreign_calls import ForeignCallFailed
from jupyter_couture.authoring.operators.email import EmailOperator
from jupyter_couture.authoring.operators.http import HttpOperator, ResponseRefused
from jupyter_couture.authoring.operators.sql import SqlCheckFailed, SQLExecuteQueryOperator
from jupyter_couture.authoring.operators.sql_checks import (
    SQLCheckOperator,
    SQLColumnCheckOperator,
    SQLTableCheckOperator,
    SQLThresholdCheckOperator,
    SQLValueCheckOperator,
)
from jupyter_couture.authoring.operators.virtualenv import ExternalPythonOperator, PythonVirtualenvOperator
from jupyter_couture.authoring.sensors.http import HttpSensor
from jupyter_couture.authoring.sensors.sensor import SensorTimeout
from jupyter_couture.authoring.sensors.sql import SqlSensor
from jupyter_couture.authoring.triggers.http import HttpTrigger
from jupyter_couture.authoring.web import HttpFailed
from jupyter_couture.compat.mail import send_email
from jupyter_couture.model.errors import GiveUp, NotFound, Skip, TaskDeferred
from tests.postgres import PostgresServer
from tests.unit.authoring.attempts import StandInAttempt, execute

# --- SQL --------------------------------------------------------------------------------------------------------------


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[StandInAttempt]:
    """An attempt with a connection ``db`` to an empty database of each kind."""
    if request.param == "sqlite":
        yield StandInAttempt(connections={"db": {"conn_type": "sqlite", "host": str(tmp_path / "data.db")}})
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    url = server.create_database()
    name = url.rsplit("/", 1)[1]
    connection = {
        "conn_type": "postgres",
        "host": "127.0.0.1",
        "port": server.port,
        "login": "postgres",
        "schema": name,
    }
    yield StandInAttempt(connections={"db": connection})
    server.drop_database(url)


def run_sql(database: StandInAttempt, sql: Any, **options: Any) -> Any:
    return execute(SQLExecuteQueryOperator("q", conn_id="db", sql=sql, **options), database)


@pytest.fixture
def grades(database: StandInAttempt) -> StandInAttempt:
    """A table with three rows."""
    run_sql(
        database, "CREATE TABLE grade (name VARCHAR(30), mark INTEGER); INSERT INTO grade VALUES ('a', 1), ('b', 2)"
    )
    run_sql(database, "INSERT INTO grade VALUES (:name, :mark)", parameters={"name": "c; DROP TABLE grade", "mark": 3})
    return database


def test_statements_return_the_rows_of_the_last_one_or_of_all(grades: StandInAttempt) -> None:
    both = "SELECT 1; SELECT name FROM grade ORDER BY mark"
    assert run_sql(grades, both) == [("a",), ("b",), ("c; DROP TABLE grade",)]
    assert run_sql(grades, both, return_last=False)[0] == [(1,)]
    assert run_sql(grades, ["SELECT 1", "SELECT 2"], handler=lambda cursor: cursor.fetchone()[0]) == [1, 2]
    assert run_sql(grades, "SELECT 1", handler=None) is None


def test_statements_of_one_task_are_one_transaction_unless_each_is_to_be_final(grades: StandInAttempt) -> None:
    broken = ["DELETE FROM grade", "SELECT * FROM nowhere"]
    with pytest.raises(Exception, match="nowhere"):
        run_sql(grades, broken)
    assert run_sql(grades, "SELECT COUNT(*) FROM grade") == [(3,)]
    with pytest.raises(Exception, match="nowhere"):
        run_sql(grades, broken, autocommit=True)
    assert run_sql(grades, "SELECT COUNT(*) FROM grade") == [(0,)]


def test_a_missing_connection_is_named(database: StandInAttempt) -> None:
    with pytest.raises(NotFound, match="no connection 'nowhere'"):
        execute(SQLExecuteQueryOperator("q", conn_id="nowhere", sql="SELECT 1"), database)


def test_checks_pass_on_good_data_and_say_what_is_wrong_with_bad(grades: StandInAttempt) -> None:
    columns = {"mark": {"min": {"geq_to": 1}, "max": {"leq_to": 2}, "null_check": {"equal_to": 0}}}
    good = [
        SQLCheckOperator("c", conn_id="db", sql="SELECT COUNT(*) FROM grade"),
        SQLValueCheckOperator("c", conn_id="db", sql="SELECT AVG(mark) FROM grade", pass_value=2.1, tolerance=0.1),
        SQLThresholdCheckOperator(
            "c", conn_id="db", sql="SELECT 2", min_threshold="SELECT MIN(mark) FROM grade", max_threshold=3
        ),
        SQLTableCheckOperator("c", conn_id="db", table="grade", checks={"rows": {"check_statement": "mark > 0"}}),
    ]
    for check in good:
        execute(check, grades)
    bad = [
        (SQLCheckOperator("c", conn_id="db", sql="SELECT mark > 9 FROM grade"), "check c failed"),
        (SQLValueCheckOperator("c", conn_id="db", sql="SELECT 3", pass_value=2), "instead of 2"),
        (SQLColumnCheckOperator("c", conn_id="db", table="grade", column_mapping=columns), "mark.max is 3"),
        (
            SQLTableCheckOperator("c", conn_id="db", table="grade", checks={"few": {"check_statement": "mark < 3"}}),
            "failed: few",
        ),
    ]
    for check, words in bad:
        with pytest.raises(SqlCheckFailed, match=words):
            execute(check, grades)


def test_a_sql_sensor_waits_for_a_true_value(grades: StandInAttempt) -> None:
    waiting = SqlSensor("w", conn_id="db", sql="SELECT mark FROM grade WHERE mark = 4", timeout=0)
    with pytest.raises(SensorTimeout):
        execute(waiting, grades)
    run_sql(grades, "INSERT INTO grade VALUES ('d', 4)")
    execute(waiting, grades)
    with pytest.raises(GiveUp, match=r"failure\(4\) holds"):
        execute(SqlSensor("w", conn_id="db", sql=waiting.sql, failure=lambda value: value > 3), grades)


# --- HTTP -------------------------------------------------------------------------------------------------------------


class _Web(http.server.BaseHTTPRequestHandler):
    """Tells what it was sent; ``/later`` is there from the third time on, ``/broken`` never."""

    looks = 0

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        path = urlsplit(self.path).path
        if path == "/later":
            type(self).looks += 1
        status = {"/broken": 500, "/missing": 404, "/later": 200 if self.looks >= 3 else 404}.get(path, 200)
        said = {"method": self.command, "path": self.path, "body": body, "headers": dict(self.headers.items())}
        content = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing on the screen."""


@pytest.fixture
def web() -> Iterator[StandInAttempt]:
    """An attempt with connections to a server: ``web``, and ``guarded`` with a password."""
    _Web.looks = 0
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Web)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    place: dict[str, Any] = {"conn_type": "http", "host": "127.0.0.1", "port": server.server_port}
    guarded = {**place, "login": "ada", "password": "s3cret", "extra": '{"headers": {"X-Team": "data"}}'}
    yield StandInAttempt(connections={"web": place, "guarded": guarded})
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_request_is_sent_as_its_method_wants_and_its_answer_kept(web: StandInAttempt) -> None:
    sent = json.loads(execute(HttpOperator("h", http_conn_id="web", endpoint="a/b", data={"x": 1}), web))
    assert (sent["method"], sent["path"], sent["body"]) == ("POST", "/a/b", "x=1")
    asked = execute(
        HttpOperator(
            "h",
            http_conn_id="guarded",
            endpoint="/q",
            method="get",
            data={"x": "ä b"},
            headers={"X-Day": "1"},
            response_check=lambda response, ds: response.status_code == 200 and ds == "2026-03-04",
            response_filter=lambda response: response.json(),
        ),
        web,
    )
    assert asked["path"] == "/q?x=%C3%A4+b"
    assert asked["headers"]["Authorization"] == "Basic YWRhOnMzY3JldA=="
    assert (asked["headers"]["X-Team"], asked["headers"]["X-Day"]) == ("data", "1")


def test_bad_answers_fail_the_task_unless_they_are_expected(web: StandInAttempt) -> None:
    with pytest.raises(HttpFailed, match="500"):
        execute(HttpOperator("h", http_conn_id="web", endpoint="broken"), web)
    lenient = {"check_response": False}
    assert "broken" in execute(HttpOperator("h", http_conn_id="web", endpoint="broken", extra_options=lenient), web)
    with pytest.raises(ResponseRefused):
        execute(HttpOperator("h", http_conn_id="web", endpoint="a", response_check=lambda response: False), web)


def test_an_http_sensor_asks_until_the_answer_is_good(web: StandInAttempt) -> None:
    execute(HttpSensor("w", http_conn_id="web", endpoint="later", poke_interval=0.05, timeout=10), web)
    assert _Web.looks == 3
    with pytest.raises(HttpFailed, match="500"):
        execute(HttpSensor("w", http_conn_id="web", endpoint="broken"), web)


async def test_a_deferrable_http_sensor_waits_by_a_trigger_but_never_hands_a_password_over(web: StandInAttempt) -> None:
    sensor = HttpSensor("w", http_conn_id="web", endpoint="later", deferrable=True, poke_interval=0.05)
    with pytest.raises(TaskDeferred) as asked:
        execute(sensor, web)
    trigger = asked.value.trigger
    assert isinstance(trigger, HttpTrigger)
    events = [event async for event in HttpTrigger(**trigger.serialize()[1]).run()]
    assert events[0].payload["status"] == 200
    with pytest.raises(SensorTimeout):  # it looks for itself
        execute(HttpSensor("w", http_conn_id="guarded", endpoint="missing", deferrable=True, timeout=0), web)


# --- mail -------------------------------------------------------------------------------------------------------------


class _Letters:
    """Takes mails for everybody but ``nobody@example.org``."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Envelope, address: str, options: list[str]) -> str:
        if address.startswith("nobody@"):
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:
        self.taken.append(envelope)
        return "250 OK"


def _may_log_in(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    is_good = isinstance(data, LoginPassword) and (data.login, data.password) == (b"ada", b"s3cret")
    return AuthResult(success=is_good, handled=is_good)


@pytest.fixture
def letters() -> Iterator[tuple[_Letters, StandInAttempt]]:
    """A mail server that wants a login, and an attempt with connections to it."""
    handler = _Letters()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(handler, "127.0.0.1", port, authenticator=_may_log_in, auth_require_tls=False)
    controller.start()
    place: dict[str, Any] = {"conn_type": "smtp", "host": "127.0.0.1", "port": port, "login": "ada"}
    good = {**place, "password": "s3cret", "extra": '{"from_email": "etl@example.org"}'}
    yield handler, StandInAttempt(connections={"smtp_default": good, "wrong": {**place, "password": "no"}})
    controller.stop()


def _text(part: Message) -> str:
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content.decode()


def _parts(message: Message) -> Mapping[str, str]:
    return {part.get_content_type(): _text(part) for part in message.walk() if not part.is_multipart()}


def test_a_mail_reaches_everybody_with_its_attachment(letters: tuple[_Letters, StandInAttempt], tmp_path: Path) -> None:
    handler, attempt = letters
    report = tmp_path / "report.csv"
    report.write_text("a,b\n1,2\n")
    execute(
        EmailOperator(
            "m",
            to="a@example.org; b@example.org",
            cc=["c@example.org"],
            bcc="d@example.org",
            subject="Grüße\nall",
            html_content="<p>Done: <b>yes</b></p>",
            files=[report],
        ),
        attempt,
    )
    (envelope,) = handler.taken
    assert envelope.rcpt_tos == ["a@example.org", "b@example.org", "c@example.org", "d@example.org"]
    assert envelope.mail_from == "etl@example.org"
    content = envelope.content
    assert isinstance(content, bytes)
    message = message_from_bytes(content)
    assert "d@example.org" not in str(message)
    parts = _parts(message)
    assert parts["text/plain"].strip() == "Done: yes"
    assert parts["text/csv"].replace("\r\n", "\n") == "a,b\n1,2\n"


def test_a_refused_recipient_or_login_fails_the_task(letters: tuple[_Letters, StandInAttempt]) -> None:
    _, attempt = letters
    with pytest.raises(OSError, match="no such person"):
        execute(EmailOperator("m", to="nobody@example.org", subject="s", html_content="h"), attempt)
    with pytest.raises(OSError, match="535"):
        execute(EmailOperator("m", to="a@example.org", subject="s", html_content="h", conn_id="wrong"), attempt)


# --- other Pythons ----------------------------------------------------------------------------------------------------


def describe(name: str, ds: str, *, times: int = 1) -> dict[str, Any]:
    import sys

    return {"said": [name] * times, "ds": ds, "prefix": sys.prefix, "strings": globals()["virtualenv_string_args"]}


def fail() -> None:
    raise LookupError("nothing there")


def leave() -> None:
    raise SystemExit(77)


def test_a_function_runs_in_a_virtual_environment_that_is_made_once(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    operator = PythonVirtualenvOperator(
        "v",
        python_callable=describe,
        op_args=["x"],
        op_kwargs={"times": 2},
        string_args=["one"],
        system_site_packages=False,
        venv_cache_path=tmp_path,
    )
    found = execute(operator)
    assert (found["said"], found["ds"], found["strings"]) == (["x", "x"], "2026-03-04", ["one"])
    assert found["prefix"].startswith(str(tmp_path))
    (marker,) = tmp_path.glob("venv-*/.made")
    made_at = marker.stat().st_mtime_ns
    execute(operator)
    assert marker.stat().st_mtime_ns == made_at


def test_a_requirement_that_cannot_be_had_is_said(tmp_path: Path) -> None:
    operator = PythonVirtualenvOperator(
        "v",
        python_callable=fail,
        requirements=[f"./{tmp_path.name}-is-not-there"],
        pip_install_options=["--no-index"],
        venv_cache_path=tmp_path,
    )
    with pytest.raises(EnvironmentFailed, match="failed with exit code"):
        execute(operator)
    assert not list(tmp_path.glob("venv-*/.made"))


def test_what_a_function_raises_elsewhere_fails_the_task_in_its_words() -> None:
    with pytest.raises(ForeignCallFailed, match="LookupError: nothing there"):
        execute(ExternalPythonOperator("e", python=sys.executable, python_callable=fail))
    with pytest.raises(Skip):
        execute(ExternalPythonOperator("e", python=sys.executable, python_callable=leave, skip_on_exit_code=77))


def test_task_code_sends_a_mail_by_airflows_function(letters: tuple[_Letters, StandInAttempt]) -> None:
    handler, attempt = letters
    with attempt_scope(attempt):
        send_email(["a@example.org", "b@example.org"], "Late", "<p>It is late</p>", cc="c@example.org")
        send_email("a@example.org", "Never", "", dryrun=True)
    (envelope,) = handler.taken
    assert envelope.rcpt_tos == ["a@example.org", "b@example.org", "c@example.org"]
    assert envelope.mail_from == "etl@example.org"
