"""Sensors: how they wait, for how long, and for what."""

import asyncio
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
import time_machine

from jupyter_couture import DAG, task
from jupyter_couture.authoring.compile import compile_dag
from jupyter_couture.authoring.context import attempt_scope
from jupyter_couture.authoring.operator import BaseOperator
from jupyter_couture.authoring.sensors.bash import BashSensor
from jupyter_couture.authoring.sensors.external_task import ExternalTaskFailed, ExternalTaskMarker, ExternalTaskSensor
from jupyter_couture.authoring.sensors.files import FileSensor
from jupyter_couture.authoring.sensors.moments import (
    DateTimeSensor,
    DateTimeSensorAsync,
    DayOfWeekSensor,
    TimeDeltaSensor,
    TimeSensor,
    WaitSensor,
)
from jupyter_couture.authoring.sensors.python import PythonSensor
from jupyter_couture.authoring.sensors.sensor import BaseSensor, PokeReturnValue, SensorTimeout
from jupyter_couture.authoring.triggers.files import FileTrigger
from jupyter_couture.authoring.triggers.moments import DateTimeTrigger, TimeDeltaTrigger
from jupyter_couture.authoring.triggers.trigger import BaseTrigger, TriggerEvent
from jupyter_couture.model.dag import TaskKind
from jupyter_couture.model.errors import GiveUp, InvalidDag, InvalidRequest, RescheduleTask, Skip, TaskDeferred
from jupyter_couture.model.run import WAIT_TIMED_OUT, Resume
from tests.unit.authoring.attempts import CONTEXT, LOGICAL, StandInAttempt, execute

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


class Countdown(BaseSensor):
    """Is there at look number ``looks``."""

    def __init__(self, task_id: str = "wait", *, looks: int, **options: Any) -> None:
        super().__init__(task_id, **options)
        self.left = looks

    def poke(self, context: Any) -> bool:
        self.left -= 1
        return self.left <= 0


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """Sleeping moves the clock and takes no time; how long each sleep was."""
    taken: list[float] = []
    with time_machine.travel(NOON, tick=False) as clock:

        def sleep(seconds: float) -> None:
            taken.append(seconds)
            clock.shift(timedelta(seconds=seconds))

        monkeypatch.setattr("time.sleep", sleep)
        yield taken


def test_a_poking_sensor_looks_at_intervals_until_it_is_there(naps: list[float]) -> None:
    execute(Countdown(looks=4, poke_interval=30))
    assert naps == [30, 30, 30]


def test_the_time_of_a_sensor_ends_with_a_last_look_and_a_failure_that_is_not_tried_again(naps: list[float]) -> None:
    sensor = Countdown(looks=99, poke_interval=40, timeout=timedelta(seconds=100))
    with pytest.raises(SensorTimeout, match="100 s in vain, its timeout is 100 s"):
        execute(sensor)
    assert naps == [40, 40, 20]
    assert issubclass(SensorTimeout, GiveUp)


def test_a_soft_sensor_is_skipped_when_its_time_is_up(naps: list[float]) -> None:
    with pytest.raises(Skip):
        execute(Countdown(looks=99, poke_interval=40, timeout=100, soft_fail=True))


def test_intervals_double_up_to_the_longest(naps: list[float]) -> None:
    execute(Countdown(looks=7, poke_interval=10, exponential_backoff=True, max_wait=60))
    assert naps == [10, 20, 40, 60, 60, 60]


def test_a_rescheduled_sensor_gives_its_slot_back_and_its_time_counts_from_the_first_look(naps: list[float]) -> None:
    sensor = Countdown(looks=99, poke_interval=60, timeout=600, mode="reschedule")
    with pytest.raises(RescheduleTask) as asked:
        execute(sensor, StandInAttempt(began_at=NOON - timedelta(seconds=300)))
    assert asked.value.at == NOON + timedelta(seconds=60)
    with pytest.raises(RescheduleTask) as last:
        execute(sensor, StandInAttempt(began_at=NOON - timedelta(seconds=580)))
    assert last.value.at == NOON + timedelta(seconds=20)
    with pytest.raises(SensorTimeout):
        execute(sensor, StandInAttempt(began_at=NOON - timedelta(seconds=600)))


def test_a_rescheduled_sensor_knows_from_the_clock_how_often_it_has_looked(naps: list[float]) -> None:
    elapsed, intervals = 0.0, []
    for _ in range(5):
        sensor = Countdown(looks=99, poke_interval=10, exponential_backoff=True, mode="reschedule")
        with pytest.raises(RescheduleTask) as asked:
            execute(sensor, StandInAttempt(began_at=NOON - timedelta(seconds=elapsed)))
        intervals.append((asked.value.at - NOON).total_seconds())
        elapsed += intervals[-1] + 0.3
    assert intervals == [10, 20, 40, 80, 160]


@pytest.mark.parametrize(
    ("options", "expected"), [({}, ValueError), ({"silent_fail": True}, SensorTimeout), ({"never_fail": True}, Skip)]
)
def test_what_a_failing_look_means_is_for_the_author_to_say(
    naps: list[float], options: dict[str, Any], expected: type[Exception]
) -> None:
    def fail() -> None:
        raise ValueError("broken")

    with pytest.raises(expected):
        execute(PythonSensor("wait", python_callable=fail, poke_interval=50, timeout=60, **options))


