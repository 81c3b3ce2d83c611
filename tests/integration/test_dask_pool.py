"""Our own Dask pool: found, started, repaired, refused to strangers."""

import asyncio
import os
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from jupyter_couture.executors import dask_pool
from jupyter_couture.executors.dask_record import POOL_FILE, PoolRecord
from jupyter_couture.executors.tls import TlsFiles, ensure_certificates
from jupyter_couture.model.errors import Unavailable
from jupyter_couture.runtime.processes import identity, is_alive
from jupyter_couture.settings import Settings


@pytest_asyncio.fixture
async def settings(home: Path) -> AsyncIterator[Settings]:
    found = Settings.load()
    yield found
    await dask_pool.stop(found)


async def until(claim: Callable[[], bool], seconds: float) -> float:
    """How long it took until ``claim`` held; fails the test after ``seconds``."""
    begin = time.monotonic()
    while not claim():
        assert time.monotonic() - begin < seconds, "it did not come true in time"
        await asyncio.sleep(0.01)
    return time.monotonic() - begin


def python(code: str) -> tuple[int, str]:
    """Run a program in a session of its own; its exit code and output."""
    done = subprocess.run(
        [sys.executable, "-c", code], start_new_session=True, check=False, capture_output=True, text=True
    )
    return done.returncode, done.stdout


def kill(process: str) -> None:
    os.kill(int(process.partition(":")[0]), signal.SIGKILL)


def record_of(settings: Settings) -> PoolRecord:
    record = PoolRecord.read(settings.run_dir)
    assert record is not None
    return record


@pytest.mark.asyncio
async def test_a_running_pool_is_found_and_not_started_twice(settings: Settings) -> None:
    first, second = await asyncio.gather(dask_pool.ensure(settings), dask_pool.ensure(settings))
    assert first == second
    assert [node.name for node in first.nodes] == ["scheduler", "worker-0", "worker-1"]
    assert await dask_pool.ensure(settings) == first


@pytest.mark.asyncio
async def test_a_pool_that_is_started_early_makes_its_certificates_and_is_found(settings: Settings) -> None:
    dask_pool.start_early(settings)

    assert not TlsFiles.of(settings.tls_dir).exist()  # whoever starts it does not wait for them
    record = await dask_pool.ensure(settings)
    assert await dask_pool.ensure(settings) == record
    assert TlsFiles.of(settings.tls_dir).exist()


@pytest.mark.asyncio
async def test_two_starters_in_two_processes_get_the_same_pool(settings: Settings) -> None:
    code = (
        "import asyncio\n"
        "from jupyter_couture.executors import dask_pool\n"
        "from jupyter_couture.settings import Settings\n"
        "print(asyncio.run(dask_pool.ensure(Settings.load())).keeper)\n"
    )
    said = await asyncio.gather(*(asyncio.to_thread(python, code) for _ in range(2)))
    assert {output.strip() for _, output in said} == {record_of(settings).keeper}


@pytest.mark.asyncio
async def test_the_pool_survives_the_process_that_started_it(settings: Settings) -> None:
    code = (
        "import asyncio, os, signal\n"
        "from jupyter_couture.executors import dask_pool\n"
        "from jupyter_couture.settings import Settings\n"
        "asyncio.run(dask_pool.ensure(Settings.load()))\n"
        "os.killpg(0, signal.SIGKILL)\n"
    )
    code_and_output = await asyncio.to_thread(python, code)
    assert code_and_output[0] == -signal.SIGKILL
    record = record_of(settings)
    assert all(is_alive(node.identity) for node in record.nodes)
    assert await dask_pool.ensure(settings) == record


@pytest.mark.asyncio
async def test_stopping_leaves_no_process_and_no_record(settings: Settings) -> None:
    record = await dask_pool.ensure(settings)
    assert await dask_pool.stop(settings)
    assert not any(is_alive(name) for name in (record.keeper, *(node.identity for node in record.nodes)))
    assert not (settings.run_dir / POOL_FILE).exists()
    assert not await dask_pool.stop(settings)


@pytest.mark.asyncio
async def test_killed_workers_are_back_within_15_seconds(settings: Settings) -> None:
    """R08."""
    before = await dask_pool.ensure(settings)
    for node in before.nodes[1:]:
        kill(node.identity)

    def are_back() -> bool:
        now = record_of(settings)
        fresh = all(a.identity != b.identity for a, b in zip(now.nodes[1:], before.nodes[1:], strict=True))
        return fresh and all(is_alive(node.identity) for node in now.nodes)

    assert await until(are_back, 15) < 15
    assert record_of(settings).address == before.address


@pytest.mark.asyncio
async def test_a_killed_scheduler_comes_back_with_workers_at_its_old_address(settings: Settings) -> None:
    """R09, the pool's part."""
    before = await dask_pool.ensure(settings)
    kill(before.nodes[0].identity)
    await until(lambda: record_of(settings).generation == 2, 20)
    after = record_of(settings)
    assert after.address == before.address
    assert after.keeper == before.keeper
    assert all(is_alive(node.identity) for node in after.nodes)
    assert not any(is_alive(node.identity) for node in before.nodes)


