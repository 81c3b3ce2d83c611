"""The payload: one attempt of one task, in a process of its own, from just after the fork to its end.

``become_payload`` never returns. It detaches the process from its nursery, opens the log as its output, renders the
template fields, carries the task out and reports the result. Whatever happens, the process ends here.
"""

import atexit
import logging
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import NoReturn, TypeAlias

from jupyter_couture.authoring.dag import DAG
from jupyter_couture.authoring.door import answer_with
from jupyter_couture.authoring.operator import BaseOperator
from jupyter_couture.model.codec import from_json, to_json
from jupyter_couture.model.dag import Json
from jupyter_couture.model.errors import AwaitInput, RescheduleTask, Skip, TaskDeferred
from jupyter_couture.model.ids import NOT_MAPPED
from jupyter_couture.model.intents import StartAttempt
from jupyter_couture.runtime.callback_runs import run_callback
from jupyter_couture.runtime.carry import Carrier
from jupyter_couture.runtime.failures import describe_exception
from jupyter_couture.runtime.processes import COOKIE, bake_cookie, cookie_of, die_with_parent, show_name
from jupyter_couture.runtime.reports import ReportPipe, Services
from jupyter_couture.runtime.waits import result_of_wait
from jupyter_couture.runtime.whispers import Whispers
from jupyter_couture.runtime.workplaces import empty_folder
from jupyter_couture.settings import Settings

LOG_FORMAT = "[%(asctime)s.%(msecs)03d+00:00] {%(filename)s:%(lineno)d} %(levelname)s - %(message)s"
LOG_DATES = "%Y-%m-%dT%H:%M:%S"

_log = logging.getLogger("couture.attempt")

FindDag: TypeAlias = Callable[[StartAttempt], DAG]
"""Gives the DAG object that an attempt belongs to; runs the DAG file if that has not been done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """What a payload is given by its nursery."""

    order: Json  # a StartAttempt
    work: str  # an empty folder of its own
    output: int
    report: int
    settings: Settings
    token: str  # for the desk
    find_dag: FindDag
    cookie_address: int | None
    unwanted: tuple[int, ...]  # handles of the nursery that are no business of ours


def become_payload(payload: Payload, nursery: int) -> NoReturn:
    """Turn the process that was just forked into the attempt's, and end with it."""
    code = 1
    try:
        start = from_json(StartAttempt, payload.order)
        _detach(payload, start, nursery)
        code = _run(payload, start)
    except BaseException as error:  # noqa: BLE001  # the edge of the process: say it and end
        _say_last(payload, error)
    finally:
        os._exit(code)


def _say_last(payload: Payload, error: BaseException) -> None:
    ReportPipe(payload.report).send({"result": _failed(error)})
    os.write(2, f"{describe_exception(error).traceback}\n".encode("utf-8", "replace"))


def _detach(payload: Payload, start: StartAttempt, nursery: int) -> None:
    os.setsid()
    die_with_parent(nursery)
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.dup2(payload.output, 1)
    os.dup2(payload.output, 2)
    for handle in (*payload.unwanted, payload.output):
        os.close(handle)
    bake_cookie(payload.cookie_address, cookie_of(start.attempt_id))
    show_name(f"task:{start.task_key.task_id}")
    os.chdir(payload.work)
    os.environ.update(attempt_environment(start, payload.work))
    tempfile.tempdir = None
    if "numpy" in sys.modules:  # the fork inherited its generator, which would give every attempt the same numbers
        sys.modules["numpy"].random.seed(int.from_bytes(os.urandom(4), "little"))


def attempt_environment(start: StartAttempt, work: str) -> dict[str, str]:
    """What every process of the attempt finds in its environment."""
    run_id, task_id = start.run_key.run_id, start.task_key.task_id
    key = f"{start.run_key.dag_id}/{run_id}/{task_id}"
    logical = start.logical_date.isoformat()
    return {
        "COUTURE_ATTEMPT_ID": start.attempt_id,
        "COUTURE_TI_KEY": key if start.task_key.map_index == NOT_MAPPED else f"{key}/{start.task_key.map_index}",
        "COUTURE_FENCE": str(start.fence),
        COOKIE: cookie_of(start.attempt_id),
        "TMPDIR": work,
        "AIRFLOW_CTX_DAG_ID": start.run_key.dag_id,
        "AIRFLOW_CTX_TASK_ID": task_id,
        "AIRFLOW_CTX_DAG_RUN_ID": run_id,
        "AIRFLOW_CTX_EXECUTION_DATE": logical,
        "AIRFLOW_CTX_TRY_NUMBER": str(start.try_number),
    }


