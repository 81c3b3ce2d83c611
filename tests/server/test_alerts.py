"""Missed deadlines, mails and callbacks outside of tasks over REST and from the command line."""

import json
from typing import Any

from click.testing import CliRunner

from jupyter_couture.cli.main import main
from jupyter_couture.runtime.logs import log_path
from tests.server.conftest import Ask
from tests.server.troubles import add_alerts
from tests.server.yard import Yard, etl


async def test_S163_missed_deadlines_are_listed_filtered_and_documented(yard: Yard, ask: Ask) -> None:
    """S163: DAG, task, logical date, whether a mail was sent, when, and a note that can be edited."""
    key = add_alerts(yard, yard.add_run(yard.add_dag(etl()), "r1", {}))
    listed = (await ask("sla-misses")).json
    assert listed["total"] == 2
    row = next(row for row in listed["misses"] if row["task_id"] == "load")
    assert (row["dag_id"], row["run_id"], row["note"], row["mail_sent_at"]) == (key.dag_id, key.run_id, "", None)
    assert row["mail_id"] == "thing"
    assert row["logical_date"] == "2026-11-22T12:00:00+00:00"
    assert row["recorded_at"] >= row["deadline"]
    path = ("sla-misses", str(row["number"]))
    seen = (await ask(*path)).headers["ETag"]
    noted = await ask(*path, method="PATCH", json={"note": "the tape was full"}, headers={"If-Match": seen})
    assert (noted.status, noted.json["note"]) == (200, "the tape was full")
    assert (await ask(*path, method="PATCH", json={"note": "x"}, headers={"If-Match": seen})).status == 412
    assert (await ask(*path, method="PATCH", json={"note": "x" * 4001})).status == 422
    assert [entry["event"] for entry in yard.audit()][-1] == "sla.note"
    assert (await ask("sla-misses", "404")).status == 404
    assert (await ask("sla-misses", params={"task_id": "load"})).json["total"] == 1
    assert (await ask("sla-misses", params={"dag_id": "other"})).json["total"] == 0
    assert (await ask("sla-misses", params={"until": "2020-01-01T00:00:00Z"})).json["total"] == 0
    assert (await ask("sla-misses", params={"since": "yesterday"})).status == 422
    ordered = (await ask("sla-misses", params={"order_by": "task_id", "limit": "1"})).json
    assert ([each["task_id"] for each in ordered["misses"]], ordered["total"]) == (["extract"], 2)


async def test_mails_are_listed_and_tried_again_unless_they_were_sent(yard: Yard, ask: Ask) -> None:
    add_alerts(yard, yard.add_run(yard.add_dag(etl()), "r1", {}))
    (row,) = (await ask("mails", params={"kind": "sla_miss"})).json["mails"]
    assert (row["mail_id"], row["state"], row["to"]) == ("thing", "waiting", ["ada@example.org"])
    yard.store.end_mail("thing", sent_at=None, again_at=None, error="refused")
    assert (await ask("mails", params={"state": "unsent"})).json["mails"][0]["error"] == "refused"
    again = await ask("mails", "thing", "retry", method="POST")
    assert (again.status, again.json["state"], again.json["error"]) == (200, "waiting", "")
    assert [entry["event"] for entry in yard.audit()][-1] == "mail.retry"
    yard.store.end_mail("thing", sent_at=yard.store.now(), again_at=None, error="")
    assert (await ask("mails", "thing")).json["state"] == "sent"
    assert (await ask("mails", "thing", "retry", method="POST")).status == 409
    assert (await ask("mails", "nothing")).status == 404


async def test_callbacks_of_a_run_are_listed_with_their_logs(yard: Yard, ask: Ask) -> None:
    key = add_alerts(yard, yard.add_run(yard.add_dag(etl()), "r1", {}))
    path = ("dags", key.dag_id, "runs", key.run_id, "callbacks")
    (row,) = (await ask(*path)).json["callbacks"]
    assert (row["key"], row["name"], row["task_id"], row["reason"]) == ("thing", "on_failure", "extract", "lost")
    assert (row["deliveries"], row["state"]) == (1, "dispatching")
    (callback,) = yard.store.callbacks_of(key)
    log = log_path(yard.home / "logs", key, callback.key, 1)
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text("called\n")
    read = await ask(*path, "thing", "log")
    assert (read.status, read.json["text"]) == (200, "called\n")
    assert (await ask(*path, "extract", "log")).status == 404
    assert (await ask("dags", key.dag_id, "runs", "r9", "callbacks")).status == 404
    tasks = (await ask("dags", key.dag_id, "runs", key.run_id, "tasks")).json["tasks"]
    assert "thing" not in [task["task_id"] for task in tasks]


def test_the_command_line_lists_and_notes_missed_deadlines_and_sends_mails_again(yard: Yard) -> None:
    add_alerts(yard, yard.add_run(yard.add_dag(etl()), "r1", {}))
    listed = _run(yard, "sla", "list", "--task", "load", "--json")
    number = str(listed["misses"][0]["number"])
    assert _run(yard, "sla", "note", number, "known", "--json")["note"] == "known"
    assert "etl.load" in _text(yard, "sla", "list")
    yard.store.end_mail("thing", sent_at=None, again_at=None, error="refused")
    assert "refused" in _text(yard, "mails", "list", "--state", "unsent")
    assert [mail["state"] for mail in _run(yard, "mails", "retry", "--all-unsent", "--json")["mails"]] == ["waiting"]
    assert _run(yard, "mails", "retry", "thing", "--json")["mails"][0]["mail_id"] == "thing"
    assert [entry["event"] for entry in yard.audit()] == ["sla.note", "mail.retry", "mail.retry"]
    refused = CliRunner().invoke(main, ["--home", str(yard.home), "mails", "retry"])
    assert refused.exit_code == 2


def _text(yard: Yard, *words: str) -> str:
    done = CliRunner().invoke(main, ["--home", str(yard.home), *words], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def _run(yard: Yard, *words: str) -> Any:
    return json.loads(_text(yard, *words))
