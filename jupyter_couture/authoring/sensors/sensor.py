"""``BaseSensor``: a task that looks again and again until what it waits for is there.

Three ways to wait: ``poke`` keeps its worker slot and sleeps between looks; ``reschedule`` gives the slot back and
looks anew in a new process; a *deferrable* sensor hands over to a trigger and needs neither slot nor process.
"""

import logging
import math
import time
from datetime import datetime, timedelta
from typing import Any, NoReturn

from jupyter_couture.authoring.arguments import duration
from jupyter_couture.authoring.context import Context, current_attempt
from jupyter_couture.authoring.operator import BaseOperator
from jupyter_couture.authoring.present import utc_now
from jupyter_couture.authoring.triggers.trigger import BaseTrigger
from jupyter_couture.model.errors import GiveUp, InvalidDag, RescheduleTask, Skip, TaskDeferred
from jupyter_couture.model.run import WAIT_TIMED_OUT

_log = logging.getLogger(__name__)

DEFAULT_TIMEOUT = timedelta(days=7)
MODES = ("poke", "reschedule")


class SensorTimeout(GiveUp):
    """What a sensor waited for did not come in its ``timeout``. Retries are not used for it."""


class PokeReturnValue:
    """What ``poke`` may return to hand a value on: ``is_done``, and the ``xcom_value`` to keep then."""

    def __init__(self, is_done: bool, xcom_value: Any = None) -> None:
        self.is_done = bool(is_done)
        self.xcom_value = xcom_value

    def __bool__(self) -> bool:
        return self.is_done


