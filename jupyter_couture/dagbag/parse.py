"""Parses DAG files, each in a child process of its own; several at a time.

``Parser`` keeps one warm parser process (``zygote``), started when it is needed. The calling process never executes
DAG files, never unpickles anything, and reads no more of a result than its limit.
"""

import contextlib
import hashlib
import json
import os
import selectors
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock

from jupyter_couture.authoring.dependencies import STRICT_VARIABLE
from jupyter_couture.dagbag.discover import folder_of, read_candidate, relative_name
from jupyter_couture.dagbag.limits import ParseLimits
from jupyter_couture.dagbag.questions import Answers, Line
from jupyter_couture.dagbag.requests import ZYGOTE, send
from jupyter_couture.dagbag.verdict import Candidate, broken, judge, judge_answer
from jupyter_couture.model.codec import to_json
from jupyter_couture.model.dag import Json
from jupyter_couture.model.policy import TimetablePoints
from jupyter_couture.model.records import ParsedFile
from jupyter_couture.ports.secrets import Secrets
from jupyter_couture.ports.timetables import TimetableAnswer, TimetableQuestion
from jupyter_couture.settings import BORROWED, PREFIX, Settings

_CHUNK = 1 << 20
_PATIENCE_SECONDS = 5.0
"""So long after its deadline a keeper is waited for before the whole parser process is given up."""
_MOMENT_SECONDS = 0.1
_ROUNDS = 2
_SURROUNDINGS = frozenset({"COUTURE_HOME", "COUTURE_DAGS_FOLDER", STRICT_VARIABLE})
"""Our own variables that DAG files may see; the rest, with its keys to the database, is not theirs."""

LOST = ""
"""Content hash of a file whose parse got lost through no fault of its own: it is tried again at the next look."""


@dataclass
class _Parse:
    candidate: Candidate
    pipe: int
    deadline: float
    round: int
    line: Line
    data: bytearray = field(default_factory=bytearray)


