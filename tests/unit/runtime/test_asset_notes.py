"""What an attempt that ended well says of the assets it updated."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_couture.model.assets import is_uri
from jupyter_couture.model.errors import InvalidRequest
from jupyter_couture.runtime.carry import Carrier
from jupyter_couture.runtime.reports import ReportPipe, Services
from jupyter_couture.settings import Settings
from tests.unit.runtime.test_context import START

URI = "s3://lake/orders"


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    handle = os.open(os.devnull, os.O_WRONLY)
    yield Services(ReportPipe(handle), Settings.load({}, home=tmp_path), START)
    os.close(handle)


def test_long_texts_are_told_whole_and_secrets_are_not_told(services: Services) -> None:
    services.hide("s3cret-of-the-lake")
    services.asset_notes()[URI] = {"rows": 3, "text": "x" * 30_000, "from": "https://s3cret-of-the-lake@h"}
    assert Carrier(START, services).success()["assets"] == {
        URI: {"rows": 3, "text": "x" * 30_000, "from": "https://***@h"}
    }


@pytest.mark.parametrize(
    ("note", "why"),
    [
        ({"rows": float("nan")}, "must be JSON"),
        ({"rows": {1, 2}}, "must be JSON"),
        ({"text": "x" * 70_000}, "more than 65536 characters"),
    ],
)
def test_what_is_no_json_or_too_long_fails_the_attempt_with_a_sentence(
    services: Services, note: dict[str, Any], why: str
) -> None:
    services.asset_notes()[URI] = note
    with pytest.raises(InvalidRequest, match=f"asset 's3://lake/orders' .*{why}"):
        Carrier(START, services).success()


def test_what_can_be_a_uri_is_short_and_printable() -> None:
    assert is_uri(URI)
    assert not any(map(is_uri, ("", " x", "a\nb", "a\x00b", "x" * 701, None)))
