"""Messages between processes arrive whole or not at all."""

from hypothesis import given
from hypothesis import strategies as st

from jupyter_couture.runtime.lines import LineBuffer, to_line

WORDS = st.text(max_size=5)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=5,
)


@given(messages=st.lists(st.dictionaries(WORDS, JSON, max_size=3), max_size=4), size=st.integers(1, 50))
def test_messages_survive_any_cutting_of_the_stream(messages: list[dict[str, object]], size: int) -> None:
    data = b"".join(map(to_line, messages))
    buffer = LineBuffer()
    heard = [message for at in range(0, len(data), size) for message in buffer.feed(data[at : at + size])]

    assert heard == messages


def test_a_line_that_is_no_message_is_dropped_and_counted() -> None:
    buffer = LineBuffer()

    assert buffer.feed(b'garbage\n[1]\n{"a":1}\n\xff\xfe\n') == [{"a": 1}]
    assert buffer.dropped == 3


def test_a_line_that_is_too_long_is_dropped_and_the_next_one_heard() -> None:
    buffer = LineBuffer(limit_bytes=100)
    heard = [message for _ in range(10) for message in buffer.feed(b"x" * 50)]
    heard += buffer.feed(b'\n{"a":1}\n')

    assert heard == [{"a": 1}]


def test_surrogates_travel() -> None:
    assert LineBuffer().feed(to_line({"name": "\udce9"})) in ([{"name": "\udce9"}], [])
