"""S034, S035: what an author writes as a schedule, and when exactly its runs are made, on a virtual clock."""

from datetime import UTC, datetime, timedelta

import pytest

from jupyter_couture import DAG, EmptyOperator
from jupyter_couture.authoring.compile import compile_dag
from tests.builders import T0, World, a_case


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def played(schedule: str | timedelta | None, start: datetime, passes: int, *, catchup: bool) -> list[tuple[str, str]]:
    """Instant and logical date of each run that is made, if the engine sleeps until the moment it asked for."""
    with DAG("d", schedule_interval=schedule, start_date=start, catchup=catchup) as dag:
        EmptyOperator(task_id="t")
    spec = compile_dag(dag)
    world = World({spec.dag_id: a_case(spec)})
    made = []
    for _ in range(passes):
        plan = world.step()
        made += [(f"{world.now:%m-%d %H:%M}", f"{run.logical_date:%m-%d %H:%M}") for run in plan.batch.new_runs]
        if plan.wake_at is None:
            break
        world.now = max(world.now, plan.wake_at)
    return made


@pytest.mark.parametrize(
    ("schedule", "start", "runs"),
    [
        (None, T0, []),
        (
            timedelta(days=1),
            utc("2026-11-22T13:30"),
            [("11-23 13:30", "11-22 13:30"), ("11-24 13:30", "11-23 13:30"), ("11-25 13:30", "11-24 13:30")],
        ),
        (
            "0 12 * * *",
            T0,
            [("11-23 12:00", "11-22 12:00"), ("11-24 12:00", "11-23 12:00"), ("11-25 12:00", "11-24 12:00")],
        ),
        ("@hourly", T0, [("11-22 13:00", "11-22 12:00"), ("11-22 14:00", "11-22 13:00")]),
        ("@daily", T0, [("11-24 00:00", "11-23 00:00"), ("11-25 00:00", "11-24 00:00")]),
        ("@weekly", T0, [("12-06 00:00", "11-29 00:00"), ("12-13 00:00", "12-06 00:00")]),
        ("@monthly", T0, [("01-01 00:00", "12-01 00:00"), ("02-01 00:00", "01-01 00:00")]),
        ("@once", utc("2026-11-22T18:00"), [("11-22 18:00", "11-22 18:00")]),
    ],
)
def test_S034_runs_are_made_at_the_end_of_their_intervals_to_the_minute(
    schedule: str | timedelta | None, start: datetime, runs: list[tuple[str, str]]
) -> None:
    found = played(schedule, start, passes=12, catchup=True)
    assert found[: len(runs)] == runs
    assert runs or found == []
    assert schedule != "@once" or len(found) == 1


@pytest.mark.parametrize(
    ("catchup", "dates"),
    [(True, ["11-19 00:00", "11-20 00:00", "11-21 00:00"]), (False, ["11-21 00:00"])],
)
def test_S035_of_three_past_days_all_are_made_with_catchup_and_the_last_without(
    *, catchup: bool, dates: list[str]
) -> None:
    made = played("@daily", utc("2026-11-19T00:00"), passes=6, catchup=catchup)
    past = [logical_date for instant, logical_date in made if instant == "11-22 12:00"]
    assert past == dates
    assert made[len(past)] == ("11-23 00:00", "11-22 00:00"), "and then one by one"
