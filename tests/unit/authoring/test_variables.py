"""Variables as task code and DAG files know them."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from threading import Thread
from typing import Any

import pytest

from jupyter_couture import Variable
from jupyter_couture.authoring.context import StandaloneAttempt, attempt_scope
from jupyter_couture.authoring.door import answering
from jupyter_couture.model.errors import Unavailable


class Shelf(StandaloneAttempt):
    """An attempt whose variables lie in a dictionary."""

    def __init__(self, **kept: str) -> None:
        super().__init__()
        self.kept = kept
        self.described: dict[str, str | None] = {}

    def get_variable(self, key: str) -> str | None:
        return self.kept.get(key)

    def set_variable(self, key: str, value: str, description: str | None = None) -> None:
        self.kept[key] = value
        self.described[key] = description

    def delete_variable(self, key: str) -> bool:
        return self.kept.pop(key, None) is not None

    def connections(self, conn_id: str) -> Sequence[Mapping[str, Any]]:
        return ()


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    made = Shelf(foo="1", bar='{"a": [1]}')
    with answering(made):
        yield made


def test_S150_a_value_is_a_text_and_a_missing_one_a_KeyError(shelf: Shelf) -> None:
    assert Variable.get("foo") == "1"
    with pytest.raises(KeyError, match="Variable gone does not exist"):
        Variable.get("gone")


def test_S151_a_value_may_be_JSON(shelf: Shelf) -> None:
    assert Variable.get("bar", deserialize_json=True) == {"a": [1]}
    shelf.kept["foo"] = "{"
    with pytest.raises(ValueError, match="line 1"):
        Variable.get("foo", deserialize_json=True)


def test_S152_a_default_counts_as_given_even_if_it_is_None(shelf: Shelf) -> None:
    assert Variable.get("baz", default_var=None) is None
    assert Variable.get("baz", "d") == "d"
    assert Variable.get("baz", default="d") == "d"
    assert Variable.get("baz", default_var={"x": 1}, deserialize_json=True) == {"x": 1}
    assert Variable.get("foo", default_var=None) == "1"


def test_S153_set_takes_a_key_and_a_value_and_says_so(shelf: Shelf) -> None:
    Variable.set("n", 3, description="a number")
    Variable.set("d", {"a": 1}, serialize_json=True)
    assert shelf.kept["n"] == "3"
    assert shelf.described["n"] == "a number"
    assert Variable.get("d", deserialize_json=True) == {"a": 1}
    one_argument: Any = {"host": "h"}
    with pytest.raises(TypeError, match="takes a key and a value"):
        Variable.set(one_argument)


def test_the_rest_of_what_users_know(shelf: Shelf) -> None:
    assert Variable.delete("foo") == 1
    assert Variable.delete("foo") == 0
    assert Variable.setdefault("foo", {"a": 1}, deserialize_json=True) == {"a": 1}
    assert Variable.setdefault("foo", {}, deserialize_json=True) == {"a": 1}
    Variable.update("foo", "2")
    assert Variable.get("foo") == "2"
    with pytest.raises(KeyError):
        Variable.update("gone", "2")


def test_the_running_attempt_answers_before_anybody_else(shelf: Shelf) -> None:
    with attempt_scope(Shelf(foo="the attempt's")):
        assert Variable.get("foo") == "the attempt's"


def test_threads_of_a_task_are_answered_too(shelf: Shelf) -> None:
    found: list[str] = []
    thread = Thread(target=lambda: found.append(Variable.get("foo")))
    thread.start()
    thread.join()
    assert found == ["1"]


def test_outside_a_task_the_environment_answers_or_an_error_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Unavailable, match="COUTURE_VAR_FOO"):
        Variable.get("foo")
    assert Variable.get("foo", "d") == "d"
    monkeypatch.setenv("AIRFLOW_VAR_FOO", "theirs")
    assert Variable.get("foo") == "theirs"
    monkeypatch.setenv("COUTURE_VAR_FOO", "ours")
    assert Variable.get("foo") == "ours"
    for change in (lambda: Variable.set("foo", "1"), lambda: Variable.delete("foo")):
        with pytest.raises(Unavailable, match="outside a task"):
            change()


def test_a_value_that_looks_like_a_credential_is_warned_about_and_not_repeated(
    shelf: Shelf, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        Variable.set("aws", "AKIAIOSFODNN7EXAMPLE")
        Variable.set("aws_secret", "AKIAIOSFODNN7EXAMPLE")
    assert len(caplog.messages) == 1
    assert "'aws'" in caplog.text
    assert "AKIA" not in caplog.text


def test_a_secret_variable_does_not_show_itself() -> None:
    assert "x1" not in repr(Variable("my_password", "x1"))
    assert "x1" in repr(Variable("my_name", "x1"))
