"""Notebook tasks through the real executor, supervisor and nursery: what reaches the database, what is left behind."""

import asyncio
import json
import os
import random
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
import pytest_asyncio

from jupyter_couture.app.edges import open_store
from jupyter_couture.executors.local import LocalExecutor
from jupyter_couture.model.intents import StartAttempt
from jupyter_couture.model.run import Attempt
from jupyter_couture.model.secrets import Connection, Variable
from jupyter_couture.model.states import AttemptState
from tests.workbench import Workbench, eventually

pytestmark = pytest.mark.asyncio(loop_scope="module")

TASKS = """
with dag:
    for name in ("sums", "broken", "restless"):
        NotebookOperator(name, input_path=f"{name}.ipynb", parameters={"limit": 7, "day": "{{ ds }}"})
    NotebookOperator("telltale", input_path="telltale.ipynb", parameters={"given": "{{ conn.store.password }}"})
"""

RESTLESS = """
import os, subprocess, time
children = [subprocess.Popen(['sleep', '600'], start_new_session=True), subprocess.Popen(['sleep', '600'])]
print('well under way', flush=True)
while True:
    print('x' * 2000, flush=True)
    time.sleep(0.002)
"""

TELLTALE = """
import subprocess, sys
from jupyter_couture import Variable, mask_secret
mask_secret("whispered-canary")
key = Variable.get("api_key")
print("the key is", key, "and", given)
print("aside", key, file=sys.stderr, flush=True)
print(subprocess.run(["echo", "child says", key], capture_output=True, text=True).stdout)
subprocess.run(["echo", "child cries", key])
{"key": key, "whispered": "whispered-canary"}
"""

NOTEBOOKS = {
    "sums": ["print('for', day)", "sum(range(limit))", "import os; print(os.getcwd())"],
    "broken": ["print('fine so far')", "{}['absent']"],
    "restless": ["print('begun')", RESTLESS],
    "telltale": [TELLTALE, "raise RuntimeError('cannot use ' + key + ' with ' + given)"],
}


class Bench:
    """A deployment with notebooks beside its DAG file."""

    def __init__(self, folder: Path) -> None:
        self.deployment = Workbench(folder, TASKS, workers=1, slots_per_worker=4, kill_grace_seconds=1.0)
        self.executor = LocalExecutor(self.deployment.settings)
        for name, sources in NOTEBOOKS.items():
            notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
            notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
            nbformat.write(notebook, self.deployment.settings.dags_folder / f"{name}.ipynb")

    async def submit(self, task_id: str, **changes: Any) -> StartAttempt:
        """Have an attempt carried out."""
        start = self.deployment.order(task_id, operator_kind="notebook", **changes)
        await self.executor.submit([start])
        return start

    async def run(self, task_id: str) -> tuple[StartAttempt, Attempt]:
        """Have it carried out, to its end."""
        start = await self.submit(task_id)
        return start, await self.deployment.ended(start, 60.0)

    def outputs(self, start: StartAttempt) -> dict[str, Any]:
        """What the attempt left for others."""
        found = self.deployment.store.rendered(start.run_key, start.task_key)
        return dict(found[1]) if found else {}

    def copy_of(self, start: StartAttempt) -> Path:
        """Where the executed copy belongs."""
        folder = self.deployment.settings.outputs_dir / "d" / start.run_key.run_id
        return folder / f"{start.task_key.task_id}.ipynb"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bench(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Bench]:
    bench = Bench(tmp_path_factory.mktemp("home"))
    try:
        await bench.executor.start()
        yield bench
        await bench.executor.close(keep_running=False)
    finally:
        bench.deployment.close()


async def test_the_executed_copy_lies_with_the_run_and_is_named_by_the_outputs(bench: Bench) -> None:
    start, attempt = await bench.run("sums")
    path = bench.copy_of(start)
    notebook = nbformat.read(path, as_version=4)

    assert attempt.state is AttemptState.SUCCESS, bench.deployment.log(start)
    assert bench.outputs(start) == {"notebook": str(path), "return_value": str(path)}
    assert notebook.cells[1].outputs[0].text == "for 2026-03-01\n"
    assert notebook.cells[2].outputs[0].data["text/plain"] == "21"
    assert notebook.cells[3].outputs[0].text == f"{bench.deployment.settings.dags_folder}\n"
    assert "for 2026-03-01" in bench.deployment.log(start)
    assert bench.deployment.processes_of(start) == []


