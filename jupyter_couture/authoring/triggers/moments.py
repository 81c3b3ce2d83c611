"""Triggers that wait for a moment."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

from jupyter_couture.authoring.present import utc_now
from jupyter_couture.authoring.triggers.trigger import BaseTrigger, TriggerEvent, path_of
from jupyter_couture.model.errors import InvalidRequest

_LONGEST_SLEEP_SECONDS = 60.0
"""The clock is looked at again after this long: it may be set, and hosts are suspended."""


class DateTimeTrigger(BaseTrigger):
    """Fires at ``moment`` (aware), at once if it is past. The event is the moment as ISO text.

    ``end_from_trigger`` is accepted for Airflow's sake: the task always runs once more to end itself.
    """

    def __init__(self, moment: datetime, *, end_from_trigger: bool = False) -> None:
        if not isinstance(moment, datetime) or moment.tzinfo is None:
            raise InvalidRequest(field="moment", message=f"moment must be a datetime with a time zone, not {moment!r}")
        self.moment = moment.astimezone(UTC)
        self.end_from_trigger = end_from_trigger

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """See ``BaseTrigger``."""
        return path_of(type(self)), {"moment": self.moment}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """See ``BaseTrigger``."""
        while (left := (self.moment - utc_now()).total_seconds()) > 0:  # noqa: ASYNC110  # the clock tells
            await asyncio.sleep(min(left, _LONGEST_SLEEP_SECONDS))
        yield TriggerEvent(self.moment.isoformat())


class TimeDeltaTrigger(DateTimeTrigger):
    """Fires ``delta`` after it was made. It is written down as that moment, so that a restart does not prolong it."""

    def __init__(self, delta: timedelta, *, end_from_trigger: bool = False) -> None:
        super().__init__(utc_now() + delta, end_from_trigger=end_from_trigger)

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """See ``BaseTrigger``."""
        return path_of(DateTimeTrigger), {"moment": self.moment}
