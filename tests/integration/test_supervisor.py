"""The life of a supervisor: one per host, found or started by whoever needs it, patient with its ledger."""

import asyncio
import json
import os
import shutil
import signal
import socket
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_couture.executors.spawn import connect, ensure_supervisor, spawn_supervisor
from jupyter_couture.model.codec import to_json
from jupyter_couture.model.messages import Claim
from jupyter_couture.model.states import AttemptState
from jupyter_couture.runtime.places import ORDER, attempts_folder, runner_prefix
from jupyter_couture.runtime.processes import boot_id
from tests.contracts.executor_tasks import TASKS
from tests.supervisor_client import Client
from tests.workbench import Workbench, eventually


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    made = Workbench(tmp_path_factory.mktemp("home"), TASKS, kill_grace_seconds=1.0)
    yield made
    made.close()


@pytest.fixture
def client(bench: Workbench) -> Iterator[Client]:
    made = Client(bench)
    yield made
    made.close()


def kill_supervisor(bench: Workbench) -> None:
    pid = bench.supervisor_pid()
    if pid:
        os.kill(pid, signal.SIGKILL)
        while not connect_is_refused(bench):
            time.sleep(0.005)


def test_of_many_supervisors_started_at_once_one_stays(bench: Workbench) -> None:
    kill_supervisor(bench)
    children = [spawn_supervisor(bench.settings) for _ in range(4)]
    while connect_is_refused(bench):  # `ensure_supervisor` would start a fifth if it came before all of them
        time.sleep(0.005)
    survivor = bench.supervisor_pid()
    codes = [child.wait(30) for child in children if child.pid != survivor]

    assert survivor in {child.pid for child in children}
    assert codes == [0, 0, 0]


def test_r25_an_attempt_that_several_clients_ask_for_runs_once_and_all_hear_of_its_end(bench: Workbench) -> None:
    starts = bench.orders("noop", 25)
    clients = [Client(bench) for _ in range(4)]
    for client in clients:
        client.supervise(starts)
    ends = [client.ends(len(starts)) for client in clients]
    for client in clients:
        client.close()

    assert all(end == {start.attempt_id: "success" for start in starts} for end in ends)
    for start in starts:
        assert bench.facts(start) == ["AttemptStarted", "AttemptSucceeded"]


def test_asking_again_for_an_attempt_that_has_ended_gives_its_end(bench: Workbench, client: Client) -> None:
    start = bench.order("fail")
    client.supervise([start])
    first = client.hear()
    client.supervise([start])
    again = client.hear()
    kill_supervisor(bench)
    other = Client(bench)
    other.supervise([start])
    after = other.hear()
    other.close()

    assert first == again == after == {"ended": start.attempt_id, "state": "failed"}


def test_an_attempt_that_runs_elsewhere_is_waited_for(bench: Workbench, client: Client) -> None:
    start = bench.order("noop")
    claim = Claim(
        attempt_id=start.attempt_id,
        run_key=start.run_key,
        task_key=start.task_key,
        runner="far:0:0",
        host="far",
        at=start.logical_date,
    )
    bench.store.claim([claim])
    client.supervise([start])
    client.link.settimeout(1.0)
    with pytest.raises(TimeoutError):
        client.hear()
    bench.record_end(start, AttemptState.SUCCESS)
    client.link.settimeout(30.0)

    assert client.hear()["state"] == "success"
    assert bench.log(start) == ""


@pytest.mark.parametrize(
    "order",
    [{}, {"attempt_id": "../../escape"}, "nothing", None, {"attempt_id": "x", "surprise": 1}],
    ids=["empty", "path", "text", "null", "unknown"],
)
def test_an_order_that_makes_no_sense_is_refused_and_harms_nobody(
    client: Client, bench: Workbench, order: object
) -> None:
    client.send({"do": "supervise", "orders": [order]})
    assert client.hear()["state"] == "refused"

    start = bench.order("noop")
    client.supervise([start])
    assert client.ends(1) == {start.attempt_id: "success"}


def test_noise_on_the_socket_harms_nobody(client: Client) -> None:
    client.link.sendall(b'noise\n{"do":"dance"}\n[]\n{"do":"supervise"}\n')
    client.send({"do": "ping"})

    assert client.hear()["pong"]["running"] == 0


