"""What tasks say of the assets they update, and learn of those they read."""

from collections.abc import Generator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from jupyter_couture.authoring.asset_events import InletEvents, OutletEvents
from jupyter_couture.authoring.assets import Asset, AssetAlias, Metadata
from jupyter_couture.authoring.context import StandaloneAttempt, attempt_scope
from jupyter_couture.authoring.operators.python import PythonOperator
from jupyter_couture.model.errors import InvalidRequest

ORDERS, PARTS = Asset("orders", "s3://shop/orders"), AssetAlias("parts")


class Remembering(StandaloneAttempt):
    """An attempt whose assets have a past."""

    def asset_history(self, uri: str) -> Sequence[Mapping[str, Any]]:
        source = {"dag_id": "shop", "run_id": "r1", "task_id": "write", "map_index": -1}
        at = datetime(2026, 1, 1, tzinfo=UTC)
        return [{"uri": uri, "timestamp": at, "extra": {"rows": rows}, "source": source} for rows in (1, 2, 3)]


def test_what_a_task_says_of_an_outlet_goes_with_its_update() -> None:
    services = StandaloneAttempt()
    events = OutletEvents([ORDERS, PARTS], services)

    events[ORDERS].extra = {"rows": 3}
    events["orders"].extra["day"] = "monday"
    events.for_asset(uri="s3://shop/orders").add_partitions("eu")
    events[PARTS].add(Asset("s3://shop/wheels"), {"size": 4})

    assert services.asset_notes() == {
        "s3://shop/orders": {"rows": 3, "day": "monday", "partition_keys": ["eu"]},
        "s3://shop/wheels": {"size": 4},
    }


def test_only_declared_outlets_are_spoken_of_and_only_aliases_added_to() -> None:
    events = OutletEvents([ORDERS], StandaloneAttempt())

    with pytest.raises(KeyError, match="not among the outlets"):
        events["s3://elsewhere"]
    with pytest.raises(InvalidRequest, match="no alias"):
        events[ORDERS].add("s3://elsewhere")


def test_the_past_of_an_inlet_is_read_oldest_first_by_items_and_by_attributes() -> None:
    events = InletEvents([ORDERS, PARTS], Remembering())

    past = events[ORDERS]

    assert [event.extra["rows"] for event in past[-2:]] == [2, 3]
    assert (len(past), past[0]["source_task_id"], past[0].asset.uri) == (3, "write", "s3://shop/orders")
    assert events.for_asset_alias(name="parts")[-1].uri == "alias:parts"


def test_a_generator_function_yields_what_is_to_be_said_of_outlets_and_returns_its_value(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def write() -> Generator[Metadata | str, None, int]:
        yield Metadata(ORDERS, {"rows": 3})
        yield Metadata(Asset("s3://shop/wheels"), {"size": 4}, alias=PARTS)
        yield "nonsense"
        return 7

    services = StandaloneAttempt()
    task = PythonOperator("write", python_callable=write, outlets=[ORDERS, PARTS])
    with attempt_scope(services):
        value = task.execute({})

    assert value == 7
    assert services.asset_notes() == {"s3://shop/orders": {"rows": 3}, "s3://shop/wheels": {"size": 4}}
    assert "nonsense" in caplog.text
