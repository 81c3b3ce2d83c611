"""The tags and owners by which the DAG list can be narrowed."""

from dataclasses import replace

from tests.builders import a_dag, a_task
from tests.server.conftest import Ask
from tests.server.yard import Yard


async def test_tags_and_owners_are_counted_and_each_narrows_the_list_to_its_dags(yard: Yard, ask: Ask) -> None:
    yard.add_dag(replace(a_dag(a_task("a"), dag_id="one"), file="one.py", tags=("sales", "daily"), owner="Ada"))
    yard.add_dag(replace(a_dag(a_task("a"), dag_id="two"), file="two.py", tags=("daily",), owner="Grace"))
    labels = (await ask("dag-labels")).json
    assert labels["tags"] == [{"name": "daily", "dags": 2}, {"name": "sales", "dags": 1}]
    assert {row["name"]: row["dags"] for row in labels["owners"]}.items() >= {"Ada": 1, "Grace": 1}.items()
    found = (await ask("dags", params={"tag": "daily", "owner": "Grace"})).json
    assert [row["dag_id"] for row in found["dags"]] == ["two"]
