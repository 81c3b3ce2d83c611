"""Two members of the master DAG; each says what it was given."""
from datetime import datetime

from airflow import DAG
from airflow.operators.python_operator import PythonOperator


def say(**kwargs):
    print('the message is', kwargs['dag_run'].conf['message'])


def section(number):
    made = DAG('dag_%d' % number, default_args={'owner': 'couture', 'start_date': datetime(2019, 1, 1)},
               schedule_interval=None)
    PythonOperator(task_id='say', python_callable=say, provide_context=True, dag=made)
    return made


dag_1 = section(1)
dag_2 = section(2)
