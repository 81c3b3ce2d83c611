"""Branches of all kinds and the trigger rules behind them."""

from __future__ import annotations

import pendulum
from airflow import DAG
from airflow.decorators import task
from airflow.operators.empty import EmptyOperator
from airflow.operators.python import BranchPythonOperator, PythonOperator
from airflow.utils.edgemodifier import Label
from airflow.utils.task_group import TaskGroup
from airflow.utils.trigger_rule import TriggerRule

with DAG(
    dag_id="branching",
    start_date=pendulum.datetime(2024, 1, 1, tz="UTC"),
    schedule="@daily",
    catchup=False,
    tags=["branches"],
) as dag:

    def _choose(**context):
        return "large" if context["logical_date"].day % 2 else ["small", "tiny"]

    def _fail():
        raise ValueError("on purpose")

    start = EmptyOperator(task_id="start")
    choose = BranchPythonOperator(task_id="choose", python_callable=_choose, trigger_rule="all_done")
    large, small, tiny = (EmptyOperator(task_id=name) for name in ("large", "small", "tiny"))
    after_small = EmptyOperator(task_id="after_small")
    joined = EmptyOperator(task_id="joined", trigger_rule=TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS)
    strict = EmptyOperator(task_id="strict")
    choose >> Label("odd days") >> large >> joined
    choose >> Label("even days") >> [small, tiny]
    small >> after_small >> joined
    [large, small] >> strict

    fails = PythonOperator(task_id="fails", python_callable=_fail)
    for rule in sorted(TriggerRule.all_triggers()):
        if rule.startswith(("all_done_", "none_failed_or")) or rule in ("dummy", "always"):
            continue  # not in all versions, or told below
        [fails, large, small] >> EmptyOperator(task_id=f"when_{rule}", trigger_rule=rule)
    start >> fails >> choose  # so that it is known to have failed before the others end
    anyhow = EmptyOperator(task_id="anyhow", trigger_rule=TriggerRule.ALWAYS)
    fails >> anyhow

    @task.branch
    def pick_group(ti=None):
        ti.xcom_push("why", "the second is wanted")
        return "second.begin"

    with TaskGroup("first") as first:
        EmptyOperator(task_id="begin") >> EmptyOperator(task_id="end")
    with TaskGroup("second") as second:
        EmptyOperator(task_id="begin") >> EmptyOperator(task_id="end")
    with TaskGroup("third") as third:
        EmptyOperator(task_id="only")
    picked = pick_group()
    picked >> [first, second, third]

    @task.branch
    def pick_none():
        return None

    pick_none() >> EmptyOperator(task_id="not_picked") >> EmptyOperator(task_id="behind", trigger_rule="all_done")

    @task(trigger_rule="one_success")
    def word(**context):
        return context["task_instance"].xcom_pull(task_ids="pick_group", key="why")

    [first, second] >> word()
