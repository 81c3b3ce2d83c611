"""A DAG of a file as the last value of a cell."""

import pickle
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import cloudpickle
import pytest

from jupyter_couture import DAG, EmptyOperator, TaskGroup
from jupyter_couture.assets import Asset
from jupyter_couture.authoring.compile import compile_dag
from jupyter_couture.authoring.dag_schedule import DagSchedule
from jupyter_couture.authoring.pictures import due_after
from jupyter_couture.model.policy import Schedule, ScheduleKind

NOW = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)


def schedule_of(schedule: object, start: datetime | None) -> Schedule | None:
    """What a DAG makes of it."""
    return DAG("etl", schedule=schedule, start_date=start).schedule


def test_a_dag_draws_its_tasks_in_their_order() -> None:
    with DAG("etl", schedule="@daily", start_date=NOW, description="a < b", tags=["x"]) as dag:
        EmptyOperator(task_id="one") >> [EmptyOperator(task_id="two"), EmptyOperator(task_id="three")]
    page = dag._repr_html_()
    assert page.count("<rect") == 3
    assert 'aria-label="DAG etl: 3 tasks, 2 dependencies"' in page
    assert "a &lt; b" in page
    assert "next run" in page
    assert repr(dag) == "<DAG etl>"


def test_a_dag_without_tasks_or_schedule_is_shown_too() -> None:
    page = DAG("empty", schedule=None)._repr_html_()
    assert "It has no tasks yet." in page
    assert "next run" not in page


def test_a_large_dag_is_listed() -> None:
    with DAG("large", schedule=None) as dag:
        for number in range(201):
            EmptyOperator(task_id=f"t{number}")
    page = dag._repr_html_()
    assert "<rect" not in page
    assert '<details open="open">' in page
    assert page.count("<tr>") == 202


@pytest.mark.parametrize(
    ("schedule", "start", "due"),
    [
        ("0 12 * * *", datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 3, 10, 12, tzinfo=UTC)),
        ("0 12 * * *", datetime(2026, 3, 20, tzinfo=UTC), datetime(2026, 3, 21, 12, tzinfo=UTC)),
        ("0 12 * * *", datetime(2026, 3, 10, 9, tzinfo=UTC), datetime(2026, 3, 11, 12, tzinfo=UTC)),
        (timedelta(hours=6), datetime(2026, 3, 10, 1, tzinfo=UTC), datetime(2026, 3, 10, 13, tzinfo=UTC)),
        ("0 12 * * *", None, datetime(2026, 3, 10, 12, tzinfo=UTC)),
        (None, None, None),
        ("@once", datetime(2026, 3, 20, tzinfo=UTC), None),
    ],
)
def test_the_next_run_is_due_at_the_end_of_its_interval(
    schedule: object, start: datetime | None, due: datetime | None
) -> None:
    found = due_after(schedule_of(schedule, start), start, NOW, 3)
    assert (found[0] if found else None) == due
    assert found == sorted(found)


def test_the_runs_to_come_are_times_a_text_and_a_table() -> None:
    end = datetime(2126, 1, 3, tzinfo=UTC)
    berlin = DAG("daily", schedule="0 6 * * *", start_date=datetime(2126, 1, 1, tzinfo=ZoneInfo("Europe/Berlin")))
    due = berlin.next_runs(2)
    assert list(due) == [datetime(2126, 1, 2, 5, tzinfo=UTC), datetime(2126, 1, 3, 5, tzinfo=UTC)]
    assert repr(due) == (
        "daily, 0 6 * * * (Europe/Berlin):\n"
        "  2126-01-02 05:00:00 UTC = 2126-01-02T06:00:00+01:00\n"
        "  2126-01-03 05:00:00 UTC = 2126-01-03T06:00:00+01:00"
    )
    page = due._repr_html_()
    assert "2126-01-02 05:00:00 UTC" in page
    assert "2126-01-02T06:00:00+01:00" in page
    assert (
        len(DAG("ends", schedule="@daily", start_date=datetime(2126, 1, 1, tzinfo=UTC), end_date=end).next_runs()) == 2
    )


def test_a_schedule_says_when_its_dag_is_due_and_its_next_runs() -> None:
    start = datetime(2126, 1, 1, tzinfo=ZoneInfo("Europe/Berlin"))
    schedule = DAG("daily", schedule="30 6 * * *", start_date=start).schedule
    assert repr(schedule) == (
        "daily, 30 6 * * * (Europe/Berlin): Every day at 06:30. "
        "A run covers the time between two of these and starts at its end.\nNext runs:\n"
        "  2126-01-02 05:30:00 UTC = 2126-01-02T06:30:00+01:00\n"
        "  2126-01-03 05:30:00 UTC = 2126-01-03T06:30:00+01:00\n"
        "  2126-01-04 05:30:00 UTC = 2126-01-04T06:30:00+01:00"
    )
    assert isinstance(schedule, DagSchedule)
    page = schedule._repr_html_()
    assert "Every day at 06:30." in page
    assert '<th scope="col">Europe/Berlin</th>' in page
    assert "<td>2126-01-02T06:30:00+01:00</td>" in page

    stock = DAG("stock", schedule=[Asset("orders"), Asset("prices")]).schedule
    assert repr(stock) == "stock, Asset (UTC): When orders and prices were updated."
    assert isinstance(stock, DagSchedule)
    assert "No run is to come by the clock." in stock._repr_html_()


def test_the_schedule_of_a_dag_is_the_plain_value_elsewhere() -> None:
    dag = DAG("daily", schedule="@daily")
    plain = Schedule(ScheduleKind.CRON, "@daily", "0 0 * * *")
    assert dag.schedule == plain
    assert plain == dag.schedule
    assert hash(dag.schedule) == hash(plain)
    assert type(dag.plain_schedule) is Schedule
    assert type(compile_dag(dag).schedule) is Schedule
    other = DAG("other", schedule=None)
    assert other.schedule is None
    other.schedule = dag.schedule
    assert type(other.plain_schedule) is Schedule
    assert repr(pickle.loads(cloudpickle.dumps(dag)).schedule) == repr(dag.schedule)


def test_a_group_draws_its_tasks_and_the_order_among_them() -> None:
    with DAG("etl", schedule=None):
        with TaskGroup("load", tooltip="a < b") as group:
            EmptyOperator(task_id="one") >> EmptyOperator(task_id="two")
        group >> EmptyOperator(task_id="after")
    page = group._repr_html_()
    assert 'aria-label="Group load: 2 tasks, 1 dependencies"' in page
    assert "group of etl" in page
    assert "a &lt; b" in page
    assert "load.one" in page
    assert ">after<" not in page


def test_without_a_schedule_no_run_is_to_come() -> None:
    due = DAG("by_hand").next_runs()
    assert list(due) == []
    assert repr(due) == "by_hand, no schedule (UTC): no run is to come by the clock"
    assert "No run is to come by the clock." in due._repr_html_()
