"""The testing module: DAGs run in a plain test, on a clock of their own."""

import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from jupyter_couture import DAG, BashOperator, EmptyOperator, RetryLater, Skip, Variable, current_attempt, task
from jupyter_couture.authoring.connections import Connection
from jupyter_couture.model.errors import InvalidRequest
from jupyter_couture.operators import ApprovalOperator, BranchPythonOperator, DagOperator
from jupyter_couture.sensors import DateTimeSensorAsync, ExternalTaskSensor, FileSensor, PythonSensor
from jupyter_couture.testing import RunStuck, assert_dag_valid, dag_bag, next_runs, run_dag, run_task

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def test_values_pass_from_task_to_task_also_through_mapped_ones() -> None:
    with DAG("d") as dag:

        @task
        def numbers() -> list[int]:
            return [1, 2, 3]

        @task
        def double(x: int) -> int:
            return 2 * x

        @task
        def total(xs: Any) -> int:
            return sum(xs)

        total(double.expand(x=numbers()))
    result = run_dag(dag)

    result.assert_success()
    assert result.tasks["total"].value == 12
    assert result.tasks["double", 2].value == 6
    assert [one.value for one in result.tasks.of("double")] == [2, 4, 6]
    with pytest.raises(KeyError, match="is mapped"):
        result.tasks["double"]
    with pytest.raises(KeyError, match="no task 'nobody'"):
        result.tasks["nobody"]


def test_retries_pass_in_fake_time_and_leave_the_dag_as_it_was() -> None:
    with DAG("d") as dag:

        @task(retries=2, retry_delay=timedelta(hours=1))
        def work(day: str, ti: Any = None) -> str:
            sys.stdout.write(f"try {ti.try_number}\n")
            time.sleep(600)
            if ti.try_number < 3:
                raise ValueError("not yet")
            return day

        work("{{ ds }}")
    begun = time.monotonic()
    result = run_dag(dag, logical_date=NOON)

    assert time.monotonic() - begun < 5
    assert result.tasks["work"].value == "2026-01-01"
    assert [(one.try_number, one.state) for one in result.tasks["work"].attempts] == [
        (1, "failed"),
        (2, "failed"),
        (3, "success"),
    ]
    assert result.seconds == 3 * 600 + 2 * 3600
    assert "try 3" in result.tasks["work"].log
    assert run_dag(dag, logical_date=NOON + timedelta(days=1)).tasks["work"].value == "2026-01-02"


def test_a_poking_sensor_sees_what_another_task_does_meanwhile() -> None:
    there: list[int] = []
    with DAG("d") as dag:
        PythonSensor("wait", python_callable=lambda: bool(there), poke_interval=60)
        PythonSensor("look", python_callable=lambda: bool(there), poke_interval=60, mode="reschedule")

        @task
        def bring() -> None:
            time.sleep(1000)
            there.append(1)

        bring()
    result = run_dag(dag)

    assert result.states == {"wait": "success", "look": "success", "bring": "success"}
    assert 1000 <= result.seconds <= 1060
    assert {one.state for one in result.tasks["look"].attempts} == {"rescheduled", "success"}


def test_a_sensor_that_waits_in_vain_times_out() -> None:
    with DAG("d") as dag:
        PythonSensor("wait", python_callable=lambda: False, timeout=timedelta(days=2), poke_interval=3600)
    result = run_dag(dag)

    assert result.state == "failed"
    assert result.tasks["wait"].error is not None
    assert result.tasks["wait"].error.type == "SensorTimeout"
    assert result.seconds == 2 * 86_400
    with pytest.raises(AssertionError, match="SensorTimeout"):
        result.assert_success()


def test_triggers_run_on_the_fake_clock_or_yield_a_given_event(tmp_path: Path) -> None:
    with DAG("d") as dag:
        DateTimeSensorAsync("until", target_time="{{ (logical_date + macros.timedelta(hours=5)).isoformat() }}")
        FileSensor("file", filepath=str(tmp_path / "there"), deferrable=True, poke_interval=30)
        FileSensor("given", filepath=str(tmp_path / "never"), deferrable=True)

        @task
        def write() -> None:
            time.sleep(100)
            (tmp_path / "there").touch()

        write()
    result = run_dag(dag, logical_date=NOON, events={"given": str(tmp_path / "never")})

    result.assert_success()
    ends = {one.task_id: one.ended_at for one in result.tasks.everything()}
    assert ends["until"] == NOON + timedelta(hours=5)
    assert ends["file"] is not None
    assert NOON + timedelta(seconds=100) <= ends["file"] <= NOON + timedelta(seconds=130)


