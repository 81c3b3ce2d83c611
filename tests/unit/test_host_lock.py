"""The lock that says who leads on this host."""

import os
from pathlib import Path

from jupyter_couture.scheduler.leadership import HostLock


def test_a_lock_given_up_is_free_while_a_child_still_has_its_descriptor(tmp_path: Path) -> None:
    """Between fork and exec every child has it; `stop_deployment` would take us for a running engine and end us."""
    path = tmp_path / "engine.lock"
    lock = HostLock(path)
    assert lock.try_acquire()
    waiting, go_on = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(go_on)
        os.read(waiting, 1)
        os._exit(0)
    try:
        lock.release()

        assert path.read_text() == ""
        assert HostLock(path).try_acquire()
    finally:
        os.close(go_on)
        os.close(waiting)
        os.waitpid(child, 0)


def test_a_lock_that_is_held_names_its_holder_and_is_not_given_twice(tmp_path: Path) -> None:
    path = tmp_path / "engine.lock"
    first, second = HostLock(path), HostLock(path)

    assert first.try_acquire()
    assert path.read_text() == f"{os.getpid()}\n"
    assert not second.try_acquire()
    first.release()
    assert second.try_acquire()
