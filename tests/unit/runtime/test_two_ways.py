"""S139, S178: a callable reads a value of the context by a named argument or from its keyword arguments."""

from datetime import UTC, datetime
from typing import Any

from jupyter_couture import DAG, PythonOperator
from jupyter_couture.testing import run_dag

WHEN = datetime(2026, 1, 1, tzinfo=UTC)


def by_name(ti: Any, ds: str) -> list[str]:
    return [ti.task_id, ds]


def by_keywords(**kwargs: Any) -> list[str]:
    return [kwargs["ti"].task_id, kwargs["ds"]]


def test_S178_both_ways_give_the_same() -> None:
    with DAG("ways", schedule=None, start_date=WHEN) as dag:
        PythonOperator(task_id="named", python_callable=by_name)
        PythonOperator(task_id="keywords", python_callable=by_keywords, provide_context=True)
    result = run_dag(dag, logical_date=WHEN)
    assert result.tasks["named"].xcoms["return_value"] == ["named", "2026-01-01"]
    assert result.tasks["keywords"].xcoms["return_value"] == ["keywords", "2026-01-01"]
