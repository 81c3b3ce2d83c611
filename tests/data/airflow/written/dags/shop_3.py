"""In the manner of a team on Airflow 3."""
from __future__ import annotations

from datetime import datetime
from typing import Any

from airflow.sdk import DAG, Asset, BaseHook, BaseNotifier, BaseOperator, BaseSensorOperator, Context, Param, Variable, XComArg, chain, dag, get_current_context, get_parsing_context, task, task_group
from airflow.sdk.bases.operatorlink import BaseOperatorLink
from airflow.sdk.exceptions import AirflowException, AirflowSkipException
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.python import PythonOperator
from airflow.providers.common.compat.sdk import timezone
from airflow.sdk.definitions.context import Context as C2
from airflow.utils.weekday import WeekDay
from airflow.task.priority_strategy import PriorityWeightStrategy

assert C2 is Context
only = get_parsing_context().dag_id


class Falling(PriorityWeightStrategy):
    def get_weight(self, ti):
        return max(3 - ti.try_number + 1, 1)


class ShopHook(BaseHook):
    conn_name_attr = "shop_conn_id"
    default_conn_name = "shop_default"
    conn_type = "shop"
    hook_name = "Shop"

    def __init__(self, shop_conn_id: str = default_conn_name, **kwargs):
        super().__init__(**kwargs)
        self.shop_conn_id = shop_conn_id

    def get_conn(self):
        return {"id": self.shop_conn_id}


class ShopOperator(BaseOperator):
    template_fields = ("item",)

    def __init__(self, *, item: str, shop_conn_id: str = "shop_default", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.item = item
        self.shop_conn_id = shop_conn_id
        self.hook = None

    def execute(self, context: Context) -> Any:
        self.hook = ShopHook(self.shop_conn_id)
        self.log.info("%s", self.hook.get_conn())
        for key in ("logical_date", "data_interval_start", "data_interval_end", "triggering_asset_events", "dag_run", "ti", "run_id", "ts_nodash"):
            context[key]
        assert context["ts_nodash"].isalnum(), context["ts_nodash"]
        return {"item": self.item, "day": context["ds"]}

    def on_kill(self) -> None:
        self.hook = None


@dag(schedule=None, start_date=datetime(2025, 1, 1), params={"limit": Param(3, type="integer")}, catchup=False)
def shop():
    fetch = ShopOperator(task_id="fetch", item="{{ params.limit }} apples", weight_rule=Falling())

    @task(multiple_outputs=True)
    def split(found: dict):
        return {"a": found["item"], "b": found["day"]}

    @task.sensor(poke_interval=1, timeout=5)
    def ready():
        from airflow.sdk import PokeReturnValue

        return PokeReturnValue(True, "r")

    @task_group
    def group(x):
        @task
        def one(v, dag_run=None, ti=None, params=None, logical_date=None):
            assert params["limit"] == 3
            assert ti.dag_run.logical_date == logical_date
            return f"{v}!"

        return one(x)

    @task
    def skip(value):
        if value:
            raise AirflowSkipException(value)

    parts = split(fetch.output)
    ready() >> group(parts["a"]) >> skip(parts["b"])


shop()
