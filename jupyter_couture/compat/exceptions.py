"""Airflow's exceptions that have no native class behind them, with Airflow's parents.

Those that say how an attempt ends (skip, give up, look again later) are native ones, see ``doors.models``; the root of
all is ``model.errors.AirflowException``, so ``except AirflowException`` also catches what our own hooks raise.
"""

from datetime import datetime
from typing import Any

from jupyter_couture.model.errors import AirflowException, InvalidDag, NotFound, RescheduleTask, Skip


class AirflowBadRequest(AirflowException):
    """A request was wrong."""

    status_code = 400


class InvalidStatsNameException(AirflowException):
    """A metric has a name that cannot be."""


class AirflowConfigException(AirflowException):
    """Something is not configured, or wrongly."""


class AirflowTaskTimeout(BaseException):
    """A task took too long. No ``Exception``, so that user code does not swallow it."""


class AirflowTaskTerminated(BaseException):
    """A task was told to end."""


class AirflowRescheduleException(RescheduleTask):
    """Give the slot back and look again at ``reschedule_date``."""

    def __init__(self, reschedule_date: datetime) -> None:
        super().__init__(reschedule_date)
        self.reschedule_date = reschedule_date


class AirflowSmartSensorException(AirflowException):
    """A sensor moved elsewhere."""


class AirflowOptionalProviderFeatureException(AirflowException):
    """A part of a provider package needs something that is not installed."""


class AirflowInternalRuntimeError(BaseException):
    """Airflow itself failed."""


class AirflowClusterPolicyViolation(AirflowException):
    """The deployment does not want this DAG."""


class AirflowClusterPolicySkipDag(AirflowException):
    """The deployment does not want to see this DAG."""


class AirflowClusterPolicyError(AirflowException):
    """A policy function failed."""


class AirflowTimetableInvalid(InvalidDag):
    """A timetable makes no sense."""


class XComNotFound(NotFound):
    """A value that a task needs was never pushed."""


class XComForMappingNotPushed(TypeError):
    """A task that is mapped over returned nothing."""


class UnmappableXComTypePushed(TypeError):
    """A task that is mapped over returned one thing instead of several."""


class UnmappableXComLengthPushed(AirflowException):
    """A task that is mapped over returned too many values."""


class DagNotFound(NotFound):
    """There is no such DAG."""


class DagCodeNotFound(NotFound):
    """There is no source of that DAG."""


class DagRunNotFound(NotFound):
    """There is no such run."""


class TaskNotFound(NotFound):
    """There is no such task."""


class TaskInstanceNotFound(NotFound):
    """There is no such task instance."""


class PoolNotFound(NotFound):
    """There is no such pool."""


class VariableNotUnique(AirflowException):
    """Several variables share a key."""


class ConnectionNotUnique(AirflowException):
    """Several connections share an id."""


class DagFileExists(AirflowBadRequest):
    """There is such a file already."""


class FailStopDagInvalidTriggerRule(AirflowException):
    """A DAG that ends with its first failure holds a task with another trigger rule."""


class TaskAlreadyRunningException(AirflowException):
    """A task runs already."""


class TaskConcurrencyException(AirflowException):
    """Too many of a task run already."""


class BackfillUnfinished(AirflowException):
    """A backfill left tasks undone."""

    def __init__(self, message: object, ti_status: object = None) -> None:
        super().__init__(message)
        self.ti_status = ti_status


class FileSyntaxError:
    """What is wrong in a line of a file."""

    def __init__(self, line_no: int | None = None, message: str = "") -> None:
        self.line_no = line_no
        self.message = message

    def __str__(self) -> str:
        return f"{self.message}. Line number: s{self.line_no},"


class AirflowFileParseException(AirflowException):
    """A file cannot be read."""

    def __init__(self, msg: str, file_path: str, parse_errors: Any) -> None:
        super().__init__(msg)
        self.msg, self.file_path, self.parse_errors = msg, file_path, parse_errors


class AirflowUnsupportedFileTypeException(AirflowException):
    """A file is of a kind that cannot be read."""


class AirflowDagCycleException(AirflowException):
    """Tasks wait for each other."""


class AirflowDagDuplicatedIdException(AirflowException):
    """Two DAGs share an id."""


class AirflowDagInconsistent(AirflowException):
    """Parts of a DAG contradict each other."""


class ParamValidationError(AirflowException):
    """A parameter does not fit its schema."""


class SerializationError(AirflowException):
    """Something cannot be written down."""


class PodMutationHookException(AirflowException):
    """A function that changes pods failed."""


class PodReconciliationError(AirflowException):
    """Two descriptions of a pod do not fit together."""


class RemovedInAirflow3Warning(DeprecationWarning):
    """Gone in Airflow 3."""

    deprecated_provider_since: str | None = None
    deprecated_since: str | None = None


class RemovedInAirflow4Warning(DeprecationWarning):
    """Gone in Airflow 4."""

    deprecated_since: str | None = None


class AirflowProviderDeprecationWarning(DeprecationWarning):
    """Gone in a later provider package."""

    deprecated_provider_since: str | None = None


class DownstreamTasksSkipped(Skip):
    """The tasks behind this one are skipped; so is this one."""


class AirflowWebServerTimeout(AirflowException):
    """Airflow's server took too long."""


class UnmappableOperator(AirflowException):
    """An operator cannot be mapped."""


class NoAvailablePoolSlot(AirflowException):
    """A pool is full."""


class DagConcurrencyLimitReached(AirflowException):
    """A DAG runs too many tasks already."""


class TaskConcurrencyLimitReached(AirflowException):
    """Too many of a task run already."""


class DeserializingResultError(ValueError):
    """What a task in an environment of its own returned cannot be read."""


class UnknownExecutorException(ValueError):
    """There is no such executor."""


class DeserializationError(AirflowException):
    """Something cannot be read back."""


class AirflowSecretsBackendAccessDenied(AirflowException):
    """A secret may not be read."""


class AirflowRuntimeError(AirflowException):
    """Airflow's own process could not answer."""


class AirflowInactiveAssetInInletOrOutletException(AirflowException):
    """A task names an asset that is not used any more."""


class DagRunTriggerException(AirflowException):
    """A task wants a run of another DAG."""


class NodeNotFound(NotFound):
    """There is no such task or group."""


class DagRunTypeNotAllowed(AirflowException):
    """A DAG does not take runs of this kind."""
