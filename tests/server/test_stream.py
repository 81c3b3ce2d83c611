"""The live stream over a real WebSocket, fed by another connection to the database, as the engine feeds it."""

import asyncio
import time
from typing import Any

import msgspec
import pytest
from jupyter_couture_server.extension import Couture

from jupyter_couture.bus.local import LocalPublisher
from jupyter_couture.model.states import RunState
from jupyter_couture.ports.bus import FEED
from jupyter_couture.services import live
from jupyter_couture.settings import Settings
from tests.server.conftest import Ask, eventually
from tests.server.yard import Yard, etl


class Watching:
    """A client of the stream that keeps what it hears."""

    def __init__(self, socket: Any) -> None:
        self.socket = socket
        self.events: list[dict[str, Any]] = []

    async def message(self, timeout_seconds: float = 10) -> dict[str, Any]:
        """The next message; raises if the socket is closed."""
        async with asyncio.timeout(timeout_seconds):
            text = await self.socket.read_message()
        assert text is not None, "closed"
        found: dict[str, Any] = msgspec.json.decode(text)
        if found["type"] == "events":
            self.events += found["events"]
        return found

    async def until(self, seq: int, timeout_seconds: float = 30) -> list[int]:
        """Listen until the event ``seq`` has come; all sequence numbers so far."""
        async with asyncio.timeout(timeout_seconds):
            while not self.events or self.events[-1]["seq"] < seq:
                await self.message()
        return [event["seq"] for event in self.events]


@pytest.fixture
def watch(jp_ws_fetch: Any, jp_asyncio_loop: asyncio.AbstractEventLoop) -> Any:
    """``await watch(cursor=3)``: a new client and its hello."""
    made: list[Watching] = []

    async def connect(**params: Any) -> tuple[Watching, dict[str, Any]]:
        watching = Watching(await jp_ws_fetch("couture", "api", "stream", params=params))
        made.append(watching)
        return watching, await watching.message()

    yield connect

    async def leave() -> None:
        for watching in made:
            watching.socket.close()
            while watching.socket.close_code is None and await watching.socket.read_message() is not None:
                pass

    jp_asyncio_loop.run_until_complete(asyncio.wait_for(leave(), 10))


@pytest.fixture
def hint(yard: Yard) -> Any:
    """Tells the server over the bus that the feed has grown."""
    publisher = LocalPublisher(Settings.load(home=str(yard.home)).run_dir)
    yield lambda: publisher.publish(FEED)
    publisher.close()


async def test_hello_comes_first_and_names_the_newest_event(yard: Yard, watch: Any) -> None:
    newest = yard.news(5)
    _, hello = await watch()
    assert hello == {"type": "hello", "seq": newest, "oldest": 1, "protocol": 1, "server": "0.1.0"}


async def test_events_arrive_in_order_with_what_they_are_about(yard: Yard, watch: Any, hint: Any) -> None:
    spec = yard.add_dag(etl())
    watching, hello = await watch()
    key = yard.add_run(spec, "r1", {})
    hint()
    numbers = await watching.until(yard.store.feed_position()[1])
    assert numbers == list(range(hello["seq"] + 1, numbers[-1] + 1))
    states = [event for event in watching.events if event["kind"] == "run.state"]
    assert states[-1]["data"]["state"] == "running"
    assert (states[-1]["dag_id"], states[-1]["run_id"]) == key
    assert states[-1]["at"].endswith("+00:00")


async def test_a_hinted_event_arrives_within_a_tenth_of_a_second(yard: Yard, watch: Any, hint: Any) -> None:
    watching, _ = await watch()
    delays = []
    for _ in range(20):
        seq = yard.news(1)
        started = time.perf_counter()
        hint()
        await watching.until(seq)
        delays.append(time.perf_counter() - started)
    assert sorted(delays)[10] < 0.1, delays


async def test_without_any_hint_the_sweep_finds_it(yard: Yard, watch: Any) -> None:
    watching, _ = await watch()
    started = time.perf_counter()
    await watching.until(yard.news(1))
    assert time.perf_counter() - started < live.SWEEP_SECONDS + 1


async def test_a_cursor_brings_back_exactly_what_was_missed(yard: Yard, watch: Any) -> None:
    first = yard.news(10)
    watching, hello = await watch(cursor=first - 4)
    assert hello["seq"] == first
    last = yard.news(2500)
    assert await watching.until(last) == list(range(first - 3, last + 1))


async def test_a_cursor_of_zero_brings_everything(yard: Yard, watch: Any) -> None:
    last = yard.news(30)
    watching, _ = await watch(cursor=0)
    assert await watching.until(last) == list(range(1, last + 1))


