"""S087 to S090: charts over REST: their series are what the database holds, and the figures are made of them."""

import gzip
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import bokeh
import pytest
from jupyter_server.auth import Authorizer, User
from tornado.httpclient import HTTPClientError

from jupyter_couture.model.ids import RunKey, TaskId, TaskKey
from jupyter_couture.model.records import Batch, RunUpdate, TaskUpdate
from jupyter_couture.model.run import TaskInstance
from jupyter_couture.model.states import AttemptState, RunState, TaskState
from jupyter_couture.services import charts
from tests.server.conftest import Ask, Fetch
from tests.server.yard import T0, Yard, etl

S = TaskState


def rows_of(yard: Yard, sql: str) -> list[dict[str, Any]]:
    """What the database holds."""
    with yard.store._db.engine.connect() as connection:
        return [dict(row) for row in connection.exec_driver_sql(sql).mappings()]


def end_task(
    yard: Yard, key: RunKey, task_id: str, seconds: float, tries: int = 1, state: TaskState = S.SUCCESS
) -> None:
    """Let a task have run for ``seconds``."""
    now = yard.store.task_row(key, TaskKey(TaskId(task_id))).task
    start = yard.store.run_row(key).run.data_interval_end + timedelta(seconds=30)
    done = replace(now, state=state, try_number=tries, started_at=start, ended_at=start + timedelta(seconds=seconds))
    yard.commit(Batch(task_updates=[TaskUpdate(key, done, now.state)]))


@pytest.fixture
def runs(yard: Yard) -> list[RunKey]:
    """Seven runs of ``etl``: ``extract`` takes some 10 s, once 60 s, once with three tries."""
    spec = yard.add_dag(etl())
    keys = [yard.add_run(spec, f"r{number}", {}, RunState.SUCCESS) for number in range(7)]
    for number, key in enumerate(keys):
        end_task(yard, key, "extract", 60 if number == 4 else 10 + number, tries=3 if number == 2 else 1)
        end_task(yard, key, "transform", 2.5)
    return keys


async def test_S088_durations_of_tasks_over_runs_are_those_of_the_database(
    yard: Yard, ask: Ask, runs: list[RunKey]
) -> None:
    answer = await ask("dags", "etl", "charts", "duration")
    assert answer.status == 200, answer.body
    reply = answer.json
    assert [run["run_id"] for run in reply["runs"]] == [key.run_id for key in runs]
    lines = {line["task_id"]: line for line in reply["lines"]}
    assert list(lines) == [None, "extract", "transform"], "the run, then the slowest first"
    stored = rows_of(
        yard,
        "SELECT r.run_id, t.task_id, (t.ended_at - t.started_at) / 1e6 AS seconds FROM task_instance t"
        " JOIN dag_run r ON r.id = t.run_pk WHERE t.ended_at IS NOT NULL ORDER BY r.logical_date",
    )
    for task_id in ("extract", "transform"):
        wanted = [row["seconds"] for row in stored if row["task_id"] == task_id]
        assert [point["value"] for point in lines[task_id]["points"]] == wanted
    assert [point["is_outlier"] for point in lines["extract"]["points"]] == [number == 4 for number in range(7)]
    assert lines["extract"]["median"] == 13
    assert lines[None]["median"] == 90
    points = reply["models"]["points"]["data"]
    assert points["y"].count(60) == 1
    assert "an outlier" in points["note"][points["y"].index(60)]


async def test_S088_the_number_of_runs_and_the_last_of_them_can_be_chosen(ask: Ask, runs: list[RunKey]) -> None:
    async def shown(**params: str) -> list[str]:
        reply = (await ask("dags", "etl", "charts", "duration", params={"figure": "false", **params})).json
        return [run["run_id"] for run in reply["runs"]]

    assert await shown(runs="3") == ["r4", "r5", "r6"]
    until = T0 + timedelta(days=4)
    assert await shown(runs="2", base_date=until.isoformat()) == ["r2", "r3"]
    assert await shown(base_date="2020-01-01T00:00:00Z") == []
    one = (await ask("dags", "etl", "charts", "duration", params={"tasks": "1"})).json
    assert ([line["task_id"] for line in one["lines"]], one["left_out"]) == ([None, "extract"], 1)
    assert (await ask("dags", "etl", "charts", "duration", params={"runs": "0"})).status == 422
    assert (await ask("dags", "gone", "charts", "duration")).status == 404


