"""Partitions of assets, as Airflow 3 has them: accepted, so that the graph is right, and not kept apart.

Runs have no partition key here. A DAG that waits for partitions runs whenever its assets were updated, one that makes
them runs as its cron text says; the DAG carries a warning. Mappers, windows and policies only keep what they are given.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo
from enum import Enum
from typing import Any, ClassVar, Self

from jupyter_couture.authoring.assets import BaseAsset
from jupyter_couture.authoring.timetables import AssetTriggeredTimetable, CronTriggerTimetable, NullTimetable
from jupyter_couture.model.policy import Schedule

_NOTE = "partitions are not kept apart here: a run has no partition key"


class _Kept:
    """Keeps its arguments."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.args = args
        self.kwargs = kwargs
        for name, value in kwargs.items():
            setattr(self, name, value)

    def serialize(self) -> dict[str, Any]:
        """The keyword arguments."""
        return dict(self.kwargs)

    @classmethod
    def deserialize(cls, data: Mapping[str, Any]) -> Self:
        """One with these keyword arguments."""
        return cls(**data)


class PartitionMapper(_Kept):
    """How a partition of one asset becomes that of another."""

    is_rollup: ClassVar[bool] = False
    expected_decoded_type: ClassVar[type] = str
    max_downstream_keys: int | None = None

    def to_downstream(self, key: str) -> Any:
        """The key itself, unless a subclass says otherwise."""
        return key


class IdentityMapper(PartitionMapper):
    """The same key."""


class FixedKeyMapper(PartitionMapper):
    """One key for all."""

    def to_downstream(self, key: str) -> Any:
        return self.args[0] if self.args else self.kwargs.get("downstream_key", key)


class AllowedKeyMapper(PartitionMapper):
    """The same key, one of a list."""


class ChainMapper(PartitionMapper):
    """Mappers one after the other."""


class ProductMapper(PartitionMapper):
    """A mapper for each part of a key."""


class RollupMapper(PartitionMapper):
    """Many partitions into one."""

    is_rollup = True


class FanOutMapper(PartitionMapper):
    """One partition into many."""


class TemporalMapper(PartitionMapper):
    """Keys that are times."""

    expected_decoded_type = datetime


class StartOfHourMapper(TemporalMapper):
    """The hour."""


class StartOfDayMapper(TemporalMapper):
    """The day."""


class StartOfWeekMapper(TemporalMapper):
    """The week."""


class StartOfMonthMapper(TemporalMapper):
    """The month."""


class StartOfQuarterMapper(TemporalMapper):
    """The quarter."""


class StartOfYearMapper(TemporalMapper):
    """The year."""


class Window(_Kept):
    """Which partitions belong together."""

    expected_decoded_type: ClassVar[type] = str

    class Direction(Enum):
        """Where it lies from the key."""

        FORWARD = "forward"
        BACKWARD = "backward"


class TimeWindow(Window):
    """A span of time."""

    expected_decoded_type = datetime


class HourWindow(TimeWindow):
    """An hour."""


class DayWindow(TimeWindow):
    """A day."""


class WeekWindow(TimeWindow):
    """A week."""


class MonthWindow(TimeWindow):
    """A month."""


class QuarterWindow(TimeWindow):
    """A quarter."""


class YearWindow(TimeWindow):
    """A year."""


class SegmentWindow(Window):
    """Listed segments."""


class WaitPolicy(_Kept):
    """How many partitions of a window must be there."""


class WaitForAll(WaitPolicy):
    """All of them."""


class MinimumCount(WaitPolicy):
    """So many."""


class CronPartitionTimetable(CronTriggerTimetable):
    """Runs at the points of a cron text. ``run_offset`` and ``key_format`` say which partition, and are kept only."""

    advice = _NOTE

    def __init__(
        self,
        cron: str,
        *,
        timezone: str | tzinfo = "UTC",
        run_offset: int | None = None,
        run_immediately: bool | timedelta = False,
        key_format: str = "%Y-%m-%dT%H:%M:%S",
    ) -> None:
        super().__init__(cron, timezone=timezone, run_immediately=run_immediately)
        self.run_offset = run_offset
        self.key_format = key_format

    def as_schedule(self) -> Schedule:
        """The cron text."""
        return self._schedule


class PartitionedAssetTimetable(AssetTriggeredTimetable):
    """Runs when the assets were updated. The mappers are kept only."""

    advice = _NOTE

    def __init__(
        self,
        assets: Any,
        partition_mapper_config: Mapping[BaseAsset, PartitionMapper] | None = None,
        default_partition_mapper: PartitionMapper | None = None,
    ) -> None:
        super().__init__(assets)
        self.partition_mapper_config = dict(partition_mapper_config or {})
        self.default_partition_mapper = default_partition_mapper or IdentityMapper()

    def as_schedule(self) -> Schedule:
        """The assets."""
        return self._schedule


class PartitionedAtRuntime(NullTimetable):
    """No schedule: runs are asked for."""

    advice = _NOTE
    partitioned_at_runtime = True
