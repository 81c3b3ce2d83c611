"""A process is found by its cookie and signalled only while it is the one that was meant."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest

from jupyter_couture.runtime import processes


@pytest.fixture
def cookie() -> str:
    return uuid4().hex


@pytest.fixture
def sleeper(cookie: str) -> Iterator["subprocess.Popen[bytes]"]:
    with subprocess.Popen(["sleep", "60"], env={**os.environ, processes.COOKIE: cookie}) as child:
        _until(lambda: processes.carries(child.pid, cookie))
        yield child
        child.kill()


def test_members_are_found_among_all_and_among_the_new(sleeper: "subprocess.Popen[bytes]", cookie: str) -> None:
    assert processes.members(cookie) == [sleeper.pid]
    assert processes.members(cookie, since=sleeper.pid - 1) == [sleeper.pid]
    assert processes.members(cookie, since=sleeper.pid) == []
    assert processes.members(uuid4().hex) == []


def test_ids_that_began_anew_are_looked_at_all(sleeper: "subprocess.Popen[bytes]", cookie: str) -> None:
    assert processes.members(cookie, since=processes.last_pid() + 1_000_000) == [sleeper.pid]


def test_a_zombie_is_no_member(cookie: str) -> None:
    with subprocess.Popen(["true"], env={**os.environ, processes.COOKIE: cookie}) as child:
        _until(lambda: processes.identity(child.pid) == "")
        assert processes.members(cookie) == []


def test_r28_a_process_with_another_cookie_is_never_signalled(sleeper: "subprocess.Popen[bytes]", cookie: str) -> None:
    processes.send_signal(sleeper.pid, signal.SIGKILL, uuid4().hex)
    processes.signal_child(sleeper.pid, signal.SIGKILL, parent=1)
    time.sleep(0.05)
    assert sleeper.poll() is None

    processes.send_signal(sleeper.pid, signal.SIGKILL, cookie)
    assert sleeper.wait(5) == -signal.SIGKILL


def test_r28_a_process_of_another_start_time_or_boot_is_not_taken_for_alive(sleeper: "subprocess.Popen[bytes]") -> None:
    name = processes.identity(sleeper.pid)
    pid, started, boot = name.split(":")

    assert processes.is_alive(name)
    assert not processes.is_alive(f"{pid}:{int(started) + 1}:{boot}")
    assert not processes.is_alive(f"{pid}:{started}:00000000")
    assert not processes.is_alive("")
    assert not processes.is_alive("nobody")


def test_a_signal_to_a_process_that_is_gone_is_harmless(cookie: str) -> None:
    processes.send_signal(2**22 - 1, signal.SIGKILL, cookie)
    processes.signal_child(2**22 - 1, signal.SIGKILL, os.getpid())


BAKE = """
import os, sys, time
from jupyter_couture.runtime import processes
address = processes.find_placeholder()
if os.fork() == 0:
    processes.bake_cookie(address, sys.argv[1])
    if os.fork() == 0:
        os.setsid()
        time.sleep(60)
    time.sleep(60)
time.sleep(60)
"""


def test_processes_that_were_only_forked_carry_the_cookie_of_the_one_that_baked_it(cookie: str) -> None:
    environ = {**os.environ, processes.COOKIE: processes.PLACEHOLDER}
    with subprocess.Popen([sys.executable, "-c", BAKE, cookie], env=environ) as parent:
        try:
            _until(lambda: len(processes.members(cookie)) == 2)
            assert parent.pid not in processes.members(cookie)
        finally:
            for pid in processes.members(cookie):
                processes.send_signal(pid, signal.SIGKILL, cookie)
            parent.kill()


def test_the_cookie_of_a_long_id_fits_the_room_there_is() -> None:
    assert processes.cookie_of("a" * 64) == "a" * 64
    assert len(processes.cookie_of("a" * 65)) == 64


def _until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)
