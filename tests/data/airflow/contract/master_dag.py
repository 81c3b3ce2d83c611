"""One pipeline made of other DAGs: each task runs a member and waits for it."""
from datetime import datetime

from airflow import DAG
from airflow.operators.dag_operator import DagOperator


def conditionally_trigger(context, dag_run_obj):
    """Run the member only if the parameter says so, and hand a message over."""
    if context['params']['condition_param']:
        dag_run_obj.payload = {'message': context['params']['message']}
        return dag_run_obj


dag = DAG(
    dag_id='master_dag',
    default_args={'owner': 'couture', 'start_date': datetime(2019, 1, 1)},
    schedule_interval='@once',
    catchup=False,
)

section_1 = DagOperator(
    task_id='section_1',
    run_dag_id='dag_1',
    python_callable=conditionally_trigger,
    params={'condition_param': True, 'message': 'Hi there!!'},
    dag=dag,
)

section_2 = DagOperator(
    task_id='section_2',
    run_dag_id='dag_2',
    python_callable=conditionally_trigger,
    params={'condition_param': False, 'message': 'never said'},
    dag=dag,
)

section_1 >> section_2