@pytest.mark.parametrize(
    "options", [{"mode": "sleep"}, {"poke_interval": -1}, {"timeout": -1}, {"soft_fail": True, "never_fail": True}]
)
def test_senseless_sensors_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(InvalidDag):
        Countdown(looks=1, **options)


def test_a_sensor_may_hand_a_value_on() -> None:
    with DAG("d") as made:

        @task.sensor(poke_interval=1, mode="reschedule")
        def there(ds: str) -> PokeReturnValue:
            return PokeReturnValue(is_done=True, xcom_value=ds)

        there()
    operator = made.task_dict["there"]
    assert isinstance(operator, BaseOperator)
    assert execute(operator) == "2026-03-04"
    assert compile_dag(made).tasks[0].operator == "@task.sensor"


# --- deferring --------------------------------------------------------------------------------------------------------


def deferral_of(sensor: BaseOperator, attempt: StandInAttempt | None = None) -> TaskDeferred:
    with pytest.raises(TaskDeferred) as asked:
        execute(sensor, attempt)
    return asked.value


def resume(operator: BaseOperator, wanted: Resume) -> Any:
    with attempt_scope(StandInAttempt(), CONTEXT):
        return operator.resume(wanted, CONTEXT)


def test_a_deferrable_sensor_hands_over_for_the_rest_of_its_time(naps: list[float]) -> None:
    sensor = DateTimeSensorAsync("wait", target_time="2026-03-04T18:00", timeout=3600)
    asked = deferral_of(sensor, StandInAttempt(began_at=NOON - timedelta(seconds=600)))
    assert isinstance(asked.trigger, DateTimeTrigger)
    assert asked.trigger.moment == datetime(2026, 3, 4, 18, tzinfo=UTC)
    assert asked.timeout == 3000
    assert resume(sensor, Resume(asked.method_name, event="now")) is None
    with pytest.raises(SensorTimeout):
        resume(sensor, Resume(asked.method_name, error=f"{WAIT_TIMED_OUT} at noon"))


def test_a_deferrable_sensor_whose_time_is_past_is_not_deferred(naps: list[float]) -> None:
    execute(DateTimeSensor("wait", target_time=NOON - timedelta(hours=1), deferrable=True))


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda: TimeDeltaSensor("w", delta=timedelta(hours=9)), LOGICAL + timedelta(hours=9)),
        (lambda: TimeSensor("w", target_time=time(18, 30)), datetime(2026, 3, 4, 18, 30, tzinfo=UTC)),
        (
            lambda: TimeSensor("w", target_time=time(18, 30), timezone="Asia/Kolkata"),
            datetime(2026, 3, 4, 13, 0, tzinfo=UTC),
        ),
        (lambda: WaitSensor("w", time_to_wait=5), NOON + timedelta(minutes=5)),
    ],
    ids=["after the interval", "time of day", "time of day elsewhere", "from now"],
)
def test_sensors_of_moments_wait_for_the_right_one(
    naps: list[float], make: Callable[[], Any], expected: datetime
) -> None:
    sensor = make()
    sensor.deferrable = True
    trigger = deferral_of(sensor).trigger
    assert isinstance(trigger, DateTimeTrigger)
    assert trigger.moment == expected


class Day(Enum):
    """As Airflow's WeekDay."""

    MONDAY = 1
    WEDNESDAY = 3


def test_a_day_of_the_week_is_named_or_an_enum_member(naps: list[float]) -> None:
    for given in ("Wednesday", Day.WEDNESDAY, {"Monday", "wednesday"}, [Day.MONDAY, Day.WEDNESDAY]):
        execute(DayOfWeekSensor("w", week_day=given, use_task_logical_date=True))
    with pytest.raises(InvalidDag, match="they are Monday"):
        DayOfWeekSensor("w", week_day="Caturday")


def test_a_file_sensor_finds_files_by_pattern_and_folders_with_something_in_them(tmp_path: Path) -> None:
    sensor = FileSensor("w", filepath=tmp_path / "in" / "*", timeout=0)
    with pytest.raises(SensorTimeout):
        execute(sensor)
    (tmp_path / "in" / "empty").mkdir(parents=True)
    with pytest.raises(SensorTimeout):
        execute(sensor)
    (tmp_path / "in" / "empty" / "part").touch()
    execute(sensor)


def test_a_relative_file_lies_beside_the_dag_or_where_its_connection_says(tmp_path: Path) -> None:
    (tmp_path / "data.csv").touch()
    with DAG("d"):
        sensor = FileSensor("w", filepath="data.csv", fs_conn_id="files", timeout=0)
        beside = FileSensor("x", filepath=Path(__file__).name)
    attempt = StandInAttempt(connections={"files": {"extra": f'{{"path": "{tmp_path}"}}'}})
    execute(sensor, attempt)
    execute(beside)


