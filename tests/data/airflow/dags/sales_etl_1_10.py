"""Classic ETL, as many wrote it for Airflow 1.10: provide_context, XComs by hand, macros, a sub-list per shop."""

import csv
import io
import json
from datetime import datetime, timedelta

from airflow import DAG
from airflow.operators.bash_operator import BashOperator
from airflow.operators.dummy_operator import DummyOperator
from airflow.operators.python_operator import PythonOperator
from airflow.utils.dates import days_ago  # noqa: F401  # as such files do
from airflow.utils.trigger_rule import TriggerRule

SHOPS = ["north", "south", "west"]

RAW = """order,shop,amount,day
1,north,10.50,2024-05-01
2,south,3.25,2024-05-01
3,north,8.00,2024-05-01
4,west,,2024-05-01
5,south,100.00,2024-04-30
"""

default_args = {
    "owner": "etl",
    "depends_on_past": False,
    "start_date": datetime(2024, 1, 1),
    "email": ["etl@example.org"],
    "email_on_failure": False,
    "email_on_retry": False,
    "retries": 1,
    "retry_delay": timedelta(seconds=1),
}

dag = DAG(
    "sales_etl",
    default_args=default_args,
    description="Orders of the day, by shop",
    schedule_interval="@daily",
    catchup=False,
    max_active_runs=1,
)


def extract(**kwargs):
    rows = list(csv.DictReader(io.StringIO(RAW)))
    kwargs["ti"].xcom_push(key="raw", value=rows)
    return len(rows)


def clean(shop, **context):
    ti = context["task_instance"]
    rows = ti.xcom_pull(task_ids="extract", key="raw")
    todays = [row for row in rows if row["shop"] == shop and row["day"] == context["ds"]]
    good = [float(row["amount"]) for row in todays if row["amount"]]
    ti.xcom_push("rejected", len(todays) - len(good))
    return good


def load(ds, ds_nodash, **kwargs):
    ti = kwargs["ti"]
    values = ti.xcom_pull(task_ids=["clean_{}".format(shop) for shop in SHOPS])
    totals = {shop: sum(amounts or []) for shop, amounts in zip(SHOPS, values)}
    rejected = ti.xcom_pull(key="rejected", task_ids=["clean_{}".format(shop) for shop in SHOPS])
    return {
        "day": ds,
        "table": "sales_" + ds_nodash,
        "totals": totals,
        "rejected": list(rejected),
        "params": dict(kwargs["params"]),
        "dag": str(kwargs["dag"].dag_id),
    }


def flaky(**kwargs):
    if kwargs["ti"].try_number == 1:
        raise ValueError("the first try fails")
    return "second try"


def report(templates_dict, **kwargs):
    return json.loads(templates_dict["summary"])["totals"]


start = DummyOperator(task_id="start", dag=dag)
extracted = PythonOperator(task_id="extract", python_callable=extract, provide_context=True, dag=dag)
loaded = PythonOperator(
    task_id="load", python_callable=load, provide_context=True, params={"target": "warehouse"}, dag=dag
)
for shop in SHOPS:
    cleaned = PythonOperator(
        task_id="clean_{}".format(shop),
        python_callable=clean,
        op_kwargs={"shop": shop},
        provide_context=True,
        dag=dag,
    )
    extracted >> cleaned >> loaded

stamp = BashOperator(
    task_id="stamp",
    bash_command='echo "{{ ds_nodash }} {{ macros.ds_add(ds, 7) }} {{ params.where }} {{ ti.xcom_pull("extract") }}"',
    params={"where": "disk"},
    dag=dag,
)
told = PythonOperator(
    task_id="report",
    python_callable=report,
    templates_dict={"summary": "{{ ti.xcom_pull(task_ids='load') | tojson }}"},
    provide_context=True,
    dag=dag,
)
tried = PythonOperator(task_id="flaky", python_callable=flaky, provide_context=True, dag=dag)
broken = BashOperator(task_id="broken", bash_command="exit 3", retries=0, dag=dag)
never = DummyOperator(task_id="never", dag=dag)
end = DummyOperator(task_id="end", trigger_rule=TriggerRule.ALL_DONE, dag=dag)

start >> extracted
loaded >> [stamp, told]
start >> tried
start >> broken >> never
[stamp, told, tried, never] >> end