class BaseSensor(BaseOperator):
    """Looks with ``poke(context)`` until that returns something true.

    Parameters
    ----------
    poke_interval
        Seconds (or ``timedelta``) from one look to the next; 60 by default.
    timeout
        Seconds (or ``timedelta``) after which the sensor fails, over all looks of one try; 7 days by default. The
        failure is final: retries are for errors, not for waiting longer. There is one last look when the time is up.
    mode
        ``"poke"`` sleeps in its slot between looks: for short waits. ``"reschedule"`` gives the slot back meanwhile.
    soft_fail
        End skipped instead of failed when the time is up.
    silent_fail
        An exception in ``poke`` is logged and means "not yet" instead of failing the task.
    never_fail
        Any failure, an exception in ``poke`` too, ends skipped.
    exponential_backoff
        Double the interval with each look, up to ``max_wait`` (seconds or ``timedelta``; None: no bound).

    Errors: ``SensorTimeout`` when the time is up; whatever ``poke`` raises.
    """

    def __init__(
        self,
        task_id: str,
        *,
        poke_interval: timedelta | float = 60.0,
        timeout: timedelta | float = DEFAULT_TIMEOUT,
        mode: str = "poke",
        soft_fail: bool = False,
        silent_fail: bool = False,
        never_fail: bool = False,
        exponential_backoff: bool = False,
        max_wait: timedelta | float | None = None,
        **options: Any,
    ) -> None:
        super().__init__(task_id, **options)
        self.poke_interval = _span(poke_interval, "poke_interval", self.task_id)
        self.timeout = _span(timeout, "timeout", self.task_id)
        if mode not in MODES:
            raise InvalidDag(task_id=self.task_id, message=f"mode is one of {', '.join(MODES)}, not {mode!r}")
        if soft_fail and never_fail:
            raise InvalidDag(task_id=self.task_id, message="give soft_fail or never_fail, not both")
        self.mode = mode
        self.soft_fail = bool(soft_fail)
        self.silent_fail = bool(silent_fail)
        self.never_fail = bool(never_fail)
        self.exponential_backoff = bool(exponential_backoff)
        self.max_wait = None if max_wait is None else _span(max_wait, "max_wait", self.task_id)

    def poke(self, context: Context) -> Any:
        """Look once: something true, or a ``PokeReturnValue``, when what is waited for is there."""
        raise TypeError(f"{type(self).__name__} of task {self.task_id!r} does not define poke(context)")

    def execute(self, context: Context) -> Any:
        """Look until it is there; the ``xcom_value`` of a ``PokeReturnValue``."""
        began = self.began()
        looks = self._looks_before(_seconds_since(began)) if self.mode == "reschedule" else 0
        while True:
            found = self._look(context)
            if found:
                _log.info("It is there: %s", type(self).__name__)
                return found.xcom_value if isinstance(found, PokeReturnValue) else None
            elapsed = _seconds_since(began)
            if elapsed >= self.timeout:
                self._time_is_up(elapsed)
            looks += 1
            self._wait(min(self.interval_after(looks), self.timeout - elapsed))

    def began(self) -> datetime:
        """When the present try began (aware): at its first look."""
        return current_attempt().try_began()

    def interval_after(self, looks: int) -> float:
        """Seconds from the look number ``looks`` (from 1) to the next one."""
        if not self.exponential_backoff:
            return self.poke_interval
        longest = math.inf if self.max_wait is None else self.max_wait
        return float(min(self.poke_interval * 2.0 ** min(looks - 1, 500), longest))

    def wait_by(
        self,
        trigger: BaseTrigger,
        *,
        method_name: str = "execute_complete",
        kwargs: dict[str, Any] | None = None,
    ) -> NoReturn:
        """Defer to ``trigger`` for what is left of ``timeout``."""
        left = max(0.0, self.timeout - _seconds_since(self.began()))
        self.defer(trigger=trigger, method_name=method_name, kwargs=kwargs, timeout=left)

    def execute_complete(self, context: Context, event: Any = None) -> Any:
        """The trigger fired. Nothing more to do, unless a subclass says so."""
        _log.info("It is there: %s", event)

    def resume_without_event(self, next_method: str, next_kwargs: dict[str, Any], error: str, context: Context) -> Any:
        """See ``BaseOperator``; the time of a wait is the sensor's ``timeout``."""
        if error.startswith(WAIT_TIMED_OUT):
            self._time_is_up(self.timeout)
        if self.never_fail:
            raise Skip(error)
        return super().resume_without_event(next_method, next_kwargs, error, context)

    def _look(self, context: Context) -> Any:
        try:
            return self.poke(context)
        except (Skip, TaskDeferred, RescheduleTask):
            raise
        except Exception as error:
            if self.never_fail or (self.soft_fail and isinstance(error, GiveUp)):
                raise Skip(f"{type(error).__name__}: {error}") from error
            if self.silent_fail and not isinstance(error, GiveUp):
                _log.warning("The look failed, which counts as not yet", exc_info=error)
                return None
            raise

    def _time_is_up(self, elapsed: float) -> NoReturn:
        message = f"{type(self).__name__} waited {elapsed:.0f} s in vain, its timeout is {self.timeout:g} s"
        if self.soft_fail or self.never_fail:
            raise Skip(message)
        raise SensorTimeout(message)

    def _wait(self, seconds: float) -> None:
        if self.mode == "reschedule":
            raise RescheduleTask(utc_now() + timedelta(seconds=seconds))
        time.sleep(seconds)

    def _looks_before(self, elapsed: float) -> int:
        """How many looks of this try there were, judged by the time since its first."""
        if not self.exponential_backoff or elapsed < self.poke_interval or not self.poke_interval:
            return 0
        doubled = int(math.log2(elapsed / self.poke_interval + 1.0) + 0.01)
        if self.max_wait is None or self.max_wait <= self.poke_interval:
            return doubled
        return max(1, min(doubled, 1 + math.ceil(math.log2(self.max_wait / self.poke_interval))))


BaseSensorOperator = BaseSensor
"""The older name."""


def _span(value: timedelta | float, name: str, task_id: str) -> float:
    span = duration(value, name)
    if span is None or span < timedelta(0):
        raise InvalidDag(task_id=task_id, message=f"{name} of task {task_id!r} must not be negative")
    return span.total_seconds()


def _seconds_since(moment: datetime) -> float:
    return (utc_now() - moment).total_seconds()
