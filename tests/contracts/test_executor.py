"""What every executor promises about attempts that end by themselves, with real processes and a real database."""

import pytest

from jupyter_couture.model.facts import AttemptFact
from jupyter_couture.model.ids import TaskId, TaskKey
from jupyter_couture.model.states import AttemptState
from jupyter_couture.runtime.places import version_path
from tests.contracts.executor_bench import Bench, bench
from tests.workbench import eventually

pytestmark = pytest.mark.asyncio(loop_scope="module")

__all__ = ["bench"]


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

    stored = [each.fact for each in bench.deployment.store.facts(10_000)]
    facts = {fact.attempt_id: fact for fact in stored if isinstance(fact, AttemptFact)}
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
    assert "1000000 bytes" in bench.message(attempt)
    assert "xcom_max_bytes" in bench.message(attempt)


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
