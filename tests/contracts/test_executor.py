"""What every executor promises, with a real supervisor, real processes and a real database.

An adapter is a function from settings to an executor; to put another one under the suite, add it to ``ADAPTERS``.
"""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from jupyter_couture.executors.dask_executor import DaskExecutor
from jupyter_couture.executors.local import LocalExecutor
from jupyter_couture.model.ids import TaskId, TaskKey
from jupyter_couture.model.intents import StartAttempt
from jupyter_couture.model.run import Attempt
from jupyter_couture.model.states import AttemptState
from jupyter_couture.ports.executor import Executor
from jupyter_couture.runtime.places import version_path
from jupyter_couture.runtime.processes import parent_of
from jupyter_couture.settings import Settings
from tests.contracts.executor_tasks import TASKS
from tests.workbench import Workbench, eventually

pytestmark = pytest.mark.asyncio(loop_scope="module")

ADAPTERS: dict[str, Callable[[Settings], Executor]] = {
    "local": LocalExecutor,
    "dask": DaskExecutor,
}


class Bench:
    """A deployment and the executor under test."""

    def __init__(self, deployment: Workbench, executor: Executor) -> None:
        self.deployment = deployment
        self.executor = executor

    async def run(self, task_id: str, seconds: float = 30.0, **changes: object) -> tuple[StartAttempt, Attempt]:
        """Carry an attempt out; its order and how it ended."""
        start = self.deployment.order(task_id, **changes)
        await self.executor.submit([start])
        return start, await self.deployment.ended(start, seconds)

    async def begin(self, task_id: str, **changes: object) -> StartAttempt:
        """Have an attempt started; returns when its log says so."""
        start = self.deployment.order(task_id, **changes)
        await self.executor.submit([start])
        await eventually(lambda: "Try 1" in self.deployment.log(start), explain=self.deployment.explain)
        return start

    def log(self, start: StartAttempt) -> str:
        """The log of an attempt."""
        return self.deployment.log(start)

    def message(self, attempt: Attempt) -> str:
        """The words of its error."""
        assert attempt.error is not None
        return attempt.error.message

    def outputs(self, start: StartAttempt) -> dict[str, object]:
        """What the attempt left for others."""
        found = self.deployment.store.rendered(start.run_key, start.task_key)
        return dict(found[1]) if found else {}


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=list(ADAPTERS))
async def bench(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Bench]:
    deployment = Workbench(
        tmp_path_factory.mktemp("home"), TASKS, workers=2, slots_per_worker=4, kill_grace_seconds=1.0
    )
    executor = ADAPTERS[request.param](deployment.settings)
    try:
        await executor.start()
        yield Bench(deployment, executor)
        await executor.close(keep_running=False)
    finally:
        deployment.close()


async def test_a_python_task_succeeds_and_its_log_names_it(bench: Bench) -> None:
    start, attempt = await bench.run("noop")

    assert (attempt.state, attempt.exit_code, attempt.error) == (AttemptState.SUCCESS, 0, None)
    assert bench.deployment.facts(start) == ["AttemptStarted", "AttemptSucceeded"]
    assert f"Try 1 of 1 of d.noop in run {start.run_key.run_id}" in bench.log(start)
    assert "Ended: success" in bench.log(start)


async def test_a_task_without_work_succeeds(bench: Bench) -> None:
    _, attempt = await bench.run("empty", operator_kind="empty")

    assert attempt.state is AttemptState.SUCCESS


async def test_s044_a_callable_finds_the_whole_context(bench: Bench) -> None:
    start, _ = await bench.run("context_keys")
    keys = bench.outputs(start)["return_value"]

    assert isinstance(keys, list)
    wanted = """dag ds next_ds prev_ds ds_nodash ts ts_nodash yesterday_ds yesterday_ds_nodash tomorrow_ds
        tomorrow_ds_nodash END_DATE end_date dag_run run_id execution_date prev_execution_date next_execution_date
        latest_date params tables task task_instance ti task_instance_key_str test_mode var inlets outlets
        templates_dict"""
    assert set(wanted.split()) <= set(keys)


