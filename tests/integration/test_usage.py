"""What attempts use, measured on real ones: memory and CPU of whole trees, short ones, a supervisor that is killed."""

import os
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from jupyter_couture.executors.jobs import order_of
from jupyter_couture.executors.spawn import connect, ensure_supervisor
from jupyter_couture.model.intents import StartAttempt
from jupyter_couture.model.states import OPEN_ATTEMPT_STATES, AttemptState
from jupyter_couture.model.usage import Usage
from jupyter_couture.runtime.lines import to_line
from jupyter_couture.runtime.remains import remove_remains
from jupyter_couture.runtime.usage_files import FileUsage
from tests.workbench import Workbench

MIB = 1024 * 1024
EATS = 200 * MIB
SECONDS = 60.0

TASKS = """
import os, subprocess, sys, time
from pathlib import Path

EAT = "x = bytearray(%d * 1024 * 1024); x[::4096] = b'x' * (len(x) // 4096)"

def work(seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass

def eat_and_work():
    scope = {}
    exec(EAT % 200, scope)
    work(4)
    print("cpu", sum(os.times()[:4]), flush=True)

def work_until_let_go():
    while not Path(__file__).with_name("gate").exists():
        sum(range(10_000))
    print("cpu", sum(os.times()[:4]), flush=True)

def have_children():
    child = EAT % 60 + "; import time; time.sleep(4)"
    children = [subprocess.Popen([sys.executable, "-c", child]) for _ in range(2)]
    for process in children:
        process.wait()

def orphan():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            scope = {}
            exec(EAT % 60, scope)
            time.sleep(600)
        os._exit(0)
    os.wait()
    time.sleep(4)

def children_that_end():
    for _ in range(4):
        subprocess.run([sys.executable, "-c", "import time\\nwhile time.process_time() < 0.8: pass"])

with dag:
    for function in (eat_and_work, work_until_let_go, have_children, orphan, children_that_end):
        PythonOperator(function.__name__, python_callable=function)
    PythonOperator("noop", python_callable=lambda: None)
    BashOperator("shell", bash_command=f'{sys.executable} -c "{EAT % 60}; import time; time.sleep(4)"; true')
    NotebookOperator("notebook", input_path="eats.ipynb")
"""


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    made = Workbench(tmp_path_factory.mktemp("home"), TASKS, kill_grace_seconds=1.0)
    source = (
        "import time\nheld = bytearray(100 * 1024 * 1024)\nheld[::4096] = b'x' * (len(held) // 4096)\ntime.sleep(4)"
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, made.settings.dags_folder / "eats.ipynb")
    yield made
    made.close()


def begin(bench: Workbench, task_id: str, **changes: object) -> StartAttempt:
    start = bench.order(task_id, **changes)
    with ensure_supervisor(bench.settings) as link:
        link.sendall(to_line({"do": "supervise", "orders": [order_of(start)]}))
    return start


def finish(bench: Workbench, start: StartAttempt) -> Usage:
    deadline = time.monotonic() + SECONDS
    while (found := bench.attempt(start)).state in OPEN_ATTEMPT_STATES:
        assert time.monotonic() < deadline, bench.explain()
        time.sleep(0.02)
    assert found.state is AttemptState.SUCCESS, bench.log(start)
    return usage_of(bench, start)


def usage_of(bench: Workbench, start: StartAttempt) -> Usage:
    return FileUsage(bench.settings.logs_dir).read(start.run_key, start.task_key, start.try_number)


def wait_for_samples(bench: Workbench, start: StartAttempt, count: int) -> Usage:
    deadline = time.monotonic() + SECONDS
    while len((found := usage_of(bench, start)).samples) < count:
        assert time.monotonic() < deadline, bench.explain()
        time.sleep(0.05)
    return found


def peak(usage: Usage) -> int:
    return max(sample.memory_bytes for sample in usage.samples)


