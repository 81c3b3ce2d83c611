"""DAG files that misbehave, each parsed in a real child process: contained, explained, and nothing left of them."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from jupyter_couture.dagbag.discover import Discovery
from jupyter_couture.dagbag.limits import ParseLimits
from jupyter_couture.dagbag.parse import LOST, Parser
from jupyter_couture.dagbag.verdict import Candidate
from jupyter_couture.model.records import ImportProblem, ParsedFile
from jupyter_couture.settings import Settings
from tests.alive import is_alive

LIMITS = ParseLimits(timeout_seconds=20.0, processes=64)
SHORT = ParseLimits(timeout_seconds=1.5)
GOOD = "from jupyter_couture import DAG, EmptyOperator\nwith DAG('good'): EmptyOperator('a')\n"
MEGABYTE = 1024**2


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "dags"
    made.mkdir()
    return made


@pytest.fixture
def start(tmp_path: Path, folder: Path) -> Iterator[Callable[..., Parser]]:
    """Start parsers over ``folder`` that end with the test."""
    parsers: list[Parser] = []

    def make(limits: ParseLimits = LIMITS, parallel: int = 0) -> Parser:
        settings = Settings.load({}, home=str(tmp_path / "home"), dags_folder=str(folder))
        parsers.append(Parser(settings, limits, parallel))
        return parsers[-1]

    yield make
    for parser in parsers:
        parser.close()


def candidate(folder: Path, text: str, name: str = "pipeline.py") -> Candidate:
    path = folder / name
    path.write_text(f"# a dag\n{text}")
    discovery = Discovery(folder)
    found = next(item for item in discovery.look() if item.file == name)
    read = discovery.candidate(found)
    assert isinstance(read, Candidate)
    return read


def results(parser: Parser, *candidates: Candidate) -> list[ParsedFile]:
    return [parsed for parsed in parser.parse(candidates) if parsed is not None]


def only_problem(parsed: list[ParsedFile]) -> ImportProblem:
    (result,) = parsed
    (problem,) = result.problems
    assert result.dags == ()
    assert problem.file == result.file
    return problem


def until(holds: Callable[[], bool]) -> None:
    """Wait for something that comes true in five seconds."""
    deadline = time.monotonic() + 5
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert holds()


def living_below(pid: int | None) -> list[psutil.Process]:
    """Descendants that are more than a zombie."""
    return [item for item in psutil.Process(pid).children(recursive=True) if is_alive(item)]


def living(mark: str) -> list[int]:
    """Processes with ``mark`` on their command line, or that were forked from such."""
    return [item.pid for item in psutil.process_iter(["cmdline"]) if mark in " ".join(item.info["cmdline"] or ())]


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("x = (\n", "SyntaxError: '(' was never closed", 2),
        ("import nothing_of_this_name\n", "ModuleNotFoundError: No module named 'nothing_of_this_name'", 2),
        ("def f():\n    raise ValueError('bad value')\n\nf()\n", "ValueError: bad value", 3),
        ("import sys\nsys.exit(0)\n", "SystemExit: 0", 3),
        ("raise KeyboardInterrupt\n", "KeyboardInterrupt", 2),
        ("import os\nos._exit(0)\n", "Exited: the file ended its process with exit code 0", None),
        ("import os\nos._exit(3)\n", "Exited: the file ended its process with exit code 3", None),
        (
            "import ctypes\n\nctypes.string_at(0)\n",
            "Crashed: the process that executed the file was ended by SIGSEGV",
            4,
        ),
        (
            "import os\nos.kill(os.getpid(), 9)\n",
            "Crashed: the process that executed the file was ended by SIGKILL",
            None,
        ),
        ("def f():\n    return f()\nf()\n", "RecursionError: maximum recursion depth exceeded", 3),
        ("class E(Exception):\n    def __str__(self): 1/0\nraise E\n", "E: (its text cannot be shown)", 4),
        ("x = 'a\\x00b\\ud800'\nraise ValueError(x)\n", "ValueError: a\N{REPLACEMENT CHARACTER}b?", 3),
    ],
)
def test_d02_s174_whatever_ends_a_file_is_told_with_its_line(
    folder: Path, start: Callable[..., Parser], text: str, message: str, line: int | None
) -> None:
    begun = time.monotonic()

    problem = only_problem(results(start(), candidate(folder, text)))

    assert problem.message.startswith(message)
    assert problem.line == line
    assert time.monotonic() - begun < 10  # two seconds on a machine that does nothing else


AUTHORING_ERRORS = {
    "from jupyter_couture import *\nwith DAG('d'):\n    a = EmptyOperator('a')\n    b = EmptyOperator('b')\n"
    "    a >> b\n    b >> a\n": ("DagCycle: Cycle in DAG 'd': a >> b >> a", 7),
    "from jupyter_couture import *\ndag = DAG('d')\na = EmptyOperator('a', dag=dag)\nb = EmptyOperator('b', dag=dag)\n"
    "a >> b\nb << a\n": ("DuplicateDependency: Dependency a >> b is given twice in DAG 'd'", 7),
    "from jupyter_couture import *\nwith DAG('d'):\n    EmptyOperator('a')\n    EmptyOperator('a')\n": (
        "DuplicateTask: Task id 'a' is used twice in DAG 'd'",
        5,
    ),
    "from jupyter_couture import *\nd = DAG('d', schedule='99 * * * *')\n": (
        "InvalidDag: schedule '99 * * * *' of DAG 'd' is not usable: Bad minute",
        3,
    ),
}


@pytest.mark.parametrize("text", AUTHORING_ERRORS)
def test_s052_s053_s174_what_a_dag_may_not_say_is_told_with_its_line(
    folder: Path, start: Callable[..., Parser], text: str
) -> None:
    problem = only_problem(results(start(), candidate(folder, text)))

    assert (problem.message, problem.line) == AUTHORING_ERRORS[text]
    assert "pipeline.py" in problem.traceback
    assert "jupyter_couture/dagbag" not in problem.traceback


def test_s174_an_error_in_a_helper_names_the_line_of_the_dag_file_that_called_it(
    folder: Path, start: Callable[..., Parser]
) -> None:
    (folder / "my_helper.py").write_text("def f():\n\n\n    raise LookupError('deep')\n")

    problem = only_problem(results(start(), candidate(folder, "import my_helper\nmy_helper.f()\n")))

    assert (problem.message, problem.line) == ("LookupError: deep", 3)
    assert "my_helper.py" in problem.traceback


def test_a_dag_with_an_error_leaves_the_files_other_dags_alone(folder: Path, start: Callable[..., Parser]) -> None:
    text = "from jupyter_couture import *\none = DAG('one')\ntwo = DAG('two')\nagain = DAG('one')\n"

    (result,) = results(start(), candidate(folder, text))

    assert [found.spec.dag_id for found in result.dags] == ["one", "two"]
    assert [(item.message, item.line) for item in result.problems] == [
        ("InvalidDag: DAG id 'one' is used twice in this file", 5)
    ]


def test_d01_an_endless_file_that_ignores_sigterm_is_stopped_while_others_are_parsed(
    folder: Path, start: Callable[..., Parser]
) -> None:
    endless = candidate(
        folder, "import signal\nsignal.signal(15, signal.SIG_IGN)\nwhile True:\n    pass\n", "endless.py"
    )
    asleep = candidate(folder, "import time\ntime.sleep(1000)\n", "asleep.py")
    good = [candidate(folder, GOOD.replace("good", f"good{number}"), f"good{number}.py") for number in range(5)]
    begun = time.monotonic()
    order: list[ParsedFile] = []
    times: dict[str, float] = {}
    for parsed in start(SHORT).parse([endless, asleep, *good]):
        if parsed is not None:
            order.append(parsed)
            times[parsed.file] = time.monotonic() - begun

    assert {item.file for item in order[:-2]} == {item.file for item in good}
    assert all(len(item.dags) == 1 for item in order[:-2])
    problems = {item.file: item.problems[0] for item in order[-2:]}
    assert problems["endless.py"].message == "Timeout: the file was still being executed after 1.5 s and was stopped"
    assert problems["endless.py"].line in (4, 5)
    assert problems["asleep.py"].line == 3
    assert max(times.values()) < SHORT.timeout_seconds + 5


def test_d03_ten_gigabytes_are_refused_at_once(folder: Path, start: Callable[..., Parser]) -> None:
    begun = time.monotonic()

    problem = only_problem(results(start(), candidate(folder, "block = bytearray(10 * 2**30)\n")))

    assert (problem.message, problem.line) == ("MemoryError", 2)
    assert time.monotonic() - begun < 10


def test_d03_memory_shared_out_over_processes_is_counted_together(folder: Path, start: Callable[..., Parser]) -> None:
    text = (
        "import os, time\n"
        "for n in range(8):\n"
        "    if os.fork() == 0:\n"
        "        block = b'x' * (60 * 2**20)\n"
        "        time.sleep(60)\n"
        "time.sleep(60)\n"
    )
    limits = ParseLimits(timeout_seconds=30.0, memory_bytes=256 * MEGABYTE)

    problem = only_problem(results(start(limits), candidate(folder, text)))

    assert problem.message.startswith("MemoryError: the file took more than 256 MB")


def test_d04_daemons_of_a_dag_file_do_not_survive_it(folder: Path, start: Callable[..., Parser]) -> None:
    mark = f"couture-stray-{os.getpid()}"
    text = (
        "import os, subprocess, sys\n"
        f"command = [sys.executable, '-c', 'import time; time.sleep(600)', '{mark}']\n"
        "subprocess.Popen(command)\n"
        "subprocess.Popen(command, start_new_session=True, env={})\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    if os.fork() == 0:\n"
        "        os.execve(command[0], command, {})\n"
        "    os._exit(0)\n"
        "os.wait()\n"
    ) + GOOD

    (result,) = results(start(), candidate(folder, text))

    assert [found.spec.dag_id for found in result.dags] == ["good"]
    assert living(mark) == []


def test_d04_a_fork_that_comes_back_does_not_answer_twice(folder: Path, start: Callable[..., Parser]) -> None:
    (result,) = results(start(), candidate(folder, "import os\nos.fork()\n" + GOOD))

    assert [found.spec.dag_id for found in result.dags] == ["good"]
    assert result.problems == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("out = open('out.bin', 'wb')\nwhile True: out.write(b'x' * 2**20)\n", "OSError: [Errno 27] File too large"),
        ("files = [open('/dev/null') for n in range(100_000)]\n", "OSError: [Errno 24] Too many open files"),
        (
            (
                "import threading, time\n"
                "threading.stack_size(65536)\n"
                "for n in range(10_000): threading.Thread(target=time.sleep, args=(60,)).start()\n"
                "time.sleep(60)\n"
            ),
            "TooManyProcesses: the file started more than 64 processes and threads",
        ),
        ("import os\nwhile True: os.fork()\n", "TooManyProcesses: the file started more than 64"),
    ],
)
def test_d05_files_descriptors_and_processes_are_bounded(
    folder: Path, start: Callable[..., Parser], text: str, message: str
) -> None:
    parser = start()
    problem = only_problem(results(parser, candidate(folder, text)))

    assert problem.message.startswith(message)
    assert all(entry.stat().st_size <= LIMITS.file_bytes for entry in folder.iterdir())
    assert parser.pid is not None
    until(lambda: not living_below(parser.pid))


def test_d05_a_hundred_megabytes_of_output_do_no_harm(folder: Path, start: Callable[..., Parser]) -> None:
    text = "import sys\nfor n in range(100): print('x' * 2**20, file=sys.stderr if n % 2 else sys.stdout)\n" + GOOD

    (result,) = results(start(), candidate(folder, text))

    assert (len(result.dags), result.problems) == (1, ())


def test_a_result_beyond_all_bounds_is_refused(folder: Path, start: Callable[..., Parser]) -> None:
    text = GOOD + "with DAG('big', doc_md='x' * 5_000_000): pass\n"

    problem = only_problem(results(start(ParseLimits(result_bytes=MEGABYTE)), candidate(folder, text)))

    assert problem.message == "TooLarge: the DAGs of the file are larger than 1 MB"


def test_a_file_that_forges_its_result_gets_a_problem_and_nothing_more(
    folder: Path, start: Callable[..., Parser]
) -> None:
    text = (
        "import json, os\n"
        "from jupyter_couture.dagbag import child\n"
        "child._parse = None\n"
        "document = {'format': 1, 'type': 'DagSpec', 'value': {'dag_id': '../../etc', 'file': 'pipeline.py'}}\n"
        "for fd in range(3, 64):\n"
        "    try: os.write(fd, json.dumps({'dags': [document], 'problems': []}).encode())\n"
        "    except OSError: pass\n"
        "os._exit(0)\n"
    )

    problem = only_problem(results(start(), candidate(folder, text)))

    assert problem.message.startswith("Unreadable: the file's DAGs cannot be read back")


def test_d06_a_killed_parser_process_costs_a_second_try(folder: Path, start: Callable[..., Parser]) -> None:
    parser = start()
    marker = folder / "begun"
    text = f"import pathlib, time\npathlib.Path({str(marker)!r}).touch()\ntime.sleep(1)\n" + GOOD
    waiting = candidate(folder, text)

    def kill_once() -> None:
        while not marker.exists():
            time.sleep(0.01)
        assert parser.pid is not None
        os.kill(parser.pid, signal.SIGKILL)

    killer = threading.Thread(target=kill_once)
    killer.start()
    (result,) = results(parser, waiting)
    killer.join()

    assert [found.spec.dag_id for found in result.dags] == ["good"]


def test_d06_a_parser_process_killed_again_and_again_is_no_fault_of_the_file(
    folder: Path, start: Callable[..., Parser]
) -> None:
    parser = start()
    text = "import os, time\nos.kill(os.getppid(), 9)\ntime.sleep(60)\n"

    (result,) = results(parser, candidate(folder, text))

    assert result.content_hash == LOST
    assert result.problems[0].message.startswith("Lost: the parser process was killed from outside")
    assert len(results(parser, candidate(folder, GOOD))[0].dags) == 1


def test_closing_a_parser_ends_what_it_is_at(folder: Path, start: Callable[..., Parser]) -> None:
    parser = start()
    mark = f"couture-endless-{os.getpid()}"
    text = f"import os, sys\nos.execv(sys.executable, [sys.executable, '-c', 'while True: pass', '{mark}'])\n"
    waiting = candidate(folder, text)
    done: list[list[ParsedFile]] = []
    parsing = threading.Thread(target=lambda: done.append(results(parser, waiting)))
    parsing.start()
    while not living(mark):
        time.sleep(0.02)

    parser.close()
    parsing.join(10)

    assert done == [[]]
    until(lambda: not living(mark))


def test_when_the_caller_is_killed_the_parser_process_and_its_children_end(folder: Path, tmp_path: Path) -> None:
    mark = f"couture-orphan-{os.getpid()}"
    text = f"import os, sys\nos.execv(sys.executable, [sys.executable, '-c', 'while True: pass', '{mark}'])\n"
    path = folder / "pipeline.py"
    path.write_text(text)
    code = (
        "from pathlib import Path\n"
        "from jupyter_couture.dagbag.parse import parse_one\n"
        "from jupyter_couture.settings import Settings\n"
        f"parse_one(Path({str(path)!r}), Settings.load({{}}, home={str(tmp_path / 'home')!r}))\n"
    )
    caller = subprocess.Popen([sys.executable, "-c", code])
    while not living(mark):
        assert caller.poll() is None
        time.sleep(0.02)
    caller.kill()
    caller.wait()

    until(lambda: not living(mark))


def test_a_dag_file_sees_no_keys_of_ours(
    folder: Path, start: Callable[..., Parser], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COUTURE_DATABASE_URL", "postgresql://canary")
    monkeypatch.setenv("STAGE", "production")
    text = (
        "import os\nfrom jupyter_couture import DAG\n"
        "block = open('/proc/self/environ').read() + str(dict(os.environ))\n"
        "DAG(f\"{os.environ['STAGE']}.{'canary' in block}\").__enter__().__exit__(None)\n"
    )

    (result,) = results(start(), candidate(folder, text))

    assert [found.spec.dag_id for found in result.dags] == ["production.False"]


def test_an_idle_parser_process_ends_and_comes_back(folder: Path, tmp_path: Path) -> None:
    settings = Settings.load({}, home=str(tmp_path / "home"), dags_folder=str(folder), warm_idle_seconds=0.3)
    parser = Parser(settings, LIMITS)
    try:
        assert len(results(parser, candidate(folder, GOOD))[0].dags) == 1
        until(lambda: parser.pid is None)
        assert len(results(parser, candidate(folder, GOOD))[0].dags) == 1
    finally:
        parser.close()
