"""Values in columns come back as they went in, whatever a user wrote."""

from datetime import UTC, datetime, timedelta, timezone
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from jupyter_couture.store.columns import Words, decode, encode, from_micros, to_micros

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(st.datetimes(timezones=st.just(UTC)))
def test_an_instant_survives_to_the_microsecond(when: datetime) -> None:
    assert from_micros(to_micros(when)) == when


def test_an_instant_of_another_zone_comes_back_in_utc() -> None:
    when = datetime(2026, 3, 29, 3, 30, tzinfo=timezone(timedelta(hours=2)))
    back = from_micros(to_micros(when))
    assert back == when
    assert back.tzinfo is UTC


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(TypeError):
        to_micros(datetime(2026, 1, 1))  # noqa: DTZ001


@given(JSON)
def test_any_json_survives(value: object) -> None:
    assert decode(encode(value)) == value


@pytest.mark.parametrize("value", [2**70, -(2**90), "\ud800", {"\udcff": ["\x00", 2**64]}])
def test_numbers_and_texts_beyond_the_fast_encoder_survive(value: object) -> None:
    assert decode(encode(value)) == value


def test_read_only_mappings_are_json_at_any_depth() -> None:
    inner = MappingProxyType({"b": (1, 2)})
    assert decode(encode(MappingProxyType({"a": inner}))) == {"a": {"b": [1, 2]}}


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(TypeError, match="object is no JSON value"):
        encode({"x": object()})


@given(st.text(alphabet=st.characters(codec=None, exclude_categories=[])))
def test_words_can_be_stored_anywhere(text: str) -> None:
    stored = Words().process_bind_param(text, sqlite.dialect())
    assert stored is not None
    assert "\x00" not in stored
    stored.encode()
    assert len(stored) == len(text)
