"""What is hidden, and what comes back when a form returns it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_couture.model.masking import (
    MASK,
    is_sensitive,
    looks_like_credential,
    masked,
    masked_text,
    secrets_in,
    secrets_in_text,
    unmasked,
    unmasked_text,
)


@pytest.mark.parametrize("word", ["password", "secret", "passwd", "authorization", "api_key", "apikey", "access_token"])
def test_S156_the_words_of_the_rule_hide_in_any_case_and_place(word: str) -> None:
    for name in (word, word.upper(), f"my_{word}_2", word.replace("_", "-"), word.title().replace("_", "")):
        assert is_sensitive(name), name
        assert masked("x", name) == MASK


@pytest.mark.parametrize("name", ["", "user", "pass", "key", "path", "authority", "region"])
def test_other_names_hide_nothing(name: str) -> None:
    assert not is_sensitive(name)
    assert masked("x", name) == "x"


def test_structures_are_hidden_by_the_names_in_them() -> None:
    value: Any = {"host": "h", "password": "p", "deep": [{"token": 5, "n": 1}], "secret": {"a": 1}, "passwd": None}
    shown: Any = {"host": "h", "password": MASK, "deep": [{"token": MASK, "n": 1}], "secret": MASK, "passwd": None}
    assert masked(value) == shown
    assert json.loads(masked_text(json.dumps(value))) == shown
    assert unmasked(shown, value) == value
    assert json.loads(unmasked_text(masked_text(json.dumps(value)), json.dumps(value))) == value


def test_a_text_without_secrets_stays_as_it_was_written() -> None:
    assert masked_text('{ "a":1 }') == '{ "a":1 }'
    assert unmasked_text('{ "a":1 }', '{"a": 2}') == '{ "a":1 }'
    assert masked_text("") == ""
    assert unmasked_text(MASK, None) == MASK


def test_logs_are_told_what_to_hide() -> None:
    value: Any = {
        "host": "h",
        "password": "p",
        "deep": [{"token": 5}],
        "secret": {"a": "x", "b": ["y"]},
        "apikey": True,
    }
    assert secrets_in(value) == {"p", "5", "x", "y"}
    assert secrets_in_text(json.dumps({"password": "p"}), "settings") == {"p"}
    assert secrets_in_text("plain", "password") == {"plain"}
    assert secrets_in_text("plain", "settings") == set()


_JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["a", "password", "x_token", "b"]), inner, max_size=3),
    ),
    max_leaves=12,
)


@given(_JSON)
def test_what_is_hidden_and_sent_back_is_what_was_there(value: Any) -> None:
    assert unmasked(masked(value), value) == value


@given(st.text(min_size=9))
def test_a_hidden_text_shows_nowhere_in_what_is_shown(secret: str) -> None:
    value: Any = {"a": [{"my_password": secret}], "token": {"b": secret}}
    assert json.dumps(secret) not in json.dumps(masked(value))


@pytest.mark.parametrize(
    "text",
    [
        "AKIAIOSFODNN7EXAMPLE",
        "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
        "-----BEGIN RSA PRIVATE KEY-----\nx",
        "postgresql://me:pw@host/db",
        "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY",
    ],
)
def test_credentials_are_known_by_their_looks(text: str) -> None:
    assert looks_like_credential(text)


@pytest.mark.parametrize(
    "text", ["", "eu-west-1", "http://host/a@b:c", "/data/2026/file.csv", "some words with 3 Numbers in them", "42"]
)
def test_plain_values_are_no_credentials(text: str) -> None:
    assert not looks_like_credential(text)