async def test_S088_all_attempts_of_a_task_can_be_taken_together(yard: Yard, ask: Ask) -> None:
    spec = yard.add_dag(etl())
    key = yard.add_run(spec, "r1", {})
    yard.add_attempt(key, "extract", try_number=1, ends=AttemptState.FAILED)
    yard.add_attempt(key, "extract", try_number=2, ends=AttemptState.SUCCESS)
    reply = (await ask("dags", "etl", "charts", "duration", params={"cumulative": "true"})).json
    (line,) = reply["lines"]
    assert (line["task_id"], line["points"][0]["value"]) == ("extract", 10), "twice from T0 to 5 s later"


async def test_S088_a_mapped_task_has_no_duration_before_all_its_instances_have_ended(yard: Yard, ask: Ask) -> None:
    key = yard.add_run(yard.add_dag(etl()), "r1", {})
    start = yard.store.run_row(key).run.queued_at
    states = (S.FAILED, S.RUNNING, S.SUCCESS)
    instances = [
        TaskInstance(
            TaskKey(TaskId("load"), index),
            state,
            try_number=1,
            started_at=start,
            ended_at=None if state is S.RUNNING else start + timedelta(seconds=5 + index),
        )
        for index, state in enumerate(states)
    ]
    yard.commit(Batch(removed_tasks=[(key, [TaskKey(TaskId("load"))])], new_tasks=[(key, instances)]))

    async def points(chart: str) -> list[Any]:
        reply = (await ask("dags", "etl", "charts", chart)).json
        return [line["points"][0] for line in reply["lines"] if line["task_id"] == "load"]

    assert await points("duration") == []
    assert [(each["value"], each["state"], each["instances"]) for each in await points("tries")] == [(1, "failed", 3)]
    done = replace(instances[1], state=S.SUCCESS, ended_at=start + timedelta(seconds=9))
    yard.commit(Batch(task_updates=[TaskUpdate(key, done, S.RUNNING)]))
    assert [(each["value"], each["state"]) for each in await points("duration")] == [(9, "failed")]


async def test_S089_S179_tries_are_counted_by_run(ask: Ask, runs: list[RunKey]) -> None:
    reply = (await ask("dags", "etl", "charts", "tries")).json
    lines = {line["task_id"]: [point["value"] for point in line["points"]] for line in reply["lines"]}
    assert lines == {"extract": [1, 1, 3, 1, 1, 1, 1], "transform": [1] * 7}
    assert reply["models"]["y_axis"]["axis_label"] == "Tries"


async def test_S090_landing_times_count_from_the_end_of_the_data_interval(
    yard: Yard, ask: Ask, runs: list[RunKey]
) -> None:
    reply = (await ask("dags", "etl", "charts", "landing")).json
    stored = rows_of(
        yard,
        "SELECT (t.ended_at - r.data_interval_end) / 1e6 AS seconds FROM task_instance t JOIN dag_run r"
        " ON r.id = t.run_pk WHERE t.task_id = 'extract' ORDER BY r.logical_date",
    )
    lines = {line["task_id"]: [point["value"] for point in line["points"]] for line in reply["lines"]}
    assert lines["extract"] == [row["seconds"] for row in stored]
    assert lines["extract"][0] == 40


