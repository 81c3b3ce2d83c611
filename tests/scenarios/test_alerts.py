"""Alerts of a real engine with real processes and a real mail server: mails, callbacks, missed deadlines."""

import json
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from jupyter_couture.model.alerts import AlertQuery, MailState
from jupyter_couture.model.ids import RunKey
from jupyter_couture.model.states import AttemptState, RunState
from tests.deployment import Deployment, kill

pytestmark = pytest.mark.timeout(150)

DAGS = """
import json, os, signal, time
from datetime import datetime, timedelta
from jupyter_couture import DAG, BashOperator, PythonOperator

def write(**told):
    with open(NOTES, "a") as file:
        file.write(json.dumps(told) + "\\n")

def note(name):
    def tell(context):
        ti, run = context["ti"], context["dag_run"]
        write(name=name, dag=run.dag_id, run_id=run.run_id, task=ti.task_id, try_number=ti.try_number, state=ti.state,
              run_state=run.state, reason=context["reason"], pid=os.getpid())
    return tell

def fail(context):
    raise ValueError("a callback that fails")

def late(dag, task_list, blocking_task_list, slas, blocking_tis):
    write(name="sla miss", dag=dag.dag_id, tasks=task_list, blocking=blocking_task_list,
          slas=[sla.task_id for sla in slas], blockers=[(ti.task_id, ti.state) for ti in blocking_tis])

def slowly(context):
    note("begun")(context)
    time.sleep(3)
    note("done")(context)

with DAG("good", on_success_callback=note("run success"), on_failure_callback=note("run failure")):
    PythonOperator(task_id="work", python_callable=lambda: None, on_success_callback=note("task success"))

with DAG("bad", on_failure_callback=[fail, note("run failure")]):
    BashOperator("work", bash_command="exit 3", retries=1, retry_delay=0.1, email="ada@example.org",
                 on_failure_callback=note("task failure"), on_retry_callback=note("task retry"))

with DAG("mute"):
    BashOperator("work", bash_command="exit 3", retries=1, retry_delay=0.1, email=["ada@example.org"],
                 email_on_failure=False, email_on_retry=False)

with DAG("killed"):
    PythonOperator(task_id="shot", python_callable=lambda: os.kill(os.getpid(), signal.SIGKILL),
                   on_failure_callback=note("task failure"))
    PythonOperator(task_id="slow", python_callable=lambda: time.sleep(60), execution_timeout=0.5,
                   on_failure_callback=note("task failure"))

with DAG("lengthy", on_failure_callback=slowly):
    BashOperator("work", bash_command="exit 1")

with DAG("late", schedule=timedelta(days=1), start_date=datetime.fromisoformat("START"), catchup=True,
         sla_miss_callback=late, default_args={"email": ["ada@example.org", "bob@example.org"]}):
    first = BashOperator("first", bash_command="sleep 60")
    first >> BashOperator("second", bash_command="true", sla=timedelta(seconds=1))
    BashOperator("third", bash_command="sleep 60", sla=timedelta(seconds=1))
"""


