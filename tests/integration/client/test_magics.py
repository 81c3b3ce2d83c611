"""``%couture`` in a kernel that a lab started, as in a user's notebook: it finds that lab's deployment by itself."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty

import httpx
import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_core.paths import jupyter_runtime_dir

from jupyter_couture.cli.lab import Lab
from jupyter_couture.client import Client, Run
from tests.integration.kernels import REPLY_SECONDS, Cells

pytestmark = pytest.mark.timeout(240)


class LabKernel(Cells):
    """A kernel of a lab; the lab is asked to interrupt it, as the button of a notebook does."""

    def __init__(self, lab: Lab, client: BlockingKernelClient, address: str) -> None:
        super().__init__(client)
        self._lab = lab
        self._address = address

    def interrupt(self) -> None:
        """Send it a SIGINT."""
        httpx.post(f"{self._address}/interrupt", headers=login(self._lab)).raise_for_status()


@pytest.fixture(scope="module")
def kernel(lab: Lab) -> Iterator[LabKernel]:
    """A kernel with the magics."""
    made = httpx.post(f"{lab.base}/api/kernels", headers=login(lab), json={"name": "python3"}, timeout=REPLY_SECONDS)
    made.raise_for_status()
    name = made.json()["id"]
    address = f"{lab.base}/api/kernels/{name}"
    client = BlockingKernelClient(connection_file=str(Path(jupyter_runtime_dir()) / f"kernel-{name}.json"))
    client.load_connection_file()
    client.start_channels()
    try:
        wait_until(lambda: is_heard(client), "the kernel answers")
        kernel = LabKernel(lab, client, address)
        assert kernel.run("%load_ext jupyter_couture")[1]["status"] == "ok"
        yield kernel
    finally:
        client.stop_channels()
        httpx.delete(address, headers=login(lab), timeout=REPLY_SECONDS)


def is_heard(client: BlockingKernelClient) -> bool:
    """Whether the kernel answers, and what it says on its own is heard; its heartbeat may be late on a busy machine."""
    client.kernel_info(reply=True, timeout=REPLY_SECONDS)
    try:
        client.get_iopub_msg(timeout=1)
    except Empty:
        return False
    return True


def login(lab: Lab) -> dict[str, str]:
    return {"Authorization": f"token {lab.token}"}


def wait_until(claim: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + REPLY_SECONDS
    while not claim():
        assert time.monotonic() < deadline, f"not in time: {what}"
        time.sleep(0.1)


def held_run(client: Client, others: set[str]) -> Run:
    """A new run of ``slow`` whose last task is under way."""

    def new() -> list[Run]:
        return [run for run in client.dag("slow").runs() if run.run_id not in others]

    wait_until(lambda: any(run.task("hold").state == "running" for run in new()), "the task runs")
    [run] = new()
    return run


def runs_of(client: Client) -> set[str]:
    return {run.run_id for run in client.dag("slow").runs()}


def test_a_run_is_made_watched_and_looked_at(kernel: LabKernel, client: Client) -> None:
    shown, reply = kernel.run("%couture dags")
    assert reply["status"] == "ok", reply
    for name in ("broken", "etl", "many", "off", "slow"):
        assert f"<td>{name}</td>" in shown
    shown, _ = kernel.run("%couture dags --search et")
    assert ("<td>etl</td>" in shown, "<td>slow</td>" in shown) == (True, False)

    shown, reply = kernel.run("""outcome = %couture trigger etl --conf '{"word": "magic"}'""")
    assert reply["status"] == "ok", reply
    assert 'aria-label="Run of etl: 4 tasks, 4 dependencies"' in shown
    assert 'aria-label="4 success"' in shown
    run = client.dag("etl").newest_run()
    assert (run.state, run.info.conf) == ("success", {"word": "magic"})
    assert kernel.run("print(outcome.is_success, outcome.run.run_id)")[0].split() == ["True", run.run_id]

    shown, _ = kernel.run("%couture runs etl --limit 1")
    assert shown.count("<tr>") == 2
    assert f"<td>{run.run_id}</td>" in shown
    for name in ("latest", run.run_id):
        shown, reply = kernel.run(f"%couture log etl {name} extract")
        assert reply["status"] == "ok", reply
        assert [f"line {number} of magic" in shown for number in range(1, 6)] == [True] * 5
    assert 'aria-label="DAG etl: 4 tasks, 4 dependencies"' in kernel.run("%couture show etl")[0]


def test_a_run_that_fails_and_a_mapped_task_are_told(kernel: LabKernel) -> None:
    shown, reply = kernel.run("%couture trigger broken")
    assert reply["status"] == "ok", "watching it went well"
    assert 'aria-label="1 failed, 1 upstream failed"' in shown
    assert "this fails on purpose" in kernel.run("%couture log broken latest fails --attempt 1")[0]

    assert 'aria-label="3 success"' in kernel.run("%couture trigger many")[0]
    assert "success" in kernel.run("%couture log many latest fetch[1]")[0]


def test_an_interrupt_ends_the_watching_and_cancel_ends_the_run(kernel: LabKernel, client: Client) -> None:
    before = runs_of(client)
    request = kernel.client.execute("%couture trigger slow")
    kernel.wait_for_words(request, "Run of slow")
    run = held_run(client, before)
    kernel.interrupt()
    shown, reply = kernel.ended(request)
    assert (reply["status"], reply["ename"]) == ("error", "KeyboardInterrupt")
    assert "goes on" in shown
    assert run.update().state == "running"

    request = kernel.client.execute("%couture log slow latest hold")
    kernel.wait_for_words(request, "Try 1 of 1")
    kernel.interrupt()
    _, reply = kernel.ended(request)
    assert reply["ename"] == "KeyboardInterrupt"
    assert run.update().state == "running"

    shown, reply = kernel.run("%couture cancel slow")
    assert reply["status"] == "ok", reply
    assert 'data-state="failed"' in shown
    assert run.update().state == "failed"
    assert "1 + 1 = 2" in kernel.run("print(f'1 + 1 = {1 + 1}')")[0], "the kernel is well"


def test_who_does_not_want_to_watch_cancels_by_id(kernel: LabKernel, client: Client) -> None:
    shown, reply = kernel.run("run = %couture trigger slow --no-watch\nprint(run.run_id)")
    assert reply["status"] == "ok", reply
    name = shown.strip()
    assert kernel.run(f"%couture cancel slow {name}")[1]["status"] == "ok"
    assert client.run("slow", name).state == "failed"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("trigger nowhere", "There is no DAG 'nowhere'"),
        ("cancel off", "has not run yet"),
        ("log etl latest nothing", "nothing"),
        ("runs nowhere", "There is no DAG 'nowhere'"),
    ],
)
def test_what_the_deployment_refuses_is_one_sentence(kernel: LabKernel, line: str, words: str) -> None:
    _, reply = kernel.run(f"%couture {line}")
    assert reply["ename"] == "UsageError", reply
    assert words in reply["evalue"]
    assert "\n" not in reply["evalue"]