async def test_a_callable_is_given_what_it_names(bench: Bench) -> None:
    start, _ = await bench.run("named")

    assert bench.outputs(start)["return_value"] == ["2026-03-01", 1, "named", start.run_key.run_id]


async def test_s043_a_bash_command_is_rendered_and_its_exit_code_told(bench: Bench) -> None:
    start, attempt = await bench.run("bash", conf={"size": 9})

    assert attempt.state is AttemptState.FAILED
    assert "exit code 3" in bench.message(attempt)
    assert "2026-03-01 in red size 9" in bench.log(start)
    found = bench.deployment.store.rendered(start.run_key, start.task_key)
    assert found is not None
    assert found[0]["bash_command"] == "echo 2026-03-01 in red size 9; exit 3"


async def test_a_template_that_names_nothing_fails_the_task(bench: Bench) -> None:
    _, attempt = await bench.run("undefined")

    assert attempt.state is AttemptState.FAILED
    assert "'no_such_thing' is undefined" in bench.message(attempt)


async def test_a_failure_is_told_with_file_line_and_the_users_frames_only(bench: Bench) -> None:
    start, attempt = await bench.run("fail")

    assert attempt.error is not None
    assert attempt.error.type == "IndexError"
    assert "d.py, line " in attempt.error.message
    assert "return numbers[7]" in attempt.error.traceback
    assert "jupyter_couture" not in attempt.error.traceback
    assert attempt.exit_code == 1
    assert "IndexError" in bench.log(start)


async def test_a_task_may_ask_to_be_skipped(bench: Bench) -> None:
    start, attempt = await bench.run("skip")
    _, by_code = await bench.run("bash_skip")

    assert attempt.state is by_code.state is AttemptState.SKIPPED
    assert bench.deployment.facts(start) == ["AttemptStarted", "AttemptSkipped"]


async def test_a_task_may_give_up_or_ask_for_a_later_retry(bench: Bench) -> None:
    hopeless, _ = await bench.run("give_up")
    later, _ = await bench.run("retry_later")

    facts = {each.fact.attempt_id: each.fact for each in bench.deployment.store.facts(10_000)}
    assert getattr(facts[hopeless.attempt_id], "is_final") is True  # noqa: B009  # a union of facts
    assert getattr(facts[later.attempt_id], "retry_after_seconds") == 42.0  # noqa: B009


@pytest.mark.parametrize(
    ("task_id", "words"),
    [
        ("system_exit", "sys.exit(0)"),
        ("os_exit", "ended with exit code 0 without saying how"),
        ("segfault", "SIGSEGV"),
        ("sigkill", "SIGKILL"),
    ],
)
async def test_r14_a_process_that_ends_without_a_word_fails_with_the_reason(
    bench: Bench, task_id: str, words: str
) -> None:
    _, attempt = await bench.run(task_id)
    _, after = await bench.run("noop")

    assert attempt.state is AttemptState.FAILED
    assert words in bench.message(attempt)
    assert after.state is AttemptState.SUCCESS


async def test_a_task_that_the_version_does_not_have_fails_in_words(bench: Bench) -> None:
    _, attempt = await bench.run("noop", task_key=TaskKey(TaskId("vanished")))

    assert attempt.state is AttemptState.FAILED
    assert "vanished" in bench.message(attempt)


async def test_a_version_that_cannot_be_loaded_fails_its_attempts_with_the_import_error(bench: Bench) -> None:
    kept = bench.deployment.version
    broken = bench.deployment.write_dag("import no_such_module_at_all\n", file="broken.py")
    bench.deployment.version = kept
    start, attempt = await bench.run("noop", version=broken)

    assert attempt.state is AttemptState.FAILED
    assert "no_such_module_at_all" in bench.message(attempt)
    assert "ModuleNotFoundError" in bench.log(start)


async def test_a_version_whose_import_starts_threads_runs_cold(bench: Bench) -> None:
    code = """
        import threading, time
        threading.Thread(target=lambda: time.sleep(3600), daemon=True).start()
        with dag:
            PythonOperator(task_id="noop", python_callable=lambda: threading.active_count())
    """
    kept = bench.deployment.version
    threaded = bench.deployment.write_dag(code, file="threaded.py")
    bench.deployment.version = kept
    start, attempt = await bench.run("noop", version=threaded)

    assert attempt.state is AttemptState.SUCCESS, attempt.error
    assert bench.outputs(start)["return_value"] == 2


