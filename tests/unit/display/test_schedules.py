"""Schedules in words."""

from datetime import UTC, datetime, timedelta

import pytest
from dateutil.relativedelta import relativedelta

from jupyter_couture import DAG
from jupyter_couture.assets import Asset, AssetAlias
from jupyter_couture.display.schedules import cron_words, interval_words, schedule_words
from jupyter_couture.timetables import (
    AssetOrTimeSchedule,
    CronTriggerTimetable,
    EventsTimetable,
    MultipleCronTriggerTimetable,
)


@pytest.mark.parametrize(
    ("cron", "words"),
    [
        ("30 6 * * *", "every day at 06:30"),
        ("0 8,18 * * 1-5", "Monday to Friday at 08:00 and 18:00"),
        ("0 0 * * 7", "every Sunday at 00:00"),
        ("0 0 * * 1,3", "every Monday and Wednesday at 00:00"),
        ("0 0 1,15 * *", "on day 1 and 15 of every month at 00:00"),
        ("0 0 1 */6 *", "on January 1 and July 1 at 00:00"),
        ("0 12 24 12 *", "on December 24 at 12:00"),
        ("* * * * *", "every minute"),
        ("*/15 * * * *", "every 15 minutes"),
        ("*/15 * * * 1", "every 15 minutes, every Monday"),
        ("0 * * * *", "every hour"),
        ("1 */2 * * *", "every 2 hours, 1 minute past"),
        ("*/7 * * * *", None),  # not every 7 minutes: it begins anew with the hour
        ("*/10 8-18 * * *", None),
        ("0 9 13 * 5", None),  # each 13th and each Friday
        ("0 0 1 jan *", None),
        ("0 0 0 0 *", None),
        ("0 1,2,3,4,5 * * *", None),
        ("@daily", None),
    ],
)
def test_a_cron_text_is_said_if_that_takes_a_few_words(cron: str, words: str | None) -> None:
    assert cron_words(cron) == words


@pytest.mark.parametrize(
    ("schedule", "words", "is_of_intervals"),
    [
        ("@weekly", "every Sunday at 00:00", True),
        ("*/10 8-18 * * *", "at the times of the cron text */10 8-18 * * *", True),
        ("@once", "once, at the start date", False),
        ("@continuous", "again as soon as the run before it has ended", False),
        (timedelta(minutes=20), "every 20 minutes, counted from the start date", True),
        (timedelta(days=1), "every day, counted from the start date", True),
        (timedelta(weeks=2), "every 2 weeks, counted from the start date", True),
        (timedelta(hours=1, seconds=1.5), "every 1 hour and 1.5 seconds, counted from the start date", True),
        (relativedelta(months=1), "every month, counted from the start date", True),
        (CronTriggerTimetable("0 8 * * 1-5", timezone="Europe/Berlin"), "Monday to Friday at 08:00", False),
        (
            MultipleCronTriggerTimetable("0 8 * * *", "0 9 * * 6", timezone="UTC"),
            "every day at 08:00, or every Saturday at 09:00",
            False,
        ),
        (EventsTimetable(event_dates=[datetime(2126, 1, 1, tzinfo=UTC)]), "at 1 listed time", False),
        (Asset("orders"), "when orders was updated", False),
        ([Asset("a"), Asset("b"), AssetAlias("c")], "when a, b and c were updated", False),
        (Asset("a") & Asset("b") | Asset("c"), "when (a and b) or c was updated", False),
        (
            AssetOrTimeSchedule(timetable=CronTriggerTimetable("0 8 * * *", timezone="UTC"), assets=[Asset("a")]),
            "every day at 08:00, or when a was updated",
            False,
        ),
    ],
)
def test_every_kind_of_schedule_has_words(schedule: object, words: str, is_of_intervals: bool) -> None:
    value = DAG("d", schedule=schedule).schedule
    assert value is not None
    assert schedule_words(value) == words
    assert (interval_words(value) != "") == is_of_intervals
