"""Carrying a task out inside a running attempt."""

from collections.abc import Mapping, Sequence
from typing import Any

from jupyter_couture.authoring.callbacks import call_back
from jupyter_couture.authoring.context import RETURN_VALUE, AttemptServices, Context, attempt_scope
from jupyter_couture.authoring.operator import BaseOperator
from jupyter_couture.authoring.references import current_place, resolve
from jupyter_couture.model.errors import InvalidRequest
from jupyter_couture.model.ids import NOT_MAPPED
from jupyter_couture.model.run import Resume


def perform(operator: BaseOperator, context: Context, services: AttemptServices, resume: Resume | None = None) -> Any:
    """Run ``operator.execute`` as the attempt of ``services`` and keep what it returns for other tasks.

    In this order, as in Airflow: ``pre_execute``, the ``on_execute`` callbacks, ``execute``, keeping the value,
    ``post_execute``. With ``resume`` the task goes on after a wait, in the method it named, instead of ``execute``, and
    the callbacks are not called again. Template fields must have been rendered; references in them are replaced here,
    in place.
    """
    with attempt_scope(services, context):
        for name in operator.template_fields:
            if hasattr(operator, name):
                setattr(operator, name, resolve(getattr(operator, name), context))
        operator.pre_execute(context)
        if resume is None:
            call_back(operator.on_execute_callback, context, "on_execute")
            value = operator.execute(context)
        else:
            value = operator.resume(resume, context)
        _check_mapped_over(operator, value)
        if operator.do_xcom_push:
            _keep_all(services, operator, value)
        operator.post_execute(context, value)
    return value


def _check_mapped_over(operator: BaseOperator, value: Any) -> None:
    """A task whose values others are mapped over must return several; an instance of a mapped one returns any."""
    if not operator.is_mapped_over:
        return
    if not operator.do_xcom_push:
        message = f"task {operator.task_id!r} is mapped over but keeps nothing: do_xcom_push is False"
        raise InvalidRequest(field="do_xcom_push", message=message)
    is_several = isinstance(value, Sequence | Mapping) and not isinstance(value, str | bytes)
    if current_place().map_index == NOT_MAPPED and not is_several:
        message = f"task {operator.task_id!r} is mapped over, so it must return a list or a dict, not "
        raise InvalidRequest(field=RETURN_VALUE, message=message + type(value).__name__)


def _keep_all(services: AttemptServices, operator: BaseOperator, value: Any) -> None:
    if operator.multiple_outputs and value is not None:
        for key, item in _outputs(operator, value).items():
            services.push(key, item, at_once=False)
    is_counted = operator.is_mapped_over and current_place().map_index != NOT_MAPPED
    if value is not None or is_counted:  # of a mapped task every instance has its value, so that none is shifted
        services.push(RETURN_VALUE, value, at_once=False)


def _outputs(operator: BaseOperator, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        if operator.are_outputs_guessed:
            return {}
        what = type(value).__name__
        message = f"task {operator.task_id!r} has multiple_outputs, so it must return a dict, not {what}"
        raise InvalidRequest(field="multiple_outputs", message=message)
    if all(isinstance(key, str) for key in value):
        return value
    if operator.are_outputs_guessed:
        return {}
    message = f"task {operator.task_id!r} has multiple_outputs, so the keys of its dict must be texts"
    raise InvalidRequest(field="multiple_outputs", message=message)
