"""The keeper of the engine, with small processes that take the lease of the real database as an engine does."""

import asyncio
import os
import signal
import socket
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest
from jupyter_couture_server import engine as engine_module
from jupyter_couture_server.engine import EngineKeeper
from jupyter_couture_server.extension import Couture

from jupyter_couture.clock import SystemClock
from jupyter_couture.services.health import EngineCondition, Health
from jupyter_couture.services.work import Workers
from jupyter_couture.settings import Settings
from jupyter_couture.store import SqlStore
from tests.server.conftest import Ask, eventually

ENGINE = textwrap.dedent(
    """
    import os, socket, sys, time
    from jupyter_couture.settings import Settings
    from jupyter_couture.store import SqlStore

    store = SqlStore.open(Settings.load().database_url)
    lease = store.acquire_lease(f"{socket.gethostname()}:{os.getpid()}:test", 20.0)
    while lease is None:
        time.sleep(0.2)
        now = store.current_lease()
        if now is not None and not os.path.exists(f"/proc/{now.holder.split(':')[1]}"):
            store.release_lease(now)
        lease = store.acquire_lease(f"{socket.gethostname()}:{os.getpid()}:test", 20.0)
    print("leading", flush=True)
    while True:
        time.sleep(0.2)
        lease = store.renew_lease(lease, 20.0)
    """
)
LEADING = [sys.executable, "-c", ENGINE]
BROKEN = [sys.executable, "-c", "import sys; print('no such module: nonsense'); sys.exit(7)"]


def holder(pid: int) -> str:
    """What the engine of process ``pid`` calls itself."""
    return f"{socket.gethostname()}:{pid}:test"


class Home:
    """A deployment's home with its database open, and keepers that end with the test."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings.load({}, home=str(folder))
        self.settings.make_folders()
        self.store = SqlStore.open(self.settings.database_url)
        self.health = Health(self.store, SystemClock())
        self.workers = Workers(2)
        self.pids: set[int] = set()

    def keeper(self, command: list[str], *, stops_with_us: bool = True) -> EngineKeeper:
        """A keeper that has begun."""
        keeper = EngineKeeper(self.settings, stops_with_us=stops_with_us, command=command)
        keeper.start(self.health, self.workers)
        return keeper

    async def leading(self, *keepers: EngineKeeper) -> None:
        """Wait until all of them see a leader."""
        await eventually(lambda: all(each.seen.condition is EngineCondition.LEADING for each in keepers), 20)
        self.pids |= {each.seen.pid for each in keepers if each.seen.pid is not None}

    def close(self) -> None:
        """End what was started."""
        for pid in self.pids:
            if psutil.pid_exists(pid):
                os.kill(pid, signal.SIGKILL)
        while engine_module._left_running:
            engine_module._left_running.pop().wait()
        self.workers.close()
        self.store.close()


@pytest.fixture
def deployed(home: Path) -> Iterator[Home]:
    """An empty deployment."""
    deployed = Home(home)
    yield deployed
    deployed.close()


@pytest.fixture
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "LOOK_SECONDS", 0.1)
    monkeypatch.setattr(engine_module, "FIRST_BACK_OFF_SECONDS", 0.2)


pytestmark = pytest.mark.usefixtures("_quick")


async def test_an_engine_is_started_if_nobody_leads_in_a_session_of_its_own(deployed: Home) -> None:
    keeper = deployed.keeper(LEADING)
    assert keeper.seen.condition is EngineCondition.STARTING
    await deployed.leading(keeper)
    pid = keeper.seen.pid
    assert pid is not None
    assert os.getsid(pid) == pid
    assert keeper.seen.leader is not None
    assert keeper.seen.leader.holder == holder(pid)
    assert psutil.Process(pid).environ()["COUTURE_HOME"] == str(deployed.settings.home)
    assert "leading" in keeper.log_path.read_text()
    await keeper.close()
    assert not psutil.pid_exists(pid)


async def test_no_engine_is_started_while_somebody_leads(deployed: Home) -> None:
    assert deployed.store.acquire_lease("elsewhere:1:x", 60) is not None
    keeper = deployed.keeper(LEADING)
    await deployed.leading(keeper)
    await asyncio.sleep(0.5)
    assert (keeper.starts, keeper.seen.pid) == (0, None)
    await keeper.close()


async def test_a_leader_whose_time_is_up_is_replaced(deployed: Home) -> None:
    assert deployed.store.acquire_lease("elsewhere:1:x", 0.5) is not None
    keeper = deployed.keeper(LEADING)
    await eventually(lambda: keeper.seen.leader is not None and keeper.seen.leader.holder.endswith(":test"), 20)
    await deployed.leading(keeper)
    await keeper.close()


async def test_an_engine_that_dies_is_started_again_before_its_lease_runs_out(deployed: Home) -> None:
    """The lease of this test's engine has 20 s; the successor leads within 5."""
    keeper = deployed.keeper(LEADING)
    await deployed.leading(keeper)
    first = keeper.seen.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    await eventually(lambda: keeper.seen.pid not in (None, first) and keeper.starts == 2)
    await eventually(lambda: keeper.seen.leader is not None and keeper.seen.leader.holder != holder(first), 5)
    await deployed.leading(keeper)
    await keeper.close()


