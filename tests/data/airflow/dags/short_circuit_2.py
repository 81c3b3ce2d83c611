"""Short circuits, with and without regard for trigger rules, and what is for the latest run alone."""

from __future__ import annotations

from datetime import datetime

from airflow import DAG
from airflow.decorators import task
from airflow.operators.empty import EmptyOperator
from airflow.operators.latest_only import LatestOnlyOperator
from airflow.operators.python import ShortCircuitOperator
from airflow.utils.helpers import chain

with DAG("short_circuit", start_date=datetime(2024, 1, 1), schedule_interval=None, catchup=False) as dag:
    goes_on = ShortCircuitOperator(task_id="goes_on", python_callable=lambda: True)
    stops = ShortCircuitOperator(task_id="stops", python_callable=lambda: [])
    yields = ShortCircuitOperator(
        task_id="yields", python_callable=lambda: 0, ignore_downstream_trigger_rules=False
    )
    chain(goes_on, EmptyOperator(task_id="a1"), EmptyOperator(task_id="a2"))
    chain(stops, EmptyOperator(task_id="b1"), EmptyOperator(task_id="b2", trigger_rule="all_done"))
    chain(yields, EmptyOperator(task_id="c1"), EmptyOperator(task_id="c2", trigger_rule="all_done"))

    @task.short_circuit
    def is_monday(ds=None):
        return datetime.fromisoformat(ds).weekday() == 0

    @task.short_circuit()
    def has_rows():
        return {"rows": 3}

    is_monday() >> EmptyOperator(task_id="mondays")
    has_rows() >> EmptyOperator(task_id="with_rows")

    latest = LatestOnlyOperator(task_id="latest")
    latest >> EmptyOperator(task_id="only_now") >> EmptyOperator(task_id="behind_now", trigger_rule="none_failed")
    latest >> EmptyOperator(task_id="whenever", trigger_rule="all_done")
