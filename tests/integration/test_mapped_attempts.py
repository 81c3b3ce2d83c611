"""Real payloads: the values of an instance, what an attempt says of the tasks around it, callbacks, verdicts."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from jupyter_couture.executors.local import LocalExecutor
from jupyter_couture.model.facts import AttemptFact, AttemptFailed, AttemptSkipped, AttemptSucceeded
from jupyter_couture.model.ids import DagId, RunId, RunKey, TaskId, TaskKey
from jupyter_couture.model.intents import StartAttempt
from tests.workbench import Workbench

pytestmark = pytest.mark.asyncio(loop_scope="module")

TASKS = """
    import json, os, time

    def told(name):
        def callback(context):
            print("TOLD", name, context["ti"].state, type(context.get("exception")).__name__, context.get("reason"))
        return callback

    def broken(context):
        raise OSError("nobody answers")

    with dag:
        @task
        def rows():
            return [10, 20, 30]

        @task(map_index_template="{{ ds }} {{ mine }}")
        def double(x, plus=0):
            get_current_context()["mine"] = f"row {x}"
            return 2 * x + plus

        @task
        def total(values):
            return {"sum": sum(values), "length": len(values), "last": values[-1]}

        doubled = double.partial(plus=1).expand(x=rows())
        total(doubled)

        @task
        def shout(text):
            return str(text).upper()

        BashOperator.partial(task_id="say", append_env=True).expand(
            bash_command=rows().map(lambda x: f"echo {{{{ ds }}}} {x}")
        )

        @task_group
        def each(x):
            @task
            def square(x):
                return x * x

            @task
            def show(a, b):
                return [a, b]

            return show(square(x), x)

        @task
        def gather(pairs):
            return [list(pair) for pair in pairs]

        gather(each.expand(x=rows()))

        @task
        def branch():
            current_attempt().skip(["left"])

        @task
        def stray():
            current_attempt().skip(["nowhere"])

        branch() >> [EmptyOperator("left"), EmptyOperator("right")]
        stray()

        @task
        def count():
            return 5

        shout.expand(text=count())

        def only_even(x):
            if x % 20:
                raise Skip(f"{x} is odd")
            return x

        @task(on_skipped_callback=lambda context: print("TOLD", context["ti"].map_index, context["reason"]))
        def even(x):
            return x

        even.expand(x=rows().map(only_even))

        told_all = dict(
            on_execute_callback=told("execute"),
            on_success_callback=[told("success"), broken, told("more success")],
            on_failure_callback=told("failure"),
            on_retry_callback=told("retry"),
            on_skipped_callback=told("skipped"),
        )

        @task(**told_all)
        def well():
            print("WORK")
            return 1

        @task(retries=1, **told_all)
        def bad():
            raise ValueError("the 7th")

        @task(**told_all)
        def skipping():
            raise Skip("not today")

        @task(retries=5, no_retry_on=KeyError, **told_all)
        def hopeless():
            return {}["x"]

        class TooMany(Exception):
            pass

        def by_message(error, context):
            return 90 if "slow" in str(error) and context["ti"].try_number == 1 else None

        @task(retries=5, retry_policy=by_message)
        def limited():
            raise TooMany("slow down")

        @task(retries=5, retry_on=["ConnectionError", "TooMany"])
        def picky():
            raise RuntimeError("no")

        for make in (well, bad, skipping, hopeless, limited, picky):
            make()

        class Hooked(BaseOperator):
            def pre_execute(self, context):
                print("PRE")
            def execute(self, context):
                print("EXECUTE")
                return 3
            def post_execute(self, context, result=None):
                print("POST", result)

        Hooked(task_id="hooked", on_execute_callback=told("execute"))

        @task(multiple_outputs=True)
        def several():
            return {"a": 1, "b": [2]}

        parts = several()
        BashOperator("use_parts", bash_command="echo {{ ti.xcom_pull('several', key='a') }} $B",
                     env={"B": parts["b"]}, append_env=True)
