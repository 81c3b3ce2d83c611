"""Every route gives what wire and database say."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from jupyter_couture.model.dag import EdgeLabel, GroupSpec
from jupyter_couture.model.run import AttemptError
from jupyter_couture.model.states import AttemptState, RunState, TaskState
from tests.server.conftest import Ask
from tests.server.yard import Yard, etl

S = TaskState


async def test_the_list_shows_rows_with_counters_equal_to_the_database(yard: Yard, ask: Ask) -> None:
    """S070, S071: recent tasks are those of the active run, run counts and last run are there."""
    spec = yard.add_dag(etl())
    yard.add_dag(etl("quiet"), is_paused=True)
    yard.add_run(spec, "r1", dict.fromkeys(("extract", "transform", "load"), S.SUCCESS), RunState.SUCCESS)
    yard.add_run(spec, "r2", {"extract": S.FAILED, "transform": S.UPSTREAM_FAILED}, RunState.FAILED)
    yard.add_run(spec, "r3", {"extract": S.SUCCESS})
    answer = (await ask("dags")).json
    assert [row["dag_id"] for row in answer["dags"]] == ["etl", "quiet"]
    assert answer["total"] == 2
    assert answer["feed_seq"] == yard.store.feed_position()[1]
    row = answer["dags"][0]
    assert row["schedule"] == "0 0 * * *"
    assert row["schedule_label"] == "@daily"
    assert (row["owner"], row["tags"], row["file"], row["task_count"]) == ("ada", ["nightly"], "etl.py", 3)
    assert {state: number for state, number in row["run_counts"].items() if number} == {
        "success": 1,
        "failed": 1,
        "running": 1,
    }
    assert {state: number for state, number in row["recent_tasks"].items() if number} == {"success": 1, "none": 2}
    assert row["last_run"]["run_id"] == "r3"
    quiet = answer["dags"][1]
    assert (quiet["is_paused"], quiet["last_run"], quiet["has_import_error"]) == (True, None, False)


async def test_the_list_can_be_searched_filtered_and_paged(yard: Yard, ask: Ask) -> None:
    for name in ("alpha", "beta", "gamma"):
        yard.add_dag(etl(name), is_paused=name == "gamma")
    found = (await ask("dags", params={"search": "ALPH"})).json
    assert [row["dag_id"] for row in found["dags"]] == ["alpha"]
    found = (await ask("dags", params={"paused": "false"})).json
    assert ([row["dag_id"] for row in found["dags"]], found["hidden_paused"]) == (["alpha", "beta"], 1)
    found = (await ask("dags", params={"limit": "1", "offset": "1"})).json
    assert ([row["dag_id"] for row in found["dags"]], found["total"]) == (["beta"], 3)


async def test_a_search_is_text_and_never_sql_or_a_pattern(yard: Yard, ask: Ask) -> None:
    """S36."""
    yard.add_dag(etl())
    for hostile in ("' OR '1'='1", "%", "_", "x'; DROP TABLE dag; --", '"', "\\", "%' ESCAPE '"):
        assert (await ask("dags", params={"search": hostile})).json["dags"] == [], hostile
    assert (await ask("dags")).json["total"] == 1


async def test_a_dag_tells_everything_its_file_says(yard: Yard, ask: Ask) -> None:
    yard.add_dag(etl())
    found = (await ask("dags", "etl")).json
    assert found["params"] == {"rows": 10, "name": "x", "ratio": 0.5, "deep": {"a": [1]}, "any": None}
    assert found["doc"] == "# ETL"
    assert found["start_date"] == "2026-11-22T12:00:00+00:00"
    assert [version["version"] for version in found["versions"]] == ["etlv1"]


async def test_graph_and_source_are_those_of_the_version_asked_for(yard: Yard, ask: Ask) -> None:
    """S086: nodes in the author's order, edges as pairs."""
    yard.add_dag(etl())
    graph = (await ask("dags", "etl", "graph")).json
    assert [node["id"] for node in graph["nodes"]] == ["extract", "transform", "load"]
    assert graph["edges"] == [["extract", "transform"], ["transform", "load"]]
    assert graph["nodes"][0]["retries"] == 2
    source = (await ask("dags", "etl", "source", params={"version": "etlv1"})).json
    assert source["source"] == "# etl etlv1\n"
    assert (await ask("dags", "etl", "graph", params={"version": "v9"})).status == 404


