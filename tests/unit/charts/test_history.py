"""Series over past runs: medians, outliers, units, and what has no value."""

from datetime import UTC, datetime, timedelta

import pytest

from jupyter_couture.charts.drawing import duration, micros, unit_of
from jupyter_couture.charts.history import HUES, WHOLE_RUN, Measure, draw_history, history_of, outliers
from jupyter_couture.model.charts import Past, TaskPast
from jupyter_couture.model.ids import DagId, RunId, VersionHash
from jupyter_couture.model.run import DagRun, RunType
from jupyter_couture.model.states import RunState, TaskState

T0 = datetime(2026, 11, 22, tzinfo=UTC)


def run(number: int, *, is_open: bool = False) -> DagRun:
    """A daily run that took a minute."""
    at = T0 + timedelta(days=number)
    return DagRun(
        dag_id=DagId("etl"),
        run_id=RunId(f"r{number}"),
        run_type=RunType.SCHEDULED,
        version=VersionHash("v1"),
        state=RunState.RUNNING if is_open else RunState.SUCCESS,
        logical_date=at,
        data_interval_start=at,
        data_interval_end=at + timedelta(days=1),
        queued_at=at + timedelta(days=1),
        started_at=at + timedelta(days=1, seconds=1),
        ended_at=None if is_open else at + timedelta(days=1, seconds=61),
    )


def task(number: int, task_id: str, seconds: float | None, tries: int = 1) -> TaskPast:
    """What a task did in a run."""
    end = None if seconds is None else micros(run(number).data_interval_end + timedelta(seconds=5 + seconds))
    state = TaskState.RUNNING if seconds is None else TaskState.SUCCESS
    return TaskPast(RunId(f"r{number}"), task_id, state, 1, tries, end, seconds, seconds)


def test_lines_stand_from_the_largest_median_to_the_smallest_behind_the_run() -> None:
    past = Past([run(0), run(1)], [task(n, name, took) for n in (0, 1) for name, took in (("a", 1.0), ("b", 9.0))])
    found = history_of(past, Measure.DURATION, 10)
    assert [line.task_id for line in found.lines] == [WHOLE_RUN, "b", "a"]
    assert [line.median for line in found.lines] == [60, 9, 1]
    assert history_of(past, Measure.DURATION, 1).left_out == 1


def test_what_has_not_ended_has_no_duration_and_no_landing_time_but_tries() -> None:
    past = Past([run(0), run(1, is_open=True)], [task(0, "a", 2.0), task(1, "a", None, tries=2)])
    for measure, wanted in ((Measure.DURATION, [2.0, None]), (Measure.LANDING, [7.0, None]), (Measure.TRIES, [1, 2])):
        line = history_of(past, measure, 10).lines[-1]
        assert [None if point is None else point.value for point in line.points] == wanted


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ([1, 1, 50], []),  # too few
        ([10, 11, 12, 13, 60], [4]),
        ([60, 61, 62, 63, 10], [4]),
        ([1, 1, 1, 1, 3], [4]),
        ([100, 100, 100, 100, 104], []),  # beyond the quartiles, but nobody would care
    ],
)
def test_outliers_follow_the_rule_that_is_told(values: list[float], found: list[int]) -> None:
    middle = sorted(values)[len(values) // 2]
    assert [place for place, is_outlier in enumerate(outliers(values, middle)) if is_outlier] == found


def test_an_outlier_is_drawn_large_and_says_why() -> None:
    past = Past([run(n) for n in range(5)], [task(n, "a", 90.0 if n == 3 else 10.0) for n in range(5)])
    drawing = draw_history(history_of(past, Measure.DURATION, 10))
    points = drawing.models["points"]["data"]
    large = [place for place, size in enumerate(points["size"]) if size > 6]
    assert [points["run_id"][place] for place in large] == ["r3"]
    assert "1.5 times" in points["note"][large[0]]


def test_colours_repeat_after_the_last_and_the_run_has_its_own() -> None:
    past = Past([run(0)], [task(0, f"t{n:02}", 30.0 - n) for n in range(HUES + 1)])
    hues = draw_history(history_of(past, Measure.DURATION, 100)).models["lines"]["data"]["hue"]
    assert hues == [0, *range(1, HUES + 1), 1]


def test_no_run_is_an_empty_chart() -> None:
    drawing = draw_history(history_of(Past([], []), Measure.LANDING, 10))
    assert drawing.is_empty


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.123, "0.12 s"), (-42, "-42.0 s"), (245, "4 min 05 s"), (7500, "2 h 05 min"), (260_000, "3 d 00 h")],
)
def test_durations_read_well(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_the_unit_of_an_axis_suits_its_largest_value() -> None:
    assert [unit_of(most)[0] for most in (10, 600, 40_000, 900_000)] == ["s", "min", "h", "d"]
