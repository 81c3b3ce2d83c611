"""A schedule in words: "every day at 06:30", "when orders and customers were updated"."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from jupyter_couture.model.assets import ALIAS_PREFIX
from jupyter_couture.model.policy import AssetCondition, ConditionKind, Schedule, ScheduleKind

_DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("", "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip
_UNITS = ((7 * 86_400, "week"), (86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))
_MOST_TIMES = 4

_BY_ITSELF: Mapping[ScheduleKind, str] = MappingProxyType(
    {
        ScheduleKind.ONCE: "once, at the start date",
        ScheduleKind.CONTINUOUS: "again as soon as the run before it has ended",
    }
)


def schedule_words(schedule: Schedule) -> str:
    """When a DAG with this schedule is due, without its time zone."""
    kind = schedule.kind
    if kind in _BY_ITSELF:
        return _BY_ITSELF[kind]
    if kind is ScheduleKind.CRON:
        return cron_words(schedule.expression) or f"at the times of the cron text {schedule.expression}"
    if kind is ScheduleKind.INTERVAL:
        return f"every {_span(schedule.months, schedule.interval_seconds)}, counted from the start date"
    if kind is ScheduleKind.EVENTS:
        count = len(schedule.events)
        return f"at {count:,} listed time{'' if count == 1 else 's'}"
    if kind is ScheduleKind.CUSTOM:
        return f"as the timetable {schedule.label} says, which is asked when the DAG is deployed"
    ways = [schedule_words(part) for part in schedule.parts]
    ways += [_when_updated(schedule.assets)] if schedule.assets is not None else []
    return ", or ".join(ways)


def interval_words(schedule: Schedule) -> str:
    """What a run of it covers; nothing of one that the clock does not start."""
    if schedule.kind in (ScheduleKind.CRON, ScheduleKind.INTERVAL) and not schedule.is_instant:
        return "A run covers the time between two of these and starts at its end."
    return ""


def cron_words(expression: str) -> str | None:
    """What a cron text of five fields says; None if that takes more than a few words."""
    fields = expression.split()
    if len(fields) != 5:
        return None
    minute, hour, day, month, weekday = fields
    times, days = _times(minute, hour), _days(day, month, weekday)
    if times is None or days is None:
        return None
    is_often = times.startswith("every")
    return f"{times}{'' if days == 'every day' else f', {days}'}" if is_often else f"{days} {times}"


def _times(minute: str, hour: str) -> str | None:
    """The times of a day."""
    every_minute, every_hour = _step(minute, 60), _step(hour, 24)
    if hour == "*" and every_minute is not None:
        return "every minute" if every_minute == 1 else f"every {every_minute} minutes"
    minutes, hours = _numbers(minute, 59), _numbers(hour, 23)
    if minutes is None:
        return None
    if every_hour is not None and len(minutes) == 1:
        past = f", {minutes[0]} minute{'' if minutes[0] == 1 else 's'} past" if minutes[0] else ""
        return f"every hour{past}" if every_hour == 1 else f"every {every_hour} hours{past}"
    if hours is None or len(minutes) * len(hours) > _MOST_TIMES:
        return None
    return f"at {_and([f'{at:02}:{past:02}' for at in hours for past in minutes])}"


def _days(day: str, month: str, weekday: str) -> str | None:
    """The days of a year."""
    if day == "*" and month == "*":
        return _weekdays(weekday)
    days = _numbers(day, 31)
    if weekday != "*" or days is None:  # a day of the month and of the week: either is enough
        return None
    if month == "*":
        return f"on day {_and(list(map(str, days)))} of every month"
    if month.startswith("*/"):
        step = _step(month, 12)
        months: list[int] | None = list(range(1, 13, step)) if step else None
    else:
        months = _numbers(month, 12)
    return (
        None
        if months is None or 0 in months
        else f"on {_and([f'{_MONTHS[each]} {on}' for each in months for on in days])}"
    )


def _weekdays(weekday: str) -> str | None:
    if weekday == "*":
        return "every day"
    first, _, last = weekday.partition("-")
    if first.isdigit() and last.isdigit() and int(first) < int(last) < len(_DAYS):
        return f"{_DAYS[int(first)]} to {_DAYS[int(last)]}"
    found = _numbers(weekday, 7)
    return None if found is None else f"every {_and([_DAYS[each] for each in found])}"


def _numbers(text: str, most: int) -> list[int] | None:
    """``7`` or ``7,19``."""
    parts = text.split(",")
    if not all(part.isascii() and part.isdigit() and int(part) <= most for part in parts):
        return None
    return sorted({int(part) for part in parts})


def _step(text: str, whole: int) -> int | None:
    """Of ``*`` 1, of ``*/15`` 15 if that divides the whole."""
    if text == "*":
        return 1
    step = text.removeprefix("*/")
    if step == text or not step.isdigit() or not int(step) or whole % int(step):
        return None
    return int(step)


def _span(months: int, seconds: float) -> str:
    parts: list[tuple[float, str]] = [(months, "month")] if months else []
    left = seconds
    for size, name in _UNITS:
        if name == "week" and left % size:
            continue
        count, left = (int(left // size), left % size) if name != "second" else (left, 0.0)
        parts += [(count, name)] if count else []
    if len(parts) == 1 and parts[0][0] == 1:
        return parts[0][1]
    return _and([f"{count:g} {name}{'' if count == 1 else 's'}" for count, name in parts])


def _when_updated(condition: AssetCondition) -> str:
    """The condition, without brackets around the whole of it."""
    return f"when {_asset(condition, is_inner=False)} {'was' if _is_one(condition) else 'were'} updated"


def _asset(condition: AssetCondition, *, is_inner: bool) -> str:
    if condition.kind is ConditionKind.ASSET:
        return condition.uri.removeprefix(ALIAS_PREFIX)
    parts = [_asset(part, is_inner=len(condition.parts) > 1) for part in condition.parts]
    said = (_and if condition.kind is ConditionKind.ALL else _or)(parts)
    return f"({said})" if is_inner and len(parts) > 1 else said


def _is_one(condition: AssetCondition) -> bool:
    """Whether one update is enough."""
    if condition.kind is ConditionKind.ASSET:
        return True
    return _is_one(condition.parts[-1]) if condition.kind is ConditionKind.ANY or len(condition.parts) == 1 else False


def _and(words: Sequence[str], last: str = "and") -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"


def _or(words: Sequence[str]) -> str:
    return _and(words, "or")
