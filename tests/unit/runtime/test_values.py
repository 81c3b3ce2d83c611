"""Values between tasks come back as they went in, whichever rung of the ladder carries them (S135)."""

import math
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pendulum
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_couture.authoring.files import FileReference
from jupyter_couture.model.codec import from_json, to_json
from jupyter_couture.model.errors import Conflict, InvalidRequest, NotFound
from jupyter_couture.model.ids import DagId, RunId, RunKey, TaskId, TaskKey
from jupyter_couture.model.xcom import XCom, XComForm, XComItem
from jupyter_couture.runtime.logs import file_name
from jupyter_couture.runtime.tagged import TAG, NotTagged, from_tagged, to_tagged
from jupyter_couture.runtime.value_files import remove_file_of, remove_values_of_others, remove_values_of_run
from jupyter_couture.runtime.values import INLINE_BYTES, KEY_FILE, PREVIEW_CHARACTERS, ValueKeeper
from jupyter_couture.settings import Settings

RUN = RunKey(DagId("d"), RunId("r"))
TASK = TaskKey(TaskId("t"))
NOW = datetime(2026, 3, 1, tzinfo=UTC)


class Odd:
    """A class of a user's."""

    def __init__(self, word: str) -> None:
        self.word = word

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Odd) and other.word == self.word

    def __hash__(self) -> int:
        return hash(self.word)

    def __repr__(self) -> str:
        return f"Odd({self.word})"


def a_keeper(home: Path, **settings: Any) -> ValueKeeper:
    return ValueKeeper(Settings.load({}, home=str(home), **settings), RUN, TASK, "attempt1")


def stored(item: XComItem, key: str = "k", task: TaskKey = TASK) -> XCom:
    item = from_json(XComItem, to_json(item))
    return XCom(run_key=RUN, task_key=task, key=key, item=item, attempt_id="attempt1", pushed_at=NOW)


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
RICH = st.recursive(
    PLAIN
    | st.binary()
    | st.datetimes(timezones=st.just(UTC) | st.just(ZoneInfo("Europe/Berlin")) | st.none())
    | st.dates()
    | st.timedeltas()
    | st.decimals(allow_nan=False)
    | st.uuids(),
    lambda inner: (
        st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.integers() | st.just(TAG) | st.text(), inner)
    ),
    max_leaves=10,
)


@given(RICH)
def test_typed_json_gives_back_what_it_was_given(value: object) -> None:
    assert from_tagged(to_tagged(value)) == value


@given(PLAIN)
def test_plain_json_stays_as_it_is(value: object) -> None:
    if TAG not in str(value):
        assert to_tagged(value) == value


@pytest.mark.parametrize(
    "value",
    [
        (1, "two"),
        {1, 2},
        frozenset({"a"}),
        b"\x00\xff",
        date(2026, 3, 1),
        time(1, 2, 3),
        timedelta(days=-1, microseconds=5),
        datetime(2026, 3, 1, 4, 5, tzinfo=timezone(timedelta(hours=2))),
        datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=ZoneInfo("Europe/Berlin")),
        pendulum.datetime(2026, 3, 1, tz="America/New_York"),
        pendulum.datetime(2026, 3, 1),
        Decimal("1.50"),
        UUID(int=7),
        Path("/data/x"),
        np.float32(1.5),
        np.int64(-3),
        FileReference(uri="s3://b/k", size_bytes=5, sha256="ab"),
        {1: "one", (2, 3): None},
        {TAG: "not a tag"},
        [math.inf, -math.inf],
    ],
)
def test_types_beyond_json_keep_their_type(value: Any) -> None:
    back = from_tagged(to_tagged(value))

    assert back == value
    assert type(back) is type(value)


