"""What the report of a keeper means: DAG versions, and problems in words a DAG's author understands."""

import hashlib
import json
import os
import re
import signal
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from jupyter_couture.dagbag.limits import ParseLimits
from jupyter_couture.model.codec import from_document, from_json, to_document
from jupyter_couture.model.dag import DagSpec
from jupyter_couture.model.errors import CoutureError, InvalidRequest
from jupyter_couture.model.ids import VersionHash, dag_id, task_id
from jupyter_couture.model.policy import TimetablePoints
from jupyter_couture.model.records import DagVersion, FileNotes, ImportProblem, ParsedFile
from jupyter_couture.ports.timetables import TimetableAnswer

_MEGABYTE = 1024**2
_FRAME = re.compile(r'File "(?P<file>[^"\n]*)", line (?P<line>\d+)')


@dataclass(frozen=True, slots=True)
class Candidate:
    """A DAG file to parse: its text as it was read once, and the hashes that stand for it.

    ``imported`` are hashes of the modules of the DAG folder that it imports.
    """

    file: str
    path: str
    source: str
    content_hash: str
    imported: tuple[str, ...] = ()


def version_of(spec: DagSpec, source: str, imported: Iterable[str] = ()) -> VersionHash:
    """The hash that names a version: over the spec, the source text, and the hashes of helper modules it imports."""
    document = json.dumps(to_document(spec), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    digest = hashlib.sha256(document.encode())
    for part in (source, *imported):
        digest.update(b"\0" + part.encode("utf-8", "surrogatepass"))
    return VersionHash(digest.hexdigest())


def broken(candidate: Candidate, message: str, line: int | None = None, traceback: str = "") -> ParsedFile:
    """The result of a file that gave nothing but a problem."""
    problem = ImportProblem(file=candidate.file, message=message, line=line, traceback=traceback)
    return ParsedFile(file=candidate.file, content_hash=candidate.content_hash, problems=(problem,))


def judge(candidate: Candidate, report: Mapping[str, Any], result: bytes, limits: ParseLimits) -> ParsedFile:
    """The parse result that a keeper's ``report`` and the child's ``result`` amount to.

    The result comes from a process that ran user code: whatever is wrong with it becomes a problem of the file.
    """
    if report["reason"] == "ended" and os.WIFEXITED(report["status"]) and result:
        try:
            return _read(candidate, json.loads(result))
        except (CoutureError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            return broken(candidate, f"Unreadable: the file's DAGs cannot be read back: {error}")
    output = str(report["output"])
    return broken(candidate, _ending(report, limits), _line_in(output, candidate.path), output)


def judge_answer(report: Mapping[str, Any], result: bytes, limits: ParseLimits) -> TimetableAnswer:
    """What a timetable said, or in one line why it said nothing; the process that answered ran user code."""
    if report["reason"] != "ended" or not os.WIFEXITED(report["status"]) or not result:
        return TimetableAnswer(TimetablePoints(), _ending(report, limits))
    try:
        found = json.loads(result)
        for item in found["problems"]:
            line = f" (line {int(item['line'])})" if item["line"] is not None else ""
            return TimetableAnswer(TimetablePoints(), f"Timetable: {item['message']}{line}")
        return TimetableAnswer(from_json(TimetablePoints, found["told"]))
    except (CoutureError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        return TimetableAnswer(TimetablePoints(), f"Unreadable: the timetable's answer cannot be read back: {error}")


def _read(candidate: Candidate, result: Mapping[str, Any]) -> ParsedFile:
    dags = tuple(_version(candidate, document) for document in result["dags"])
    problems = tuple(
        ImportProblem(
            file=candidate.file,
            message=str(item["message"]),
            line=None if item["line"] is None else int(item["line"]),
            traceback=str(item["traceback"]),
        )
        for item in result["problems"]
    )
    said = result.get("notes")
    notes = None if said is None else from_json(FileNotes, said)
    return ParsedFile(candidate.file, candidate.content_hash, dags=dags, problems=problems, notes=notes)


def _version(candidate: Candidate, document: Mapping[str, Any]) -> DagVersion:
    spec = from_document(DagSpec, document)
    if dag_id(spec.dag_id) != spec.dag_id or spec.file != candidate.file:
        raise InvalidRequest(field="dag_id", message=f"{spec.dag_id!r} is not a DAG of {candidate.file}")
    for task in spec.tasks:
        task_id(task.task_id)
    return DagVersion(
        version=version_of(spec, candidate.source, candidate.imported), spec=spec, source=candidate.source
    )


def _ending(report: Mapping[str, Any], limits: ParseLimits) -> str:
    match report["reason"]:
        case "timeout":
            return f"Timeout: the file was still being executed after {limits.timeout_seconds:g} s and was stopped"
        case "memory":
            return f"MemoryError: the file took more than {limits.memory_bytes // _MEGABYTE} MB and was stopped"
        case "processes":
            return f"TooManyProcesses: the file started more than {limits.processes} processes and threads"
        case "result":
            return f"TooLarge: the DAGs of the file are larger than {limits.result_bytes // _MEGABYTE} MB"
        case _:
            return _exit_text(report["status"])


def _exit_text(status: int) -> str:
    if os.WIFSIGNALED(status):
        name = signal.Signals(os.WTERMSIG(status)).name
        return f"Crashed: the process that executed the file was ended by {name}"
    code = os.WEXITSTATUS(status)
    return f"Exited: the file ended its process with exit code {code} instead of being executed to its end"


def _line_in(output: str, path: str) -> int | None:
    """The innermost line of the file in what faulthandler wrote last."""
    lines = [int(match["line"]) for match in _FRAME.finditer(output) if match["file"] == path]
    return lines[0] if lines else None
