"""What objects of a client show: text and HTML, never a token, never markup of others."""

import re
import traceback
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_couture.client import Client, ClientError, Outcome
from jupyter_couture.client.board import Lines
from jupyter_couture.client.discovery import Server, find_server
from jupyter_couture.client.faces import Schedule, dag_picture, run_picture
from jupyter_couture.client.follower import Change, RunFollower
from jupyter_couture.client.runs import Run, Task
from jupyter_couture.client.wire import NextRun
from jupyter_couture.client.wires import Hidden
from tests.unit.client.samples import AT, dag_info, graph_of, run_info, task_info

TOKEN = "tok3n-0f-the-server"
NOWHERE = Client("http://127.0.0.1:9", "")._link
HOSTILE = st.text(alphabet="<>&\"'/ab;=-]", min_size=1, max_size=20).map(lambda text: f"<script>{text}<img onerror=x>")


class Tags(HTMLParser):
    """The elements and attributes of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.values: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.values += [value or "" for _, value in attrs]


ELEMENTS = {"div", "style", "h4", "p", "span", "b", "i", "svg", "path", "g", "rect", "text", "title", "details",
            "summary", "table", "thead", "tbody", "tr", "th", "td"}  # fmt: skip


def assert_harmless(page: str) -> None:
    """No script, no handler, nothing fetched, nothing that links."""
    found = Tags(page)
    assert found.names <= ELEMENTS
    assert not {name for name in found.attributes if name.startswith("on") or name in ("href", "src")}
    assert "url(" not in page
    assert "@import" not in page


@settings(max_examples=40, deadline=None)
@given(HOSTILE, HOSTILE)
def test_nothing_that_a_server_says_becomes_markup(one: str, other: str) -> None:
    run = run_info("failed", dag_id=one, run_id=other, reason=one)
    task = task_info(one, "failed", reason=other, operator=other)
    graph = graph_of(one, other + "2")
    pages = [
        dag_picture(dag_info(one, other), graph, None),
        run_picture(run, [task], graph, note=one),
        Task(NOWHERE, task)._repr_html_(),
        Schedule(one, other, other, True, [NextRun(AT, AT, AT, AT, one)])._repr_html_(),
    ]
    for page in pages:
        assert_harmless(page)


def test_a_dag_shows_its_tasks_and_next_runs() -> None:
    page = dag_picture(dag_info(description="Extracts"), graph_of("extract", "load"), None)
    assert page.count("<rect") == 2
    assert 'class="e"' in page
    assert "@daily" in page
    assert "Extracts" in page
    assert dag_picture(dag_info(), None, None).count("<rect") == 0


def test_a_run_shows_the_states_of_its_tasks_with_marks() -> None:
    tasks = [task_info("extract", "success"), task_info("load", "failed", reason="boom")]
    page = run_picture(run_info("failed"), tasks, graph_of("extract", "load"))
    assert re.findall(r'data-state="(\w+)" data-task-id="(\w+)"', page) == [("success", "extract"), ("failed", "load")]
    assert "boom" in page
    assert 'aria-label="1 success, 1 failed"' in page


def test_a_large_run_is_a_table() -> None:
    names = [f"t{number}" for number in range(1500)]
    tasks = [task_info(name, "failed" if name == "t1499" else "success") for name in names]
    page = run_picture(run_info(), tasks, graph_of(*names))
    assert "<rect" not in page
    assert page.count("<tr>") == 1001
    assert "and 500 more" in page
    assert page.index("t1499") < page.index("t0<")


def test_texts_are_short() -> None:
    assert repr(Run(NOWHERE, run_info("success"))) == "<Run etl r1: success>"
    assert repr(Task(NOWHERE, task_info("a", "failed", 2, try_number=3))) == "<Task etl r1 a[2]: failed, try 3>"
    assert repr(Outcome(run_info("failed"), ("a", "b[1]"))) == "etl r1: failed; failed: a, b[1]"
    assert not Outcome(run_info("failed"))


def test_lines_say_what_changes(capsys: pytest.CaptureFixture[str]) -> None:
    lines, follower = Lines(), RunFollower(run_info())
    lines.show(follower, [Change("a", -1, "up_for_retry", 1, "boom"), Change("a", -1, "running", 2)], "wait")
    lines.show(follower, [], "wait")
    lines.finish(follower, "over")
    assert capsys.readouterr().out == "a: up_for_retry: boom\na: running (try 2)\nwait\nover\n"


# --- the token --------------------------------------------------------------------------------------------------------


class Refusing(BaseHTTPRequestHandler):
    """Answers with the status that the path's last number says, after noting the header."""

    seen: list[str] = []  # noqa: RUF012 - shared on purpose

    def do_GET(self) -> None:
        Refusing.seen.append(self.headers.get("Authorization", ""))
        status = int(self.path.rpartition("/")[2]) if self.path.rpartition("/")[2].isdigit() else 200
        body = b'{"error": {"message": "no", "hint": "never"}}'
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: object) -> None:
        """Say nothing."""


def everything_about(error: BaseException) -> str:
    """All that an error can show of itself, with the local variables of every frame."""
    shown = traceback.TracebackException.from_exception(error, capture_locals=True)
    fields = getattr(error, "fields", {})
    return "".join(shown.format()) + repr(error) + str(error) + repr(dict(fields)) + repr(error.__context__)


@pytest.mark.parametrize("status", [302, 400, 401, 403, 404, 409, 412, 418, 422, 500, 503, 200])
def test_no_error_shows_the_token(status: int, caplog: pytest.LogCaptureFixture) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Refusing)
    Thread(target=server.serve_forever, daemon=True).start()
    caplog.set_level("DEBUG")
    try:
        with Client(
            f"http://127.0.0.1:{server.server_port}/lab?token={TOKEN}", patience=0, stream_patience=0
        ) as client:
            with pytest.raises(ClientError) as caught:
                client.dag(str(status))
            with pytest.raises(ClientError) as streaming:
                next(client.events())
            shown = [everything_about(each.value) for each in (caught, streaming)]
            shown += [repr(client), repr(vars(client)), repr(client._link), repr(vars(client._link)), caplog.text]
    finally:
        server.shutdown()
        server.server_close()
    assert Refusing.seen[-1] == f"token {TOKEN}"
    assert [text for text in shown if TOKEN in text] == []


def test_nothing_that_holds_the_token_shows_it() -> None:
    server = find_server(f"http://host/lab?token={TOKEN}", environ={})
    assert server.token == TOKEN
    assert TOKEN not in f"{server!r}{server}{Hidden(server)!r}{vars(Hidden(server))}"
    assert repr(Server("http://host/")) == "Server(url='http://host/')"
