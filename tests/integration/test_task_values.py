"""What running tasks hand to each other and ask of the desk, in real processes (S134 to S140, S143, S146 to S157)."""

import json
import os
import signal
import socket
import stat
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from jupyter_couture.app.edges import open_store
from jupyter_couture.executors.local import LocalExecutor
from jupyter_couture.model.dag import DagSpec, TaskKind, TaskSpec
from jupyter_couture.model.errors import NotFound
from jupyter_couture.model.ids import DagId, RunId, RunKey, TaskId, TaskKey, VersionHash
from jupyter_couture.model.intents import StartAttempt
from jupyter_couture.model.records import DagVersion, NewRun, ParsedFile
from jupyter_couture.model.run import Attempt, RunType
from jupyter_couture.model.secrets import Connection, Variable
from jupyter_couture.model.states import AttemptState
from jupyter_couture.model.xcom import XComFilter, XComForm
from jupyter_couture.runtime.places import desk_socket
from tests.workbench import LOGICAL_DATE, Workbench, eventually

pytestmark = pytest.mark.asyncio(loop_scope="module")

CODE = r"""
import os, pathlib, subprocess, sys, time

class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y
    def __eq__(self, other):
        return type(other) is Point and (self.x, self.y) == (other.x, other.y)
    def __repr__(self):
        return f"Point({self.x}, {self.y})"

def probe(**context):
    # "steps" are carried out, "give" is returned
    scope = {**globals(), **context, "ctx": get_current_context()}
    for step in context["conf"].get("steps", ()):
        exec(step, scope)
    return eval(context["conf"].get("give", "None"), scope)

class Handing(BaseOperator):
    def execute(self, context):
        return "executed"

with dag:
    Handing("handing")
    BashOperator("says", bash_command="echo early; sleep 1.5; echo late >&2")
    for name in ("a", "b", "c"):
        PythonOperator(task_id=name, python_callable=probe)
    BashOperator(
        task_id="bash",
        bash_command="{{ conf.command }}",
        env={"WORD": "{{ conn.store.password }}", "API_KEY": "plain-by-name"},
        append_env=True,
    )
"""

OTHER = """
with DAG("other", start_date=datetime(2026, 1, 1)):
    PythonOperator("b", python_callable=lambda: "of the other DAG")
"""


class Bench:
    """A deployment, an executor, and runs of its tasks in a word."""

    def __init__(self, deployment: Workbench, executor: LocalExecutor) -> None:
        self.deployment = deployment
        self.store = open_store(deployment.settings)
        self.executor = executor

    def run_key(self, name: str) -> RunKey:
        return RunKey(DagId("d"), RunId(name))

    async def begin(self, task: str, run: str, **changes: Any) -> StartAttempt:
        index = changes.pop("map_index", -1)
        conf = {name: changes.pop(name) for name in ("steps", "give", "command") if name in changes}
        changes = {"run_key": self.run_key(run), "task_key": TaskKey(TaskId(task), index), **changes}
        start = self.deployment.order(task, conf=conf, **changes)
        await self.executor.submit([start])
        return start

    async def end(self, task: str, run: str, **changes: Any) -> tuple[StartAttempt, Attempt]:
        start = await self.begin(task, run, **changes)
        return start, await self.deployment.ended(start)

    async def value(self, give: str, run: str, task: str = "c", **changes: Any) -> Any:
        """What ``give`` evaluates to in a task of ``run``, as people see it."""
        start, attempt = await self.end(task, run, give=give, **changes)
        assert attempt.state is AttemptState.SUCCESS, self.deployment.log(start)
        found = self.store.list_xcoms(XComFilter(run_id=run, task_id=task, key="return_value"))
        return found.rows[0].item.preview if found.rows else None

    async def fails(self, run: str, **changes: Any) -> str:
        """How a task ends badly, in words."""
        start, attempt = await self.end("c", run, **changes)
        assert attempt.state is AttemptState.FAILED, self.deployment.log(start)
        assert attempt.error is not None
        return attempt.error.message


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bench(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Bench]:
    deployment = Workbench(
        tmp_path_factory.mktemp("home"),
        CODE,
        workers=2,
        slots_per_worker=4,
        xcom_max_bytes=2_000_000,
        xcom_run_max_bytes=5_000_000,
    )
    executor = LocalExecutor(deployment.settings)
    try:
        await executor.start()
        made = Bench(deployment, executor)
        yield made
        made.store.close()
        await executor.close(keep_running=False)
    finally:
        deployment.close()


