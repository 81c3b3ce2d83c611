"""Signals: they arrive, soon and in order; losing one is allowed, blocking or breaking the sender is not."""

import asyncio
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from jupyter_couture.bus.local import LocalListener, LocalPublisher
from jupyter_couture.bus.postgres import PostgresListener, PostgresPublisher
from jupyter_couture.model.errors import InvalidRequest
from jupyter_couture.ports.bus import BAG, ENGINE, FEED, Listener, Publisher

SOON = 10.0


@dataclass
class Bus:
    """One adapter: makes publishers and listeners and closes them after the test."""

    open_publisher: Callable[[], LocalPublisher | PostgresPublisher]
    open_listener: Callable[[tuple[str, ...]], LocalListener | PostgresListener]
    closer: ExitStack

    def publisher(self) -> LocalPublisher | PostgresPublisher:
        return self.closer.enter_context(closing(self.open_publisher()))

    def listener(self, *topics: str) -> LocalListener | PostgresListener:
        listener = self.closer.enter_context(closing(self.open_listener(topics)))
        if isinstance(listener, PostgresListener):
            assert listener.ready(SOON)
        return listener


@pytest.fixture(params=["local", pytest.param("postgres", marks=pytest.mark.postgres)])
def bus(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bus]:
    with ExitStack() as closer:
        if request.param == "local":
            folder = tmp_path / "run"
            yield Bus(lambda: LocalPublisher(folder), lambda topics: LocalListener(folder, topics), closer)
        else:
            url: str = request.getfixturevalue("postgres_url")
            yield Bus(lambda: PostgresPublisher(url), lambda topics: PostgresListener(url, topics), closer)


def _until(listener: LocalListener | PostgresListener, *wanted: tuple[str, str]) -> list[tuple[str, str]]:
    """Signals as they come until all of ``wanted`` came."""
    found: list[tuple[str, str]] = []
    deadline = time.monotonic() + SOON
    while not set(wanted) <= set(found):
        assert time.monotonic() < deadline, found
        found.extend(listener.poll(0.5))
    return found


def test_the_adapters_fit_their_ports(bus: Bus) -> None:
    publisher: Publisher = bus.publisher()
    listener: Listener = bus.listener(ENGINE)
    publisher.publish(ENGINE)
    assert asyncio.run(listener.wait(SOON)) == ((ENGINE, ""),)


def test_a_signal_reaches_every_listener_of_its_topic_and_no_other(bus: Bus) -> None:
    one, two, other = bus.listener(ENGINE, BAG), bus.listener(ENGINE), bus.listener(FEED)
    publisher = bus.publisher()
    publisher.publish(ENGINE, "runs")
    publisher.publish(BAG, "dags/ä b.py")
    assert _until(one, (ENGINE, "runs"), (BAG, "dags/ä b.py")) == [(ENGINE, "runs"), (BAG, "dags/ä b.py")]
    assert _until(two, (ENGINE, "runs")) == [(ENGINE, "runs")]
    assert other.poll(0.05) == ()


def test_signals_keep_their_order_and_equal_ones_are_told_once(bus: Bus) -> None:
    listener, publisher = bus.listener(ENGINE), bus.publisher()
    publisher.publish(ENGINE, "first")
    _until(listener, (ENGINE, "first"))
    for text in ("a", "b", "a", "c"):
        publisher.publish(ENGINE, text)
    found = list(dict.fromkeys(_until(listener, (ENGINE, "c"))))
    assert found == [(ENGINE, "a"), (ENGINE, "b"), (ENGINE, "c")]


def test_nobody_needs_to_listen(bus: Bus) -> None:
    bus.publisher().publish(ENGINE, "hello")


def test_waiting_ends_in_time_with_nothing(bus: Bus) -> None:
    listener = bus.listener(ENGINE)

    async def wait() -> None:
        began = time.monotonic()
        assert await listener.wait(0.05) == ()
        assert await listener.wait(0) == ()
        assert time.monotonic() - began < SOON

    asyncio.run(wait())
    assert listener.poll(0) == ()


def test_a_listener_wakes_soon_while_others_work_in_its_loop(bus: Bus) -> None:
    listener, publisher = bus.listener(ENGINE), bus.publisher()

    async def work() -> list[float]:
        times: list[float] = []
        for number in range(10):
            waiting = asyncio.create_task(listener.wait(SOON))
            await asyncio.sleep(0.005)
            began = time.monotonic()
            publisher.publish(ENGINE, str(number))
            assert await waiting == ((ENGINE, str(number)),)
            times.append(time.monotonic() - began)
        return times

    assert min(asyncio.run(work())) < 0.05