async def test_an_attempt_whose_version_is_nowhere_fails_in_words(bench: Bench) -> None:
    kept = bench.deployment.version
    missing = bench.deployment.write_dag("", file="missing.py")
    bench.deployment.version = kept
    version_path(bench.deployment.settings, missing).unlink()
    _, attempt = await bench.run("noop", version=missing)

    assert attempt.state is AttemptState.FAILED
    assert missing in bench.message(attempt)


async def test_values_pass_from_task_to_task(bench: Bench) -> None:
    made, _ = await bench.run("make")
    start, attempt = await bench.run("take", run_key=made.run_key)

    assert attempt.state is AttemptState.SUCCESS, attempt.error
    assert bench.outputs(start)["return_value"] == 3


async def test_too_large_an_output_fails_the_task_in_words(bench: Bench) -> None:
    _, attempt = await bench.run("big_output")

    assert attempt.state is AttemptState.FAILED
    assert "1048576 bytes" in bench.message(attempt)


async def test_progress_and_rendered_fields_are_seen_while_the_task_runs(bench: Bench) -> None:
    start = await bench.begin("progress")
    store = bench.deployment.store
    steps: list[int] = []

    def saw_progress() -> bool:
        page = store.feed_after(0, 100_000)
        told = [event.entry for event in page.events if event.entry.kind == "attempt.progress"]
        steps[:] = [int(str(entry.data["done"])) for entry in told if entry.run_id == start.run_key.run_id]
        return bool(steps)

    await eventually(saw_progress)
    assert bench.deployment.attempt(start).state is AttemptState.RUNNING
    await bench.deployment.ended(start)
    assert steps == sorted(steps)
    assert bench.outputs(start)["rows"] == 12


async def test_log_lines_of_a_task_and_its_children_stand_in_order(bench: Bench) -> None:
    start, _ = await bench.run("interleave")

    lines = [line for line in bench.log(start).splitlines() if line.startswith(("out", "err"))]
    assert lines == [text for number in range(300) for text in (f"out {number}", f"err {number}")]
    everything = bench.log(start).splitlines()
    for number in (0, 100, 200):
        place = everything.index(f"err {number}")
        assert everything[place + 1].endswith(f"WARNING - log {number}")
        assert everything[place + 2] == f"child {number}"


async def test_exit_handlers_and_threads_of_a_task_come_to_their_end(bench: Bench) -> None:
    start, attempt = await bench.run("exit_handlers")

    assert attempt.state is AttemptState.SUCCESS
    assert "thread ran" in bench.log(start)
    assert "handler ran" in bench.log(start)


async def test_each_attempt_has_its_own_folder_environment_and_randomness(bench: Bench) -> None:
    start, _ = await bench.run("on_its_own")
    told = bench.outputs(start)["return_value"]
    first, _ = await bench.run("random")
    second, _ = await bench.run("random")

    assert isinstance(told, list)
    assert told[1:] == [f"d/{start.run_key.run_id}/on_its_own", str(start.fence), "d"]
    assert str(told[0]).startswith(str(bench.deployment.settings.attempts_dir))
    assert not list(bench.deployment.settings.attempts_dir.glob(f"*/{start.attempt_id}*"))
    assert bench.outputs(first) != bench.outputs(second)


# ---- stopping


async def test_r27_a_timeout_ends_the_whole_tree_however_it_hides(bench: Bench) -> None:
    start, attempt = await bench.run("deaf", timeout_seconds=1.5)

    assert attempt.state is AttemptState.TIMED_OUT
    assert "1.5 s" in bench.message(attempt)
    assert bench.deployment.processes_of(start) == []
    assert "deaf" in bench.log(start)


async def test_a_running_attempt_is_cancelled_with_its_tree(bench: Bench) -> None:
    start = await bench.begin("bash_sleep")
    await eventually(lambda: "asleep" in bench.log(start))
    began = time.monotonic()
    await bench.executor.cancel([start.attempt_id])
    attempt = await bench.deployment.ended(start)

    assert attempt.state is AttemptState.CANCELLED
    assert bench.deployment.processes_of(start) == []
    assert time.monotonic() - began < 15.0