def test_r20_a_task_ends_and_is_recorded_although_the_database_was_locked_all_the_while(
    bench: Workbench, client: Client
) -> None:
    start = bench.order("effect")
    client.supervise([start])
    deadline = time.monotonic() + 30
    while "Try 1" not in bench.log(start):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    with sqlite3.connect(bench.settings.home / "couture.db", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        time.sleep(4)
        ended_meanwhile = "Ended: success" in bench.log(start)
        other.execute("ROLLBACK")
    other.close()

    assert ended_meanwhile
    assert client.ends(1) == {start.attempt_id: "success"}


def test_an_order_that_was_claimed_but_never_forked_is_begun_by_the_next_supervisor(bench: Workbench) -> None:
    kill_supervisor(bench)
    start = bench.order("effect")
    runner = f"{runner_prefix(bench.settings)}{boot_id()}:before"
    path = attempts_folder(bench.settings) / f"{start.attempt_id}{ORDER}"
    path.write_text(json.dumps({"order": to_json(start), "runner": runner}))
    claim = Claim(
        attempt_id=start.attempt_id,
        run_key=start.run_key,
        task_key=start.task_key,
        runner=runner,
        host="here",
        at=start.logical_date,
    )
    assert bench.store.claim([claim])
    with ensure_supervisor(bench.settings):
        asyncio.run(bench.ended(start))

    assert bench.facts(start) == ["AttemptStarted", "AttemptSucceeded"]


def test_r37_an_attempt_of_which_nothing_is_left_is_lost_when_the_next_supervisor_comes(bench: Workbench) -> None:
    kill_supervisor(bench)
    start = bench.order("noop")
    claim = Claim(
        attempt_id=start.attempt_id,
        run_key=start.run_key,
        task_key=start.task_key,
        runner=f"{runner_prefix(bench.settings)}00000000:before",
        host="here",
        at=start.logical_date,
    )
    assert bench.store.claim([claim])
    with ensure_supervisor(bench.settings):
        attempt = asyncio.run(bench.ended(start))

    assert attempt.state is AttemptState.LOST


def test_an_attempt_that_was_cancelled_before_its_nursery_heard_of_it_is_never_forked(
    bench: Workbench, client: Client
) -> None:
    first = bench.order("noop")
    client.supervise([first])
    client.hear()
    nurseries = bench.nursery_pids()
    for pid in nurseries:
        os.kill(pid, signal.SIGSTOP)
    try:
        start = bench.order("effect")
        client.supervise([start])
        while bench.attempt(start).state is AttemptState.DISPATCHING:
            time.sleep(0.01)
        time.sleep(0.2)  # the order is on its way to a nursery that cannot hear
        client.send({"do": "cancel", "attempts": [start.attempt_id]})
        assert client.ends(1) == {start.attempt_id: "cancelled"}
    finally:
        for pid in nurseries:
            os.kill(pid, signal.SIGCONT)
    last = bench.order("noop")
    client.supervise([last])

    assert client.ends(1) == {last.attempt_id: "success"}
    assert bench.log(start) == ""
    assert bench.facts(start) == ["AttemptStarted", "AttemptCancelled"]
    assert sorted(path.name for path in attempts_folder(bench.settings).iterdir()) == ["spare", "work"]


def test_half_an_order_on_disk_is_no_order(bench: Workbench) -> None:
    kill_supervisor(bench)
    path = attempts_folder(bench.settings) / f"half{ORDER}"
    path.write_text('{"order": {"attempt_id": "ha')
    with ensure_supervisor(bench.settings):
        assert not path.exists()


def test_a_nursery_that_dies_while_it_loads_is_replaced(bench: Workbench, client: Client) -> None:
    mark = bench.settings.home / "died"
    code = f"""
        import os, signal
        from pathlib import Path
        if not Path({str(mark)!r}).exists():
            Path({str(mark)!r}).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        with dag:
            PythonOperator(task_id="noop", python_callable=lambda: None)
    """
    kept = bench.version
    version = bench.write_dag(code, file="dying.py")
    bench.version = kept
    start = bench.order("noop", version=version)
    client.supervise([start])

    assert client.ends(1) == {start.attempt_id: "success"}


def test_a_dag_file_that_kills_whoever_loads_it_fails_its_attempts(bench: Workbench, client: Client) -> None:
    kept = bench.version
    version = bench.write_dag("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n", file="deadly.py")
    bench.version = kept
    start = bench.order("noop", version=version)
    client.supervise([start])

    assert client.ends(1) == {start.attempt_id: "failed"}


def test_a_supervisor_whose_home_is_removed_goes(tmp_path: Path) -> None:
    bench = Workbench(tmp_path / "home", "", warm_idle_seconds=60.0)
    try:
        with ensure_supervisor(bench.settings):
            pid = bench.supervisor_pid()
        shutil.rmtree(bench.settings.run_dir)
        asyncio.run(eventually(lambda: not Path(f"/proc/{pid}/fd").exists() or _is_zombie(pid), 15.0))
    finally:
        bench.close()


def test_a_supervisor_that_nobody_needs_goes_and_its_nurseries_with_it(tmp_path: Path) -> None:
    bench = Workbench(tmp_path / "home", TASKS, warm_idle_seconds=1.0)
    try:
        client = Client(bench)
        start = bench.order("noop")
        client.supervise([start])
        client.hear()
        client.close()
        asyncio.run(eventually(lambda: connect_is_refused(bench) and not bench.nursery_pids(), 20.0))
    finally:
        bench.close()


def connect_is_refused(bench: Workbench) -> bool:
    link: socket.socket | None = connect(bench.settings)
    if link is not None:
        link.close()
    return link is None


def test_task_code_finds_no_key_to_the_database(bench: Workbench, client: Client) -> None:
    code = """
        import os
        with dag:
            PythonOperator(task_id="look", python_callable=lambda: sorted(n for n in os.environ if "COUTURE" in n))
    """
    kept = bench.version
    version = bench.write_dag(code, file="look.py")
    bench.version = kept
    start = bench.order("look", version=version)
    client.supervise([start])
    client.hear()
    found = bench.store.rendered(start.run_key, start.task_key)

    assert found is not None
    names = found[1]["return_value"]
    assert isinstance(names, list)
    assert {"COUTURE_ATTEMPT_ID", "COUTURE_COOKIE", "COUTURE_FENCE", "COUTURE_HOME", "COUTURE_TI_KEY"} <= set(names)
    assert "COUTURE_DATABASE_URL" not in names


def _is_zombie(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
