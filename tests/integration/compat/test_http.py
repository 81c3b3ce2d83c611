"""HTTP by Airflow's names, on a real server."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import tenacity
from requests.auth import AuthBase

from jupyter_couture.authoring.context import attempt_scope
from jupyter_couture.authoring.operators.http import HttpOperator as NativeHttpOperator
from jupyter_couture.authoring.sensors.sensor import PokeReturnValue, SensorTimeout
from jupyter_couture.compat.hooks.http import HttpHook
from jupyter_couture.compat.operators.http import HttpOperator
from jupyter_couture.compat.sensors.http import HttpSensor
from jupyter_couture.model.errors import AirflowException, NotFound
from tests.integration.compat.web import Request, Web, running_web
from tests.unit.authoring.attempts import StandInAttempt, execute


@pytest.fixture
def web() -> Iterator[Web]:
    """The server."""
    with running_web() as server:
        yield server


@pytest.fixture
def attempt(web: Web) -> Iterator[StandInAttempt]:
    """An attempt with connections to it: ``http_default``, and ``guarded`` with a login and an extra."""
    extra = {"X-Team": "data", "headers": {"X-Number": 7}, "timeout": 5, "verify": False, "check_response": True}
    guarded = {**web.place, "login": "ada", "password": "s3cret", "extra": json.dumps(extra)}
    whole = {"conn_type": "http", "host": f"http://127.0.0.1:{web.port}/api", "extra": '{"check_response": false}'}
    attempt = StandInAttempt(connections={"http_default": web.place, "guarded": guarded, "whole": whole})
    with attempt_scope(attempt, {}):
        yield attempt


def test_a_hook_sends_as_its_method_wants_and_answers_with_what_requests_has(attempt: StandInAttempt) -> None:
    posted = HttpHook().run("a/b", data={"x": 1}, headers={"X-Day": 2})
    assert isinstance(posted, requests.Response)
    said = posted.json()
    assert (said["method"], said["path"], said["body"]) == ("POST", "/a/b", "x=1")
    assert said["headers"]["X-Day"] == "2"
    got = HttpHook("GET", http_conn_id="guarded").run("/q", data={"x": "ä b"}).json()
    assert got["query"] == {"x": ["ä b"]}
    assert got["headers"]["Authorization"] == "Basic YWRhOnMzY3JldA=="
    assert (got["headers"]["X-Team"], got["headers"]["X-Number"]) == ("data", "7")
    assert not {"timeout", "verify", "headers"}.intersection(got["headers"])
    sent = HttpHook(method="put").run("/j", json={"deep": [1]}).json()
    assert (sent["method"], json.loads(sent["body"])) == ("PUT", {"deep": [1]})


def test_a_session_knows_the_address_and_the_headers(attempt: StandInAttempt, web: Web) -> None:
    hook = HttpHook("GET", http_conn_id="guarded")
    session = hook.get_conn({"X-Own": "1"})
    assert isinstance(session, requests.Session)
    assert hook.base_url == f"http://127.0.0.1:{web.port}"
    assert session.verify is False
    assert session.get(hook.url_from_endpoint("x")).json()["headers"]["X-Own"] == "1"
    whole = HttpHook("GET", "whole")
    assert whole.run("v1/x").json()["path"] == "/api/v1/x"
    assert whole.url_from_endpoint("http://elsewhere.example/y") == "http://elsewhere.example/y"
    assert HttpHook("GET", http_conn_id=None).run(f"http://127.0.0.1:{web.port}/z").json()["path"] == "/z"
    session.close()


def test_another_server_hears_neither_login_nor_headers_of_the_connection(attempt: StandInAttempt) -> None:
    with running_web() as other:
        address = f"http://127.0.0.1:{other.port}/next"
        HttpHook("GET", "guarded").run(address, headers={"X-Own": "1"})
        execute(HttpOperator(task_id="h", http_conn_id="guarded", endpoint=address, method="GET"), attempt)
        execute(NativeHttpOperator("n", http_conn_id="guarded", endpoint=address, method="GET"), attempt)
        assert len(other.requests) == 3
        for asked in other.requests:
            assert not {"Authorization", "X-Team", "X-Number"}.intersection(asked.headers)
        assert other.requests[0].headers["X-Own"] == "1"


def test_all_of_a_request_is_of_one_connection_where_several_share_an_id(web: Web) -> None:
    class Several(StandInAttempt):
        def __init__(self) -> None:
            super().__init__()
            self.turn = 0

        def connections(self, conn_id: str) -> Any:
            self.turn += 1
            extra = {"X-Turn": self.turn, "check_response": self.turn != 1}
            return [{"conn_id": conn_id, **web.place, "extra": json.dumps(extra)}]

    web.answers["/gone"] = lambda asked: (410, {})
    with attempt_scope(Several(), {}):
        assert HttpHook("GET", "several").run("/gone").status_code == 410


def test_a_redirection_to_another_server_does_not_tell_it_who_asks(attempt: StandInAttempt, web: Web) -> None:
    with running_web() as other:
        web.redirections["/moved"] = f"http://127.0.0.1:{other.port}/here"
        web.redirections["/near"] = f"http://127.0.0.1:{web.port}/here"
        for path in ("moved", "near"):
            for kind in (HttpOperator, NativeHttpOperator):
                execute(kind(task_id="h", http_conn_id="guarded", endpoint=path, method="GET"), attempt)
        assert ["Authorization" in asked.headers for asked in other.requests] == [False, False]
        assert all("Authorization" in asked.headers for asked in web.requests if asked.path == "/here")


def test_a_bad_status_raises_unless_it_is_expected(attempt: StandInAttempt, web: Web) -> None:
    web.answers["/gone"] = lambda asked: (410, {"why": "old"})
    web.answers["/api/gone"] = web.answers["/gone"]
    with pytest.raises(AirflowException, match="410:Gone"):
        HttpHook("GET").run("gone")
    assert HttpHook("GET").run("gone", extra_options={"check_response": False}).status_code == 410
    assert HttpHook("GET", "whole").run("gone").status_code == 410
    is_well, why = HttpHook("GET", "nowhere").test_connection()
    assert not is_well
    assert "nowhere" in why


def test_a_hook_tries_again_as_it_is_told(attempt: StandInAttempt, web: Web) -> None:
    web.answers["/later"] = lambda asked: (200 if len(web.requests) >= 3 else 503, {})
    how = {"stop": tenacity.stop_after_attempt(5), "wait": tenacity.wait_none()}
    assert HttpHook("GET").run_with_advanced_retry(how, "later").status_code == 200
    assert len(web.requests) == 3


class _Token(AuthBase):
    def __init__(self, *account: str) -> None:
        self.account = account

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = "Token " + ":".join(self.account)
        return request


def test_other_kinds_of_authentication_are_used(attempt: StandInAttempt) -> None:
    with_login = HttpHook("GET", "guarded", auth_type=_Token).run("x").json()
    assert with_login["headers"]["Authorization"] == "Token ada:s3cret"
    without = HttpHook("GET", auth_type=_Token).run("x").json()
    assert without["headers"]["Authorization"] == "Token "


class _TeamHook(HttpHook):
    """As people write them for a service: the endpoint comes from the connection's extra."""

    def __init__(self, http_conn_id: str, message: str) -> None:
        super().__init__(method="POST", http_conn_id=http_conn_id)
        self.message = message

    def execute(self) -> Any:
        body = json.dumps({"@type": "MessageCard", "text": self.message})
        headers = {"Content-type": "application/json"}
        return self.run("webhookb2/1", data=body, headers=headers, extra_options={"proxies": {}})


