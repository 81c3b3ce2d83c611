"""Doors to exceptions: those that say how an attempt ends are ours, see ``model.errors``."""

from collections.abc import Mapping

_C = "jupyter_couture.compat"
_A = "jupyter_couture.authoring"
_E = "jupyter_couture.model.errors"


def _at(module: str, *names: str, **renamed: str) -> dict[str, str]:
    """``names`` of a module of ours; ``renamed``: Airflow's name and ours."""
    same = {name: f"{module}:{name}" for name in names}
    return {**same, **{name: f"{module}:{ours}" for name, ours in renamed.items()}}


_EXCEPTIONS = {
    **_at(
        _E,
        "AirflowException",
        "TaskDeferralError",
        "TaskDeferralTimeout",
        "TaskDeferred",
        AirflowFailException="GiveUp",
        AirflowNotFoundException="NotFound",
        AirflowSkipException="Skip",
        AirflowTimetableInvalid="InvalidDag",
        DagRunAlreadyExists="Conflict",
        DuplicateTaskIdFound="DuplicateTask",
        TaskAlreadyInTaskGroup="DuplicateTask",
        ObjectCreationException="InvalidRequest",
        ValidationError="InvalidRequest",
    ),
    **_at(f"{_A}.sensors.sensor", AirflowSensorTimeout="SensorTimeout"),
    **_at(
        f"{_C}.exceptions",
        "AirflowBadRequest",
        "AirflowClusterPolicyError",
        "AirflowClusterPolicySkipDag",
        "AirflowClusterPolicyViolation",
        "AirflowConfigException",
        "AirflowDagCycleException",
        "AirflowDagDuplicatedIdException",
        "AirflowDagInconsistent",
        "AirflowFileParseException",
        "AirflowInternalRuntimeError",
        "AirflowOptionalProviderFeatureException",
        "AirflowProviderDeprecationWarning",
        "AirflowRescheduleException",
        "AirflowSmartSensorException",
        "AirflowTaskTerminated",
        "AirflowTaskTimeout",
        "AirflowUnsupportedFileTypeException",
        "AirflowInactiveAssetInInletOrOutletException",
        "AirflowRuntimeError",
        "AirflowSecretsBackendAccessDenied",
        "AirflowWebServerTimeout",
        "BackfillUnfinished",
        "DagConcurrencyLimitReached",
        "DagRunTriggerException",
        "DagRunTypeNotAllowed",
        "DeserializationError",
        "DeserializingResultError",
        "NoAvailablePoolSlot",
        "NodeNotFound",
        "TaskConcurrencyLimitReached",
        "UnknownExecutorException",
        "UnmappableOperator",
        "ConnectionNotUnique",
        "DagCodeNotFound",
        "DagFileExists",
        "DagNotFound",
        "DagRunNotFound",
        "DownstreamTasksSkipped",
        "FailStopDagInvalidTriggerRule",
        "FileSyntaxError",
        "InvalidStatsNameException",
        "ParamValidationError",
        "PodMutationHookException",
        "PodReconciliationError",
        "PoolNotFound",
        "RemovedInAirflow3Warning",
        "RemovedInAirflow4Warning",
        "SerializationError",
        "TaskAlreadyRunningException",
        "TaskConcurrencyException",
        "TaskInstanceNotFound",
        "TaskNotFound",
        "UnmappableXComLengthPushed",
        "UnmappableXComTypePushed",
        "VariableNotUnique",
        "XComForMappingNotPushed",
        "XComNotFound",
        RemovedInAirflow30Warning="RemovedInAirflow3Warning",
        AirflowConfigWarning="RemovedInAirflow3Warning",
        FailFastDagInvalidTriggerRule="FailStopDagInvalidTriggerRule",
        AirflowDeprecationWarning="AirflowProviderDeprecationWarning",
    ),
}

DOORS: Mapping[str, Mapping[str, str]] = {
    "airflow.exceptions": _EXCEPTIONS,
    "airflow.sdk.exceptions": _EXCEPTIONS,
    "airflow.providers.common.compat.sdk": _EXCEPTIONS,
}