async def test_what_a_file_says_for_people_is_told_of_dag_tasks_edges_and_groups(yard: Yard, ask: Ask) -> None:
    spec = etl()
    extract, transform, load = spec.tasks
    said = replace(
        spec,
        display_name="Nightly sales",
        owner_links={"ada": "https://example.org/ada"},
        sla_seconds=60.0,
        edge_labels=(EdgeLabel(extract.task_id, transform.task_id, "raw rows"),),
        groups=(GroupSpec("inner", "Inner", "", "a part"),),
        tasks=(replace(extract, display_name="Fetch", doc="# Long", pool="db", outlets=("s3://a",)), transform, load),
    )
    yard.add_dag(said)
    detail = (await ask("dags", "etl")).json
    assert (detail["display_name"], detail["owner_links"]) == ("Nightly sales", {"ada": "https://example.org/ada"})
    assert (detail["sla_seconds"], detail["is_fail_fast"]) == (60.0, False)
    graph = (await ask("dags", "etl", "graph")).json
    assert graph["edge_labels"] == [{"upstream": "extract", "downstream": "transform", "text": "raw rows"}]
    assert graph["groups"] == [{"id": "inner", "label": "Inner", "parent": None, "tooltip": "a part"}]
    first, second, _ = graph["nodes"]
    assert (first["display_name"], first["doc"], first["pool"], first["outlets"]) == (
        "Fetch",
        "# Long",
        "db",
        ["s3://a"],
    )
    assert (second["display_name"], second["is_mapped"], second["child_dag"]) == ("transform", False, None)


async def test_pausing_changes_the_row_and_leaves_an_audit_entry(yard: Yard, ask: Ask) -> None:
    """S067."""
    yard.add_dag(etl())
    row = (await ask("dags", "etl", method="PATCH", json={"is_paused": True})).json
    assert row["is_paused"] is True
    assert yard.store.dag_row(etl().dag_id).is_paused
    entry = yard.audit()[-1]
    assert (entry["event"], entry["dag_id"]) == ("paused", "etl")


async def test_a_run_can_be_triggered_looked_at_and_cancelled(yard: Yard, ask: Ask) -> None:
    """S126: the run id carries microseconds and offset."""
    yard.add_dag(etl())
    made = await ask("dags", "etl", "runs", method="POST", json={"conf": {"rows": 3}})
    assert made.status == 201
    run = made.json
    assert re.fullmatch(r"manual__\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00", run["run_id"])
    assert (run["state"], run["external_trigger"], run["conf"]) == ("queued", True, {"rows": 3})
    assert (await ask("dags", "etl", "runs", run["run_id"])).json == run
    listed = (await ask("dags", "etl", "runs")).json
    assert (listed["runs"], listed["total"]) == ([run], 1)
    tasks = (await ask("dags", "etl", "runs", run["run_id"], "tasks")).json["tasks"]
    assert [(task["task_id"], task["state"], task["max_tries"]) for task in tasks] == [
        ("extract", "none", 3),
        ("transform", "none", 1),
        ("load", "none", 1),
    ]
    cancelled = await ask("dags", "etl", "runs", run["run_id"], "cancel", method="POST")
    assert (cancelled.status, cancelled.json["cancel_requested"]) == (202, True)


async def test_a_wish_with_a_known_key_gives_the_run_it_made(yard: Yard, ask: Ask) -> None:
    yard.add_dag(etl())
    wish = {"idempotency_key": "k-1"}
    first = await ask("dags", "etl", "runs", method="POST", json=wish)
    again = await ask("dags", "etl", "runs", method="POST", json=wish)
    assert (first.status, again.status) == (201, 200)
    assert first.json["run_id"] == again.json["run_id"]
    assert (await ask("dags", "etl", "runs")).json["total"] == 1


@pytest.mark.parametrize(
    "wish", [{"run_id": "mine"}, {"logical_date": "2026-01-01T00:00:00+00:00"}], ids=["run id", "logical date"]
)
async def test_a_second_run_of_the_same_name_or_date_is_a_conflict(yard: Yard, ask: Ask, wish: dict[str, str]) -> None:
    yard.add_dag(etl())
    assert (await ask("dags", "etl", "runs", method="POST", json=wish)).status == 201
    second = await ask("dags", "etl", "runs", method="POST", json=wish)
    assert (second.status, second.error["type"]) == (409, "conflict")
    assert second.error["hint"]
    assert (await ask("dags", "etl", "runs")).json["total"] == 1


async def test_a_run_that_has_ended_cannot_be_cancelled(yard: Yard, ask: Ask) -> None:
    spec = yard.add_dag(etl())
    yard.add_run(spec, "r1", {}, RunState.SUCCESS)
    answer = await ask("dags", "etl", "runs", "r1", "cancel", method="POST")
    assert (answer.status, answer.error["type"]) == (409, "conflict")


