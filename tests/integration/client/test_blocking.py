"""The blocking client against a real server and engine."""

import itertools
from datetime import UTC, datetime

import pytest

from jupyter_couture.cli.lab import Lab
from jupyter_couture.client import Client, Conflict, Denied, Invalid, NotFound, TimedOut, Unreachable
from jupyter_couture.client.runs import whole_lines
from jupyter_couture.model import errors
from tests.integration.client.conftest import NAMES


def test_health_and_the_caller_are_told(client: Client) -> None:
    health = client.health()
    assert health.is_healthy
    assert health.engine.state == "leading"
    assert "runs.trigger" in client.me().permissions


def test_dags_are_listed_page_by_page(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jupyter_couture.client.calls.PAGE", 2)
    assert [dag.dag_id for dag in client.dags()] == list(NAMES)
    assert [dag.dag_id for dag in client.dags(tag="client")] == ["etl"]
    assert [dag.dag_id for dag in client.dags(paused=True)] == ["off"]
    assert [dag.dag_id for dag in client.dags(search="no such")] == []


def test_a_run_is_triggered_watched_and_read(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    run = client.dag("etl").trigger({"word": "hello"})
    outcome = run.watch(timeout=60)
    lines = capsys.readouterr().out.splitlines()

    assert outcome
    assert (outcome.state, outcome.failed, run.state, run.is_over) == ("success", (), "success", True)
    assert lines[-1] == "run: success"
    assert "extract: running" in lines
    assert {task.task_id: task.state for task in run.tasks()} == dict.fromkeys(
        ("extract", "left", "right", "load"), "success"
    )
    extract = run.task("extract")
    assert "line 5 of hello" in extract.log()
    assert extract.log(1) == "".join(extract.follow())
    assert extract.tail() == extract.log(1)
    assert extract.tail(1, size=200) == whole_lines(extract.log()[-200:], begin=1) != ""
    assert extract.tail(7) == ""
    assert [attempt.state for attempt in extract.attempts()] == ["success"]
    assert client.run("etl", run.run_id).info.conf == {"word": "hello"}


def test_every_state_of_every_task_is_told_once_and_in_order(client: Client) -> None:
    changes = list(client.trigger("etl").changes(timeout=60))
    told = [change.state for change in changes if change.task_id == "extract"]
    order = ["scheduled", "queued", "running", "success"]
    assert [state for state in order if state in told] == told
    assert told[-1] == "success"
    places = {change.name: place for place, change in enumerate(changes)}
    assert places["extract"] < places["left"] < places["load"]
    assert changes[-1].task_id is None
    assert changes[-1].state == "success"


def test_a_failed_run_says_what_failed(client: Client) -> None:
    run = client.trigger("broken")
    outcome = run.watch(timeout=60)
    assert not outcome
    assert outcome.failed == ("fails",)
    assert "failed: fails" in repr(outcome)
    (attempt,) = run.task("fails").attempts()
    assert attempt.error is not None
    assert attempt.error.message.startswith("this fails on purpose")
    assert run.task("never").state == "upstream_failed"


def test_a_mapped_task_has_its_instances(client: Client) -> None:
    run = client.trigger("many")
    names = [change.name for change in run.changes(timeout=60) if change.state == "success"]
    assert {"fetch[0]", "fetch[1]", "fetch[2]", "run"} <= set(names)
    assert [task.map_index for task in run.tasks()] == [0, 1, 2]
    assert run.task("fetch", 2).state == "success"


def test_one_key_makes_one_run(client: Client) -> None:
    dag = client.dag("etl")
    first = dag.trigger(idempotency_key="order-17")
    assert dag.trigger(idempotency_key="order-17").run_id == first.run_id
    assert dag.trigger().run_id != first.run_id


def test_waiting_has_an_end_and_the_run_goes_on(client: Client) -> None:
    run = client.dag("slow").trigger({"seconds": 60})
    with pytest.raises(TimedOut, match=r"running after 1\.5 s") as caught:
        run.wait(timeout=1.5)
    assert isinstance(caught.value, TimeoutError)
    assert not run.update().is_over
    assert run.cancel().info.cancel_requested
    assert run.wait(timeout=60).state == "failed"


def test_a_run_is_marked_cleared_and_deleted(client: Client) -> None:
    run = client.dag("slow").trigger({"seconds": 120})
    next(change for change in run.changes(timeout=60) if (change.task_id, change.state) == ("hold", "running"))
    assert run.task("hold").mark("success").is_done
    assert run.wait(timeout=60).is_success
    assert run.task("begin").clear().touched == 1
    assert run.update().wait(timeout=60).is_success
    assert run.task("begin").update().try_number == 2
    assert run.mark("failed").is_done
    assert run.update().state == "failed"
    run.delete()
    with pytest.raises(NotFound):
        run.update()


def test_a_dag_is_turned_off_and_on(client: Client) -> None:
    dag = client.dag("etl")
    assert dag.pause().is_paused
    assert client.dag("etl").is_paused
    assert not dag.unpause().is_paused


def test_a_run_of_a_dag_that_is_off_says_so(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    run = client.trigger("off")
    with pytest.raises(TimedOut):
        run.watch(timeout=1)
    assert "The DAG is off: the run waits until it is turned on." in capsys.readouterr().out
    run.delete()


def test_a_dag_tells_its_file_graph_and_schedule(client: Client) -> None:
    dag = client.dag("etl")
    assert dag.details().params == {"word": "etl"}
    assert "with DAG" in dag.source()
    graph = dag.graph()
    assert [node.id for node in graph.nodes] == ["extract", "left", "right", "load"]
    assert ("extract", "left") in graph.edges
    schedule = dag.next_runs(3)
    assert [run.due_at.hour for run in schedule.runs] == [12, 12, 12]
    assert schedule.runs[0].due_at > datetime.now(UTC)
    assert dag.refresh().dag_id == "etl"
    assert client.import_errors() == []


def test_runs_are_listed_newest_first(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jupyter_couture.client.calls.PAGE", 1)
    made = [client.trigger("many").run_id for _ in range(3)]
    assert [run.run_id for run in itertools.islice(client.dag("many").runs(), 3)] == made[::-1]
    assert client.dag("many").newest_run().run_id == made[-1]
    assert next(client.runs(dag_id="many")).run_id == made[-1]


def test_errors_carry_the_servers_words(client: Client) -> None:
    with pytest.raises(NotFound, match="nowhere") as missing:
        client.dag("nowhere")
    assert missing.value.status == 404
    assert missing.value.hint == "Check the id; the list shows what exists."
    assert isinstance(missing.value, errors.NotFound)
    with pytest.raises(Invalid, match="colour") as wrong:
        client.call("POST", "dags/etl/runs", {"colour": "red"})
    assert wrong.value.fields["field"] == "$.colour"
    run = client.trigger("etl")
    with pytest.raises(Conflict):
        client.trigger("etl", run_id=run.run_id)
    run.wait(60)
    with pytest.raises(Conflict):
        run.cancel()
    with pytest.raises(NotFound, match="has not run"):
        client.dag("off").newest_run()


def test_a_wrong_token_is_refused_everywhere(lab: Lab) -> None:
    with Client(lab.base, "wrong-token") as client:
        assert client.health().is_healthy
        with pytest.raises(Denied) as caught:
            client.dag("etl")
        assert caught.value.status == 403
        with pytest.raises(Denied):
            next(client.events())


def test_nobody_there_is_an_error_after_patience() -> None:
    with (
        Client("http://127.0.0.1:9", "token", patience=0.3) as client,
        pytest.raises(Unreachable, match=r":9/ does not"),
    ):
        client.health()


def test_events_go_on_from_a_cursor(client: Client) -> None:
    before = client.health().feed_seq
    run = client.trigger("etl")
    run.wait(60)
    seen = []
    for event in client.events(before):
        seen.append(event)
        if event.kind == "run.state" and event.run_id == run.run_id and event.data["state"] == "success":
            break
    assert [event.seq for event in seen] == list(range(before + 1, seen[-1].seq + 1))
    again = next(client.events(seen[-2].seq))
    assert again == seen[-1]
