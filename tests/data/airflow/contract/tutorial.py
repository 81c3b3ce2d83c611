"""The first pipeline a new user writes: Bash and dummy tasks, one default_args for all."""
from datetime import datetime, timedelta

from airflow import DAG
from airflow.operators.bash_operator import BashOperator
from airflow.operators.dummy_operator import DummyOperator

default_args = {
    'owner': 'couture',
    'depends_on_past': False,
    'start_date': datetime(2018, 10, 1),
    'email': ['data-team@example.com'],
    'email_on_failure': False,
    'email_on_retry': False,
    'retries': 1,
    'retry_delay': timedelta(minutes=5),
}

dag = DAG('tutorial', default_args=default_args, schedule_interval=timedelta(days=1), catchup=False,
          description='My first DAG')

t1 = BashOperator(task_id='print_date', bash_command='date', dag=dag, description='Prints the date')

t2 = BashOperator(task_id='sleep', bash_command='sleep 1', retries=3, dag=dag, description='Waits a moment')

t3 = BashOperator(task_id='templated', bash_command='echo "{{ ds }}"', dag=dag, description='Prints the day')

end = DummyOperator(task_id='end', dag=dag)

t1.set_downstream([t2, t3])
end.set_upstream(t2)
t3 >> end
