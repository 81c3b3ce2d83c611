"""Arguments that a DAG gives to all its tasks."""

from datetime import UTC, datetime, timedelta

from jupyter_couture import DAG, BashOperator
from jupyter_couture.authoring.compile import compile_dag

DEFAULTS = {
    "owner": "ada",
    "depends_on_past": True,
    "start_date": datetime(2026, 11, 1, tzinfo=UTC),
    "email": ["ada@example.org", "bob@example.org"],
    "email_on_failure": False,
    "email_on_retry": False,
    "retries": 3,
    "retry_delay": timedelta(minutes=5),
    "sla": timedelta(hours=2),
}


def test_S036_tasks_take_the_default_arguments_and_override_them_with_their_own() -> None:
    with DAG("d", default_args=DEFAULTS, sla=timedelta(hours=6)) as dag:
        BashOperator("plain", bash_command="true")
        BashOperator(
            "own",
            bash_command="true",
            owner="eve",
            depends_on_past=False,
            email="eve@example.org",
            email_on_failure=True,
            email_on_retry=True,
            retries=0,
            retry_delay=timedelta(seconds=1),
            sla=timedelta(seconds=30),
        )
    spec = compile_dag(dag)
    plain, own = spec.tasks
    assert (plain.owner, plain.depends_on_past, plain.email) == ("ada", True, ("ada@example.org", "bob@example.org"))
    assert (plain.email_on_failure, plain.email_on_retry, plain.sla_seconds) == (False, False, 7200.0)
    assert (plain.retry.retries, plain.retry.delay_seconds) == (3, 300.0)
    assert (own.owner, own.depends_on_past, own.email) == ("eve", False, ("eve@example.org",))
    assert (own.email_on_failure, own.email_on_retry, own.sla_seconds) == (True, True, 30.0)
    assert (own.retry.retries, own.retry.delay_seconds) == (0, 1.0)
    assert spec.start_date == DEFAULTS["start_date"]
    assert spec.deadlines == ((30.0, "own"), (7200.0, "plain"), (21600.0, ""))