def test_many_threads_may_publish_at_once(bus: Bus) -> None:
    listener, publisher = bus.listener(ENGINE), bus.publisher()
    threads = [threading.Thread(target=publisher.publish, args=(ENGINE, str(number))) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    _until(listener, *((ENGINE, str(number)) for number in range(8)))


def test_a_listener_that_sleeps_never_holds_up_the_sender(bus: Bus) -> None:
    bus.listener(ENGINE)
    publisher = bus.publisher()
    began = time.monotonic()
    for number in range(2000):
        publisher.publish(ENGINE, str(number))
    assert time.monotonic() - began < SOON / 2


def test_a_text_that_is_too_long_is_refused_and_the_longest_arrives(bus: Bus) -> None:
    listener, publisher = bus.listener(BAG), bus.publisher()
    with pytest.raises(InvalidRequest, match="4096"):
        publisher.publish(BAG, "x" * 4097)
    publisher.publish(BAG, "x" * 4096)
    _until(listener, (BAG, "x" * 4096))


def test_nothing_is_left_running_after_closing(bus: Bus) -> None:
    before = threading.active_count()
    publisher, listener = bus.open_publisher(), bus.open_listener((ENGINE,))
    publisher.close()
    listener.close()
    assert threading.active_count() == before


# --- what only one of them can do -------------------------------------------------------------------------------------


def test_signals_pass_between_processes(tmp_path: Path) -> None:
    with closing(LocalListener(tmp_path, (ENGINE,))) as listener:
        program = (
            "import sys, pathlib; from jupyter_couture.bus.local import LocalPublisher; "
            "LocalPublisher(pathlib.Path(sys.argv[1])).publish('engine', 'hi')"
        )
        subprocess.run([sys.executable, "-W", "ignore", "-c", program, str(tmp_path)], check=True)
        assert _until(listener, (ENGINE, "hi")) == [(ENGINE, "hi")]


def test_sockets_of_dead_listeners_are_cleared_away_by_the_next_signal(tmp_path: Path) -> None:
    program = (
        "import os, sys, pathlib; from jupyter_couture.bus.local import LocalListener; "
        "LocalListener(pathlib.Path(sys.argv[1]), ('engine',)); os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=True)
    (dead,) = tmp_path.iterdir()
    (tmp_path / "bus-engine-notes.txt").write_text("not a socket")
    with closing(LocalListener(tmp_path, (ENGINE,))) as listener, closing(LocalPublisher(tmp_path)) as publisher:
        publisher.publish(ENGINE)
        assert not dead.exists()
        assert _until(listener, (ENGINE, "")) == [(ENGINE, "")]
    with closing(LocalPublisher(tmp_path / "never-made")) as publisher:
        publisher.publish(ENGINE)


def test_a_listener_comes_back_when_its_folder_was_cleaned(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    with closing(LocalListener(folder, (ENGINE,))) as listener, closing(LocalPublisher(folder)) as publisher:
        for socket_file in folder.iterdir():
            socket_file.unlink()
        folder.rmdir()
        assert listener.poll(0.01) == ((ENGINE, ""),)  # something may have been missed
        publisher.publish(ENGINE, "again")
        assert asyncio.run(listener.wait(SOON)) == ((ENGINE, "again"),)


def test_a_listener_leaves_no_file_behind_and_can_move_to_another_loop(tmp_path: Path) -> None:
    listener = LocalListener(tmp_path, (ENGINE, FEED))
    names = sorted(path.name for path in tmp_path.iterdir())
    assert [name.split("-")[:3] for name in names] == [["bus", topic, str(os.getpid())] for topic in (ENGINE, FEED)]
    with closing(LocalPublisher(tmp_path)) as publisher:
        for _ in range(2):
            publisher.publish(FEED, "x")
            assert asyncio.run(listener.wait(SOON)) == ((FEED, "x"),)
    listener.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.postgres
def test_signals_come_back_after_the_server_cut_the_line(postgres_url: str) -> None:
    with (
        closing(PostgresListener(postgres_url, (ENGINE,))) as listener,
        closing(PostgresPublisher(postgres_url)) as publisher,
        psycopg.connect(postgres_url.replace("+psycopg", ""), autocommit=True) as admin,
    ):
        assert listener.ready(SOON)
        publisher.publish(ENGINE, "before")
        _until(listener, (ENGINE, "before"))
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'jupyter-%'")
        _until(listener, (ENGINE, ""))  # something may have been missed
        deadline = time.monotonic() + SOON
        while (ENGINE, "after") not in listener.poll(0.2):
            assert time.monotonic() < deadline
            publisher.publish(ENGINE, "after")
