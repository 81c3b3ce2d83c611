"""A larger Spark pipeline: constants at the top, several programs of one jar, joined in every way there is."""
from datetime import datetime, timedelta

from airflow import DAG
from airflow.operators import CoutureSparkOperator
from airflow.operators.bash_operator import BashOperator

classPath = 'ai.couture.obelisk.retail.mains.MainClass'
appName = 'LegosRelatedAttributesClustering'
code_artifact = 'Spark.jar'

STAGE_1 = 'write_data_from_hbase_to_hdfs'
STAGE_2 = 'compute_similarity_based_on_feature_vectors'
STAGE_3 = 'compute_similarity_based_on_attributes'
STAGE_4 = 'write_data_from_hdfs_to_hbase'


def pretty(*arguments):
    """One line for the log of the cluster."""
    return ' '.join(str(argument) for argument in arguments)


dag = DAG(
    'LegosRelatedAttributesClustering',
    default_args={
        'owner': 'couture',
        'depends_on_past': False,
        'start_date': datetime(2019, 6, 1),
        'email': ['data-team@example.com'],
        'retries': 0,
        'retry_delay': timedelta(minutes=1),
    },
    schedule_interval=None,
    description='Clusters of related attributes',
)


def stage(name, *arguments):
    return CoutureSparkOperator(
        task_id=name,
        dag=dag,
        app_name=appName,
        class_path=classPath,
        code_artifact=code_artifact,
        application_arguments=[name, *arguments],
        description=pretty('stage', name),
    )


read = stage(STAGE_1, 'attributes', '/data/attributes')
vectors = stage(STAGE_2, '/data/attributes', 0.8)
attributes = stage(STAGE_3, '/data/attributes', '{{ execution_date.year }}')
write = CoutureSparkOperator(
    task_id=STAGE_4,
    dag=dag,
    app_name=appName,
    class_path=classPath,
    jar_path='hdfs:///artifacts/Spark.jar',
    application_arguments=['/data/similar', 'similar'],
    description='Writes the result where it is served',
)
tell = BashOperator(task_id='tell', bash_command='echo done', dag=dag)

read >> [vectors, attributes]
write << vectors
write.set_upstream(attributes)
write.set_downstream(tell)