async def test_S087_bars_of_a_run_begin_and_end_as_the_database_says(yard: Yard, ask: Ask, home: Path) -> None:
    spec = yard.add_dag(etl())
    key = yard.add_run(spec, "r1", {})
    yard.add_attempt(key, "extract", try_number=1, ends=AttemptState.FAILED)
    yard.add_attempt(key, "extract", try_number=2, ends=AttemptState.SUCCESS)
    write_notebook(home / "outputs" / "load.ipynb")
    yard.add_attempt(key, "load", ends=AttemptState.SUCCESS, outputs={"notebook": "load.ipynb"})
    yard.add_attempt(key, "transform")
    answer = await ask("dags", "etl", "runs", "r1", "charts", "gantt")
    assert answer.status == 200, answer.body
    reply = answer.json
    stored = rows_of(yard, "SELECT * FROM attempt ORDER BY task_id, try_number")
    assert [
        (each["task_id"], each["try_number"], micros(each["started_at"]), micros(each["ended_at"]))
        for each in reply["attempts"]
    ] == [(row["task_id"], row["try_number"], row["started_at"], row["ended_at"]) for row in stored]
    models = reply["models"]
    bars = [
        (task_id, number, left, right)
        for name in ("earlier", "work")
        for task_id, number, left, right, is_open in zip(
            *(models[name]["data"][column] for column in ("task_id", "try_number", "left", "right", "is_open")),
            strict=True,
        )
        if not is_open
    ]
    assert sorted(bars) == [
        (row["task_id"], row["try_number"], row["started_at"] / 1000, row["ended_at"] / 1000)
        for row in stored
        if row["ended_at"] is not None
    ]
    assert models["earlier"]["data"]["state"] == ["failed"]
    assert models["y_axis"]["labels"] == ["extract", "transform", "load"], "in the order of the file"
    assert [(cell["number"], cell["label"], cell["is_failed"]) for cell in reply["cells"]] == [
        (1, "rows = 1", False),
        (2, "print(rows)", False),
    ]
    assert models["now"]["visible"]


async def test_a_figure_that_is_shown_gets_only_what_has_changed(yard: Yard, ask: Ask) -> None:
    spec = yard.add_dag(etl())
    key = yard.add_run(spec, "r1", {}, RunState.SUCCESS)
    yard.add_attempt(key, "extract", ends=AttemptState.SUCCESS)
    first = (await ask("dags", "etl", "runs", "r1", "charts", "gantt")).json
    assert first["item"]["doc"]["version"] == first["version"] == bokeh.__version__
    params = {"figure": "false", "since": first["stamp"]}
    again = (await ask("dags", "etl", "runs", "r1", "charts", "gantt", params=params)).json
    assert (again["item"], again["models"], again["is_unchanged"]) == (None, {}, True)
    yard.add_attempt(key, "transform", ends=AttemptState.SUCCESS)
    later = (await ask("dags", "etl", "runs", "r1", "charts", "gantt", params=params)).json
    assert not later["is_unchanged"]
    assert later["models"]["work"]["data"]["task_id"] == ["extract", "transform"]


async def test_mapped_instances_share_a_row_or_have_one_each(yard: Yard, ask: Ask) -> None:
    spec = yard.add_dag(etl())
    key = yard.add_run(spec, "r1", {})
    for index in range(3):
        yard.commit(Batch(new_tasks=[(key, [TaskInstance(key=TaskKey(TaskId("load"), index), label=f"page {index}")])]))
    _attempts_of_instances(yard, key)
    grouped = (await ask("dags", "etl", "runs", "r1", "charts", "gantt")).json["models"]
    assert grouped["y_axis"]["labels"] == ["extract", "transform", "load ×3"]
    tops = grouped["work"]["data"]["top"]
    assert len(set(tops)) == 3, "what overlaps lies above each other"
    apart = (await ask("dags", "etl", "runs", "r1", "charts", "gantt", params={"grouped": "false"})).json["models"]
    assert apart["y_axis"]["labels"][2:] == ["load [0] page 0", "load [1] page 1", "load [2] page 2"]


