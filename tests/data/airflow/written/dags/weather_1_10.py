# in the manner of a team on Airflow 1.10
from datetime import datetime, timedelta

import airflow
from airflow import DAG
from airflow.exceptions import AirflowException, AirflowSkipException
from airflow.models import BaseOperator, DagRun, TaskInstance, Variable, XCom
from airflow.operators.bash_operator import BashOperator
from airflow.operators.dummy_operator import DummyOperator
from airflow.operators.python_operator import BranchPythonOperator, PythonOperator
from airflow.operators.subdag_operator import SubDagOperator
from airflow.operators.weather_plugin import ReadStationOperator
from airflow.sensors.weather_plugin import WarmSensor
from airflow.utils.dates import days_ago
from airflow.utils.decorators import apply_defaults
from airflow.utils.helpers import chain
from airflow.utils.state import State
from airflow.utils.trigger_rule import TriggerRule

default_args = {
    "owner": "weather",
    "depends_on_past": False,
    "start_date": airflow.utils.dates.days_ago(2),
    "email_on_failure": False,
    "retries": 0,
    "retry_delay": timedelta(minutes=5),
}


class Greeter(BaseOperator):
    template_fields = ["greeting"]
    template_ext = [".txt"]

    @apply_defaults
    def __init__(self, greeting, *args, **kwargs):
        super(Greeter, self).__init__(*args, **kwargs)
        self.greeting = greeting

    def pre_execute(self, context):
        self.before = "pre"

    def execute(self, context):
        self.log.info(self.greeting)
        assert self.before == "pre"
        return self.greeting

    def post_execute(self, context, result=None):
        assert result == self.greeting


class Loud(Greeter):
    ui_color = "#e8f7e4"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.greeting += "!"


def small(parent, child, args):
    dag = DAG(dag_id="%s.%s" % (parent, child), default_args=args, schedule_interval="@daily")
    for i in range(2):
        DummyOperator(task_id="%s-task-%s" % (child, i + 1), default_args=args, dag=dag)
    return dag


def report(ds, **kwargs):
    ti = kwargs["ti"]
    run = kwargs["dag_run"]
    assert isinstance(run, DagRun) and isinstance(ti, TaskInstance)
    states = {t.task_id: t.current_state() for t in run.get_task_instances() if t.task_id != ti.task_id}
    assert run.get_task_instance("greet").state == State.SUCCESS, states
    found = DagRun.find(dag_id=run.dag_id)
    assert [r.run_id for r in found] == [run.run_id], found
    assert found[0].execution_date == kwargs["execution_date"]
    assert XCom.get_one(task_id="read", key="scaled") == 22
    for name in ("next_execution_date", "prev_execution_date", "yesterday_ds", "tomorrow_ds_nodash", "ts_nodash", "macros", "var", "tables", "latest_date", "END_DATE", "conf", "params"):
        assert name in kwargs, name
    return sorted(states)


def maybe(**context):
    try:
        raise AirflowSkipException("not today")
    except AirflowException as error:
        context["task_instance"].xcom_push("why", str(error))
        raise


with DAG("weather_old", default_args=default_args, schedule_interval="@daily", concurrency=3, catchup=False) as dag:
    start = DummyOperator(task_id="start")
    read = ReadStationOperator("north", 2, task_id="read")
    warm = WarmSensor(limit=20, task_id="warm", poke_interval=1, timeout=10)
    greet = Loud("hello {{ ds }} {{ macros.weather_plugin.double(4) }} {{ macros.ds_add(ds, 1) }}", task_id="greet", some_unknown=1)
    echo = BashOperator(task_id="echo", bash_command="echo {{ ti.xcom_pull('read') }}", xcom_push=True)
    pick = BranchPythonOperator(task_id="pick", python_callable=lambda **c: "left", provide_context=True)
    left = DummyOperator(task_id="left")
    right = DummyOperator(task_id="right")
    sub = SubDagOperator(task_id="inner", subdag=small("weather_old", "inner", default_args))
    skip = PythonOperator(task_id="skip", python_callable=maybe, provide_context=True)
    end = PythonOperator(task_id="end", python_callable=report, provide_context=True, trigger_rule=TriggerRule.ALL_DONE)

start >> read >> warm >> greet >> echo >> pick >> [left, right] >> end
chain(start, sub, end)
start.set_downstream(skip)
skip >> end
