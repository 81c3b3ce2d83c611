"""The process that executes one DAG file. It lives for this file alone and ends without cleaning up.

Everything in here may be tampered with by the file's own code, so nobody believes more of it than a JSON document of
bounded size; whoever holds the limits is the keeper.
"""

import faulthandler
import json
import os
import resource
import signal
import sys
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any

from jupyter_couture.authoring.compile import compile_dag
from jupyter_couture.authoring.dag import DAG
from jupyter_couture.authoring.door import answer_with
from jupyter_couture.authoring.load import load_source
from jupyter_couture.authoring.members import check_members
from jupyter_couture.authoring.readable import text_of
from jupyter_couture.compat import doors, importing
from jupyter_couture.dagbag.limits import ParseLimits
from jupyter_couture.dagbag.obliging import CheckingDoor, Noting, oblige_json
from jupyter_couture.dagbag.questions import AskingDoor
from jupyter_couture.dagbag.timetable_child import points_of
from jupyter_couture.model.codec import from_json, to_document, to_json
from jupyter_couture.model.dag import Json
from jupyter_couture.model.errors import InvalidDag
from jupyter_couture.ports.timetables import TimetableQuestion

_DOORS = (importing.__file__, doors.__file__)
"""Files of ours that tell a DAG's author nothing: what is asked of Airflow's names goes through them."""

MAX_MESSAGE = 4_000
MAX_TRACEBACK = 16_000

_NPROC_FLOOR = 4096
"""The kernel counts all processes of the user, not ours alone; the keeper counts ours."""

Request = dict[str, Any]


def run(request: Request, result_fd: int, limits: ParseLimits, ask_fd: int) -> None:
    """Execute the file of ``request``, write what came out to ``result_fd``, and end the process.

    At ``ask_fd`` the file's code may ask for variables and connections.
    """
    own = os.getpid()
    noting: Noting | None = None
    if request.get("is_check"):
        door = CheckingDoor(ask_fd)
        answer_with(door)
        oblige_json()
        noting = Noting(door)
    else:
        answer_with(AskingDoor(ask_fd))
    sys.argv = [request["path"]]
    faulthandler.enable(2, all_threads=False)
    faulthandler.register(signal.SIGUSR1, 2, all_threads=False)
    _limit(limits)
    result = _parse(request, noting)
    if os.getpid() != own:  # the file forked, and the fork came back here
        os._exit(0)
    _write(result_fd, json.dumps(result).encode())
    os._exit(0)


def _limit(limits: ParseLimits) -> None:
    bounds = {
        resource.RLIMIT_AS: limits.memory_bytes,
        resource.RLIMIT_FSIZE: limits.file_bytes,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_NPROC: max(_NPROC_FLOOR, limits.processes),
        resource.RLIMIT_CORE: 0,
    }
    for kind, wanted in bounds.items():
        _, hard = resource.getrlimit(kind)
        bound = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(kind, (bound, bound))


def _parse(request: Request, noting: Noting | None) -> dict[str, Json]:
    result = _load(request, noting)
    return result if noting is None else {**result, "notes": to_json(noting.notes())}


def _load(request: Request, noting: Noting | None) -> dict[str, Json]:
    path = Path(request["path"])
    try:
        loaded = load_source(request["source"], path, Path(request["dags_folder"]))
    except BaseException as error:  # noqa: BLE001  # user code ends here, whatever it raises
        return {"dags": [], "problems": [problem_of(error, path)]}
    if request.get("question") is not None:
        try:
            question = from_json(TimetableQuestion, request["question"])
            return {"told": to_json(points_of(loaded.dags, question)), "problems": []}
        except BaseException as error:  # noqa: BLE001  # a timetable is user code too
            return {"told": None, "problems": [problem_of(error, path)]}
    dags: list[Json] = []
    problems: list[Json] = []
    for dag in loaded.dags.values():
        try:
            check_members(dag, loaded.dags)
            dags.append(to_document(compile_dag(dag, request["file"])))
            if noting is not None:
                noting.add(dag)
        except Exception as error:  # noqa: BLE001  # values of user classes may raise anything
            problems.append(_with_line(problem_of(error, path), dag, path))
    for dag in loaded.doubled:
        doubled = InvalidDag(dag_id=dag.dag_id, message=f"DAG id {dag.dag_id!r} is used twice in this file")
        problems.append(_with_line(problem_of(doubled, path), dag, path))
    return {"dags": dags, "problems": problems}


def problem_of(error: BaseException, path: Path) -> dict[str, Json]:
    """Message, line in the file at ``path`` and traceback of ``error``, each of bounded length."""
    try:
        text = str(error.msg) if isinstance(error, SyntaxError) else str(error)
    except Exception:  # noqa: BLE001  # the __str__ of a user's error
        text = "(its text cannot be shown)"
    return {
        "message": text_of(f"{type(error).__name__}: {text}" if text else type(error).__name__)[:MAX_MESSAGE],
        "line": line_in(error, path),
        "traceback": _traceback_text(error, path),
    }


def line_in(error: BaseException, path: Path) -> int | None:
    """The line of the file at ``path`` that led to ``error``: the innermost one that belongs to the file."""
    if isinstance(error, SyntaxError) and error.filename == str(path):
        return error.lineno
    line = None
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(path):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _traceback_text(error: BaseException, path: Path) -> str:
    try:
        told = traceback.TracebackException(type(error), error, _from_file(error.__traceback__, path))
        told.stack = traceback.StackSummary.from_list([one for one in told.stack if one.filename not in _DOORS])
        text = "".join(told.format())
    except Exception:  # noqa: BLE001  # a user's error again, or no memory left
        return ""
    half = MAX_TRACEBACK // 2
    return text_of(text if len(text) <= MAX_TRACEBACK else f"{text[:half]}\n  ...\n{text[-half:]}")


def _from_file(trace: TracebackType | None, path: Path) -> TracebackType | None:
    """The traceback without our own frames before those of the file."""
    start = trace
    while start is not None and start.tb_frame.f_code.co_filename != str(path):
        start = start.tb_next
    return start


def _with_line(problem: dict[str, Json], dag: DAG, path: Path) -> dict[str, Json]:
    if problem["line"] is None and dag.fileloc == str(path):
        problem["line"] = dag.line
    return problem


def _write(fd: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]
