"""TaskFlow with mapping, as in many repositories for Airflow 2."""

from __future__ import annotations

from datetime import datetime, timedelta

import pendulum
from airflow.decorators import dag, task, task_group
from airflow.exceptions import AirflowSkipException
from airflow.models.baseoperator import chain
from airflow.operators.bash import BashOperator
from airflow.operators.python import get_current_context


@dag(
    dag_id="prices",
    start_date=pendulum.datetime(2024, 1, 1, tz="UTC"),
    schedule=timedelta(days=1),
    catchup=False,
    default_args={"retries": 0},
    params={"limit": 3, "currency": "EUR"},
    render_template_as_native_obj=False,
    tags=["prices", "taskflow"],
)
def prices():
    @task
    def symbols(params: dict | None = None) -> list[str]:
        return ["aaa", "bbb", "ccc", "ddd"][: params["limit"]]

    @task
    def quote(symbol: str, factor: int) -> dict:
        if symbol == "bbb":
            raise AirflowSkipException("no quote today")
        return {"symbol": symbol, "price": len(symbol) * factor + ord(symbol[0])}

    @task(multiple_outputs=True)
    def summary(quotes: list[dict]) -> dict:
        found = [each for each in quotes if each]
        return {"count": len(found), "total": sum(each["price"] for each in found)}

    @task(trigger_rule="none_failed")
    def gathered(quotes) -> list:
        return sorted(each["symbol"] for each in quotes)

    @task
    def about() -> dict:
        context = get_current_context()
        return {
            "run": context["run_id"][:8],
            "ds": context["ds"],
            "start": context["data_interval_start"].isoformat(),
            "end": context["data_interval_end"].isoformat(),
            "ts": context["ts"],
            "index": context["ti"].map_index,
            "task": context["task"].task_id,
            "now": isinstance(context["logical_date"], datetime),
        }

    @task_group
    def convert(value: int):
        @task
        def double(number: int) -> int:
            return number * 2

        @task
        def as_text(number: int) -> str:
            return f"<{number}>"

        return as_text(double(value))

    @task
    def pairs() -> list[dict]:
        return [{"bash_command": f"echo {word}", "env": {"WORD": word}} for word in ("x", "y")]

    @task
    def total(left: int, right: int) -> int:
        return left + right

    @task
    def joined(texts) -> str:
        return "".join(texts)

    names = symbols()
    quotes = quote.partial(factor=10).expand(symbol=names)
    done = gathered(quotes)
    summed = summary.override(task_id="summary", trigger_rule="all_done")(quotes)
    count = total(summed["count"], summed["total"])
    texts = convert.expand(value=[1, 2, 3])
    echoed = BashOperator.partial(task_id="echoed", append_env=True).expand_kwargs(pairs())
    crossed = total.override(task_id="crossed").expand(left=[1, 2], right=[10, 20])
    zipped = quote.override(task_id="zipped").expand_kwargs(names.map(lambda name: {"symbol": name, "factor": 1}))
    chain(count, joined(texts), about())
    echoed >> crossed >> zipped
    done >> crossed


prices()