async def test_S134_a_pushed_value_is_there_at_once_and_a_returned_one_when_the_task_has_ended(bench: Bench) -> None:
    steps = ["ti.xcom_push('early', [1, 2])", "print('pushed', flush=True)", "time.sleep(1.5)"]
    start = await bench.begin("a", "s134", steps=steps, give="'late'")
    await eventually(lambda: "pushed" in bench.deployment.log(start))

    assert await bench.value("[ti.xcom_pull('a', key='early'), ti.xcom_pull('a')]", "s134", "b") == [[1, 2], None]
    await bench.deployment.ended(start)
    assert await bench.value("ti.xcom_pull('a')", "s134") == "late"
    await bench.end("handing", "s134")
    assert await bench.value("ti.xcom_pull('handing')", "s134") == "executed", "what execute() returns"


async def test_S135_any_picklable_object_round_trips_and_only_its_text_is_shown(bench: Bench) -> None:
    await bench.end("a", "s135", give="Point(3, 4)")
    found = bench.store.xcom(bench.run_key("s135"), TaskKey(TaskId("a")), "return_value")

    assert found.item.form is XComForm.PICKLE
    assert found.item.preview == "Point(3, 4)"
    assert found.item.type_name.endswith(".Point")
    assert await bench.value("ti.xcom_pull('a') == Point(3, 4)", "s135") is True


async def test_S136_pulls_are_filtered_by_key_task_dag_and_run(bench: Bench) -> None:
    await bench.end("a", "s136", give="'returned'", steps=["ti.xcom_push('k', 'pushed')"])

    assert await bench.value("ti.xcom_pull('a')", "s136") == "returned"
    assert await bench.value("ti.xcom_pull('a', key='k')", "s136") == "pushed"
    assert await bench.value("ti.xcom_pull('a', dag_id='d', key='k')", "s136") == "pushed"
    assert await bench.value("ti.xcom_pull('a', dag_id='other', default='none')", "s136") == "none"
    version = bench.deployment.add_dag("other", OTHER)
    await bench.end("b", "s136", run_key=RunKey(DagId("other"), RunId("s136")), version=version)
    assert await bench.value("ti.xcom_pull('b', dag_id='other')", "s136") == "of the other DAG"
    assert await bench.value("ti.xcom_pull('b', default='none')", "s136") == "none"
    assert await bench.value("ti.xcom_pull('a', run_id='s136')", "another") == "returned"
    assert await bench.value("ti.xcom_pull('a', default=5)", "another") == 5


async def test_S137_a_text_gives_the_most_recent_value_and_a_list_gives_values_in_its_order(bench: Bench) -> None:
    await bench.end("a", "s137", give="'first'")
    await bench.end("b", "s137", give="'second'")

    assert await bench.value("ti.xcom_pull()", "s137") == "second"
    assert await bench.value("ti.xcom_pull('a')", "s137") == "first"
    await bench.end("a", "s137", try_number=2, give="'again'")
    assert await bench.value("ti.xcom_pull('a')", "s137") == "again", "the most recent"
    assert await bench.value("ti.xcom_pull(['b', 'nobody', 'a'])", "s137") == ["second", None, "again"]


async def test_S138_no_key_is_no_filter_by_key(bench: Bench) -> None:
    await bench.end("a", "s138", steps=["ti.xcom_push('one', 1)", "ti.xcom_push('two', 2)"])

    assert await bench.value("ti.xcom_pull('a', key=None)", "s138") == 2


async def test_s139_a_task_sees_what_it_pushed_itself_and_a_later_value_replaces_an_earlier_one(bench: Bench) -> None:
    steps = ["current_attempt().set_output('n', 1)", "first = ti.xcom_pull('c', key='n')", "ti.xcom_push('n', 2)"]

    assert await bench.value("[first, ti.xcom_pull('c', key='n')]", "s139", steps=steps) == [1, 2]
    kept = bench.store.list_xcoms(XComFilter(run_id="s139"))
    assert {row.key: row.item.preview for row in kept.rows} == {"n": 2, "return_value": [1, 2]}


async def test_S140_values_belong_to_their_run(bench: Bench) -> None:
    await bench.end("a", "s140x", give="1")

    assert await bench.value("ti.xcom_pull('a')", "s140y") is None


