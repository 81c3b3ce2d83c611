"""A first DAG: three Bash commands, templates, and a daily schedule.

``{{ ds }}`` is the day the run stands for; ``params`` may be overridden when a run is triggered.
"""

from datetime import datetime, timedelta

from jupyter_couture import DAG, BashOperator

COUNT_DAYS = """
{% for day in range(3) %}
echo "{{ macros.ds_add(ds, day) }}: {{ params.greeting }}"
{% endfor %}
"""

with DAG(
    "tutorial",
    description="A first DAG: three Bash commands",
    schedule="@daily",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    default_args={"owner": "examples", "retries": 1, "retry_delay": timedelta(seconds=30)},
    params={"greeting": "Hello from Jupyter Couture"},
    tags=["example"],
    doc_md=__doc__,
) as dag:
    print_date = BashOperator("print_date", bash_command="date --iso-8601=seconds")
    rest = BashOperator("sleep", bash_command="sleep 1", execution_timeout=timedelta(seconds=30))
    templated = BashOperator("templated", bash_command=COUNT_DAYS)

    print_date >> [rest, templated]
