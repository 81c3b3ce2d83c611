"""When things go wrong: a task that retries, one that is skipped, and trigger rules that go on all the same."""

from datetime import datetime, timedelta
from typing import Any

from jupyter_couture import DAG, BashOperator, PythonOperator, RetryLater, Skip, TriggerRule


def unsteady(ti: Any) -> None:
    """Ask for one more try, then go through."""
    if ti.try_number == 1:
        raise RetryLater("the other side is not ready yet", delay_seconds=1)
    print(f"Went through at try {ti.try_number}")


def weekend_only(logical_date: datetime) -> None:
    """Skip on working days."""
    if logical_date.isoweekday() < 6:
        raise Skip(f"{logical_date:%A} is no weekend")


with DAG(
    "dag_3",
    description="Retries, skipping and trigger rules",
    schedule="30 6 * * 1-5",
    start_date=datetime(2026, 1, 1),
    default_args={"owner": "examples"},
    tags=["example"],
    doc_md=__doc__,
) as dag:
    first = PythonOperator("unsteady", python_callable=unsteady, retries=2, retry_delay=timedelta(seconds=5))
    weekend = PythonOperator("weekend_only", python_callable=weekend_only)
    after_both = BashOperator(
        "whatever_happened",
        bash_command="echo 'Both are over, one way or the other'",
        trigger_rule=TriggerRule.ALL_DONE,
    )
    if_none_failed = BashOperator(
        "unless_failed", bash_command="echo 'Nothing failed'", trigger_rule=TriggerRule.NONE_FAILED
    )

    [first, weekend] >> after_both
    [first, weekend] >> if_none_failed