async def test_the_error_of_a_failed_cell_reaches_the_attempt(bench: Bench) -> None:
    start, attempt = await bench.run("broken")

    assert attempt.state is AttemptState.FAILED
    assert attempt.error is not None
    assert attempt.error.message.startswith("KeyError: 'absent'\nin cell 3 of 3:")
    assert "{}['absent']" in attempt.error.message
    assert "KeyError" in bench.deployment.log(start)
    assert bench.outputs(start)["notebook"] == str(bench.copy_of(start))
    assert bench.copy_of(start).exists()


async def test_S156_what_a_notebook_learns_in_confidence_is_hidden_in_its_copy_and_its_log(bench: Bench) -> None:
    store = open_store(bench.deployment.settings)
    store.add_connection(Connection(conn_id="store", conn_type="http", host="h", password="hunter2-canary"))
    store.put_variable(Variable(key="api_key", value="k3y-canary-value"))
    store.close()
    start, attempt = await bench.run("telltale")
    copy = bench.copy_of(start).read_text()
    notebook = nbformat.reads(copy, as_version=4)
    nbformat.validate(notebook)
    log = bench.deployment.log(start)

    assert attempt.error is not None, log
    assert attempt.error.message.startswith("RuntimeError: cannot use *** with ***"), log
    for text in (copy, log, attempt.error.message, attempt.error.traceback):
        assert "canary" not in text
    assert notebook.metadata.papermill.parameters.given == "***"
    parameters, telltale, raising = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert 'given = "***"' in parameters.source
    said = "".join(output.text for output in telltale.outputs if output.output_type == "stream")
    assert "the key is *** and ***\n" in said
    assert "aside ***\n" in said
    assert "child says ***\n" in said
    assert telltale.outputs[-1].data["text/plain"] == "{'key': '***', 'whispered': '***'}"
    assert raising.outputs[0].evalue == "cannot use *** with ***"
    assert "the key is *** and ***" in log
    assert "child cries ***" in log + said


async def test_progress_by_cell_is_seen_while_the_notebook_runs(bench: Bench) -> None:
    start = await bench.submit("restless")
    told: list[dict[str, Any]] = []

    def is_at_the_last_cell() -> bool:
        events = bench.deployment.store.feed_after(0, 100_000).events
        mine = [event.entry for event in events if event.entry.run_id == start.run_key.run_id]
        told[:] = [dict(entry.data) for entry in mine if entry.kind == "attempt.progress"]
        return bool(told) and told[-1]["done"] == 2

    await eventually(is_at_the_last_cell, 60.0, bench.deployment.explain)
    assert bench.deployment.attempt(start).state is AttemptState.RUNNING
    assert (told[-1]["total"], told[-1]["label"]) == (3, "import os, subprocess, time")
    assert bench.copy_of(start).exists()
    await bench.executor.cancel([start.attempt_id])
    attempt = await bench.deployment.ended(start)

    assert attempt.state is AttemptState.CANCELLED
    assert bench.deployment.processes_of(start) == []


async def test_a_timeout_ends_the_kernel_and_what_it_started(bench: Bench) -> None:
    start = await bench.submit("restless", timeout_seconds=4.0)
    attempt = await bench.deployment.ended(start, 60.0)

    assert attempt.state is AttemptState.TIMED_OUT
    assert bench.deployment.processes_of(start) == []


async def test_kill_9_of_a_notebook_task_ends_kernel_and_grandchildren_within_five_seconds(
    bench: Bench, record_property: Any
) -> None:
    """R26."""
    seed = random.randrange(10**6)
    record_property("seed", seed)
    moments = random.Random(seed)
    for _ in range(5):
        start = await bench.submit("restless")
        await eventually(lambda: "under way" in bench.deployment.log(start), 60.0, bench.deployment.explain)  # noqa: B023
        await asyncio.sleep(0.4 + moments.random())
        tree = bench.deployment.processes_of(start)
        payload = min(tree)
        began = time.monotonic()
        os.kill(payload, signal.SIGKILL)
        attempt = await bench.deployment.ended(start)
        seconds = time.monotonic() - began

        assert len(tree) >= 4, "payload, kernel and two children"
        assert bench.deployment.processes_of(start) == [], f"seed {seed}"
        assert attempt.state is AttemptState.FAILED
        assert seconds < 5.0, f"seed {seed}"
        notebook = nbformat.reads(json.dumps(json.loads(bench.copy_of(start).read_text())), as_version=4)
        assert notebook.cells[1].outputs[0].text == "begun\n"
