"""Carrying a task out inside a running attempt."""

import json
from typing import Any

from jupyter_couture.authoring.context import RETURN_VALUE, AttemptServices, Context, attempt_scope
from jupyter_couture.authoring.operator import BaseOperator
from jupyter_couture.authoring.references import resolve
from jupyter_couture.model.dag import Json
from jupyter_couture.model.run import Resume


def perform(operator: BaseOperator, context: Context, services: AttemptServices, resume: Resume | None = None) -> Any:
    """Run ``operator.execute`` as the attempt of ``services`` and keep what it returns for other tasks.

    With ``resume`` the task goes on after a wait, in the method it named, instead of ``execute``.
    Template fields must have been rendered; references in them are replaced here, in place. A value that is no JSON is
    given back but not kept, and the log says so.
    """
    with attempt_scope(services, context):
        for name in operator.template_fields:
            if hasattr(operator, name):
                setattr(operator, name, resolve(getattr(operator, name), context))
        value = operator.execute(context) if resume is None else operator.resume(resume, context)
        if value is not None and operator.do_xcom_push:
            _keep(services, operator, value)
    return value


def _keep(services: AttemptServices, operator: BaseOperator, value: Any) -> None:
    try:
        kept: Json = json.loads(json.dumps(value, allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        print(f"The {type(value).__name__} returned by {operator.task_id} is not kept for other tasks: {error}")  # noqa: T201
        return
    services.set_output(RETURN_VALUE, kept)