async def test_earlier_runs_are_looked_at_when_asked_for(bench: Bench) -> None:
    await bench.end("a", "past", give="'old'")
    bench.deployment.store.create_run(_wish("later"))
    later = LOGICAL_DATE + timedelta(days=1)
    bench.deployment._runs.add(bench.run_key("later"))

    give = "[ti.xcom_pull('a'), ti.xcom_pull('a', include_prior_dates=True, key=None) is not None]"
    assert await bench.value(give, "later", logical_date=later) == [None, True]
    assert await bench.value("ctx['prev_start_date_success']", "later", "b", logical_date=later) is None


async def test_all_values_of_a_mapped_task_come_lazily_and_by_index(bench: Bench) -> None:
    for index in (2, 0, 1):
        await bench.end("a", "mapped", give="ti.map_index * 10", map_index=index)

    assert await bench.value("list(ti.xcom_pull('a'))", "mapped") == [0, 10, 20]
    assert await bench.value("ti.xcom_pull('a', map_indexes=1)", "mapped") == 10
    assert await bench.value("ti.xcom_pull('a', map_indexes=[2, 0, 7])", "mapped") == [20, 0, None]
    give = "[type(ti.xcom_pull('a')).__name__, len(ti.xcom_pull('a')), ti.xcom_pull('a')[-1], ti.xcom_pull('a')[:2]]"
    assert await bench.value(give, "mapped") == ["LazyValues", 3, 20, [0, 10]]
    assert await bench.value("[*ti.xcom_pull(['a', 'b']), 'end']", "mapped") == [0, 10, 20, None, "end"]


async def test_a_new_try_forgets_what_the_one_before_left_also_its_files(bench: Bench) -> None:
    big = "ti.xcom_push('big', 'x' * 200_000)"
    first, failed = await bench.end("a", "retry", steps=[big, "current_attempt().set_output('small', 1)", "1 / 0"])
    assert failed.state is AttemptState.FAILED
    assert await bench.value("len(ti.xcom_pull('a', key='big'))", "retry") == 200_000
    assert await bench.value("ti.xcom_pull('a', key='small')", "retry") == 1
    folder = bench.deployment.settings.xcom_dir / "d" / "retry" / "a"
    kept = [path.name for path in folder.iterdir()]
    assert len(kept) == 1
    assert stat.S_IMODE((folder / kept[0]).stat().st_mode) == 0o600

    await bench.end("a", "retry", try_number=2, give="'good'")

    assert await bench.value("[ti.xcom_pull('a', key='big'), ti.xcom_pull('a')]", "retry") == [None, "good"]
    await eventually(lambda: not list(folder.iterdir()))
    assert first.attempt_id in kept[0]


async def test_large_values_lie_in_files_and_frames_as_arrow(bench: Bench) -> None:
    steps = ["import pandas as pd", "import numpy as np"]
    frame = "pd.DataFrame({'n': range(50_000), 't': ['x'] * 50_000})"
    await bench.end("a", "large", steps=steps, give=frame)
    await bench.end("b", "large", steps=steps, give="np.arange(12).reshape(3, 4)")

    stored = bench.store.xcom(bench.run_key("large"), TaskKey(TaskId("a")), "return_value").item
    assert stored.form is XComForm.ARROW
    assert stored.value is None
    assert (bench.deployment.settings.xcom_dir / stored.path).stat().st_size == stored.size_bytes
    give = "[int(ti.xcom_pull('a')['n'].sum()), ti.xcom_pull('b').tolist()]"
    assert await bench.value(give, "large") == [1_249_975_000, [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]]]


async def test_a_value_beyond_the_limit_is_refused_and_the_setting_named(bench: Bench) -> None:
    message = await bench.fails("huge", give="'x' * 2_000_001")

    assert "2000000 bytes" in message
    assert "xcom_max_bytes" in message
    assert not list((bench.deployment.settings.xcom_dir / "d" / "huge").rglob("*-*"))


async def test_the_values_of_a_run_have_a_limit_together_and_a_replaced_one_counts_once(bench: Bench) -> None:
    push = "ti.xcom_push('k', 'x' * 1_900_000)"
    for task in ("a", "b"):
        _, attempt = await bench.end(task, "full", steps=[push, push])
        assert attempt.state is AttemptState.SUCCESS
    message = await bench.fails("full", give="'x' * 1_300_000")
    assert "5000000 bytes" in message
    assert "xcom_run_max_bytes" in message
    assert len(list((bench.deployment.settings.xcom_dir / "d" / "full").rglob("*-*"))) == 2
    assert await bench.value("'x' * 3000", "full") is not None
    assert (await bench.end("c", "another", give="'x' * 1_300_000"))[1].state is AttemptState.SUCCESS