async def test_a_cancelled_operator_is_told(bench: Bench) -> None:
    start = await bench.begin("polite")
    await eventually(lambda: "ready" in bench.log(start))
    await bench.executor.cancel([start.attempt_id])
    attempt = await bench.deployment.ended(start)

    assert attempt.state is AttemptState.CANCELLED
    assert "cleaned up" in bench.log(start)


async def test_an_attempt_is_cancelled_before_it_starts(bench: Bench) -> None:
    blockers = [bench.deployment.order("sleep") for _ in range(bench.executor.slots())]
    waiting = bench.deployment.order("effect")
    await bench.executor.submit([*blockers, waiting])
    bench.deployment.ask_cancel(waiting)
    await bench.executor.cancel([waiting.attempt_id])
    attempt = await bench.deployment.ended(waiting)
    await bench.executor.cancel([each.attempt_id for each in blockers])
    for each in blockers:
        await bench.deployment.ended(each)

    assert attempt.state is AttemptState.CANCELLED
    assert attempt.started_at is None
    assert bench.deployment.facts(waiting) == ["AttemptCancelled"]


async def test_a_wish_to_cancel_that_only_the_database_knows_is_heard_with_the_beat(bench: Bench) -> None:
    start = await bench.begin("sleep")
    bench.deployment.ask_cancel(start)
    attempt = await bench.deployment.ended(start, 15.0)

    assert attempt.state is AttemptState.CANCELLED


async def test_an_attempt_whose_cancellation_was_asked_for_never_starts(bench: Bench) -> None:
    start = bench.deployment.order("effect")
    bench.deployment.ask_cancel(start)
    await bench.executor.submit([start])
    attempt = await bench.deployment.ended(start)

    assert attempt.state is AttemptState.CANCELLED
    assert attempt.started_at is None


@pytest.mark.parametrize("task_id", ["leave_behind", "bash_background"])
async def test_i9_what_a_task_leaves_running_behind_it_is_ended(bench: Bench, task_id: str) -> None:
    start, attempt = await bench.run(task_id)

    assert attempt.state is AttemptState.SUCCESS
    assert bench.deployment.processes_of(start) == []


async def test_i9_a_process_that_cleared_its_environment_is_found_when_the_nursery_is_idle(bench: Bench) -> None:
    await bench.run("hide")

    def is_hiding() -> bool:
        commands = (entry / "cmdline" for entry in Path("/proc").iterdir() if entry.name.isdigit())
        return any(b"sleep\x00601" in _read(command) for command in commands)

    await eventually(lambda: not is_hiding(), 10.0, bench.deployment.explain)


async def test_r13_a_call_that_holds_the_interpreter_lock_finishes_in_one_attempt(bench: Bench) -> None:
    start, attempt = await bench.run("hold_gil")

    assert attempt.state is AttemptState.SUCCESS
    assert bench.deployment.facts(start) == ["AttemptStarted", "AttemptSucceeded"]


# ---- delivery


async def test_an_attempt_that_is_submitted_twice_runs_once(bench: Bench) -> None:
    start = await bench.begin("effect")
    await bench.executor.submit([start])
    attempt = await bench.deployment.ended(start)
    await bench.executor.submit([start])
    await bench.run("noop")

    assert attempt.state is AttemptState.SUCCESS
    assert _effects(bench).count(start.attempt_id) == 1
    assert bench.deployment.facts(start) == ["AttemptStarted", "AttemptSucceeded"]


async def test_more_attempts_than_slots_all_run(bench: Bench) -> None:
    starts = bench.deployment.orders("noop", 60)
    await bench.executor.submit(starts)
    for start in starts:
        assert (await bench.deployment.ended(start, 60.0)).state is AttemptState.SUCCESS

    folder = bench.deployment.settings.attempts_dir
    await eventually(lambda: [entry.name for entry in folder.glob("*/*")] == ["work"])


