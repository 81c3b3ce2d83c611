"""Secrets are not shown, in whatever form and however the output is cut into pieces (S156)."""

from hypothesis import given
from hypothesis import strategies as st

from jupyter_couture.runtime.secrecy import SecretMask, StreamMask, forms_of

SECRET = "p@ss w/ord'1"


def test_a_secret_is_found_in_the_forms_it_takes() -> None:
    mask = SecretMask()
    mask.add(SECRET)

    for text in (SECRET, "p%40ss%20w%2Ford%271", "p%40ss+w%2Ford%271", 'say "p@ss w/ord\'1"'):
        assert "ord" not in mask.text(f"a {text} b").replace("***", "")


def test_long_secrets_hide_their_lines_and_short_ones_are_left() -> None:
    key = "-----BEGIN-----\nabcdefghijkl\nshort\n-----END-------"

    assert {"abcdefghijkl", "-----BEGIN-----"} <= forms_of(key)
    assert "short" not in forms_of(key)
    assert forms_of("ab") == frozenset()


def test_json_is_masked_inside() -> None:
    mask = SecretMask()
    assert mask.json({"a": [SECRET]}) == {"a": [SECRET]}
    mask.add(SECRET)

    assert mask.json({"a": [SECRET, 1], f"x{SECRET}": None}) == {"a": ["***", 1], "x***": None}
    assert mask.add(SECRET) == []


@given(st.lists(st.sampled_from(["canary", "can", "ary", "x", "\n", "c", "canarycanary"]), max_size=12), st.data())
def test_a_stream_in_any_pieces_is_masked_as_the_whole_is(words: list[str], data: st.DataObject) -> None:
    whole = "".join(words).encode()
    mask = StreamMask()
    mask.add(["canary"])
    shown, rest = b"", whole
    while rest:
        cut = data.draw(st.integers(1, len(rest)))
        shown += mask.feed(rest[:cut])
        rest = rest[cut:]
    shown += mask.rest()

    assert shown == whole.replace(b"canary", b"***")


def test_nothing_is_held_back_that_begins_no_secret() -> None:
    mask = StreamMask()
    assert mask.feed(b"before c") == b"before c"
    mask.add(["canary"])

    assert mask.feed(b"line\n") == b"line\n"
    assert mask.feed(b"a can") == b"a "
    assert mask.rest() == b"can"