class Parser:
    """Owner of the parser process. One ``parse`` at a time; safe to call from any thread."""

    def __init__(
        self,
        settings: Settings,
        limits: ParseLimits | None = None,
        parallel: int = 0,
        secrets: Secrets | None = None,
        *,
        is_check: bool = False,
    ) -> None:
        """``secrets`` answer what files ask for at their top level; without, such files are broken.

        ``is_check`` lets files load without variables and connections that are missing, and results have ``notes``.
        """
        self._is_check = is_check
        self.answers = Answers(secrets, hides=settings.hide_sensitive)
        self._folder = settings.dags_folder
        self._limits = limits or ParseLimits.of(settings)
        self._parallel = parallel or max(4, min(8, os.cpu_count() or 2))  # slow files must not hold up the others
        self._idle_seconds = settings.warm_idle_seconds
        self._environ = {**_surroundings(), STRICT_VARIABLE: settings.environ()[STRICT_VARIABLE]}
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._lock = Lock()
        self._is_closed = False

    def parse(
        self, candidates: Iterable[Candidate], more: Callable[[], Iterable[Candidate]] = tuple
    ) -> Generator[ParsedFile | None, None, None]:
        """The results, each as soon as it is there, in no order; None whenever none came for a moment.

        ``more`` is asked in such moments for files to parse besides. A file whose parse is lost because the parser
        process was killed is tried once more, then reported with ``LOST`` as its content hash.
        """
        with self._lock:
            active: dict[int, _Parse] = {}
            waiting = deque((candidate, 1) for candidate in candidates)
            with selectors.DefaultSelector() as selector:
                try:
                    while (waiting or active) and not self._is_closed:
                        while waiting and len(active) < self._parallel:
                            started = self._begin(*waiting.popleft())
                            active[started.pipe] = started
                            selector.register(started.pipe, selectors.EVENT_READ)
                            selector.register(started.line.link, selectors.EVENT_READ, started.line)
                        ended = self._collect(selector, active)
                        for parse in ended:
                            parsed = self._result(parse)
                            if parsed.content_hash == LOST and parse.round < _ROUNDS:
                                waiting.append((parse.candidate, parse.round + 1))
                            elif not self._is_closed:
                                yield parsed
                        if not ended:
                            yield None
                            waiting += ((candidate, 1) for candidate in more())
                finally:
                    for parse in active.values():
                        os.close(parse.pipe)
                        parse.line.link.close()

    def ask_timetable(self, question: TimetableQuestion) -> TimetableAnswer:
        """What a DAG's own timetable says of its next runs, asked in a child like any parse (see ``Timetables``)."""
        candidate = Candidate(question.file, str(self._folder / question.file), question.source, content_hash="asked")
        with self._lock, selectors.DefaultSelector() as selector:
            begun = self._begin(candidate, 1, to_json(question))
            active = {begun.pipe: begun}
            selector.register(begun.pipe, selectors.EVENT_READ)
            selector.register(begun.line.link, selectors.EVENT_READ, begun.line)
            try:
                while active and not self._is_closed:
                    self._collect(selector, active)
            finally:
                for parse in active.values():
                    os.close(parse.pipe)
                    parse.line.link.close()
        header, found, result = bytes(begun.data).partition(b"\n")
        if not found:
            return TimetableAnswer(TimetablePoints(), "Lost: the parser process was killed; it will be asked again")
        return judge_answer(json.loads(header), result, self._limits)

    @property
    def pid(self) -> int | None:
        """Process id of the parser process, if it runs."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def close(self) -> None:
        """End the parser process and whatever it is at; a ``parse`` in another thread ends without its results."""
        self._is_closed = True
        process = self._process
        if process is not None:
            process.kill()
        with self._lock:
            self._drop()

    def _begin(self, candidate: Candidate, number: int, question: Json = None) -> _Parse:
        request: dict[str, Json] = {
            "file": candidate.file,
            "path": candidate.path,
            "source": candidate.source,
            "dags_folder": str(self._folder if self._folder.is_dir() else Path(candidate.path).parent),
            "limits": self._limits.as_message(),
            "question": question,
            "is_check": self._is_check,
        }
        read, write = os.pipe()
        ours, theirs = socket.socketpair()
        self.answers.begin(candidate.file)
        with theirs:
            try:
                try:
                    send(self._ensure(), request, write, theirs.fileno())
                except OSError:  # it went away meanwhile, idle or killed
                    self._drop()
                    send(self._ensure(), request, write, theirs.fileno())
            finally:
                os.close(write)
        line = Line(ours, candidate.file, self.answers)
        deadline = time.monotonic() + self._limits.timeout_seconds + _PATIENCE_SECONDS
        return _Parse(candidate=candidate, pipe=read, deadline=deadline, round=number, line=line)

    def _collect(self, selector: selectors.BaseSelector, active: dict[int, _Parse]) -> list[_Parse]:
        """The parses that have ended, after a moment's wait at most."""
        ended: list[_Parse] = []
        for key, _ in selector.select(_MOMENT_SECONDS):
            if key.data is not None:
                _answer(selector, key.data)
                continue
            parse = active[key.fd]
            piece = os.read(key.fd, _CHUNK)
            parse.data += piece
            if not piece or len(parse.data) > self._limits.result_bytes + _CHUNK:
                selector.unregister(key.fd)
                os.close(active.pop(key.fd).pipe)
                with contextlib.suppress(KeyError):
                    selector.unregister(parse.line.link)
                parse.line.link.close()
                ended.append(parse)
        if active and time.monotonic() > min(parse.deadline for parse in active.values()):
            self._drop()  # a keeper that does not keep its own deadline: it was stopped, or the machine stood still
        return ended

    def _result(self, ended: _Parse) -> ParsedFile:
        header, found, result = bytes(ended.data).partition(b"\n")
        if not found:
            lost = Candidate(file=ended.candidate.file, path=ended.candidate.path, source="", content_hash=LOST)
            return broken(lost, "Lost: the parser process was killed from outside; the file will be tried again")
        return self.answers.masked(judge(ended.candidate, json.loads(header), result, self._limits))

    def _ensure(self) -> socket.socket:
        if self._control is not None and self.pid is not None:
            return self._control
        self._drop()
        ours, theirs = socket.socketpair()
        command = [sys.executable, "-P", "-X", "utf8", "-m", ZYGOTE, str(theirs.fileno())]
        with theirs:
            self._process = subprocess.Popen(
                [*command, str(self._idle_seconds)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env=self._environ,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )
        self._control = ours
        return ours

    def _drop(self) -> None:
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            self._process.kill()  # keepers notice, kill what they keep, and end
            self._process.wait()
            self._process = None


def parse_one(path: Path, settings: Settings, secrets: Secrets | None = None) -> ParsedFile:
    """Parse one file anywhere, with its versions and problems; a file that cannot be read is a problem too."""
    full = path.expanduser().absolute()
    folder = folder_of(full, settings.dags_folder)
    candidate = read_candidate(full, folder)
    return _parse_alone(candidate, folder, settings, secrets) if isinstance(candidate, Candidate) else candidate


def parse_text(path: Path, source: str, settings: Settings, secrets: Secrets | None = None) -> ParsedFile:
    """Parse ``source`` as if it were the text of the file at ``path``, which need not be there."""
    folder = folder_of(path, settings.dags_folder)
    content_hash = hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()
    return _parse_alone(
        Candidate(relative_name(path, folder), str(path), source, content_hash), folder, settings, secrets
    )


def _parse_alone(candidate: Candidate, folder: Path, settings: Settings, secrets: Secrets | None) -> ParsedFile:
    parser = Parser(replace(settings, dags_folder=folder), parallel=1, secrets=secrets)
    try:
        return next(parsed for parsed in parser.parse([candidate]) if parsed is not None)
    finally:
        parser.close()


def _answer(selector: selectors.BaseSelector, line: Line) -> None:
    if line.link.fileno() < 0:  # one look at the selector gave us the parse's end first
        return
    if line.turn():
        selector.modify(line.link, line.events, line)
    else:
        selector.unregister(line.link)


def _surroundings() -> dict[str, str]:
    hidden = (PREFIX, *BORROWED)
    return {name: value for name, value in os.environ.items() if not name.startswith(hidden) or name in _SURROUNDINGS}