async def test_the_health_says_how_many_slots_there_are(bench: Bench) -> None:
    health = bench.executor.health()

    assert health.slots == bench.executor.slots() == 8
    assert health.workers >= 1


# ---- deaths


async def test_r05_no_attempt_notices_that_its_supervisor_is_killed(bench: Bench) -> None:
    starts = bench.deployment.orders("effect", 6)
    await bench.executor.submit(starts)
    for _ in range(3):
        await asyncio.sleep(0.4)
        await eventually(lambda: bench.deployment.supervisor_pid() > 0)
        os.kill(bench.deployment.supervisor_pid(), signal.SIGKILL)
    for start in starts:
        attempt = await bench.deployment.ended(start, 60.0)
        assert attempt.state is AttemptState.SUCCESS, bench.deployment.explain()
        assert bench.deployment.facts(start) == ["AttemptStarted", "AttemptSucceeded"]

    effects = _effects(bench)
    assert all(effects.count(start.attempt_id) == 1 for start in starts)


async def test_a_timeout_holds_across_the_death_of_the_supervisor(bench: Bench) -> None:
    start = await bench.begin("deaf", timeout_seconds=3.0)
    os.kill(bench.deployment.supervisor_pid(), signal.SIGKILL)
    attempt = await bench.deployment.ended(start)

    assert attempt.state is AttemptState.TIMED_OUT
    assert bench.deployment.processes_of(start) == []


async def test_r43_when_a_nursery_is_killed_its_attempts_are_lost_only_after_their_trees_are_gone(bench: Bench) -> None:
    start = await bench.begin("deaf")
    await eventually(lambda: "deaf\n" in bench.log(start))
    parents = {parent_of(pid) for pid in bench.deployment.processes_of(start)}
    (nursery,) = parents & set(bench.deployment.nursery_pids())
    began = time.monotonic()
    os.kill(nursery, signal.SIGKILL)
    attempt = await bench.deployment.ended(start)

    assert bench.deployment.processes_of(start) == []
    assert attempt.state is AttemptState.LOST
    assert time.monotonic() - began < 5.0
    _, after = await bench.run("noop")
    assert after.state is AttemptState.SUCCESS


async def test_supervisor_and_nurseries_killed_together_lose_the_attempt_and_leave_no_process(bench: Bench) -> None:
    start = await bench.begin("deaf")
    await eventually(lambda: "deaf\n" in bench.log(start))
    supervisor = bench.deployment.supervisor_pid()
    for pid in [supervisor, *bench.deployment.nursery_pids()]:
        os.kill(pid, signal.SIGKILL)
    attempt = await bench.deployment.ended(start)

    assert attempt.state is AttemptState.LOST
    assert bench.deployment.processes_of(start) == []
    assert bench.deployment.facts(start) == ["AttemptStarted", "AttemptLost"]


# ---- logs


async def test_a_long_log_is_read_in_pieces_by_offset(bench: Bench) -> None:
    start, _ = await bench.run("many_lines", 60.0)
    logs, key, size = bench.deployment.logs, start.task_key, bench.deployment.log_file(start).stat().st_size
    assert size > 10_000_000

    tail = logs.read(start.run_key, key, 1, -5000, 65_536)
    assert tail.next_offset == tail.size_bytes == size
    assert "line 199999" in tail.text
    middle = logs.read(start.run_key, key, 1, size // 2, 65_536)
    assert len(middle.text) <= 65_536
    lines = [line for line in bench.log(start).splitlines() if line.startswith("line ")]
    assert [int(line.split()[1]) for line in lines] == list(range(200_000))


async def test_r29_bytes_that_are_no_text_are_shown_and_characters_never_split(bench: Bench) -> None:
    start, _ = await bench.run("odd_bytes")
    logs, offset, text = bench.deployment.logs, 0, ""
    while True:
        chunk = logs.read(start.run_key, start.task_key, 1, offset, 101)
        if chunk.next_offset == offset:
            break
        text, offset = text + chunk.text, chunk.next_offset

    assert text.count("é€𝄞") == 1000
    assert "�" in text
    assert "no newline at the end" in text


def _effects(bench: Bench) -> list[str]:
    return (bench.deployment.settings.home / "effects").read_text().split()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