async def test_an_engine_that_cannot_run_is_tried_less_and_less_often_and_its_last_words_are_shown(
    deployed: Home,
) -> None:
    keeper = deployed.keeper(BROKEN)
    await eventually(lambda: keeper.starts >= 3, 20)
    await eventually(lambda: keeper.seen.condition is EngineCondition.DOWN, 20)
    assert "code 7" in keeper.seen.last_error
    assert "no such module: nonsense" in keeper.seen.last_error
    before = keeper.starts
    await asyncio.sleep(0.6)
    assert keeper.starts <= before + 1
    await keeper.close()


async def test_a_command_that_is_not_there_is_a_reason_and_no_crash(deployed: Home) -> None:
    keeper = deployed.keeper(["/nonexistent/python"])
    await eventually(lambda: "cannot be started" in keeper.seen.last_error)
    assert keeper.seen.condition is EngineCondition.DOWN
    await keeper.close()


async def test_the_engine_outlives_the_server_unless_told_otherwise(deployed: Home) -> None:
    keeper = deployed.keeper(LEADING, stops_with_us=False)
    await deployed.leading(keeper)
    pid = keeper.seen.pid
    await keeper.close()
    assert pid is not None
    assert psutil.pid_exists(pid)
    successor = deployed.keeper(LEADING)
    await deployed.leading(successor)
    assert successor.starts == 0
    assert successor.seen.leader is not None
    assert successor.seen.leader.holder == holder(pid)
    await successor.close()
    assert psutil.pid_exists(pid)


async def test_two_servers_on_one_home_have_one_leading_engine(deployed: Home) -> None:
    keepers = [deployed.keeper(LEADING), deployed.keeper(LEADING)]
    await deployed.leading(*keepers)
    await eventually(lambda: sum(each._pid is not None for each in keepers) == 1, 20)
    leaders = {each.seen.leader.holder for each in keepers if each.seen.leader is not None}
    assert len(leaders) == 1
    (running,) = {each._pid for each in keepers if each._pid is not None}
    assert leaders == {holder(running)}
    for keeper in keepers:
        await keeper.close()


async def test_a_long_log_of_the_engine_is_put_aside(deployed: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "LARGEST_LOG_BYTES", 10)
    keeper = EngineKeeper(deployed.settings, stops_with_us=True, command=LEADING)
    keeper.log_path.write_text("old " * 10)
    keeper.start(deployed.health, deployed.workers)
    await deployed.leading(keeper)
    assert keeper.log_path.with_suffix(".log.1").read_text().startswith("old ")
    assert keeper.log_path.read_text() == "leading\n"
    await keeper.close()


async def test_an_engine_started_ahead_is_the_one_that_is_kept(deployed: Home) -> None:
    keeper = EngineKeeper(deployed.settings, stops_with_us=True, command=LEADING)
    keeper.start_ahead()
    pid = keeper._pid
    keeper.start(deployed.health, deployed.workers)
    await deployed.leading(keeper)
    assert (keeper.starts, keeper.seen.pid) == (1, pid)
    await keeper.close()


def test_none_is_started_ahead_where_one_runs_or_may_run_elsewhere(deployed: Home) -> None:
    lock = deployed.settings.run_dir / "engine.lock"
    lock.write_text(f"{os.getpid()}\n")
    elsewhere = replace(deployed.settings, database_url="postgresql://db/couture")
    keepers = [EngineKeeper(each, stops_with_us=True, command=LEADING) for each in (deployed.settings, elsewhere)]
    for keeper in keepers:
        keeper.start_ahead()
    assert [keeper.starts for keeper in keepers] == [0, 0]
    lock.write_text("")  # as a released lock is
    keepers[0].start_ahead()
    assert keepers[0].starts == 1
    pid = keepers[0]._pid
    keepers[0]._give_up()  # what a server does that never came up
    assert pid is not None
    assert not psutil.pid_exists(pid)


class TestServer:
    """A whole server that looks after an engine."""

    @pytest.fixture
    def couture_options(self, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
        """With an engine that ends with the server."""
        monkeypatch.setattr(engine_module, "engine_command", lambda: LEADING)
        return {"engine": "auto", "on_stop": "stop"}

    async def test_health_goes_from_starting_to_healthy_and_unhealthy(
        self, monkeypatch: pytest.MonkeyPatch, couture: Couture, ask: Ask
    ) -> None:
        keeper = couture.deployment._keeper
        assert keeper is not None
        assert (await ask("health", headers={"Authorization": ""})).json["status"] == "starting"
        await ask("me")
        await eventually(lambda: keeper.seen.condition is EngineCondition.LEADING, 20)
        found = (await ask("health")).json
        assert (found["status"], found["engine"]["state"], found["engine"]["pid"]) == (
            "healthy",
            "leading",
            keeper.seen.pid,
        )
        assert found["engine"]["heartbeat_at"].endswith("+00:00")
        monkeypatch.setattr(keeper, "_command", BROKEN)
        pid = keeper.seen.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        await eventually(lambda: keeper.seen.condition is EngineCondition.DOWN, 20)
        found = (await ask("health")).json
        assert (found["status"], found["engine"]["state"]) == ("unhealthy", "down")
        assert "nonsense" in found["engine"]["last_error"]