@pytest.mark.asyncio
async def test_a_killed_keeper_takes_the_pool_along_and_the_next_engine_starts_another(settings: Settings) -> None:
    """R10, the pool's part."""
    before = await dask_pool.ensure(settings)
    kill(before.keeper)
    await until(lambda: not any(is_alive(node.identity) for node in before.nodes), 5)
    after = await dask_pool.ensure(settings)
    assert after.keeper != before.keeper


@pytest.mark.asyncio
async def test_a_record_whose_process_id_was_reused_is_not_believed(settings: Settings) -> None:
    """R28 for pools: the id lives, but it is not the process that wrote the record."""
    settings.make_folders()
    pid, _, boot = identity(os.getpid()).split(":")
    forged = PoolRecord(
        address="tls://127.0.0.1:1",
        keeper=f"{pid}:1:{boot}",
        fingerprint="",
        generation=1,
        workers=2,
        slots_per_worker=4,
    )
    forged.write(settings.run_dir)
    assert PoolRecord.read(settings.run_dir) is None
    assert not await dask_pool.stop(settings)
    assert (await dask_pool.ensure(settings)).address != forged.address


@pytest.mark.asyncio
async def test_a_pool_of_other_sizes_is_replaced(settings: Settings) -> None:
    """R34: so is one of other versions, by the same comparison."""
    before = await dask_pool.ensure(settings)
    after = await dask_pool.ensure(replace(settings, workers=1))
    assert after.keeper != before.keeper
    assert len(after.nodes) == 2
    assert not is_alive(before.keeper)


@pytest.mark.asyncio
async def test_a_pool_that_cannot_start_says_why(settings: Settings) -> None:
    settings.make_folders()
    ensure_certificates(settings.tls_dir)
    TlsFiles.of(settings.tls_dir).key.write_text("not a key")
    with pytest.raises(Unavailable, match="did not start; see"):
        await dask_pool.ensure(settings)


@pytest.mark.asyncio
async def test_whoever_has_no_certificate_is_refused_at_once(settings: Settings) -> None:
    """S41: not even the handshake ends well, and plain TCP gets no answer."""
    record = await dask_pool.ensure(settings)
    host, _, port = record.address.removeprefix("tls://").partition(":")
    assert host == "127.0.0.1"
    stranger = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    stranger.check_hostname = False
    stranger.verify_mode = ssl.CERT_NONE
    begin = time.monotonic()
    reader, writer = await asyncio.open_connection(host, int(port), ssl=stranger)
    with pytest.raises(ssl.SSLError, match="CERTIFICATE_REQUIRED"):
        await reader.read(1)
    writer.close()
    assert time.monotonic() - begin < 5  # far below one on a machine that does nothing else


@pytest.mark.asyncio
async def test_the_pool_listens_nowhere_but_on_loopback(settings: Settings) -> None:
    """S41: scheduler and workers have one port each; there is no dashboard."""
    record = await dask_pool.ensure(settings)
    await asyncio.sleep(0.5)
    assert record.dashboard == ""
    for node in record.nodes:
        listening = _listening(int(node.identity.partition(":")[0]))
        assert len(listening) == 1
        assert listening[0].startswith("0100007F:")


@pytest.mark.asyncio
async def test_a_dashboard_adds_no_port_and_only_its_owner_opens_its_socket(settings: Settings) -> None:
    """S41 with the dashboard on; a pool without one is replaced."""
    before = await dask_pool.ensure(settings)
    record = await dask_pool.ensure(replace(settings, dask_dashboard=True))
    assert record.keeper != before.keeper
    socket = Path(record.dashboard)
    await until(socket.is_socket, 60)
    assert (_mode(socket), _mode(socket.parent)) == (0o600, 0o700)
    for node in record.nodes:
        assert len(_listening(int(node.identity.partition(":")[0]))) == 1


def _mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def _listening(pid: int) -> list[str]:
    """Local addresses (as /proc writes them) on which a process listens."""
    sockets = {str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir()}
    found = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in sockets:
                found.append(fields[1])
    return found


def test_certificates_are_private_and_made_once(tmp_path: Path) -> None:
    files = ensure_certificates(tmp_path / "tls")
    first = files.certificate.read_bytes()
    assert ensure_certificates(tmp_path / "tls").certificate.read_bytes() == first
    assert {path.stat().st_mode & 0o777 for path in (files.authority, files.certificate, files.key)} == {0o600}


def test_certificates_about_to_expire_are_replaced_unless_they_are_the_users_own(tmp_path: Path) -> None:
    files = ensure_certificates(tmp_path)
    first = files.certificate.read_bytes()
    in_ten_years = datetime.now(UTC) + timedelta(days=3600)
    assert ensure_certificates(tmp_path, in_ten_years).certificate.read_bytes() != first
    mine = files.certificate.read_bytes()
    files.expires.unlink()
    assert ensure_certificates(tmp_path, in_ten_years).certificate.read_bytes() == mine