async def test_a_value_that_was_tampered_with_is_not_opened(bench: Bench) -> None:
    await bench.end("a", "forged", give="Point(1, 2)")
    stored = bench.store.xcom(bench.run_key("forged"), TaskKey(TaskId("a")), "return_value")
    evil = "gASVHQAAAAAAAACMBXBvc2l4lIwGc3lzdGVtlJOUjAJpZJSFlFKULg=="
    other = await bench.begin("b", "forged", steps=["time.sleep(2)"])
    await eventually(lambda: bench.deployment.attempt(other).state is AttemptState.RUNNING)
    bench.store.keep_xcoms(other.attempt_id, {"return_value": replace(stored.item, value=evil)})

    assert "was not pickled by a task of this deployment" in await bench.fails("forged", give="ti.xcom_pull('b')")
    await bench.deployment.ended(other)


async def test_S043_what_a_command_prints_is_in_the_log_while_it_runs(bench: Bench) -> None:
    start = await bench.begin("says", "s043")
    await eventually(lambda: "early\n" in bench.deployment.log(start))
    assert "late\n" not in bench.deployment.log(start)
    assert bench.deployment.attempt(start).state is AttemptState.RUNNING
    assert (await bench.deployment.ended(start)).state is AttemptState.SUCCESS
    assert "late\n" in bench.deployment.log(start)


async def test_S143_templates_read_variables_and_connections(bench: Bench) -> None:
    bench.store.put_variable(Variable(key="greeting", value="hello"))
    bench.store.put_variable(Variable(key="shape", value='{"sides": [3, 4]}'))
    steps = [
        "from jupyter_couture.runtime.rendering import environment, render",
        "show = lambda text: render(environment(()), text, ctx)",
        "Variable.set('made', 'by a task')",
    ]
    give = (
        "[show('{{ var.value.greeting }}'), show('{{ var.json.shape.sides[1] }}'), "
        'show(\'{{ var.value.get("none", "x") }}\'), show(\'{{ var.value.none | default("y") }}\'), '
        "Variable.get('made')]"
    )

    assert await bench.value(give, "s143", steps=steps) == ["hello", "4", "x", "y", "by a task"]
    assert bench.store.variable("made").value == "by a task"


async def test_S156_secrets_are_hidden_in_logs_rendered_fields_errors_and_previews(bench: Bench) -> None:
    bench.store.add_connection(Connection(conn_id="store", conn_type="http", host="h", password="hunter2-canary"))
    bench.store.put_variable(Variable(key="api_key", value="k3y-canary-value"))
    steps = [
        "word = Variable.get('api_key')",
        "print('the key is', word)",
        "subprocess.run(['echo', 'child says', word])",
        "import logging; logging.getLogger('x').warning('logged %s', word)",
        "ti.xcom_push('leak', {'k': word})",
        "raise RuntimeError('cannot use ' + word)",
    ]
    start, attempt = await bench.end("a", "s156", steps=steps)
    log = bench.deployment.log(start)

    assert "canary" not in log
    assert "the key is ***" in log
    assert "child says ***" in log
    assert "logged ***" in log
    assert attempt.error is not None
    assert attempt.error.message.startswith("cannot use *** (")
    assert "canary" not in attempt.error.traceback
    leak = bench.store.xcom(bench.run_key("s156"), TaskKey(TaskId("a")), "leak")
    assert leak.item.preview == {"k": "***"}
    assert leak.item.value == {"k": "k3y-canary-value"}

    start, _ = await bench.end("bash", "s156", command='echo "word $WORD"')
    rendered = bench.store.rendered(start.run_key, start.task_key)
    assert "word ***" in bench.deployment.log(start)
    assert "canary" not in bench.deployment.log(start)
    assert rendered is not None
    assert rendered[0]["env"] == {"WORD": "***", "API_KEY": "***"}


async def test_S157_in_the_clear_logs_and_rendered_fields_show_what_a_task_reads(tmp_path: Path) -> None:
    deployment = Workbench(tmp_path / "home", CODE, workers=1, hide_sensitive=False)
    executor = LocalExecutor(deployment.settings)
    try:
        await executor.start()
        bench = Bench(deployment, executor)
        bench.store.add_connection(Connection(conn_id="store", conn_type="http", host="h", password="hunter2-canary"))
        start, _ = await bench.end("bash", "s157", command='echo "word $WORD"')
        rendered = bench.store.rendered(start.run_key, start.task_key)
        assert "word hunter2-canary" in deployment.log(start)
        assert rendered is not None
        assert rendered[0]["env"] == {"WORD": "hunter2-canary", "API_KEY": "plain-by-name"}
        bench.store.close()
        await executor.close(keep_running=False)
    finally:
        deployment.close()


