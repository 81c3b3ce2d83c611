"""``%%couture_task`` and ``%couture`` in a real kernel, as a notebook calls them."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

from tests.alive import is_alive
from tests.integration.kernels import REPLY_SECONDS, Cells

pytestmark = pytest.mark.timeout(240)

SLEEPS = """%%couture_task --task sleeps
import os, time
from pathlib import Path
print("going to bed", flush=True)
draft = Path("{folder}/draft")
draft.write_text(str(os.getpid()))
draft.rename("{folder}/pid")
time.sleep(600)
"""


class Kernel(Cells):
    """A kernel of one's own."""

    def __init__(self, manager: KernelManager, client: BlockingKernelClient) -> None:
        super().__init__(client)
        self.manager = manager


@pytest.fixture
def kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kernel]:
    (tmp_path / "home").mkdir()
    (tmp_path / "work").mkdir()
    monkeypatch.setenv("COUTURE_HOME", str(tmp_path / "home"))
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(cwd=str(tmp_path / "work"))
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=REPLY_SECONDS)
        yield Kernel(manager, client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        manager.cleanup_resources()


def test_cells_become_tasks_that_run_see_each_other_and_are_saved(kernel: Kernel, tmp_path: Path) -> None:
    secret = "hidden = 'of the notebook'\n%load_ext jupyter_couture"
    assert kernel.run(secret)[1]["status"] == "ok"

    shown, reply = kernel.run("%%couture_task --dag sales --task extract\nprint('reading', 3)\n[1, 2, 3]")
    assert reply["status"] == "ok"
    assert "reading 3" in shown
    assert 'data-couture="run"' in shown
    assert "[1, 2, 3]" in shown
    shown, _ = kernel.run("%%couture_task --dag sales --task total --after extract\nsum(extract)")
    assert shown.splitlines()[-1] == "6"
    assert "Log of extract" not in shown, "it has run, and is not run again"

    shown, reply = kernel.run("%%couture_task --dag sales --task peeks\nhidden")
    assert reply["status"] == "error"
    assert "NameError" in shown
    assert reply["ename"] == "DagTestFailed"

    assert "3 tasks, 1 dependencies" in kernel.run("%couture save sales s.py\n%couture show sales")[0]
    saved = (tmp_path / "work" / "s.py").read_text()
    assert "def total(extract):\n    return sum(extract)" in saved
    assert "s.py is there already; --replace writes over it" in kernel.run("%couture save sales s.py")[0]


def test_an_interrupted_cell_leaves_nothing_running_and_says_so(kernel: Kernel, tmp_path: Path) -> None:
    kernel.run("%load_ext jupyter_couture")
    request = kernel.client.execute(SLEEPS.format(folder=tmp_path))
    pid = tmp_path / "pid"
    deadline = time.monotonic() + REPLY_SECONDS
    while not pid.exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    payload = psutil.Process(int(pid.read_text()))

    kernel.manager.interrupt_kernel()
    shown, reply = kernel.ended(request)

    assert reply["ename"] == "DagTestInterrupted"
    assert not is_alive(payload)
    assert "Interrupted: the run was cancelled, and nothing of it goes on." in shown
    assert "going to bed" in shown
    assert 'class="couture-show-state" data-state="running"' not in shown
    assert "1 + 1 = 2" in kernel.run("print(f'1 + 1 = {1 + 1}')")[0], "the kernel is well"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("%couture", "the following arguments are required: COMMAND"),
        ("%couture fly", "invalid choice: 'fly'"),
        ("%couture runs etl --lim 3", "unrecognized arguments: --lim 3. What there is: %couture --help"),
        ("%couture trigger etl --conf [1]", "is not a JSON object"),
        ("%couture test nothing", "this notebook has no DAG 'nothing'"),
        ("%couture source nothing", "no cells make a DAG 'nothing'"),
        ("%couture dags", "No running Jupyter server was found"),
        ("%%couture_task --task a --surprise\n1", "unrecognized arguments: --surprise. What there is: %%couture_task"),
        ("%%couture_task\n1", "the following arguments are required: --task"),
        ("%%couture_task --task a --after b\n1", "there is no task 'b' to come after"),
    ],
)
def test_a_wrong_line_is_refused_in_one_sentence(shell: Any, line: str, words: str) -> None:
    from IPython.core.error import UsageError

    with pytest.raises(UsageError) as caught:
        say(shell, line)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_help_says_what_there_is(shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    say(shell, "%couture --help")
    said = capsys.readouterr().out
    for command in ("dags", "runs", "trigger", "cancel", "log", "test", "show", "source", "save"):
        assert f"\n    {command} " in said
    say(shell, "%%couture_task --help\n1")
    assert "--after ID,..." in capsys.readouterr().out


def say(shell: Any, text: str) -> None:
    """Call a magic as a cell does, with its errors raised."""
    line, _, cell = text.partition("\n")
    name, _, words = line.lstrip("%").partition(" ")
    if line.startswith("%%"):
        shell.run_cell_magic(name, words, cell)
    else:
        shell.run_line_magic(name, words)


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An IPython in this process, where no Jupyter server is to be found."""
    from IPython.core.interactiveshell import InteractiveShell

    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    for name in ("COUTURE_SERVER_URL", "JUPYTER_SERVER_URL", "JPY_PARENT_PID"):
        monkeypatch.delenv(name, raising=False)
    shell: Any = InteractiveShell()  # type: ignore[no-untyped-call]
    shell.extension_manager.load_extension("jupyter_couture")
    return shell