def test_what_is_not_exactly_a_known_type_is_left_to_pickle() -> None:
    class Word(str):
        __slots__ = ()

    for value in (Word("x"), Odd("x"), object(), datetime.now(tz=None).astimezone().tzinfo):
        with pytest.raises(NotTagged):
            to_tagged(value)
    with pytest.raises(ValueError, match="newer"):
        from_tagged({TAG: ["tomorrow", 1]})


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ({"a": [1, 2.5, None]}, XComForm.JSON),
        (np.arange(6).reshape(2, 3), XComForm.ARRAY),
        (pa.table({"n": [1, 2]}), XComForm.ARROW),
        (pa.RecordBatch.from_pydict({"n": [1, 2]}), XComForm.ARROW),
        (Odd("x"), XComForm.PICKLE),
        ([Odd("x"), 1], XComForm.PICKLE),
        (np.array([Odd("a")], dtype=object), XComForm.PICKLE),
    ],
)
def test_each_value_takes_the_first_rung_that_holds_it(tmp_path: Path, value: Any, form: XComForm) -> None:
    keeper = a_keeper(tmp_path)
    item = keeper.seal("k", value)
    back = keeper.open(stored(item))

    assert item.form is form
    assert type(back) is type(value)
    assert np.array_equal(back, value) if isinstance(value, np.ndarray) else back == value


def test_frames_and_series_keep_index_types_and_names(tmp_path: Path) -> None:
    keeper = a_keeper(tmp_path)
    frame = pd.DataFrame(
        {
            "n": [1, 2],
            "t": ["a", "b"],
            "w": pd.to_datetime(["2026-03-01", "2026-03-02"]),
            "c": pd.Categorical(["x", "y"]),
        },
        index=pd.Index(["i", "j"], name="key"),
    )
    series = pd.Series([1.5, 2.5], name="speed")

    pd.testing.assert_frame_equal(keeper.open(stored(keeper.seal("k", frame))), frame)
    pd.testing.assert_series_equal(keeper.open(stored(keeper.seal("k", series))), series)


def test_polars_frames_and_series_come_back_as_such(tmp_path: Path) -> None:
    keeper = a_keeper(tmp_path)
    frame = pl.DataFrame({"n": [1, 2], "t": ["a", None]})

    values: list[Any] = [frame, frame["n"]]
    for value in values:
        item = keeper.seal("k", value)
        back = keeper.open(stored(item))
        assert item.form is XComForm.ARROW
        assert type(back) is type(value)
        assert back.equals(value)


def test_a_frame_that_arrow_cannot_hold_is_pickled(tmp_path: Path) -> None:
    keeper = a_keeper(tmp_path)
    frame = pd.DataFrame({"mixed": [1, "two", Odd("x")]})
    item = keeper.seal("k", frame)

    assert item.form is XComForm.PICKLE
    pd.testing.assert_frame_equal(keeper.open(stored(item)), frame)


def test_a_large_value_lies_in_a_file_of_ours_alone_and_is_checked(tmp_path: Path) -> None:
    keeper = a_keeper(tmp_path)
    value = "x" * (INLINE_BYTES + 1)
    item = keeper.seal("k", value)
    place = keeper.settings.xcom_dir / item.path

    assert item.value is None
    assert place.stat().st_mode & 0o777 == 0o600
    assert keeper.open(stored(item)) == value
    place.write_bytes(b'"other"')
    with pytest.raises(Conflict, match="not what was written"):
        keeper.open(stored(item))
    place.unlink()
    with pytest.raises(NotFound):
        keeper.open(stored(item))


def test_a_path_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    keeper = a_keeper(tmp_path)
    item = replace(keeper.seal("k", "x" * INLINE_BYTES), path="../couture.db")

    with pytest.raises(Conflict, match="outside"):
        keeper.open(stored(item))


def test_a_value_beyond_the_limit_leaves_nothing_behind(tmp_path: Path) -> None:
    keeper = a_keeper(tmp_path, xcom_max_bytes=100_000)
    for value in ("x" * 200_000, np.zeros(50_000), Odd("x" * 200_000), pd.DataFrame({"n": range(100_000)})):
        with pytest.raises(InvalidRequest, match="xcom_max_bytes"):
            keeper.seal("k", value)
    assert not [path for path in keeper.settings.xcom_dir.rglob("*") if path.is_file()]


