"""Doing once, in the warm parent, what every payload is about to do: caches that are filled before the fork are filled
for all payloads, and cost none of them time or memory of its own.
"""

import contextlib
import logging
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import islice

from jupyter_couture.authoring.context import attempt_scope
from jupyter_couture.authoring.dag import DAG
from jupyter_couture.authoring.operator import BaseOperator
from jupyter_couture.authoring.operators.bash import BashOperator
from jupyter_couture.authoring.operators.empty import EmptyOperator
from jupyter_couture.authoring.operators.python import PythonOperator
from jupyter_couture.authoring.perform import perform
from jupyter_couture.model.codec import from_json, to_json
from jupyter_couture.model.ids import AttemptId, DagId, RunId, RunKey, TaskId, TaskKey, VersionHash
from jupyter_couture.model.intents import StartAttempt
from jupyter_couture.runtime.attempt import attempt_environment
from jupyter_couture.runtime.context import build_context
from jupyter_couture.runtime.failures import describe_exception
from jupyter_couture.runtime.logs import log_line
from jupyter_couture.runtime.rendering import render_fields
from jupyter_couture.runtime.reports import ReportPipe, Services
from jupyter_couture.settings import Settings

_WHEN = datetime(2026, 1, 1, tzinfo=UTC)
_TEMPLATE = "echo {{ ds }} {{ params.colour }} {{ execution_date | ds_nodash }} {% for n in [1] %}{{ n }}{% endfor %}"


_MOST_SETTLED = 2000
"""Tasks of a file that are settled ahead; of more, the rest costs more than their attempts gain."""


def _nothing() -> None:
    """Stands for user code."""


def settle_ahead(tasks: Iterable[BaseOperator]) -> None:
    """Settle tasks, so that their attempts need not; one that cannot be settled fails in its attempt, in its words."""
    for task in islice(tasks, _MOST_SETTLED):
        with contextlib.suppress(Exception):
            task.settle()
            task.is_settled = True


def rehearse(folders: tuple[str, ...], settings: Settings) -> None:
    """Go through an attempt without user code; nothing is written and nothing started."""
    start = from_json(StartAttempt, to_json(_order()))
    attempt_environment(start, "")
    log_line("rehearsal")
    dag = DAG(start.run_key.dag_id, params={"colour": "red"})
    task = BashOperator(start.task_key.task_id, bash_command=_TEMPLATE, dag=dag)
    services = Services(ReportPipe(-1), settings, start)
    services.set_output("rehearsal", {"size": 1})
    context = build_context(start, dag, task, services)
    with attempt_scope(services, context):
        services.report_rendered(render_fields(task, context, folders))
    perform(EmptyOperator("nothing", dag=dag), context, services)
    call = PythonOperator("call", python_callable=_nothing, dag=dag)
    settle_ahead([call])
    render_fields(call, context, folders)
    perform(call, context, services)
    try:
        raise RuntimeError("rehearsal")
    except RuntimeError as error:
        to_json(describe_exception(error))
    record = logging.LogRecord("couture", logging.INFO, __file__, 1, "%s", ("rehearsal",), None)
    for handler in logging.root.handlers:
        handler.format(record)


def _order() -> StartAttempt:
    return StartAttempt(
        attempt_id=AttemptId("rehearsal"),
        run_key=RunKey(DagId("rehearsal"), RunId("rehearsal")),
        task_key=TaskKey(TaskId("rehearsal")),
        try_number=1,
        version=VersionHash(""),
        fence=0,
        operator_kind="bash",
        logical_date=_WHEN,
        data_interval_start=_WHEN,
        data_interval_end=_WHEN,
        run_type="manual",
        run_queued_at=_WHEN,
        conf={"size": 1},
        max_tries=1,
        timeout_seconds=1.0,
    )