async def test_a_long_gantt_comes_in_pages_and_says_what_it_leaves_out(
    yard: Yard, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many attempts a run has: a reply is bounded in rows, bars and pixels."""
    monkeypatch.setattr(charts, "MOST_BARS", 30)
    key = yard.add_run(yard.add_dag(etl()), "r1", {})
    _attempts_of_instances(yard, key, 400)
    yard.add_attempt(key, "extract", ends=AttemptState.SUCCESS)

    async def gantt(**params: str) -> Any:
        return (await ask("dags", "etl", "runs", "r1", "charts", "gantt", params=params)).json

    folded = await gantt()
    assert (folded["total_rows"], folded["shown_rows"], folded["attempts_left_out"]) == (3, 3, 400 - 29)
    drawn = [each["map_index"] for each in folded["attempts"] if each["task_id"] == "load"]
    assert drawn == list(range(400 - 29, 400)), "the newest of them"
    assert folded["models"]["y_axis"]["labels"] == ["extract", "transform", "load ×400"]
    first = await gantt(grouped="false", rows="100")
    assert (first["total_rows"], first["shown_rows"], len(first["models"]["y_axis"]["labels"])) == (402, 100, 100)
    assert first["height"] < 3000
    last = await gantt(grouped="false", rows="100", first_row="77700")
    assert (last["first_row"], last["shown_rows"]) == (400, 2)
    assert last["models"]["y_axis"]["labels"] == ["load [398]", "load [399]"]
    assert (await ask("dags", "etl", "runs", "r1", "charts", "gantt", params={"rows": "2000"})).status == 422


async def test_only_the_newest_notebooks_have_their_cells_drawn(
    yard: Yard, ask: Ask, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(charts, "MOST_NOTEBOOKS", 1)
    key = yard.add_run(yard.add_dag(etl()), "r1", {})
    for task_id in ("extract", "load"):
        write_notebook(home / "outputs" / f"{task_id}.ipynb")
        yard.add_attempt(key, task_id, ends=AttemptState.SUCCESS, outputs={"notebook": f"{task_id}.ipynb"})
    reply = (await ask("dags", "etl", "runs", "r1", "charts", "gantt")).json
    assert (len(reply["cells"]), reply["notebooks_left_out"]) == (2, 1)


@pytest.mark.parametrize("text", ['{"cells": null}', '{"cells": 7}', '{"cells": [null, {"source": 1}]}', "[]", "{"])
async def test_a_notebook_that_is_none_leaves_the_chart_whole(yard: Yard, ask: Ask, home: Path, text: str) -> None:
    key = yard.add_run(yard.add_dag(etl()), "r1", {})
    (home / "outputs").mkdir(parents=True, exist_ok=True)
    (home / "outputs" / "odd.ipynb").write_text(text)
    yard.add_attempt(key, "load", ends=AttemptState.SUCCESS, outputs={"notebook": "odd.ipynb"})
    answer = await ask("dags", "etl", "runs", "r1", "charts", "gantt")
    assert (answer.status, len(answer.json["attempts"]), answer.json["cells"]) == (200, 1, [])


class _KeepsOutputs(Authorizer):
    def is_authorized(self, handler: Any, user: User, action: str, resource: str) -> bool:
        return resource != "couture:outputs"


async def test_the_source_of_cells_is_for_who_may_read_notebooks(
    yard: Yard, ask: Ask, home: Path, jp_serverapp: Any
) -> None:
    key = yard.add_run(yard.add_dag(etl()), "r1", {})
    write_notebook(home / "outputs" / "load.ipynb")
    yard.add_attempt(key, "load", ends=AttemptState.SUCCESS, outputs={"notebook": "load.ipynb"})
    jp_serverapp.web_app.settings["authorizer"] = _KeepsOutputs(parent=jp_serverapp)
    answer = await ask("dags", "etl", "runs", "r1", "charts", "gantt")
    assert [(cell["number"], cell["label"]) for cell in answer.json["cells"]] == [(1, ""), (2, "")]
    assert b"print(rows)" not in answer.body


def _attempts_of_instances(yard: Yard, key: RunKey, count: int = 3) -> None:
    at = int(T0.timestamp() * 1e6)
    with yard.store._db.engine.begin() as connection:
        for index in range(count):
            connection.exec_driver_sql(
                "INSERT INTO attempt (attempt_id, run_pk, task_id, map_index, try_number, state, fence, dispatched_at,"
                " is_cancel_requested, started_at, ended_at) SELECT 'm' || ?, id, 'load', ?, 1, 'success', 1, ?, 0, ?,"
                " ? FROM dag_run WHERE run_id = ?",
                (index, index, at + index, at + 1000, at + 9_000_000, key.run_id),
            )


async def test_runs_of_today_of_all_dags(yard: Yard, ask: Ask) -> None:
    for dag_id in ("etl", "other"):
        spec = yard.add_dag(etl(dag_id))
        key = yard.add_run(spec, "live", {})
        start_now(yard, key, minutes=5)
        yard.add_run(spec, "old", {}, RunState.SUCCESS)
        set_end(yard, "old", datetime.now(UTC) - timedelta(days=3))
    reply = (await ask("charts", "today", params={"hours": "2"})).json
    assert sorted((run["dag_id"], run["run_id"]) for run in reply["runs"]) == [("etl", "live"), ("other", "live")]
    assert reply["models"]["y_axis"]["labels"] == ["etl", "other"]
    stored = rows_of(yard, "SELECT started_at FROM dag_run WHERE run_id = 'live'")
    assert sorted(reply["models"]["work"]["data"]["left"]) == sorted(row["started_at"] / 1000 for row in stored)
    assert all(reply["models"]["work"]["data"]["is_open"])


async def test_S180_slots_of_pools_over_the_last_hours(yard: Yard, ask: Ask) -> None:
    spec = yard.add_dag(etl())
    key = yard.add_run(spec, "live", {})
    for task_id in ("extract", "transform"):
        yard.add_attempt(key, task_id)
    start_now(yard, key, minutes=30)
    at = int((datetime.now(UTC) - timedelta(minutes=20)).timestamp() * 1e6)
    with yard.store._db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE attempt SET dispatched_at = ?, started_at = ?", (at, at))
    reply = (await ask("charts", "pools", params={"hours": "1"})).json
    (pool,) = reply["pools"]
    assert (pool["pool"], pool["slots"]) == ("default_pool", 128)
    assert pool["used"][0] == 0
    assert set(pool["used"][81:]) == {2}, "two tasks since a third of the hour"
    assert len(pool["used"]) == 120
    idle = (await ask("charts", "pools", params={"hours": "1", "figure": "false", "since": "00"})).json
    assert not idle["is_empty"]


async def test_tasks_of_one_version_count_in_their_own_pools_with_their_own_slots(yard: Yard, ask: Ask) -> None:
    spec = etl()
    first, *others = spec.tasks
    spec = yard.add_dag(replace(spec, tasks=(replace(first, pool="narrow", pool_slots=3), *others)))
    key = yard.add_run(spec, "live", {})
    start_now(yard, key, minutes=30)
    for task_id in ("extract", "transform"):
        yard.add_attempt(key, task_id)
    at = int((datetime.now(UTC) - timedelta(minutes=20)).timestamp() * 1e6)
    with yard.store._db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE attempt SET dispatched_at = ?, started_at = ?", (at, at))
    reply = (await ask("charts", "pools", params={"hours": "1"})).json
    assert {each["pool"]: each["used"][-1] for each in reply["pools"]} == {"narrow": 3, "default_pool": 1}
    with yard.store._db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE attempt SET task_id = 'of another version' WHERE task_id = 'transform'")
    reply = (await ask("charts", "pools", params={"hours": "1"})).json
    assert {each["pool"]: each["used"][-1] for each in reply["pools"]} == {"narrow": 3, "default_pool": 0}


async def test_pools_are_complete_from_where_they_begin_if_not_everything_could_be_looked_at(
    yard: Yard, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that was dispatched before all others, and went on for long, is part of it."""
    monkeypatch.setattr(charts, "MOST_ATTEMPTS", 3)
    key = yard.add_run(yard.add_dag(etl()), "live", {})
    start_now(yard, key, minutes=59)
    now = datetime.now(UTC)
    for number, (begun, ended) in enumerate([(58, None), (50, 49), (40, 39), (30, 29), (20, 19)]):
        ends = None if ended is None else AttemptState.SUCCESS
        yard.add_attempt(key, "load" if ended is None else "extract", try_number=number + 1, ends=ends)
        times = [
            None if ago is None else int((now - timedelta(minutes=ago)).timestamp() * 1e6) for ago in (begun, ended)
        ]
        with yard.store._db.engine.begin() as connection:
            connection.exec_driver_sql(
                "UPDATE attempt SET dispatched_at = ?, started_at = ?, ended_at = ? WHERE try_number = ?",
                (times[0], times[0], times[1], number + 1),
            )
    reply = (await ask("charts", "pools", params={"hours": "1"})).json
    (pool,) = reply["pools"]
    begin = now - datetime.fromisoformat(reply["window_start"])
    assert (reply["is_cut"], round(begin.total_seconds() / 60)) == (True, 39)
    assert min(pool["used"]) == 1, "the long one, all the time"


async def test_charts_of_a_dag_without_runs_say_so(yard: Yard, ask: Ask) -> None:
    yard.add_dag(etl())
    for chart in ("duration", "tries", "landing"):
        reply = (await ask("dags", "etl", "charts", chart)).json
        assert (reply["is_empty"], reply["runs"], reply["lines"]) == (True, [], [])
    assert (await ask("charts", "today")).json["is_empty"]
    assert (await ask("charts", "pools")).json["is_empty"]
    assert (await ask("dags", "etl", "runs", "r1", "charts", "gantt")).status == 404


async def test_the_script_comes_from_the_installed_package(jp_fetch: Fetch, yard: Yard) -> None:
    place = Path(bokeh.__file__).parent / "server" / "static" / "js" / "bokeh.min.js"
    reply = await jp_fetch("couture", "bokeh", bokeh.__version__, "bokeh.min.js")
    assert reply.body == place.read_bytes()
    asked = {"headers": {"Accept-Encoding": "gzip"}, "decompress_response": False}
    packed = await jp_fetch("couture", "bokeh", bokeh.__version__, "bokeh.min.js", **asked)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.body) == place.read_bytes()
    assert "immutable" in reply.headers["Cache-Control"]