async def test_a_token_is_good_for_its_attempt_while_that_runs_and_for_nothing_else(bench: Bench) -> None:
    start = await bench.begin("a", "token", steps=["print('up', flush=True)", "time.sleep(60)"])
    await eventually(lambda: "up" in bench.deployment.log(start))
    place = bench.deployment.settings.attempts_dir
    order = next(path for path in place.rglob("*.order") if start.attempt_id in path.name)
    token = json.loads(order.read_text())["token"]

    def ask(**said: Any) -> dict[str, Any]:
        with socket.socket(socket.AF_UNIX) as link:
            link.connect(str(desk_socket(bench.deployment.settings)))
            link.sendall(json.dumps(said).encode() + b"\n")
            answer: dict[str, Any] = json.loads(link.recv(65_536))
            return answer

    good = {"do": "variable", "key": "greeting", "attempt": start.attempt_id, "token": token}
    assert stat.S_IMODE(order.stat().st_mode) == 0o600
    assert stat.S_IMODE(desk_socket(bench.deployment.settings).stat().st_mode) == 0o600
    assert "answer" in ask(**good)
    assert ask(**{**good, "token": "0" * 32})["error"]["kind"] == "Denied"
    assert ask(**{**good, "attempt": "someone"})["error"]["kind"] == "Denied"
    assert ask(**{**good, "do": "drop"})["error"]["kind"] == "InvalidRequest"

    await bench.executor.cancel([start.attempt_id])
    await bench.deployment.ended(start)
    assert ask(**good)["error"]["kind"] == "Denied"


async def test_task_code_waits_out_a_supervisor_that_is_killed(bench: Bench) -> None:
    steps = ["print('up', flush=True)", "time.sleep(1)", "ti.xcom_push('k', 7)"]
    start = await bench.begin("a", "restart", steps=steps, give="ti.xcom_pull('a', key='k')")
    await eventually(lambda: "up" in bench.deployment.log(start))
    os.kill(bench.deployment.supervisor_pid(), signal.SIGKILL)

    assert (await bench.deployment.ended(start, 60.0)).state is AttemptState.SUCCESS
    assert bench.store.xcom(start.run_key, start.task_key, "return_value").item.preview == 7


async def test_a_run_sees_the_asset_updates_it_was_made_for(bench: Bench) -> None:
    producer = TaskSpec(TaskId("t"), "PythonOperator", TaskKind.PYTHON, outlets=("s3://b/k",))
    spec = DagSpec(DagId("p"), file="p.py", tasks=(producer,), assets={"s3://b/k": {"name": "k"}})
    parsed = ParsedFile("p.py", "h", (DagVersion(VersionHash("p1"), spec, "# p"),))
    bench.store.record_parse([parsed], LOGICAL_DATE, paused_at_creation=False)
    first, second = (bench.store.emit_asset("s3://b/k", {"rows": rows}).number for rows in (1, 2))
    give = "{uri: [event['extra'] for event in events] for uri, events in ctx['triggering_asset_events'].items()}"

    assert await bench.value(give, "assets", asset_events=(first, second)) == {"s3://b/k": [{"rows": 1}, {"rows": 2}]}
    assert await bench.value("ctx['triggering_asset_events']", "no-assets") == {}

    for size in (3_000_000, 6_000_000):  # of events with long notes fewer are told, the newest
        bench.store.emit_asset("s3://b/k", {"rows": 3, "text": "x" * size})
    history = "__import__('jupyter_couture').authoring.context.current_attempt().asset_history('s3://b/k')"
    assert await bench.value(f"[len(str(event['extra'])) // 1000000 for event in {history}]", "long") == [6]


async def test_values_go_with_their_run(bench: Bench) -> None:
    await bench.end("a", "gone", give="1")
    bench.store.delete_xcom(bench.run_key("gone"), TaskKey(TaskId("a")), "return_value")

    with pytest.raises(NotFound):
        bench.store.xcom(bench.run_key("gone"), TaskKey(TaskId("a")), "return_value")
    assert await bench.value("ti.xcom_pull('a')", "gone") is None


def _wish(run: str) -> Any:
    at = LOGICAL_DATE + timedelta(days=1)
    return NewRun(
        dag_id=DagId("d"),
        run_id=RunId(run),
        run_type=RunType.MANUAL,
        logical_date=at,
        data_interval_start=at,
        data_interval_end=at,
        conf={},
        at=at,
    )
