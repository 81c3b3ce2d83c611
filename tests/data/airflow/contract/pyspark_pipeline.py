"""PySpark programs from uploaded artifacts, one after the other."""
from datetime import datetime, timedelta

from airflow.models import DAG, Variable
from airflow.operators import CouturePySparkOperator, DagOperator
from airflow.operators.dummy_operator import DummyOperator

appName = 'PySparkPipeline'
codeArtifact = 'PySpark.py'
source = Variable.get('source_folder', default_var='hdfs:///data/in')

default_args = {
    'owner': 'couture',
    'depends_on_past': False,
    'start_date': datetime(2019, 10, 15),
    'retries': 1,
    'retry_delay': timedelta(minutes=5),
}

dag = DAG(dag_id='PySpark', default_args=default_args, schedule_interval='0 12 * * *', catchup=False)

start = DummyOperator(task_id='start', dag=dag)

read = CouturePySparkOperator(
    task_id='read_attributes',
    app_name=appName,
    code_artifact=codeArtifact,
    application_arguments=['read', source, '{{ ds }}'],
    dag=dag,
    description='Reads the attributes of the day',
)

score = CouturePySparkOperator(
    task_id='score',
    app_name=appName,
    code_artifact=codeArtifact,
    application_arguments=['score', 12],
    python_conf='/usr/bin/python3',
    dag=dag,
    description='Scores them with a Python of its own',
)

start >> read >> score