"""


class Bench:
    """A deployment and a local executor on it."""

    def __init__(self, deployment: Workbench, executor: LocalExecutor) -> None:
        self.deployment = deployment
        self.executor = executor
        self._runs = 0

    def new_run(self) -> RunKey:
        """The key of a run of its own."""
        self._runs += 1
        return RunKey(DagId("d"), RunId(f"manual__own_{self._runs}"))

    async def run(
        self, run: RunKey, task_id: str, map_index: int = -1, lengths: tuple[int, ...] = (), **changes: object
    ) -> tuple[AttemptFact, str]:
        """Carry out one instance; how it ended, and its log."""
        key = TaskKey(TaskId(task_id), map_index)
        start = self.deployment.order(task_id, run_key=run, task_key=key, lengths=lengths, **changes)
        await self.executor.submit([start])
        await self.deployment.ended(start)
        return self._end(start), self.deployment.log(start)

    def _end(self, start: StartAttempt) -> AttemptFact:
        facts = [stored.fact for stored in self.deployment.store.facts(100_000)]
        return [fact for fact in facts if isinstance(fact, AttemptFact) and fact.attempt_id == start.attempt_id][-1]

    def value(self, run: RunKey, task_id: str, map_index: int = -1) -> object:
        """What an instance returned."""
        found = self.deployment.store.rendered(run, TaskKey(TaskId(task_id), map_index))
        assert found is not None
        return found[1]["return_value"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bench(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Bench]:
    deployment = Workbench(tmp_path_factory.mktemp("home"), TASKS, workers=1, kill_grace_seconds=1.0)
    executor = LocalExecutor(deployment.settings)
    try:
        await executor.start()
        yield Bench(deployment, executor)
        await executor.close(keep_running=False)
    finally:
        deployment.close()


async def test_a_mapped_task_gets_the_values_of_its_index_and_a_plain_one_gathers_them(bench: Bench) -> None:
    run = bench.new_run()
    rows, _ = await bench.run(run, "rows")
    assert isinstance(rows, AttemptSucceeded)
    assert rows.map_length == 3

    labels = []
    for index in range(3):
        end, _ = await bench.run(run, "double", index, (3,))
        assert isinstance(end, AttemptSucceeded)
        labels.append(end.label)
    assert labels == ["2026-03-01 row 10", "2026-03-01 row 20", "2026-03-01 row 30"]

    end, log = await bench.run(run, "total")
    assert isinstance(end, AttemptSucceeded), log
    assert bench.value(run, "total") == {"sum": 123, "length": 3, "last": 61}
    assert end.map_length is None, "nobody is mapped over it"


async def test_what_a_task_returned_is_not_rendered_as_a_template(bench: Bench) -> None:
    run = bench.new_run()
    await bench.run(run, "rows__1")
    _, log = await bench.run(run, "say", 1, (3,))

    assert "{{ ds }} 20" in log


async def test_tasks_of_a_mapped_group_hand_values_on_within_their_index(bench: Bench) -> None:
    run = bench.new_run()
    await bench.run(run, "rows__2")
    for index in range(3):
        await bench.run(run, "each.square", index, (3,))
    for index in range(3):
        end, log = await bench.run(run, "each.show", index, (3,))
        assert isinstance(end, AttemptSucceeded), log
    await bench.run(run, "gather")

    assert bench.value(run, "gather") == [[100, 10], [400, 20], [900, 30]]


async def test_skip_in_map_skips_that_instance_and_calls_back(bench: Bench) -> None:
    run = bench.new_run()
    await bench.run(run, "rows__3")

    end, log = await bench.run(run, "even", 0, (3,))
    assert isinstance(end, AttemptSkipped)
    assert "TOLD 0 10 is odd" in log
    end, _ = await bench.run(run, "even", 1, (3,))
    assert isinstance(end, AttemptSucceeded)


async def test_a_branch_says_which_tasks_are_skipped(bench: Bench) -> None:
    run = bench.new_run()
    end, _ = await bench.run(run, "branch")
    assert isinstance(end, AttemptSucceeded)
    assert end.skips == ("left",)

    end, log = await bench.run(run, "stray")
    assert isinstance(end, AttemptFailed)
    assert "'nowhere' does not come after task 'stray'" in log


async def test_a_task_that_is_mapped_over_and_returns_one_value_fails_in_words(bench: Bench) -> None:
    end, _ = await bench.run(bench.new_run(), "count")

    assert isinstance(end, AttemptFailed)
    assert "task 'count' is mapped over, so it must return a list or a dict, not int" in end.error.message


async def test_callbacks_are_told_of_success_in_order_and_a_broken_one_changes_nothing(bench: Bench) -> None:
    end, log = await bench.run(bench.new_run(), "well")

    assert isinstance(end, AttemptSucceeded)
    heard = [line for line in log.splitlines() if line.startswith(("TOLD", "WORK")) or "broken failed" in line]
    assert [line.partition("ERROR - ")[2] or line for line in heard] == [
        "TOLD execute running NoneType None",
        "WORK",
        "TOLD success success NoneType ",
        "on_success callback broken failed",
        "TOLD more success success NoneType ",
    ]
    assert "nobody answers" in log


async def test_a_failure_with_retries_left_calls_on_retry_and_the_last_one_on_failure(bench: Bench) -> None:
    _, log = await bench.run(bench.new_run(), "bad", failures=0, max_tries=2)
    assert "TOLD retry up_for_retry ValueError the 7th" in log
    assert "TOLD failure" not in log

    _, log = await bench.run(bench.new_run(), "bad", failures=1, try_number=2, max_tries=2)
    assert "TOLD failure failed ValueError the 7th" in log
    assert "TOLD retry" not in log


async def test_a_skipped_task_calls_on_skipped_alone(bench: Bench) -> None:
    end, log = await bench.run(bench.new_run(), "skipping")

    assert isinstance(end, AttemptSkipped)
    assert "TOLD skipped skipped Skip not today" in log
    assert "TOLD success" not in log


async def test_an_exception_that_is_not_worth_a_retry_ends_the_task(bench: Bench) -> None:
    end, log = await bench.run(bench.new_run(), "hopeless")
    assert isinstance(end, AttemptFailed)
    assert end.is_final
    assert "TOLD failure failed KeyError" in log
    assert "Not tried again: no_retry_on names KeyError" in log

    end, _ = await bench.run(bench.new_run(), "picky")
    assert isinstance(end, AttemptFailed)
    assert end.is_final


async def test_a_retry_policy_chooses_the_delay_by_the_exception(bench: Bench) -> None:
    end, _ = await bench.run(bench.new_run(), "limited")
    assert isinstance(end, AttemptFailed)
    assert (end.is_final, end.retry_after_seconds) == (False, 90.0)

    end, _ = await bench.run(bench.new_run(), "limited", try_number=2, failures=1)
    assert isinstance(end, AttemptFailed)
    assert (end.is_final, end.retry_after_seconds) == (False, None)


async def test_hooks_and_callbacks_come_in_airflows_order(bench: Bench) -> None:
    _, log = await bench.run(bench.new_run(), "hooked")

    lines = [line.partition(" running")[0] for line in log.splitlines()]
    assert [line for line in lines if line.split(" ")[0] in ("PRE", "TOLD", "EXECUTE", "POST")] == [
        "PRE",
        "TOLD execute",
        "EXECUTE",
        "POST 3",
    ]


async def test_a_dict_is_kept_key_by_key(bench: Bench) -> None:
    run = bench.new_run()
    await bench.run(run, "several")
    _, log = await bench.run(run, "use_parts")

    assert "1 [2]" in log
