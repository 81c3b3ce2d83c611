"""Sensors, setup and teardown, hooks around execution, a sensor of one's own."""

from __future__ import annotations

import os
from datetime import timedelta

import pendulum
from airflow.decorators import dag, setup, task, teardown
from airflow.exceptions import AirflowFailException
from airflow.operators.bash import BashOperator
from airflow.operators.empty import EmptyOperator
from airflow.sensors.base import BaseSensorOperator, PokeReturnValue
from airflow.sensors.bash import BashSensor
from airflow.sensors.date_time import DateTimeSensor
from airflow.sensors.filesystem import FileSensor
from airflow.sensors.python import PythonSensor
from airflow.sensors.time_delta import TimeDeltaSensor


class CountSensor(BaseSensorOperator):
    """Looks until it has looked often enough."""

    template_fields = ("name",)

    def __init__(self, *, name: str, wanted: int, **kwargs) -> None:
        super().__init__(**kwargs)
        self.name = name
        self.wanted = wanted
        self.looks = 0

    def poke(self, context):
        self.looks += 1
        if self.looks < self.wanted:
            return False
        return PokeReturnValue(is_done=True, xcom_value={"name": self.name, "looks": self.looks})


@dag(start_date=pendulum.datetime(2024, 1, 1, tz="UTC"), schedule="0 6 * * *", catchup=False, dag_id="sensors")
def sensors():
    @setup
    def make_place() -> str:
        return "/somewhere"

    @task
    def use(place: str) -> int:
        return len(place)

    @task
    def use_badly(place: str) -> None:
        raise AirflowFailException("bad use")

    @teardown
    def remove_place(place: str) -> str:
        return f"removed {place}"

    place = make_place()
    removed = remove_place(place)
    place >> [use(place), use_badly(place)] >> removed

    count = CountSensor(task_id="count", name="{{ ds }}", wanted=3, poke_interval=0.1, timeout=60)
    soft = PythonSensor(
        task_id="soft", python_callable=lambda: False, poke_interval=0.1, timeout=0.3, soft_fail=True, mode="poke"
    )
    late = PythonSensor(task_id="late", python_callable=lambda: False, poke_interval=0.1, timeout=0.3)
    bash = BashSensor(task_id="bash", bash_command="test -d /", poke_interval=1)
    file = FileSensor(task_id="file", filepath=os.path.abspath(__file__), poke_interval=1)
    moment = DateTimeSensor(task_id="moment", target_time="{{ logical_date }}", poke_interval=1)
    delta = TimeDeltaSensor(task_id="delta", delta=timedelta(minutes=5), poke_interval=1)

    @task.sensor(poke_interval=0.1, timeout=30, mode="poke")
    def found() -> PokeReturnValue:
        return PokeReturnValue(is_done=True, xcom_value="found it")

    @task
    def read(value) -> str:
        return f"read: {value}"

    show = BashOperator(task_id="show", bash_command="echo {{ ti.xcom_pull('count')['looks'] }}")
    end = EmptyOperator(task_id="end", trigger_rule="all_done")
    count >> show >> end
    soft >> EmptyOperator(task_id="after_soft") >> end
    late >> EmptyOperator(task_id="after_late") >> end
    [bash, file, moment, delta] >> end
    read(found()) >> end


sensors()