class _Letters:
    """Keeps every mail that the server takes."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[list[str]] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        self.mails.append(message_from_bytes(envelope.content, policy=default))
        self.recipients.append(list(envelope.rcpt_tos))
        return "250 OK"

    def about(self, dag_id: str) -> list[EmailMessage]:
        """The mails about a DAG."""
        return [mail for mail in self.mails if f"] {dag_id}: " in mail["Subject"]]


@pytest.fixture(scope="module")
def letters() -> Iterator[tuple[_Letters, int]]:
    """A real mail server, and its port."""
    taken = _Letters()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(taken, "127.0.0.1", port)
    server.start()
    yield taken, port
    server.stop()


@pytest.fixture(scope="module")
def deployment(letters: tuple[_Letters, int], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """A deployment on local processes that sends its mails, its engine running."""
    home = tmp_path_factory.mktemp("alerts")
    options = {"smtp_host": "127.0.0.1", "smtp_port": letters[1], "smtp_tls": "none", "smtp_from": "couture@test"}
    with Deployment(home / "home", executor="local", sweep_seconds=2.0, claim_seconds=8.0, **options) as deployment:
        deployment.start_engine()
        deployment.wait_for(lambda: deployment.store.current_lease() is not None, "a leader")
        start = datetime.now(UTC) + timedelta(seconds=6) - timedelta(days=1)
        source = f"NOTES = {str(home / 'notes')!r}\n{DAGS}".replace("START", start.isoformat())
        deployment.write_dag("alerts.py", source)
        yield deployment


def _notes(deployment: Deployment, dag_id: str) -> list[dict[str, Any]]:
    path: Path = deployment.settings.home.parent / "notes"
    lines = path.read_text().splitlines() if path.exists() else []
    return [told for told in map(json.loads, lines) if told["dag"] == dag_id]


def _callbacks_are_over(deployment: Deployment, key: RunKey, count: int) -> bool:
    rows = deployment.store.callbacks_of(key)
    return len(rows) == count and all(row.ended_at is not None for row in rows)


def test_a_run_that_ends_well_calls_its_callback_once_in_a_process_of_its_own(deployment: Deployment) -> None:
    key = deployment.trigger("good")
    assert deployment.wait_for_end(key).state is RunState.SUCCESS
    deployment.wait_for(lambda: _callbacks_are_over(deployment, key, 1), "the callback")
    of_task, of_run = _notes(deployment, "good")
    assert (of_task["name"], of_task["state"]) == ("task success", "success")
    assert (of_run["name"], of_run["run_state"], of_run["reason"]) == ("run success", "success", "success")
    assert of_run["run_id"] == key.run_id
    assert of_task["pid"] != of_run["pid"]
    (row,) = deployment.store.callbacks_of(key)
    assert (row.name, row.task, row.state, row.deliveries) == ("on_success", None, AttemptState.SUCCESS, 1)
    assert [each.task.key.task_id for each in deployment.store.task_rows(key)] == ["work"]


def test_a_failing_task_gets_one_mail_for_each_try_and_its_run_one_callback(
    deployment: Deployment, letters: tuple[_Letters, int]
) -> None:
    """S039: one mail each, to ``email``; a callback that raises keeps no other from being called."""
    key = deployment.trigger("bad")
    assert deployment.wait_for_end(key).state is RunState.FAILED
    deployment.wait_for(lambda: _callbacks_are_over(deployment, key, 1), "the callback")
    assert [told["name"] for told in _notes(deployment, "bad")] == ["task retry", "task failure", "run failure"]
    (row,) = deployment.store.callbacks_of(key)
    assert (row.state, row.error) == (AttemptState.FAILED, "1 of 2 functions failed; the log says how")
    deployment.wait_for(lambda: len(letters[0].about("bad")) >= 2, "two mails")
    retry, failure = letters[0].about("bad")
    assert retry["Subject"] == "[Couture] bad: task work failed and is tried again (try 1 of 2)"
    assert failure["Subject"] == "[Couture] bad: task work failed (try 2 of 2)"
    assert (failure["From"], failure["To"]) == ("couture@test", "ada@example.org")
    body = failure.get_body(("plain",))
    assert body is not None
    assert f"jupyter couture tasks list bad {key.run_id}" in body.get_content()
    assert "Error:         " in body.get_content()


def test_a_task_that_wants_no_mails_gets_none(deployment: Deployment, letters: tuple[_Letters, int]) -> None:
    """S039."""
    key = deployment.trigger("mute")
    assert deployment.wait_for_end(key).state is RunState.FAILED
    assert deployment.store.list_mails(AlertQuery(dag_id="mute")).total == 0
    assert letters[0].about("mute") == []


def test_a_task_whose_process_was_killed_or_stopped_at_its_timeout_still_calls_back(deployment: Deployment) -> None:
    key = deployment.trigger("killed")
    assert deployment.wait_for_end(key).state is RunState.FAILED
    deployment.wait_for(lambda: _callbacks_are_over(deployment, key, 2), "both callbacks")
    shot, slow = sorted(_notes(deployment, "killed"), key=lambda told: str(told["task"]))
    assert (shot["task"], shot["try_number"], shot["state"]) == ("shot", 1, "failed")
    assert "SIGKILL" in shot["reason"]
    assert (slow["task"], slow["state"]) == ("slow", "failed")
    assert "timeout" in slow["reason"]
    names = {row.task.task_id for row in deployment.store.callbacks_of(key) if row.task is not None}
    assert names == {"shot", "slow"}


def test_tasks_that_hang_or_never_started_are_told_of_at_their_deadline_in_one_mail(
    deployment: Deployment, letters: tuple[_Letters, int]
) -> None:
    """S162, S163, S164, S165."""
    deployment.wait_for(lambda: len(letters[0].about("late")) > 0, "the mail about late tasks")
    store = deployment.store
    deployment.wait_for(
        lambda: all(row.called_back_at and row.mail_sent_at for row in store.list_misses(AlertQuery()).rows),
        "the callback",
    )
    rows = store.list_misses(AlertQuery(order_by="task_id", is_descending=False)).rows
    assert [row.miss.task_id for row in rows] == ["second", "third"]
    assert all(0 <= (row.miss.recorded_at - row.miss.deadline).total_seconds() < 1 for row in rows)
    (mail,) = letters[0].about("late")
    assert mail["Subject"] == "[Couture] late: 2 deadlines were missed"
    body = mail.get_body(("plain",))
    assert body is not None
    assert "second (none)" in body.get_content()
    assert "third (running)" in body.get_content()
    assert ["ada@example.org", "bob@example.org"] in letters[0].recipients
    (told,) = _notes(deployment, "late")
    assert told["slas"] == ["second", "third"]
    assert told["blockers"] == [["first", "running"], ["second", "none"], ["third", "running"]]
    assert told["tasks"].splitlines()[0].startswith("second on ")
    assert {row.state for row in store.list_mails(AlertQuery()).rows} == {MailState.SENT}
    (run,) = [key for key in deployment.all_runs() if key.dag_id == "late"]
    deployment.cancel(run)
    deployment.wait_for_end(run)
    assert len(letters[0].about("late")) == 1


def test_a_callback_of_a_run_that_is_over_is_made_again_when_its_process_is_lost(deployment: Deployment) -> None:
    """The engine falls, and the nursery with the callback in it."""
    key = deployment.trigger("lengthy")
    deployment.wait_for_end(key)
    deployment.wait_for(lambda: bool(_notes(deployment, "lengthy")), "the callback to begin")
    deployment.kill_engine()
    for pid in (
        deployment.pids_of("supervisor")
        + deployment.pids_of("runtime.zero")
        + [told["pid"] for told in _notes(deployment, "lengthy")]
    ):
        kill(pid)
    deployment.start_engine()
    deployment.wait_for(lambda: "done" in [told["name"] for told in _notes(deployment, "lengthy")], "the callback")
    deployment.wait_for(lambda: _callbacks_are_over(deployment, key, 1), "its end")
    (row,) = deployment.store.callbacks_of(key)
    assert row.state is AttemptState.SUCCESS
    assert row.deliveries >= 2
