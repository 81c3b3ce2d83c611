"""A line of Python tasks that hand values on: extract, transform, load."""

from datetime import datetime

from jupyter_couture import dag, task


@task
def extract() -> dict[str, float]:
    """Orders of the day, by customer."""
    return {"ann": 301.27, "bob": 433.21, "cem": 502.22}


@task
def transform(orders: dict[str, float]) -> dict[str, float]:
    """Their number and sum."""
    return {"orders": len(orders), "total": round(sum(orders.values()), 2)}


@task(retries=2)
def load(figures: dict[str, float], ds: str) -> str:
    """Say it; a real task would write it where it is needed. ``ds`` comes from the run."""
    line = f"{ds}: {figures['orders']} orders, {figures['total']:.2f} in total"
    print(line)
    return line


@dag(schedule="@hourly", start_date=datetime(2026, 1, 1), default_args={"owner": "examples"}, tags=["example"])
def dag_1() -> None:
    """Extract, transform, load."""
    load(transform(extract()))


dag_1()
