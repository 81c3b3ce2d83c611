"""The way of an attempt through its task: the operator of its index, its context, its verdict, its callbacks."""

import json
import logging
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from jupyter_couture.authoring.callbacks import call_back
from jupyter_couture.authoring.context import attempt_scope
from jupyter_couture.authoring.dag import DAG
from jupyter_couture.authoring.operator import BaseOperator
from jupyter_couture.authoring.perform import perform
from jupyter_couture.authoring.references import Place, place_scope
from jupyter_couture.authoring.retry_rules import RetryAction
from jupyter_couture.model.dag import Json
from jupyter_couture.model.errors import GiveUp, InvalidRequest, NotFound, RetryLater
from jupyter_couture.model.ids import NOT_MAPPED
from jupyter_couture.model.intents import StartAttempt
from jupyter_couture.runtime.context import build_context
from jupyter_couture.runtime.rendering import environment_of, render, render_fields, strict_json
from jupyter_couture.runtime.reports import Services

_MOST_NOTE_CHARACTERS = 64 * 1024

_log = logging.getLogger("couture.attempt")


class Carrier:
    """See the module. One for each attempt."""

    def __init__(self, start: StartAttempt, services: Services) -> None:
        self._start = start
        self._services = services
        self._operator: BaseOperator | None = None
        self._context: dict[str, Any] = {}
        self._place = Place(start.task_key.map_index, tuple(start.lengths))
        self._map_length: int | None = None

    def carry_out(self, dag: DAG, folders: Sequence[Path | str], watch: Callable[[BaseOperator], None]) -> None:
        """Do the work of the attempt; ``watch`` is told of the operator that does it. Whatever it raises passes."""
        start, services = self._start, self._services
        task = dag.task_dict.get(start.task_key.task_id)
        if task is None:
            raise NotFound(what=f"task of DAG {start.run_key.dag_id!r} as of this version", id=start.task_key.task_id)
        if not task.is_settled:
            task.settle()
        group = task.mapped_group
        self._place = Place(start.task_key.map_index, tuple(start.lengths), group.group_id if group else "")
        services.began_at = start.first_started_at or services.began_at
        services.find_after = partial(dag.graph.all_after, task.task_id)
        self._operator = task  # until the one of the instance is there: its rules and callbacks are the same
        self._context = build_context(start, dag, task, services)
        with place_scope(self._place):
            operator = self._operator = self._operator_of(task, dag)
            watch(operator)
            places = tuple(str(folder) for folder in folders)
            with attempt_scope(services, self._context):
                services.report_rendered(render_fields(operator, self._context, places, services.limits))
            value = perform(operator, self._context, services, start.resume)
        if operator.is_mapped_over and start.task_key.map_index == NOT_MAPPED:
            self._map_length = len(value)
        self._set_label(operator, places)

    def _operator_of(self, task: BaseOperator, dag: DAG) -> BaseOperator:
        """The task itself, or of a mapped one the operator of this instance."""
        if task.mapped is None:
            return task
        with attempt_scope(self._services, self._context):
            operator = task.mapped.unmap(task.task_id, self._place, self._context)
        if not isinstance(operator, BaseOperator):
            raise TypeError(f"{task.task_type} of task {task.task_id!r} is no operator")
        operator.stand_in(task)
        self._context = build_context(self._start, dag, operator, self._services)
        return operator

    def _set_label(self, operator: BaseOperator, folders: tuple[str, ...]) -> None:
        if not operator.map_index_template or self._start.task_key.map_index == NOT_MAPPED:
            return
        try:
            label = render(environment_of(operator, folders), operator.map_index_template, self._context)
        except Exception:  # noqa: BLE001  # a user's template
            _log.exception("The map_index_template cannot be rendered")
        else:
            self._services.set_label(str(label))

    def success(self) -> dict[str, Json]:
        """The result of an attempt that ended well."""
        result: dict[str, Json] = {"state": "success"}
        if self._services.skips:
            result["skips"] = list(self._services.skips)
        if self._services.label is not None:
            result["label"] = self._services.label
        if self._map_length is not None:
            result["map_length"] = self._map_length
        if self._services.notes:
            result["assets"] = {uri: self._told_note(uri, note) for uri, note in self._services.notes.items()}
        return result

    def _told_note(self, uri: str, note: Mapping[str, Any]) -> Json:
        """What goes with the update of an asset, where all can read it; raises ``InvalidRequest``."""
        try:
            told = strict_json(note)
        except (TypeError, ValueError) as error:
            message = f"what is said with the update of asset {uri!r} must be JSON: {error}"
            raise InvalidRequest(field="extra", message=message) from None
        if len(json.dumps(told)) > _MOST_NOTE_CHARACTERS:
            message = f"what is said with the update of asset {uri!r} has more than {_MOST_NOTE_CHARACTERS} characters"
            raise InvalidRequest(field="extra", message=message)
        shown: Json = self._services.without_secrets(told)
        return shown

    def judge(self, error: BaseException, result: dict[str, Json]) -> None:
        """Put into the result of a failure whether and when it is tried again, as far as the task has a say in it."""
        if self._operator is None:
            result["is_silent"] = True  # ``call_back`` knows none to call, so the engine has it done
        if isinstance(error, GiveUp):
            result["is_final"] = True
        elif isinstance(error, RetryLater):
            result["retry_after_seconds"] = error.delay_seconds
        elif self._operator is not None:
            choice = self._operator.retry_choice
            decision = choice.decide(error, self._start.try_number, self._operator.retries, self._context)
            if decision.action is RetryAction.FAIL:
                result["is_final"] = True
                _log.info("Not tried again: %s", decision.reason or "the retry policy says so")
            elif decision.action is RetryAction.RETRY and decision.retry_delay is not None:
                result["retry_after_seconds"] = max(decision.retry_delay.total_seconds(), 0.0)
                _log.info("Tried again after %s: %s", decision.retry_delay, decision.reason or "as the policy says")

    def call_back(self, result: Mapping[str, Json], error: BaseException | None) -> None:
        """Call the author's functions for the way the attempt ended; nothing they do changes it."""
        operator = self._operator
        name = self._callback_name(result)
        if operator is None or not name:
            return
        callbacks = getattr(operator, f"{name}_callback")
        if not callbacks:
            return
        context: MutableMapping[str, Any] = self._context
        context["exception"] = error
        context["reason"] = str(error) if error is not None else ""
        context["ti"].state = _STATES.get(name, "failed")
        with place_scope(self._place), attempt_scope(self._services, context):
            call_back(callbacks, context, name)

    def _callback_name(self, result: Mapping[str, Json]) -> str:
        match result["state"]:
            case "success":
                return "on_success"
            case "skipped":
                return "on_skipped"
            case "failed":
                is_last = bool(result.get("is_final")) or self._start.failures >= self._retries
                return "on_failure" if is_last else "on_retry"
        return ""

    @property
    def _retries(self) -> int:
        return self._operator.retries if self._operator is not None else 0


_STATES = {"on_success": "success", "on_skipped": "skipped", "on_retry": "up_for_retry", "on_failure": "failed"}