def test_a_bash_sensor_waits_for_exit_code_0(tmp_path: Path) -> None:
    marker = tmp_path / "there"
    sensor = BashSensor("w", bash_command="test -e $MARKER", env={"MARKER": marker}, timeout=0)
    with pytest.raises(SensorTimeout):
        execute(sensor)
    marker.touch()
    execute(sensor)
    with pytest.raises(RuntimeError, match="exit code 3"):
        execute(BashSensor("w", bash_command="exit 3", retry_exit_code=1))


# --- triggers ---------------------------------------------------------------------------------------------------------


async def first_event(trigger: BaseTrigger) -> TriggerEvent:
    async for event in trigger.run():
        return event
    raise AssertionError("no event")


def test_triggers_begun_anew_from_what_they_say_wait_for_the_same(tmp_path: Path) -> None:
    later = TimeDeltaTrigger(timedelta(seconds=0.2))
    path, arguments = later.serialize()
    assert path.endswith("moments.DateTimeTrigger")
    assert DateTimeTrigger(**arguments).moment == later.moment
    begun = datetime.now(UTC)
    asyncio.run(asyncio.wait_for(first_event(DateTimeTrigger(**arguments)), 5))
    assert datetime.now(UTC) >= later.moment > begun - timedelta(seconds=1)

    async def look() -> TriggerEvent:
        waiting = asyncio.ensure_future(first_event(FileTrigger(f"{tmp_path}/*.csv", poke_interval=0.02)))
        await asyncio.sleep(0.1)
        os.mknod(tmp_path / "a.csv")
        return await asyncio.wait_for(waiting, 5)

    assert asyncio.run(look()).payload == str(tmp_path / "a.csv")


def test_a_moment_without_time_zone_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="time zone"):
        DateTimeTrigger(datetime(2026, 1, 1))  # noqa: DTZ001


# --- other DAGs -------------------------------------------------------------------------------------------------------


def external(**options: Any) -> ExternalTaskSensor:
    return ExternalTaskSensor("w", external_dag_id="other", timeout=0, **options)


def state(name: str, task_id: str = "t", map_index: int = -1) -> dict[str, Any]:
    return {"run_id": "r", "task_id": task_id, "map_index": map_index, "state": name}


@pytest.mark.parametrize(
    ("options", "states", "expected"),
    [
        ({}, [], SensorTimeout),
        ({}, [{"run_id": "r", "state": "running"}], SensorTimeout),
        ({}, [{"run_id": "r", "state": "success"}], None),
        ({"external_task_id": "t"}, [state("success")], None),
        ({"external_task_id": "t"}, [state("success", map_index=0), state("running", map_index=1)], SensorTimeout),
        ({"external_task_ids": ["t", "u"]}, [state("success")], SensorTimeout),
        ({"external_task_ids": ["t", "u"]}, [state("success"), state("success", "u")], None),
        ({"external_task_id": "t", "failed_states": ["failed"]}, [state("failed")], ExternalTaskFailed),
        ({"external_task_id": "t", "skipped_states": ["skipped"]}, [state("skipped")], Skip),
        ({"external_task_id": "t", "allowed_states": ["success", "skipped"]}, [state("skipped")], None),
        ({"external_task_group_id": "g"}, [state("success", "g.a"), state("success", "g.b")], None),
    ],
)
def test_an_external_task_sensor_judges_the_states_it_finds(
    options: dict[str, Any], states: list[dict[str, Any]], expected: type[Exception] | None
) -> None:
    attempt = StandInAttempt(states=states)
    if expected is None:
        execute(external(**options), attempt)
    else:
        with pytest.raises(expected):
            execute(external(**options), attempt)


def test_the_other_run_is_found_by_delta_or_function() -> None:
    attempt = StandInAttempt(states=[{"run_id": "r", "state": "success"}])
    execute(external(execution_delta=timedelta(hours=1)), attempt)
    with pytest.raises(SensorTimeout):  # one of two runs is not there
        execute(external(execution_date_fn=lambda date, ds: [date, date - timedelta(days=1)]), attempt)
    assert attempt.looked == [[LOGICAL - timedelta(hours=1)], [LOGICAL, LOGICAL - timedelta(days=1)]]


def test_what_does_not_exist_is_said_at_once_if_that_is_wanted() -> None:
    attempt = StandInAttempt(dags={"other": {"task_ids": ["t"], "group_ids": []}})
    with pytest.raises(ExternalTaskFailed, match="no task or group 'x'"):
        execute(external(external_task_id="x", check_existence=True), attempt)
    with pytest.raises(ExternalTaskFailed, match="no DAG 'other'"):
        execute(external(check_existence=True))


@pytest.mark.parametrize(
    "options",
    [
        {"external_task_id": "t", "external_task_ids": ["t"]},
        {"execution_delta": timedelta(0), "execution_date_fn": lambda date: date},
        {"allowed_states": ["success"], "failed_states": ["success"]},
    ],
)
def test_contradictory_external_sensors_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(InvalidDag):
        external(**options)


def test_a_marker_has_no_work() -> None:
    with DAG("d") as made:
        ExternalTaskMarker("m", external_dag_id="other", external_task_id="t")
    assert compile_dag(made).tasks[0].kind is TaskKind.EMPTY
