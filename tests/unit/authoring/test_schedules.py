"""What an author may give as schedule and as outlets, and what of it is refused with which words."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dateutil.relativedelta import relativedelta

from jupyter_couture import DAG, EmptyOperator
from jupyter_couture.assets import Asset, AssetAlias, AssetAll, AssetAny, Dataset
from jupyter_couture.authoring.compile import compile_dag
from jupyter_couture.authoring.load import load_source
from jupyter_couture.model.codec import from_document, to_document
from jupyter_couture.model.dag import DagSpec
from jupyter_couture.model.errors import InvalidDag
from jupyter_couture.model.policy import AssetCondition, ConditionKind, Schedule, ScheduleKind
from jupyter_couture.timetables import (
    AssetOrTimeSchedule,
    CronDataIntervalTimetable,
    CronTriggerTimetable,
    DagRunInfo,
    DataInterval,
    DeltaDataIntervalTimetable,
    DeltaTriggerTimetable,
    EventsTimetable,
    MultipleCronTriggerTimetable,
    NullTimetable,
    OnceTimetable,
    TimeRestriction,
    Timetable,
)

T0 = datetime(2026, 11, 22, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
DOCS = Path(__file__).parents[3] / "docs"


def _spec(schedule: Any, *outlets: Any, **options: Any) -> DagSpec:
    dag = DAG("d", schedule=schedule, start_date=T0, **options)
    with dag:
        EmptyOperator(task_id="t", outlets=list(outlets))
    spec = compile_dag(dag)
    assert from_document(DagSpec, to_document(spec)) == spec
    return spec


def _schedule(value: Any, **options: Any) -> Schedule:
    found = _spec(value, **options).schedule
    assert found is not None
    return found


@pytest.mark.parametrize("value", [None, "None", "@none", NullTimetable()])
def test_nothing_is_no_schedule(value: object) -> None:
    """S034."""
    assert _spec(value).schedule is None


@pytest.mark.parametrize(
    ("value", "kind", "expression", "is_instant"),
    [
        ("@daily", ScheduleKind.CRON, "0 0 * * *", False),
        ("0 12 * * *", ScheduleKind.CRON, "0 12 * * *", False),
        ("@once", ScheduleKind.ONCE, "", False),
        ("@continuous", ScheduleKind.CONTINUOUS, "", False),
        (timedelta(days=1), ScheduleKind.INTERVAL, "", False),
        (CronTriggerTimetable("@hourly", timezone="Europe/Berlin"), ScheduleKind.CRON, "0 * * * *", True),
        (CronDataIntervalTimetable("@hourly", BERLIN), ScheduleKind.CRON, "0 * * * *", False),
        (DeltaDataIntervalTimetable(timedelta(hours=2)), ScheduleKind.INTERVAL, "", False),
        (DeltaTriggerTimetable(timedelta(hours=2)), ScheduleKind.INTERVAL, "", True),
        (MultipleCronTriggerTimetable("0 1 * * *", "0 2 * * 1"), ScheduleKind.ANY, "", True),
        (EventsTimetable([T0]), ScheduleKind.EVENTS, "", True),
        (OnceTimetable(), ScheduleKind.ONCE, "", False),
        (Asset("a"), ScheduleKind.ASSETS, "", False),
    ],
)
def test_every_form_of_a_schedule_becomes_data(
    value: object, kind: ScheduleKind, expression: str, *, is_instant: bool
) -> None:
    """S034."""
    found = _schedule(value)
    assert (found.kind, found.expression, found.is_instant) == (kind, expression, is_instant)


def test_a_relativedelta_counts_months_by_the_calendar() -> None:
    found = _schedule(relativedelta(months=1, days=2))
    assert (found.months, found.interval) == (1, timedelta(days=2))
    with pytest.raises(InvalidDag, match="plural"):
        _schedule(relativedelta(month=1))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("0 0 30 2 *", "not usable"),
        ("* * * * * *", "five fields"),
        ("@dayly", "presets are"),
        ("61 * * * *", "minute"),
        (timedelta(0), "longer than nothing"),
        (relativedelta(days=-1), "longer than nothing"),
        (7, "cannot be a int"),
        (["a"], "asset"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(value: object, words: str) -> None:
    """T04: an invalid cron, one of six fields, one that never fires."""
    with pytest.raises(InvalidDag, match=words):
        _schedule(value)


@pytest.mark.parametrize("kind", [CronTriggerTimetable, MultipleCronTriggerTimetable, CronDataIntervalTimetable])
def test_a_time_zone_that_does_not_exist_is_refused(kind: Any) -> None:
    """T04: a schedule in no time zone would never fire, without a word."""
    with pytest.raises(InvalidDag, match="no time zone 'Europe/Berln'"):
        kind("0 8 * * *", timezone="Europe/Berln")


def test_known_timetables_say_the_next_run_as_the_scheduler_decides_it() -> None:
    """Authors derive from them and call them."""
    bounds = TimeRestriction(earliest=T0 - timedelta(days=3), latest=None, catchup=True)
    daily = CronDataIntervalTimetable("@daily", "UTC")
    first = daily.next_dagrun_info(last_automated_data_interval=None, restriction=bounds)
    assert first is not None
    assert first.logical_date == datetime(2026, 11, 20, tzinfo=UTC)
    second = daily.next_dagrun_info(last_automated_data_interval=first.data_interval, restriction=bounds)
    assert second is not None
    assert second.data_interval.start == first.data_interval.end
    at = daily.infer_manual_data_interval(run_after=T0)
    assert at == DataInterval(datetime(2026, 11, 21, tzinfo=UTC), datetime(2026, 11, 22, tzinfo=UTC))


def test_a_class_of_the_authors_is_asked_elsewhere_also_if_it_derives_from_a_known_one() -> None:
    class Mine(CronTriggerTimetable):
        """Skips nothing."""

    class Own(Timetable):
        """Runs each day."""

        def next_dagrun_info(
            self, *, last_automated_data_interval: DataInterval | None, restriction: TimeRestriction
        ) -> DagRunInfo | None:
            return DagRunInfo.exact(T0)

    for timetable in (Mine("@daily"), Own()):
        found = _schedule(timetable)
        assert (found.kind, found.label) == (ScheduleKind.CUSTOM, timetable.summary)


def test_assets_compose_and_lists_mean_all() -> None:
    a, b, c = Asset("a"), Asset(name="b", uri="s3://b"), Dataset("c")

    def one(uri: str) -> AssetCondition:
        return AssetCondition(ConditionKind.ASSET, uri)

    both = AssetCondition(ConditionKind.ALL, parts=(one("a"), one("s3://b")))
    assert _schedule([a, b]).assets == both
    assert _schedule(a & b).assets == both
    assert _schedule((a & b) | c).assets == AssetCondition(ConditionKind.ANY, parts=(both, one("c")))
    assert AssetAll(a, b & c).as_condition() == AssetAll(a, b, c).as_condition()
    assert AssetAny(a, a).as_condition().parts == (one("a"),)
    either = _schedule(AssetOrTimeSchedule(timetable=CronTriggerTimetable("@daily"), assets=a))
    assert (either.kind, either.assets, either.parts[0].expression) == (ScheduleKind.ANY, one("a"), "0 0 * * *")


def test_outlets_and_what_the_file_says_of_assets_stand_in_the_spec() -> None:
    table = Asset("orders", uri="s3://orders", group="lake", extra={"rows": 3})
    spec = _spec([Asset("in")], table, AssetAlias("later"), "s3://plain")
    assert spec.tasks[0].outlets == ("s3://orders", "alias:later", "s3://plain")
    assert spec.assets["s3://orders"] == {"name": "orders", "group": "lake", "extra": {"rows": 3}}
    assert set(spec.assets) == {"in", "s3://orders", "alias:later", "s3://plain"}


@pytest.mark.parametrize("uri", ["", " a", "a\nb", "x" * 701])
def test_a_uri_that_cannot_be_one_is_refused(uri: str) -> None:
    with pytest.raises(InvalidDag):
        Asset(uri=uri)


@pytest.mark.parametrize("page", ["schedules.md", "assets.md"])
def test_the_examples_of_the_pages_are_dags(page: str, tmp_path: Path) -> None:
    texts = re.findall(r"^```python\n(.*?)^```", (DOCS / page).read_text(), re.MULTILINE | re.DOTALL)
    for number, text in enumerate(texts):
        loaded = load_source(text, tmp_path / f"{page}_{number}.py", tmp_path)
        assert [compile_dag(dag).schedule is not None for dag in loaded.dags.values()].count(True) >= 1