def test_the_memory_and_the_cpu_time_of_an_attempt_are_what_it_took(bench: Workbench) -> None:
    start = begin(bench, "eat_and_work")
    usage = finish(bench, start)
    own = float(bench.log(start).partition("cpu ")[2].split()[0])

    assert 0.8 * EATS <= peak(usage) <= 1.2 * EATS
    assert 0.4 * own <= usage.samples[-1].cpu_seconds <= 1.1 * own
    assert all(1 <= sample.processes <= 2 for sample in usage.samples)
    seconds = [sample.seconds for sample in usage.samples]
    assert seconds == sorted(seconds)
    assert 1.0 <= seconds[0] <= 10.0, "after a second; a busy machine is given time"
    assert len(seconds) >= 2
    ended = re.search(r"; CPU (\S+) s, largest process (\S+) MB\n", bench.log(start))
    assert ended is not None
    assert float(ended[1]) == pytest.approx(own, abs=0.3)
    assert float(ended[2]) * MIB == pytest.approx(EATS, rel=0.2)
    started_at = bench.attempt(start).started_at
    assert usage.began_at is not None
    assert started_at is not None
    assert abs((usage.began_at - started_at).total_seconds()) < 1.0


@pytest.mark.parametrize(
    ("task_id", "least", "kind"),
    [("have_children", 120, "python"), ("orphan", 60, "python"), ("shell", 60, "bash"), ("notebook", 100, "notebook")],
)
def test_children_shells_orphans_and_kernels_count(bench: Workbench, task_id: str, least: int, kind: str) -> None:
    usage = finish(bench, begin(bench, task_id, operator_kind=kind))

    assert least * MIB <= peak(usage) <= (least + 130) * MIB
    assert max(sample.processes for sample in usage.samples) >= 2


def test_the_cpu_time_of_children_that_have_ended_stays(bench: Workbench) -> None:
    usage = finish(bench, begin(bench, "children_that_end"))
    used = [sample.cpu_seconds for sample in usage.samples]

    assert used == sorted(used)
    assert used[-1] >= 1.6


def test_an_attempt_that_is_over_at_once_leaves_nothing_but_its_log(bench: Workbench) -> None:
    start = begin(bench, "noop")
    usage = finish(bench, start)

    assert usage == Usage()
    assert [path.suffix for path in bench.log_file(start).parent.iterdir()] == [".log"]
    assert re.search(r"; CPU 0\.\d\d s, largest process \d+\.\d MB\n", bench.log(start))


def test_measuring_goes_on_under_the_next_supervisor(bench: Workbench) -> None:
    start = begin(bench, "work_until_let_go")
    before = wait_for_samples(bench, start, 2)
    os.kill(bench.supervisor_pid(), signal.SIGKILL)
    while (link := connect(bench.settings)) is not None:
        link.close()
        time.sleep(0.01)
    ensure_supervisor(bench.settings).close()
    wait_for_samples(bench, start, len(before.samples) + 2)
    (bench.settings.dags_folder / "gate").touch()
    after = finish(bench, start)

    assert after.began_at == before.began_at
    assert after.samples[: len(before.samples)] == before.samples
    moments = [(sample.seconds, sample.cpu_seconds) for sample in after.samples]
    assert moments == sorted(moments)
    own = float(bench.log(start).partition("cpu ")[2].split()[0])
    assert before.samples[-1].cpu_seconds < after.samples[-1].cpu_seconds <= 1.1 * own


def test_a_try_of_several_attempts_has_one_file_in_which_they_follow_each_other(bench: Workbench) -> None:
    first = begin(bench, "eat_and_work")
    one = finish(bench, first)
    second = begin(bench, "have_children", run_key=first.run_key, task_key=first.task_key)
    both = finish(bench, second)

    assert both.began_at == one.began_at
    assert both.samples[: len(one.samples)] == one.samples
    rest = both.samples[len(one.samples) :]
    assert (rest[0].cpu_seconds, rest[0].memory_bytes) == (one.samples[-1].cpu_seconds, 0)
    assert rest[-1].seconds > rest[0].seconds >= one.samples[-1].seconds


def test_it_goes_when_the_log_goes(bench: Workbench) -> None:
    start = begin(bench, "orphan")
    finish(bench, start)
    folder = bench.log_file(start).parent
    assert {path.suffix for path in folder.iterdir()} == {".log", ".usage"}
    remove_remains(bench.settings, [start.run_key], [])

    assert not folder.exists()
    assert usage_of(bench, start) == Usage()


def test_a_file_that_was_cut_is_read_as_far_as_it_goes(tmp_path: Path, bench: Workbench) -> None:
    start = bench.order("noop")
    path = bench.log_file(start).with_suffix(".usage")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        '{"attempt":"a","began":1795411385.0,"from":[0.0,0.0]}\n[1.0,0.5,100,1]\n[2.0,0.9\n[3.0,1.5,300,2]\n[4.'
    )

    assert [sample.memory_bytes for sample in usage_of(bench, start).samples] == [100, 300]
