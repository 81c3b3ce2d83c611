"""Values from task to task: pushed by hand, pushed by returning, and pulled in every way."""
from datetime import datetime, timedelta

from airflow.models import DAG, Variable
from airflow.operators.python_operator import PythonOperator


def download_image(**kwargs):
    kwargs['ti'].xcom_push(key='image', value='/images/%s.png' % kwargs['ds'])
    return 'downloaded'


def parse_recipes(task_instance, **kwargs):
    image = task_instance.xcom_pull(key='image', task_ids='download_image')
    return {'image': image, 'servings': int(Variable.get('servings', default_var='4'))}


def show(**kwargs):
    found = kwargs['ti'].xcom_pull(task_ids=['download_image', 'parse_recipes'])
    assert found[0] == 'downloaded', found
    assert found[1]['servings'] == 4, found
    assert kwargs['ti'].xcom_pull(key=None, task_ids='parse_recipes') == found[1]
    print(found)


dag = DAG('parsing_recipes', schedule_interval=timedelta(minutes=2), start_date=datetime(2018, 10, 2), catchup=False)

download = PythonOperator(task_id='download_image', python_callable=download_image, provide_context=True, dag=dag)
parse = PythonOperator(task_id='parse_recipes', python_callable=parse_recipes, provide_context=True, dag=dag)
last = PythonOperator(task_id='show', python_callable=show, provide_context=True, dag=dag)

download >> parse >> last