async def test_a_task_shows_its_attempts_with_error_log_size_and_notebook(yard: Yard, ask: Ask) -> None:
    spec = yard.add_dag(etl())
    key = yard.add_run(spec, "r1", {})
    error = AttemptError("ValueError", "no rows", traceback="line 3", hint="look at the source")
    yard.add_attempt(
        key,
        "load",
        ends=AttemptState.FAILED,
        error=error,
        rendered={"input_path": "in.ipynb"},
        outputs={"notebook": "etl/r1/load.ipynb"},
    )
    yard.log(key, "load").write_text("hello\n")
    found = (await ask("dags", "etl", "runs", "r1", "tasks", "load")).json
    (attempt,) = found["attempts"]
    assert (attempt["state"], attempt["exit_code"], attempt["log_size"], attempt["pid"]) == ("failed", 1, 6, 4242)
    assert attempt["error"] == {
        "type": "ValueError",
        "message": "no rows",
        "traceback": "line 3",
        "hint": "look at the source",
    }
    assert attempt["duration_seconds"] == 5.0
    assert found["notebook"] == "CoutureOutputs:etl/r1/load.ipynb"
    rendered = (await ask("dags", "etl", "runs", "r1", "tasks", "load", "rendered")).json
    assert rendered["fields"] == {"input_path": "in.ipynb"}
    assert rendered["params"]["rows"] == 10


@pytest.mark.parametrize("outside", ["/etc/passwd", "../../secret.ipynb", "a/../../../x"])
async def test_a_notebook_outside_the_outputs_folder_is_not_named(yard: Yard, ask: Ask, outside: str) -> None:
    """S10."""
    key = yard.add_run(yard.add_dag(etl()), "r1", {})
    yard.add_attempt(key, "load", ends=AttemptState.SUCCESS, outputs={"notebook": outside})
    assert (await ask("dags", "etl", "runs", "r1", "tasks", "load")).json["notebook"] is None


async def test_import_errors_are_listed_with_file_and_line(yard: Yard, ask: Ask) -> None:
    yard.add_problem("broken.py", "SyntaxError: invalid syntax", line=7)
    (problem,) = (await ask("import-errors")).json["errors"]
    assert (problem["file"], problem["line"], problem["message"]) == ("broken.py", 7, "SyntaxError: invalid syntax")


async def test_refresh_tells_what_a_fresh_parse_gave(yard: Yard, ask: Ask, home: Path) -> None:
    yard.add_dag(etl())
    (home / "dags" / "etl.py").write_text("# etl etlv1\n")
    same = (await ask("dags", "etl", "refresh", method="POST")).json
    assert same == {"dag_id": "etl", "version": "etlv1", "changed": False, "errors": []}


async def test_the_overview_counts_what_goes_on(yard: Yard, ask: Ask) -> None:
    spec = yard.add_dag(etl())
    yard.add_problem("broken.py", "no")
    yard.add_run(spec, "r1", {"extract": S.RUNNING, "transform": S.QUEUED})
    found = (await ask("overview")).json
    assert found == {
        "running_tasks": 1,
        "queued_tasks": 1,
        "running_runs": 1,
        "failed_runs_24h": 0,
        "import_errors": 1,
        "feed_seq": yard.store.feed_position()[1],
    }


async def test_me_is_the_tokens_owner_and_an_admin(ask: Ask) -> None:
    found = (await ask("me")).json
    assert found["role"] == "Admin"
    assert {"dags.edit", "runs.trigger", "logs.read"} <= set(found["permissions"])


async def test_every_reply_is_typed_and_kept_out_of_caches(yard: Yard, ask: Ask) -> None:
    for answer in (await ask("dags"), await ask("dags", "missing"), await ask("nowhere")):
        assert answer.headers["Content-Type"].startswith("application/json")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"


async def test_health_knows_database_feed_and_that_no_engine_is_there(yard: Yard, ask: Ask) -> None:
    yard.news(3)
    assert (await ask("me")).status == 200  # from now on the database is open
    found = (await ask("health")).json
    assert found["database"] == {"ok": True, "dialect": "sqlite"}
    assert found["feed_seq"] == yard.store.feed_position()[1]
    assert found["executor"]["open_attempts"] == 0


async def test_S180_dates_are_shown_with_microseconds_and_their_offset(yard: Yard, ask: Ask) -> None:
    yard.add_dag(etl())
    made = await ask("dags", "etl", "runs", method="POST", json={"logical_date": "2026-01-02T03:04:05.000006+00:00"})
    assert made.json["logical_date"] == "2026-01-02T03:04:05.000006+00:00"
    later = await ask("dags", "etl", "runs", method="POST", json={})
    assert re.fullmatch(r"manual__\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00", later.json["run_id"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00", later.json["logical_date"])
    assert later.json["run_id"] == f"manual__{later.json['logical_date']}"
