from datetime import datetime, timedelta
from airflow import DAG
from airflow.models import SlaMiss, DagRun, TaskInstance
from airflow.operators.python import PythonOperator
from airflow.providers.standard.operators.python import PythonOperator as P3
from airflow.lineage.entities import File
from airflow.lineage import AUTO
from airflow.models.xcom import BaseXCom, XCom
from airflow.utils.operator_helpers import context_to_airflow_vars

class MyX(BaseXCom):
    @staticmethod
    def serialize_value(value, **k):
        return BaseXCom.serialize_value(value)

def most_recent(dt, **kw):
    runs = DagRun.find(dag_id="asking")
    runs.sort(key=lambda r: r.execution_date, reverse=True)
    return runs[0].execution_date

def work(**context):
    print(context_to_airflow_vars(context, in_env_var_format=True))
    ti = context["ti"]
    assert isinstance(ti, TaskInstance), type(ti)
    assert most_recent(None) == context["execution_date"]
    run = ti.get_dagrun()
    one = run.get_task_instance("first")
    assert one.duration is not None and one.log_url.startswith("http")
    assert one.xcom_pull() == 5, one.xcom_pull()
    found = DagRun.find("asking", run_id=run.run_id)[0]
    found.refresh_from_db()
    return [str(found.state), found.run_type, str(ti.previous_ti)] if hasattr(ti, "previous_ti") else [str(found.state), str(found.run_type)]

with DAG("asking", start_date=datetime(2024,1,1), schedule_interval=None, sla_miss_callback=lambda *a: None) as dag:
    a = PythonOperator(task_id="first", python_callable=lambda: 5, inlets=[File(url="/tmp/x")], outlets=[File("/tmp/y")])
    b = PythonOperator(task_id="work", python_callable=work, inlets=AUTO)
    a >> b