def _run(payload: Payload, start: StartAttempt) -> int:
    pipe = ReportPipe(payload.report)
    services = Services(pipe, payload.settings, start, payload.token, whispers=Whispers())
    answer_with(services)  # to the file if it is loaded now, and to threads, which know no scope
    result = carry_through(start, services, payload.find_dag, payload.settings.dags_folder, _end_on_request)
    _leave(services)
    _flush()
    pipe.send({"result": unsaid(result, services)})
    empty_folder(payload.work)
    return 1 if result["state"] == "failed" else 0


def carry_through(
    start: StartAttempt,
    services: Services,
    find_dag: FindDag,
    dags_folder: Path,
    watch: Callable[[BaseOperator], None],
) -> dict[str, Json]:
    """Do all that is the author's in an attempt, its callbacks included; the result, whatever happens.

    ``watch`` is told of the operator before it works.
    """
    carrier = Carrier(start, services)
    result: dict[str, Json]
    ended_by: BaseException | None = None
    try:
        dag = find_dag(start)
        if start.callback is not None:
            result = run_callback(start, start.callback, dag, services)
        else:
            carrier.carry_out(dag, (dag.folder, dags_folder), watch)
            result = carrier.success()
    except BaseException as error:  # noqa: BLE001  # the edge of the user's code: every end of it is a result
        ended_by = error
        result = _result_of(error, start)
        if result["state"] == "failed":
            carrier.judge(error, result)
    carrier.call_back(result, ended_by)
    return result


def unsaid(result: dict[str, Json], services: Services) -> dict[str, Json]:
    """``result`` without secrets."""
    return {
        name: services.without_secrets(value) if name in ("error", "reason", "label") else value
        for name, value in result.items()
    }


def _end_on_request(task: BaseOperator) -> None:
    """Let SIGTERM call the operator's ``on_kill`` and end the process. Processes the task forks end as usual."""
    payload = os.getpid()

    def on_term(number: int, _frame: FrameType | None) -> None:
        if os.getpid() != payload:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
            return
        _log.warning("Asked to end")
        try:
            task.on_kill()
        except Exception:  # noqa: BLE001  # a user's callable
            _log.exception("on_kill failed")
        _flush()
        os._exit(128 + number)

    signal.signal(signal.SIGTERM, on_term)


def _result_of(error: BaseException, start: StartAttempt) -> dict[str, Json]:
    if isinstance(error, RescheduleTask | TaskDeferred | AwaitInput):
        try:
            result = result_of_wait(error, start)
        except Exception as refusal:  # noqa: BLE001  # serialize is the author's
            error = refusal
        else:
            _log.info("The slot is given back %s", error)
            return result
    if isinstance(error, Skip):
        _log.info("Skipped: %s", error)
        return {"state": "skipped", "reason": str(error)}
    result = _failed(error)
    described = result["error"]
    if isinstance(described, dict):
        _log.error("%s: %s\n%s", described.get("type"), described.get("message"), described.get("traceback", ""))
    return result


def _failed(error: BaseException) -> dict[str, Json]:
    return {"state": "failed", "error": to_json(describe_exception(error))}


def _leave(services: Services) -> None:
    """What an interpreter does on its way out: wait for threads that are not daemons, call exit handlers."""
    services.flush()
    me = threading.current_thread()
    for thread in threading.enumerate():
        if thread is not me and not thread.daemon:
            thread.join()
    try:
        atexit._run_exitfuncs()
    except BaseException:  # noqa: BLE001  # a user's callable
        _log.exception("An exit handler failed")


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            continue


def set_up_logging() -> None:
    """Send records of all loggers to the standard output, which is the attempt's log; once, before any fork."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(line_buffering=True, errors="backslashreplace", encoding="utf-8")
    formatter = logging.Formatter(LOG_FORMAT, LOG_DATES)
    formatter.converter = time.gmtime
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(formatter)
    logging.root.handlers[:] = [handler]
    logging.root.setLevel(logging.INFO)