def test_an_execution_timeout_ends_a_task_that_sleeps_too_long() -> None:
    calls: list[str] = []
    with DAG("d") as dag:

        @task(
            execution_timeout=timedelta(minutes=1),
            on_failure_callback=lambda context: calls.append(context["ti"].task_id),
        )
        def slow() -> None:
            time.sleep(3600)

        slow()
    result = run_dag(dag)

    assert result.tasks["slow"].attempts[0].state == "timed_out"
    assert result.seconds == 60
    assert calls == ["slow"]


def test_variables_and_connections_are_those_of_the_test_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUTURE_VAR_OTHER", "of the environment")
    with DAG("d") as dag:

        @task
        def use() -> list[Any]:
            Variable.set("seen", "yes")
            connection = Connection.get("db")
            sys.stdout.write(f"the password is {connection.password}\n")
            return [Variable.get("limit", deserialize_json=True), connection.host, Variable.get("OTHER", None)]

        use()
    result = run_dag(dag, variables={"limit": 5}, connections={"db": "postgres://me:hush-hush@host/x"})

    result.assert_success()
    assert result.tasks["use"].value == [5, "host", None]
    assert result.variables["seen"] == "yes"
    assert "hush-hush" not in result.tasks["use"].log
    assert "the password is ***" in result.tasks["use"].log


def test_mocks_do_the_work_of_tasks_and_choose_branches() -> None:
    def fail() -> None:
        raise OSError("no network")

    with DAG("d") as dag:
        fetch = BashOperator("fetch", bash_command="curl {{ ds }}")
        choose = BranchPythonOperator("choose", python_callable=fail)
        fetch >> choose >> [EmptyOperator("left"), EmptyOperator("right")]
    result = run_dag(dag, logical_date=NOON, mocks={"fetch": lambda context: context["ds"], "choose": "right"})

    assert result.tasks["fetch"].value == "2026-01-01"
    assert result.tasks["fetch"].rendered["bash_command"] == "curl 2026-01-01"
    assert result.states == {"fetch": "success", "choose": "success", "left": "skipped", "right": "success"}
    with pytest.raises(InvalidRequest, match="no task 'fetsch'"):
        run_dag(dag, mocks={"fetsch": 1})


def test_questions_are_answered_or_time_out_or_leave_the_run_stuck() -> None:
    with DAG("d") as dag:
        ApprovalOperator("ask", subject="Ship it?") >> EmptyOperator("ship")

    assert run_dag(dag, answers={"ask": "Approve"}).states == {"ask": "success", "ship": "success"}
    assert run_dag(dag, answers={"ask": lambda question: question.options[1]}).states["ship"] == "skipped"
    with pytest.raises(RunStuck, match=r"(?s)^Run of DAG 'd' is not over.*\nask is awaiting_input.*Ship it\?"):
        run_dag(dag)


def test_an_option_that_does_not_exist_is_refused_with_the_one_that_was_meant() -> None:
    with DAG("d") as dag:
        noop = EmptyOperator("noop")
    misspelt: dict[str, Any] = {"answer": {"noop": "Approve"}}

    with pytest.raises(TypeError, match=r"run_dag\(\) has no argument 'answer'; did you mean 'answers'\?"):
        run_dag(dag, **misspelt)
    with pytest.raises(TypeError, match=r"run_task\(\) has no argument 'answer'"):
        run_task(noop, **misspelt)


def test_member_dags_run_too_if_they_are_given() -> None:
    with DAG("member") as member:

        @task
        def say(params: Any = None, dag_run: Any = None) -> str:
            time.sleep(50)
            return f"{dag_run.conf['name']}!"

        say()
    with DAG("d") as dag:
        DagOperator("run", run_dag_id="member", conf={"name": "Ada"})
    result = run_dag(dag, dags={"member": member})

    result.assert_success()
    assert result.children["member"][0].tasks["say"].value == "Ada!"
    refused = run_dag(dag)
    assert refused.state == "failed"
    assert refused.tasks["run"].error is not None
    assert "member" in refused.tasks["run"].error.message


def test_a_sensor_waits_for_a_task_of_another_run() -> None:
    with DAG("other") as other:
        EmptyOperator("done")
    with DAG("d") as dag:
        DagOperator("make", run_dag_id="other", wait=False)
        ExternalTaskSensor("see", external_dag_id="nobody", timeout=600, poke_interval=60)

    assert run_dag(dag, dags={"other": other}).states == {"make": "success", "see": "failed"}


def test_callbacks_are_called_and_recorded_with_those_of_the_dag() -> None:
    told: list[str] = []

    def tell(context: Any) -> None:
        told.append(str(context.get("reason") or context["ti"].state))

    with DAG("d", on_failure_callback=tell) as dag:

        @task(retries=1, on_retry_callback=tell, on_failure_callback=tell)
        def work() -> None:
            raise RetryLater("not yet", 30)

        work()
    result = run_dag(dag)

    assert [(call.name, call.task_id) for call in result.callbacks] == [
        ("on_retry", "work"),
        ("on_failure", "work"),
        ("on_failure", ""),
    ]
    assert len(told) == 3


