"""What a warm parent does once for all payloads."""

from datetime import timedelta

from jupyter_couture import DAG, PythonOperator
from jupyter_couture.runtime.rehearsal import settle_ahead
from jupyter_couture.runtime.rendering import render_fields


def test_tasks_are_settled_but_for_those_that_fail_in_their_attempt() -> None:
    with DAG("d"):
        good = PythonOperator(task_id="good", python_callable=print)
        bad = PythonOperator(task_id="bad", python_callable=print)
    bad.execution_timeout = timedelta(seconds=-1)
    settle_ahead([bad, good])
    assert (good.is_settled, bad.is_settled) == (True, False)


def test_a_callable_that_is_replaced_after_the_task_was_settled_is_asked_anew() -> None:
    task = PythonOperator(task_id="t", python_callable=lambda ds: ds)
    task.settle()
    context = {"ds": "2026-01-01", "run_id": "r"}
    assert task.determine_kwargs(context) == {"ds": "2026-01-01"}
    task.python_callable = lambda run_id: run_id
    assert task.determine_kwargs(context) == {"run_id": "r"}


def test_lists_of_the_author_are_copied_also_where_nothing_is_rendered() -> None:
    columns = ["a", "b"]
    task = PythonOperator(task_id="t", python_callable=print, op_kwargs={"columns": columns})
    render_fields(task, {}, ())
    assert task.op_kwargs == {"columns": ["a", "b"]}
    assert task.op_kwargs["columns"] is not columns