@pytest.mark.parametrize("version", ["0.0.1", "..", "%2e%2e"])
async def test_there_is_no_other_version_and_no_other_file(jp_fetch: Fetch, yard: Yard, version: str) -> None:
    with pytest.raises(HTTPClientError) as refused:
        await jp_fetch("couture", "bokeh", version, "bokeh.min.js")
    assert refused.value.code == 404


def micros(text: str | None) -> int | None:
    """A time of a reply as the database counts it."""
    return None if text is None else round(datetime.fromisoformat(text).timestamp() * 1e6)


def write_notebook(path: Path) -> None:
    """An executed notebook with a text cell, two cells that ran, and one that did not."""
    said = {"start_time": "2026-11-22T12:00:01", "end_time": "2026-11-22T12:00:02.5", "exception": False}
    later = {"start_time": "2026-11-22T12:00:02.5", "end_time": "2026-11-22T12:00:04", "exception": False}
    cells = [
        {"cell_type": "markdown", "source": "# Title", "metadata": {}},
        {"cell_type": "code", "source": ["\n", "rows = 1"], "metadata": {"papermill": said}},
        {"cell_type": "code", "source": "print(rows)", "metadata": {"papermill": later}},
        {"cell_type": "code", "source": "never()", "metadata": {"papermill": {"start_time": None}}},
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))


def start_now(yard: Yard, key: RunKey, minutes: float) -> None:
    """Let a run have started some minutes ago."""
    run = yard.store.run_row(key).run
    at = datetime.now(UTC) - timedelta(minutes=minutes)
    yard.commit(Batch(run_updates=[RunUpdate(replace(run, started_at=at), run.state)]))


def set_end(yard: Yard, run_id: str, at: datetime) -> None:
    """Move the end of runs."""
    with yard.store._db.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE dag_run SET ended_at = ? WHERE run_id = ?", (int(at.timestamp() * 1e6), run_id)
        )