def test_slas_are_missed_while_a_task_still_runs() -> None:
    seen: list[Any] = []
    with DAG(
        "d",
        schedule="@daily",
        start_date=datetime(2026, 1, 1, tzinfo=UTC),
        sla_miss_callback=lambda *given: seen.append(given[1]),
    ) as dag:

        @task(sla=timedelta(hours=1), email="ops@example.org")
        def slow() -> None:
            time.sleep(7200)

        slow()
    result = run_dag(dag, logical_date=datetime(2026, 1, 1, tzinfo=UTC), run_type="scheduled")

    result.assert_success()
    assert [miss.task_id for miss in result.sla_misses] == ["slow"]
    assert len(result.mails) == 1
    assert len(seen) == 1


def test_pools_and_limits_hold() -> None:
    with DAG("d") as dag:

        @task(pool="narrow")
        def work(n: int) -> None:
            time.sleep(10)

        work.expand(n=[1, 2, 3, 4])

    assert run_dag(dag).seconds == 10
    assert run_dag(dag, pools={"narrow": 1}).seconds == 40
    with pytest.raises(RunStuck, match="pool narrow"):
        run_dag(dag, pools={"narrow": 0})


def test_one_task_runs_alone_with_given_values() -> None:
    with DAG("d", params={"colour": "red"}) as dag:

        @task
        def first() -> int:
            raise AssertionError("not asked for")

        @task
        def second(x: int, params: Any = None) -> str:
            return f"{x} {params['colour']}"

        second(first())
    result = run_task(dag.task_dict["second"], xcoms={"first": 7}, conf={"colour": "blue"})

    assert result.state == "success"
    assert result.value == "7 blue"


def test_an_operator_without_a_dag_runs_too() -> None:
    skipped = run_task(PythonSensor("look", python_callable=lambda: False, timeout=60, soft_fail=True))

    assert skipped.state == "skipped"


def test_tasks_skip_themselves_and_others_and_hand_on_what_only_pickle_carries() -> None:
    class Thing:
        def __init__(self, size: int) -> None:
            self.size = size

    with DAG("d") as dag:

        @task
        def make() -> Thing:
            current_attempt().set_output("big", "x" * 100_000)
            return Thing(3)

        @task
        def use(thing: Thing) -> None:
            raise Skip(f"of size {thing.size}")

        use(make())
    result = run_dag(dag)

    assert result.tasks["use"].reason == "of size 3"
    assert result.tasks["make"].value.size == 3
    assert len(result.tasks["make"].xcoms["big"]) == 100_000


def test_a_file_runs_with_the_variables_it_reads_while_it_is_loaded(tmp_path: Path) -> None:
    file = tmp_path / "flow.py"
    file.write_text(
        "from jupyter_couture import *\n"
        'with DAG(Variable.get("name")) as dag:\n'
        '    BashOperator("say", bash_command="echo {{ run_id }}")\n'
    )

    assert run_dag(file, variables={"name": "flow"}).state == "success"
    assert [spec.dag_id for spec in assert_dag_valid(file, variables={"name": "flow"})] == ["flow"]
    assert list(dag_bag(tmp_path, variables={"name": "flow"})) == ["flow"]
    with pytest.raises(AssertionError, match="name"):
        assert_dag_valid(file)


def test_a_broken_file_is_told_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "cycle.py").write_text(
        "from jupyter_couture import *\n"
        'with DAG("d"):\n    a, b = EmptyOperator("a"), EmptyOperator("b")\n    a >> b >> a\n'
    )
    (tmp_path / "other.py").write_text("from jupyter_couture import DAG\n1 / 0\n")

    with pytest.raises(AssertionError, match=r"(?s)cycle\.py.*other\.py: ZeroDivisionError"):
        dag_bag(tmp_path)


def test_schedules_can_be_looked_at() -> None:
    dag = DAG("d", schedule="0 6 * * MON", start_date=datetime(2026, 1, 1, tzinfo=UTC))
    found = next_runs(dag, 2, now=NOON)

    assert [run.start.date() for run in found] == [date(2026, 1, 5), date(2026, 1, 12)]
    with pytest.raises(InvalidRequest, match="no run at"):
        run_dag(dag, logical_date=NOON, run_type="scheduled")


def test_hundreds_of_tasks_take_seconds() -> None:
    with DAG("d", max_active_tasks=1000) as dag:

        @task
        def work(n: int) -> int:
            return n

        work.expand(n=list(range(300)))
    begun = time.monotonic()

    run_dag(dag).assert_success()
    assert time.monotonic() - begun < 30