def test_pickle_can_be_switched_off_for_writing_and_reading(tmp_path: Path) -> None:
    item = a_keeper(tmp_path).seal("k", Odd("x"))
    strict = a_keeper(tmp_path, xcom_pickle=False)

    with pytest.raises(InvalidRequest, match="COUTURE_XCOM_PICKLE"):
        strict.seal("k", Odd("x"))
    with pytest.raises(InvalidRequest, match="COUTURE_XCOM_PICKLE"):
        strict.open(stored(item))
    assert strict.open(stored(strict.seal("k", {"n": 1}))) == {"n": 1}


def test_a_pickle_opens_only_where_it_belongs_and_with_our_key(tmp_path: Path) -> None:
    keeper = a_keeper(tmp_path)
    item = keeper.seal("k", Odd("x"))
    key = keeper.settings.xcom_dir / KEY_FILE

    assert keeper.open(stored(item)) == Odd("x")
    assert key.stat().st_mode & 0o777 == 0o600
    moved = (stored(item, key="other"), stored(item, task=TaskKey(TaskId("u"))), stored(replace(item, mac="00")))
    for found in moved:
        with pytest.raises(Conflict, match="not pickled by a task of this deployment"):
            keeper.open(found)
    key.unlink()
    with pytest.raises(Conflict):
        keeper.open(stored(item))


def test_what_cannot_be_pickled_is_refused_in_words(tmp_path: Path) -> None:
    with (tmp_path / "f").open("w") as stream, pytest.raises(InvalidRequest, match="cannot be pickled"):
        a_keeper(tmp_path).seal("k", stream)


def test_previews_are_short_masked_and_never_fail(tmp_path: Path) -> None:
    class Sulky:
        def __repr__(self) -> str:
            raise RuntimeError("no")

    keeper = a_keeper(tmp_path)

    def mask(text: str) -> str:
        return text.replace("hush", "***")

    assert keeper.seal("k", {"a": ["hush", 1]}, mask).preview == {"a": ["***", 1]}
    assert keeper.seal("k", "hush").preview == "hush"
    assert keeper.seal("k", Odd("hush"), mask).preview == "Odd(***)"
    long = keeper.seal("k", list(range(10_000)), mask).preview
    assert isinstance(long, str)
    assert len(long) == PREVIEW_CHARACTERS
    assert "repr fails" in str(keeper.seal("k", Sulky()).preview)


def test_a_file_reference_is_checked_when_it_is_opened(tmp_path: Path) -> None:
    place = tmp_path / "day one.csv"
    place.write_text("a,b\n")
    reference = FileReference.of(place)

    assert reference.checked_path() == place
    place.write_text("other")
    with pytest.raises(Conflict, match="not the file"):
        reference.checked_path()
    with pytest.raises(InvalidRequest, match="local"):
        FileReference(uri="s3://bucket/key").path


def test_files_go_with_the_try_and_with_the_run(tmp_path: Path) -> None:
    keeper = a_keeper(tmp_path)
    item = keeper.seal("k", "x" * INLINE_BYTES)
    folder = keeper.settings.xcom_dir
    remove_values_of_others(folder, RUN, TASK, "attempt1")
    assert (folder / item.path).exists()

    remove_values_of_others(folder, RUN, TASK, "attempt2")
    assert not (folder / item.path).exists()

    item = keeper.seal("k", "x" * INLINE_BYTES)
    remove_file_of(folder, replace(item, path="../../etc/passwd"))
    remove_file_of(folder, item)
    assert not (folder / item.path).exists()
    keeper.seal("k", "x" * INLINE_BYTES)
    remove_values_of_run(folder, RUN)
    assert not (folder / "d" / "r").exists()


@pytest.mark.parametrize("name", ["~key", ".key", "key"])
def test_no_dag_can_take_or_remove_the_key_of_the_macs(name: str) -> None:
    """The files of a DAG lie in a folder of its name, and go with it."""
    assert file_name(name) != KEY_FILE
