"""Doors to what Airflow 3 added: assets made by functions, watchers, partitions, deadlines, weights of one's own."""

from collections.abc import Mapping

_A = "jupyter_couture.authoring"
_C = "jupyter_couture.compat"


def _at(module: str, *names: str) -> dict[str, str]:
    return {name: f"{module}:{name}" for name in names}


_ASSETS = {
    **_at(f"{_A}.assets", "AssetAccessControl", "AssetWatcher", "Metadata"),
    **_at(f"{_A}.asset_decorator", "asset"),
}
_METADATA = _at(f"{_A}.assets", "Metadata")
_MAPPERS = _at(
    f"{_C}.partitions",
    "AllowedKeyMapper",
    "ChainMapper",
    "FanOutMapper",
    "FixedKeyMapper",
    "IdentityMapper",
    "PartitionMapper",
    "ProductMapper",
    "RollupMapper",
    "StartOfDayMapper",
    "StartOfHourMapper",
    "StartOfMonthMapper",
    "StartOfQuarterMapper",
    "StartOfWeekMapper",
    "StartOfYearMapper",
)
_WINDOWS = _at(
    f"{_C}.partitions",
    "DayWindow",
    "HourWindow",
    "MonthWindow",
    "QuarterWindow",
    "SegmentWindow",
    "WeekWindow",
    "Window",
    "YearWindow",
)
_POLICIES = _at(f"{_C}.partitions", "MinimumCount", "WaitForAll", "WaitPolicy")
_PARTITIONED = _at(f"{_C}.partitions", "PartitionedAssetTimetable", "PartitionedAtRuntime")
_CRON_PARTITION = _at(f"{_C}.partitions", "CronPartitionTimetable")
_CALLBACKS = _at(f"{_C}.deadlines", "AsyncCallback", "SyncCallback")
_DEADLINES = _at(f"{_C}.deadlines", "BaseDeadlineReference", "DeadlineAlert", "DeadlineReference", "deadline_reference")
_FILE_TRIGGERS = _at(f"{_C}.file_triggers", "DirectoryFileDeleteTrigger", "FileDeleteTrigger")

_NEVER = _at(f"{_C}.texts", "NEVER_EXPIRE")

_SDK = {
    **_ASSETS,
    **_MAPPERS,
    **_WINDOWS,
    **_POLICIES,
    **_PARTITIONED,
    **_CRON_PARTITION,
    **_CALLBACKS,
    **_DEADLINES,
    **_at(f"{_A}.retry_rules", "RetryPolicy"),
    **_NEVER,
}

DOORS: Mapping[str, Mapping[str, str]] = {
    "airflow.sdk": _SDK,
    "airflow.providers.common.compat.sdk": _SDK,
    "airflow.datasets": _METADATA,
    "airflow.datasets.metadata": _METADATA,
    "airflow.partition_mappers.base": _MAPPERS,
    "airflow.partition_mappers.temporal": _MAPPERS,
    "airflow.partition_mappers.window": _WINDOWS,
    "airflow.sdk.definitions.asset": _ASSETS,
    "airflow.sdk.definitions.asset.access_control": _at(f"{_A}.assets", "AssetAccessControl"),
    "airflow.sdk.definitions.asset.decorators": _at(f"{_A}.asset_decorator", "asset"),
    "airflow.sdk.definitions.asset.metadata": _METADATA,
    "airflow.sdk.definitions.callback": _CALLBACKS,
    "airflow.sdk.definitions.deadline": _DEADLINES,
    "airflow.sdk.definitions.partition_mappers.base": _MAPPERS,
    "airflow.sdk.definitions.partition_mappers.temporal": _MAPPERS,
    "airflow.sdk.definitions.partition_mappers.wait_policy": _POLICIES,
    "airflow.sdk.definitions.partition_mappers.window": _WINDOWS,
    "airflow.sdk.definitions.timetables.assets": _PARTITIONED,
    "airflow.sdk.definitions.timetables.trigger": _CRON_PARTITION,
    "airflow.timetables.simple": _PARTITIONED,
    "airflow.timetables.trigger": _CRON_PARTITION,
    "airflow.providers.standard.triggers.file": _FILE_TRIGGERS,
    "airflow.triggers.file": _FILE_TRIGGERS,
}
