"""Where runs come from, over REST and from the command line: assets, backfills, schedules."""

import json
from typing import Any

from click.testing import CliRunner

from jupyter_couture.cli.main import main
from tests.server.conftest import Ask
from tests.server.yard import Yard, add_origins, etl

RANGE = {"dag_id": "nightly", "from_date": "2026-11-14", "to_date": "2026-11-16T00:00:00+00:00"}


def told(yard: Yard, kind: str) -> list[tuple[str | None, dict[str, Any]]]:
    """DAG and data of the events of a kind that watchers were told of."""
    events = yard.store.feed_after(0, 1000).events
    return [(each.entry.dag_id, dict(each.entry.data)) for each in events if each.entry.kind == kind]


async def test_a_triggered_run_of_a_dag_that_is_off_says_that_it_waits(yard: Yard, ask: Ask) -> None:
    """S065, S075: off on first sight; the run is made, stays queued, and the reply says what to do."""
    yard.add_dag(etl(), is_paused=True)
    made = await ask("dags", "etl", "runs", method="POST", json={})
    assert (made.status, made.json["state"]) == (201, "queued")
    assert made.json["notice"] == "DAG 'etl' is off: the run is queued and starts when the DAG is turned on"
    await ask("dags", "etl", method="PATCH", json={"is_paused": False})
    again = await ask("dags", "etl", "runs", method="POST", json={})
    assert "notice" not in again.json


async def test_run_ids_of_the_scheduler_cannot_be_chosen(yard: Yard, ask: Ask) -> None:
    """S126."""
    yard.add_dag(etl())
    for kind in ("scheduled", "backfill", "asset_triggered"):
        refused = await ask("dags", "etl", "runs", method="POST", json={"run_id": f"{kind}__x"})
        assert (refused.status, refused.error["field"]) == (422, "$.run_id")


async def test_assets_and_their_events_are_listed_and_made(yard: Yard, ask: Ask) -> None:
    yard.add_dag(etl())
    add_origins(yard)
    (asset,) = (await ask("assets")).json["assets"]
    assert (asset["uri"], asset["producers"]) == ("s3://thing", [{"dag_id": "nightly", "task_id": "extract"}])
    made = await ask("assets", "events", method="POST", json={"uri": "s3://thing", "extra": {"rows": 3}})
    assert (made.status, made.json["extra"], made.json["source_dag_id"]) == (201, {"rows": 3}, None)
    listed = await ask("assets", "events", params={"uri": "s3://thing"})
    assert listed.json == {"events": [made.json], "total": 1}
    assert (await ask("assets", "events", method="POST", json={"uri": "s3://gone"})).status == 404
    assert told(yard, "asset.event") == [(None, {"uri": "s3://thing"})]
    assert yard.audit()[0]["event"] == "emit_asset"


async def test_a_backfill_is_looked_at_first_then_made_paused_and_cancelled(yard: Yard, ask: Ask) -> None:
    yard.add_dag(etl())
    add_origins(yard)
    looked = await ask("backfills", "preview", method="POST", json=RANGE)
    assert (looked.json["total"], looked.json["counts"]) == (3, {"created": 3})
    assert (await ask("backfills", params={"dag_id": "nightly"})).json["total"] == 0
    made = await ask("backfills", method="POST", json={**RANGE, "run_backwards": True, "max_active_runs": 2})
    assert (made.status, made.json["state"], made.json["counts"]) == (201, "running", {"pending": 3})
    number = str(made.json["backfill_id"])
    dates = [slot["logical_date"][:10] for slot in (await ask("backfills", number, "slots")).json["slots"]]
    assert dates == ["2026-11-16", "2026-11-15", "2026-11-14"]
    assert (await ask("backfills", method="POST", json=RANGE)).status == 409
    for act, state in (("pause", "paused"), ("resume", "running"), ("cancel", "cancelled")):
        assert (await ask("backfills", number, act, method="POST")).json["state"] == state
    assert (await ask("backfills", number, "pause", method="POST")).status == 409
    assert told(yard, "backfill.changed")[1:] == [("nightly", {"backfill_id": int(number)})] * 4
    assert (await ask("backfills", "77")).status == 404
    wrong = await ask("backfills", method="POST", json={**RANGE, "from_date": "soon"})
    assert (wrong.status, wrong.error["field"]) == (422, "$.from_date")


async def test_a_backfill_is_started_as_it_was_looked_at_or_not_at_all(yard: Yard, ask: Ask) -> None:
    yard.add_dag(etl())
    add_origins(yard)
    again = {**RANGE, "reprocess": "completed"}
    looked = (await ask("backfills", "preview", method="POST", json=again)).json
    wider = await ask("backfills", method="POST", json={**again, "from_date": "2026-11-15", "expect": looked["token"]})
    assert (wider.status, wider.error["type"]) == (412, "stale")
    assert "have changed since" in wider.error["message"]
    first = {"logical_date": looked["slots"][0]["logical_date"]}
    assert (await ask("dags", "nightly", "runs", method="POST", json=first)).status == 201
    assert (await ask("backfills", method="POST", json={**again, "expect": looked["token"]})).status == 412
    assert (await ask("backfills", params={"dag_id": "nightly"})).json["total"] == 0
    looked = (await ask("backfills", "preview", method="POST", json=again)).json
    assert looked["counts"] == {"created": 2, "kept": 1}
    made = await ask("backfills", method="POST", json={**again, "expect": looked["token"]})
    assert (made.status, made.json["counts"]) == (201, {"pending": 3})
    refused = await ask("backfills", "preview", method="POST", json={**again, "expect": looked["token"]})
    assert refused.status == 422


async def test_the_next_runs_are_told_in_both_times(yard: Yard, ask: Ask) -> None:
    yard.add_dag(etl())
    found = (await ask("dags", "etl", "next-runs", params={"count": "2"})).json
    assert (found["schedule"], found["timezone"], found["is_paused"]) == ("@daily", "UTC", False)
    assert [run["due_at"][11:19] for run in found["runs"]] == ["00:00:00", "00:00:00"]
    assert found["runs"][1]["logical_date"] == found["runs"][0]["data_interval_end"]


def _command(yard: Yard, *words: str) -> Any:
    done = CliRunner().invoke(main, ["--home", str(yard.home), *words, "--json"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_the_command_line_does_the_same(yard: Yard) -> None:
    yard.add_dag(etl())
    add_origins(yard)
    assert _command(yard, "assets", "list")["total"] == 1
    assert _command(yard, "assets", "emit", "s3://thing", "--extra", '{"a": 1}')["extra"] == {"a": 1}
    assert _command(yard, "assets", "events")["total"] == 1
    dates = ("--from-date", "2026-11-14", "--to-date", "2026-11-16")
    assert _command(yard, "backfill", "create", "nightly", *dates, "--dry-run")["counts"] == {"created": 3}
    number = str(_command(yard, "backfill", "create", "nightly", *dates)["backfill_id"])
    assert _command(yard, "backfill", "list", "nightly", "--open")["total"] == 1
    assert [slot["outcome"] for slot in _command(yard, "backfill", "show", number)["slots"]] == ["pending"] * 3
    assert _command(yard, "backfill", "pause", number)["state"] == "paused"
    assert _command(yard, "backfill", "resume", number)["state"] == "running"
    assert _command(yard, "backfill", "cancel", number)["state"] == "cancelled"
    assert len(_command(yard, "dags", "next", "nightly", "--count", "3")["runs"]) == 3
    events = [entry["event"] for entry in yard.audit()]
    assert events == ["emit_asset", "backfill", "backfill_pause", "backfill_resume", "backfill_cancel"]
