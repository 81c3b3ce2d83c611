"""S146: of several connections with one id a task draws one; a retry draws anew, and meets one that works."""

from datetime import timedelta

from jupyter_couture import DAG, BaseHook, task
from jupyter_couture.testing import run_dag

RETRIES = 40
"""Forty-one draws in a row of one of two: less than once in 10^12."""


def test_S146_a_retry_meets_the_good_one_of_two_before_long() -> None:
    with DAG("load") as dag:

        @task(retries=RETRIES, retry_delay=timedelta(minutes=5))
        def fetch() -> str:
            host = BaseHook.get_connection("warehouse").host
            if host == "broken":
                raise ConnectionError("nobody answers")
            return str(host)

        fetch()
    hosts = [{"conn_type": "http", "host": host} for host in ("broken", "sound")]
    numbers = set()
    for _ in range(12):
        result = run_dag(dag, connections={"warehouse": hosts})
        result.assert_success()
        assert result.tasks["fetch"].value == "sound"
        numbers.add(len(result.tasks["fetch"].attempts))
    assert len(numbers) > 1, "it is drawn anew for each try"
