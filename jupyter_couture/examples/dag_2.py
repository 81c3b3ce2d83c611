"""Fan out and in: ten branches of the same work between a start and an end that do nothing themselves."""

from datetime import datetime

from jupyter_couture import DAG, EmptyOperator, PythonOperator


def is_prime(number: int) -> bool:
    return number > 1 and all(number % divisor for divisor in range(2, int(number**0.5) + 1))


def count_primes(start: int, stop: int) -> int:
    """How many primes lie in ``range(start, stop)``."""
    found = sum(is_prime(number) for number in range(start, stop))
    print(f"{found} primes from {start} to {stop - 1}")
    return found


with DAG(
    "dag_2",
    description="Ten branches between a start and an end",
    schedule=None,
    start_date=datetime(2026, 1, 1),
    default_args={"owner": "examples"},
    max_active_tasks=4,
    tags=["example"],
    doc_md=__doc__,
) as dag:
    start = EmptyOperator("start")
    branches = [
        PythonOperator(
            f"primes_{number:02}",
            python_callable=count_primes,
            op_kwargs={"start": number * 2_000, "stop": (number + 1) * 2_000},
        )
        for number in range(10)
    ]
    end = EmptyOperator("end")

    start >> branches >> end
