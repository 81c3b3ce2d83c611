"""How an attempt that goes on waiting without a slot is reported, and how the next one goes on."""

from datetime import UTC, datetime, timedelta

from jupyter_couture.authoring.portable import to_portable
from jupyter_couture.authoring.present import utc_now
from jupyter_couture.authoring.triggers.trigger import BaseTrigger
from jupyter_couture.model.codec import to_json
from jupyter_couture.model.dag import Json
from jupyter_couture.model.errors import AwaitInput, InvalidRequest, RescheduleTask, TaskDeferred
from jupyter_couture.model.intents import StartAttempt
from jupyter_couture.model.run import Wait, WaitKind


def result_of_wait(signal: RescheduleTask | TaskDeferred | AwaitInput, start: StartAttempt) -> dict[str, Json]:
    """The result of an attempt that ended with ``signal``; raises ``InvalidRequest`` if it cannot be written down."""
    if isinstance(signal, RescheduleTask):
        if signal.at.tzinfo is None:
            raise InvalidRequest(field="at", message="RescheduleTask needs a moment with a time zone")
        return {"state": "rescheduled", "next_at": signal.at.astimezone(UTC).isoformat()}
    wait = _deferral(signal, start) if isinstance(signal, TaskDeferred) else _question(signal, start)
    return {"state": "deferred", "wait": to_json(wait)}


def _deferral(signal: TaskDeferred, start: StartAttempt) -> Wait:
    trigger = signal.trigger
    if not isinstance(trigger, BaseTrigger):
        raise InvalidRequest(
            field="trigger", message=f"a task is deferred to a BaseTrigger, not to a {type(trigger).__name__}"
        )
    path, arguments = trigger.serialize()
    if path.startswith("__main__"):
        message = (
            f"trigger {path.rpartition('.')[2]!r} is defined in a script, where the triggerer does not look: "
            "move it to a module beside the file and import it"
        )
        raise InvalidRequest(field="trigger", message=message)
    return Wait(
        wait_id=start.attempt_id,
        kind=WaitKind.TRIGGER,
        method=signal.method_name,
        trigger=path,
        arguments={name: to_portable(value, name) for name, value in arguments.items()},
        kwargs={name: to_portable(value, name) for name, value in signal.kwargs.items()},
        timeout_at=_moment(signal.timeout),
    )


def _question(signal: AwaitInput, start: StartAttempt) -> Wait:
    return Wait(
        wait_id=start.attempt_id,
        kind=WaitKind.PERSON,
        method=signal.method_name,
        arguments={name: to_portable(value, name) for name, value in signal.question.items()},
        timeout_at=_moment(signal.timeout),
    )


def _moment(timeout: timedelta | float | None) -> datetime | None:
    if timeout is None:
        return None
    return utc_now() + (timeout if isinstance(timeout, timedelta) else timedelta(seconds=timeout))