def test_hooks_that_people_derive_work(attempt: StandInAttempt, web: Web) -> None:
    assert _TeamHook("http_default", "hello").execute().status_code == 200
    assert web.requests[0].json == {"@type": "MessageCard", "text": "hello"}


def test_an_operator_checks_and_filters_answers(attempt: StandInAttempt) -> None:
    kept = execute(
        HttpOperator(
            task_id="h",
            http_conn_id="guarded",
            endpoint="/x",
            method="GET",
            response_check=lambda response, ds: response.ok and ds == "2026-03-04" and response.elapsed is not None,
            response_filter=lambda response: response.json()["path"],
            log_response=True,
        ),
        attempt,
    )
    assert kept == "/x"
    assert json.loads(execute(HttpOperator(task_id="h", endpoint="y"), attempt))["method"] == "POST"
    with pytest.raises(AirflowException, match="Response check returned False"):
        execute(HttpOperator(task_id="h", endpoint="y", response_check=lambda response: False), attempt)
    with pytest.raises(NotFound, match="nowhere"):
        execute(HttpOperator(task_id="h", endpoint="y", http_conn_id="nowhere"), attempt)


def test_an_operator_turns_pages(attempt: StandInAttempt, web: Web) -> None:
    def page(asked: Request) -> tuple[int, Any]:
        cursor = int(asked.query.get("cursor", ["1"])[0])
        return 200, {"items": [cursor], "next": cursor + 1 if cursor < 3 else None, "size": asked.query["size"]}

    def following(response: Any) -> dict[str, Any] | None:
        last = response[-1] if isinstance(response, list) else response
        cursor = last.json()["next"]
        return {"data": {"cursor": cursor}} if cursor else None

    web.answers["/items"] = page
    kept = execute(
        HttpOperator(
            task_id="h",
            endpoint="items",
            method="GET",
            data={"size": 1},
            pagination_function=following,
            response_filter=lambda responses: [item for each in responses for item in each.json()["items"]],
        ),
        attempt,
    )
    assert kept == [1, 2, 3]


def test_a_sensor_asks_until_the_answer_is_good(attempt: StandInAttempt, web: Web) -> None:
    web.answers["/later"] = lambda asked: (200 if len(web.requests) >= 3 else 404, {"rows": 5})
    sensor = HttpSensor(
        task_id="w",
        endpoint="later",
        request_params={"day": "1"},
        poke_interval=0.02,
        timeout=10,
        deferrable=True,
        response_check=lambda response: PokeReturnValue(True, response.json()["rows"]),
    )
    assert execute(sensor, attempt) == 5
    assert web.requests[0].query == {"day": ["1"]}
    with pytest.raises(SensorTimeout):
        execute(HttpSensor(task_id="w", endpoint="x", response_check=lambda response: False, timeout=0), attempt)
    web.answers["/broken"] = lambda asked: (500, {})
    with pytest.raises(AirflowException, match="500"):
        execute(HttpSensor(task_id="w", endpoint="broken"), attempt)
    patient = HttpSensor(task_id="w", endpoint="broken", response_error_codes=["5"], timeout=0)
    with pytest.raises(SensorTimeout):
        execute(patient, attempt)