async def test_a_cursor_that_is_too_old_or_from_nowhere_means_starting_over(yard: Yard, watch: Any, hint: Any) -> None:
    newest = yard.news(50)
    yard.store.trim_feed(10)
    for cursor in (3, newest + 1000):
        watching, _ = await watch(cursor=cursor)
        assert await watching.message() == {"type": "reset", "seq": newest}
        seq = yard.news(1)
        hint()
        assert await watching.until(seq) == [seq]
        newest = seq


async def test_a_snapshot_a_moment_ahead_of_the_stream_is_no_reason_to_start_over(
    yard: Yard, watch: Any, ask: Ask
) -> None:
    """The list may already show what the hub reads a moment later."""
    await ask("me")
    yard.news(3)
    ahead = (await ask("dags")).json["feed_seq"]
    watching, _ = await watch(cursor=ahead)
    seq = yard.news(1)
    assert await watching.until(seq) == [seq]


async def test_silence_is_broken_by_heartbeats(yard: Yard, watch: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jupyter_couture_server.stream.HEARTBEAT_SECONDS", 0.2)
    newest = yard.news(1)
    watching, _ = await watch()
    for _ in range(2):
        assert await watching.message(2) == {"type": "heartbeat", "seq": newest}


async def test_a_client_that_talks_is_closed(yard: Yard, watch: Any) -> None:
    watching, _ = await watch()
    await watching.socket.write_message("hello?")
    async with asyncio.timeout(5):
        assert await watching.socket.read_message() is None
    assert watching.socket.close_code == 4400


async def test_unknown_options_are_refused_before_the_socket_opens(yard: Yard, jp_ws_fetch: Any, ask: Ask) -> None:
    for params in ({"cursor": "x"}, {"cursor": "-1"}, {"since": "1"}):
        with pytest.raises(Exception, match="422"):
            await jp_ws_fetch("couture", "api", "stream", params=params)
    answer = await ask("stream")
    assert (answer.status, answer.error["type"]) == (400, "bad_request")


@pytest.mark.parametrize("watchers", [1, 10])
async def test_a_thousand_events_a_second_reach_everybody_without_loss(
    yard: Yard, watch: Any, hint: Any, watchers: int
) -> None:
    clients = [(await watch())[0] for _ in range(watchers)]
    seconds, burst = 3, 50
    first = yard.store.feed_position()[1] + 1

    def produce() -> float:
        began = time.perf_counter()
        for number in range(seconds * 1000 // burst):
            yard.news(burst)
            hint()
            time.sleep(max(0.0, began + (number + 1) * burst / 1000 - time.perf_counter()))
        return time.perf_counter() - began

    receiving = [asyncio.create_task(client.until(first + seconds * 1000 - 1)) for client in clients]
    took = await asyncio.to_thread(produce)
    received = await asyncio.gather(*receiving)
    assert took < seconds * 2
    for numbers in received:
        assert numbers == list(range(first, first + seconds * 1000))


async def test_a_slow_watcher_costs_no_memory_and_catches_up_from_the_database(
    yard: Yard, couture: Couture, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "KEPT", 100)
    await ask("me")
    hub = couture.deployment.hub
    with hub.watch(None) as watcher:
        start = watcher.cursor
        last = yard.news(5_000)
        await eventually(lambda: hub.newest >= last)
        assert len(hub._kept) <= 100
        seen: list[int] = []
        while watcher.cursor < last:
            step = await watcher.next(1)
            assert not step.is_reset
            seen += [event.seq for event in step.events]
        assert seen == list(range(start + 1, last + 1))


async def test_a_hopelessly_slow_watcher_starts_over(
    yard: Yard, couture: Couture, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "MAX_LAG", 50)
    await ask("me")
    hub = couture.deployment.hub
    with hub.watch(None) as watcher:
        last = yard.news(200)
        await eventually(lambda: hub.newest >= last)
        assert (await watcher.next(1)).is_reset
        assert watcher.cursor == last


async def test_watchers_that_leave_are_forgotten(yard: Yard, watch: Any, couture: Couture) -> None:
    clients = [(await watch())[0] for _ in range(3)]
    assert couture.deployment.hub.watchers == 3
    for client in clients:
        client.socket.close()
    await eventually(lambda: not couture.deployment.hub.watchers)


async def test_the_end_of_a_run_is_told_on_jupyters_own_event_bus(
    yard: Yard, jp_serverapp: Any, ask: Ask, hint: Any
) -> None:
    """Ids only."""
    heard: list[dict[str, Any]] = []

    async def listen(logger: Any, schema_id: str, data: dict[str, Any]) -> None:
        heard.append(data)

    await ask("me")
    schema = "https://events.jupyter.org/jupyter_couture/run_finished/v1"
    jp_serverapp.event_logger.add_listener(schema_id=schema, listener=listen)
    spec = yard.add_dag(etl())
    yard.add_run(spec, "r1", {})
    yard.add_run(spec, "r2", {}, state=RunState.SUCCESS)
    hint()
    await eventually(lambda: heard)
    assert heard == [{"dag_id": "etl", "run_id": "r2", "state": "success"}]
