"""Waiting without a slot, as operators do it: hand over to a trigger, and go on when it fires."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NoReturn

from jupyter_couture.authoring.context import Context
from jupyter_couture.authoring.portable import from_portable
from jupyter_couture.model.errors import TaskDeferralError, TaskDeferralTimeout, TaskDeferred
from jupyter_couture.model.run import WAIT_TIMED_OUT, Resume


class Waiting:
    """The part of ``BaseOperator`` that defers and resumes."""

    def defer(
        self,
        *,
        trigger: object,
        method_name: str,
        kwargs: Mapping[str, Any] | None = None,
        timeout: timedelta | float | None = None,
    ) -> NoReturn:
        """Give the slot back until ``trigger`` fires; then ``method_name`` is called with context, event and kwargs.

        ``kwargs`` and what the trigger is made with must be plain values (see ``BaseTrigger``). After ``timeout``
        (``timedelta`` or seconds; None: never) the task goes on without an event, which fails it unless
        ``resume_without_event`` says otherwise. Attributes set in this process are gone then: pass what is needed on.
        """
        raise TaskDeferred(trigger=trigger, method_name=method_name, kwargs=kwargs, timeout=timeout)

    def resume(self, resume: Resume, context: Context) -> Any:
        """Go on after a wait. Called by the runtime in the place of ``execute``."""
        kwargs = from_portable(resume.kwargs)
        if resume.error:
            return self.resume_without_event(resume.method, kwargs, resume.error, context)
        return self.resume_execution(resume.method, {**kwargs, "event": from_portable(resume.event)}, context)

    def resume_execution(self, next_method: str, next_kwargs: dict[str, Any], context: Context) -> Any:
        """Call ``next_method`` with ``context`` and ``next_kwargs``, the event among them."""
        method = getattr(self, next_method, None)
        if method is None:
            message = f"{type(self).__name__} has no method {next_method!r} to go on with after its wait"
            raise TaskDeferralError(message=message)
        return method(context=context, **next_kwargs)

    def resume_without_event(self, next_method: str, next_kwargs: dict[str, Any], error: str, context: Context) -> Any:
        """The time for a wait was up, or its trigger failed: fail, unless a subclass knows better."""
        kind = TaskDeferralTimeout if error.startswith(WAIT_TIMED_OUT) else TaskDeferralError
        raise kind(message=error)
