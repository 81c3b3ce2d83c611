"""The core that touches no network: what is sent again, and what an answer means."""

import pickle
from typing import TypeVar

import msgspec
import pytest

from jupyter_couture.client import calls, errors, wire
from jupyter_couture.client.errors import BY_STATUS, ClientError, NoServer, ServerFault, Stale, Unreachable
from jupyter_couture.client.feed import Beat, Feed, Reset
from jupyter_couture.client.steps import Broken, Call, Pause, Reply, Send, delays, error_of, perform, understood
from jupyter_couture.model import errors as model

T = TypeVar("T")

GONE = Broken("nobody there", was_sent=False)
LOST = Broken("cut off", was_sent=True)
AWAY = Reply(503, b'{"error": {"type": "unavailable", "message": "no engine", "hint": "wait"}}')
GOOD = Reply(200, b'{"number": 7, "is_done": true, "touched": 1, "notes": []}')
REPEATABLE = calls.command(7)
ONCE = calls.order("runs/x/clear")


def sent_times(call: Call[T], *answers: Reply | Broken, patience: float = 60.0) -> int:
    """How often a call is sent when it is answered so; the last answer stands for all further ones."""
    steps = perform(call, patience)
    sent, answer = 0, None
    for _ in range(50):
        try:
            step = steps.send(answer)
        except (StopIteration, ClientError):
            return sent
        if isinstance(step, Send):
            answer = answers[min(sent, len(answers) - 1)]
            sent += 1
        else:
            assert isinstance(step, Pause)
            answer = None
    raise AssertionError("it never ends")


def test_a_good_answer_ends_it() -> None:
    assert sent_times(REPEATABLE, GOOD) == 1
    assert understood(GOOD, wire.Command) == wire.Command(7, True, 1, [])


def test_what_may_be_repeated_is_sent_again_until_it_is_answered() -> None:
    assert sent_times(REPEATABLE, GONE, LOST, AWAY, GOOD) == 4


def test_what_may_have_been_done_is_not_sent_again() -> None:
    assert sent_times(ONCE, LOST, GOOD) == 1
    assert sent_times(ONCE, AWAY, GOOD) == 1
    assert sent_times(ONCE, GONE, GOOD) == 2


def test_without_patience_everything_is_sent_once() -> None:
    assert sent_times(REPEATABLE, GONE, GOOD, patience=0) == 1


def test_a_trigger_is_repeatable_because_it_has_a_key() -> None:
    one, other = (calls.trigger("etl", None, None, None, None) for _ in range(2))
    assert one.is_repeatable
    assert one.body is not None
    assert other.body is not None
    assert one.body["idempotency_key"] != other.body["idempotency_key"]
    assert sent_times(one, LOST, GOOD) == 2


def test_refusals_are_not_repeated() -> None:
    for status in (400, 403, 404, 409, 412, 422, 500):
        assert sent_times(REPEATABLE, Reply(status, b"{}"), GOOD) == 1


def test_delays_grow_up_to_a_bound() -> None:
    found = [delay for delay, _ in zip(delays(), range(12), strict=False)]
    assert found[0] <= 0.1
    assert all(2.5 <= delay <= 5 for delay in found[7:])


@pytest.mark.parametrize(("status", "kind"), [*BY_STATUS.items(), (500, ServerFault), (418, ServerFault)])
def test_an_error_has_the_servers_words_and_survives_pickling(status: int, kind: type[ClientError]) -> None:
    told = {"type": "t", "message": "the words", "hint": "the hint", "field": "$.a", "ids": {"dag_id": "etl"}}
    found = error_of(status, msgspec.json.encode({"error": told}))
    for error in (found, pickle.loads(pickle.dumps(found))):
        assert type(error) is kind
        assert (str(error), error.hint, error.status) == ("the words", "the hint", status)
        assert error.fields["field"] == "$.a"
        assert error.__notes__ == ["the hint"]
        assert isinstance(error, model.CoutureError)


def test_errors_are_those_of_the_model_too() -> None:
    assert issubclass(Stale, model.Stale)
    assert issubclass(errors.Unavailable, model.Unavailable)
    assert issubclass(errors.TimedOut, TimeoutError)


def test_a_server_without_couture_and_nonsense_are_told_apart() -> None:
    with pytest.raises(NoServer, match="no Jupyter Couture"):
        understood(Reply(404, b"<html>Jupyter</html>"), wire.Health)
    with pytest.raises(NoServer, match="understands"):
        understood(Reply(200, b"<html>a page</html>"), wire.Health)
    with pytest.raises(errors.Denied, match="login"):
        understood(Reply(302, b""), wire.Health)
    with pytest.raises(Unreachable, match="cut off"):
        understood(LOST, wire.Health)


def test_options_travel_as_the_server_reads_them() -> None:
    call = calls.dags(0, search="", paused=False, state=None)
    send = next(perform(call, 1))
    assert isinstance(send, Send)
    assert send.params == {"limit": "100", "offset": "0", "paused": "false"}
    assert calls.run("a b/c", "manual__2026-01-01T00:00:00+00:00").path == (
        "dags/a%20b%2Fc/runs/manual__2026-01-01T00%3A00%3A00%2B00%3A00"
    )


def event(seq: int) -> dict[str, object]:
    return {"seq": seq, "at": "2026-01-01T00:00:00+00:00", "kind": "dag.changed", "dag_id": "etl", "run_id": None,
            "task_id": None, "map_index": None, "data": {}}  # fmt: skip


def test_the_stream_goes_on_where_it_broke_and_nothing_comes_twice() -> None:
    feed = Feed(None, 60)
    assert feed.query == ""
    assert feed.take(b'{"type": "hello", "seq": 5, "oldest": 1}') == [Beat()]
    assert feed.query == "?cursor=5"
    first = feed.take(msgspec.json.encode({"type": "events", "events": [event(6), event(7)]}))
    assert [each.seq for each in first if isinstance(each, wire.Event)] == [6, 7]
    assert feed.broken("cut") < 1
    assert feed.query == "?cursor=7"
    again = feed.take(msgspec.json.encode({"type": "events", "events": [event(7), event(8)]}))
    assert [each.seq for each in again if isinstance(each, wire.Event)] == [8]
    assert feed.take(b'{"type": "reset", "seq": 90}') == [Reset(90)]
    assert feed.query == "?cursor=90"
    assert feed.take(b'{"type": "engine", "state": "down"}') == [Beat()]


def test_patience_with_a_broken_stream_has_an_end() -> None:
    feed = Feed(3, 0.0)
    with pytest.raises(Unreachable, match="cut"):
        feed.broken("cut")


def test_a_token_that_is_not_taken_is_told_in_words_for_programs_and_not_for_browsers() -> None:
    advice = {"type": "denied", "message": "'_xsrf' argument missing from POST", "hint": "Log in."}
    for body in (b"<html>403 : Forbidden</html>", msgspec.json.encode({"error": advice})):
        refused = error_of(403, body)
        assert (type(refused), refused.message) == (errors.Denied, "The server does not take the token")
        assert refused.hint == errors.Denied.hint
    ours = error_of(403, msgspec.json.encode({"error": {"type": "denied", "message": "Only Ops may", "hint": "Ask."}}))
    assert (ours.message, ours.hint) == ("Only Ops may", "Ask.")
