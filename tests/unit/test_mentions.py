"""What the text of a DAG file asks for, found without executing it."""

import textwrap

import pytest

from jupyter_couture.dagbag.mentions import Mentions, mentions_of


def found(source: str) -> Mentions:
    return mentions_of(textwrap.dedent(source))


def test_variables_are_found_in_calls_constants_and_templates() -> None:
    mentions = found(
        """
        from airflow.models import Variable
        KEY = "by_constant"
        Variable.get("plain")
        Variable.get(KEY, deserialize_json=True)
        Variable.get("with_default", default_var=None)
        Variable.get("with_default_3", default=1)
        Variable.setdefault("set", 1)
        Variable.get("twice", "x")
        def work():
            return Variable.get("twice")
        command = "echo {{ var.value.templated }} {{ var.json.config.a }} {{ var.value.get('asked', 'd') }}"
        """
    )
    assert mentions.variables == {
        *("plain", "by_constant", "with_default", "with_default_3", "set", "twice"),
        *("templated", "config", "asked"),
    }
    assert mentions.defaulted == {"with_default", "with_default_3", "set", "asked"}


def test_connections_are_found_in_calls_arguments_dictionaries_and_templates() -> None:
    mentions = found(
        """
        CONN = "by_constant"
        default_args = {"ssh_conn_id": "in_arguments", "other": "no"}
        BaseHook.get_connection("got")
        Connection.get("native")
        PostgresHook("first")
        HttpHook("POST", http_conn_id="http_api")
        PostgresOperator(task_id="a", postgres_conn_id=CONN, sql="select 1")
        FileSensor(task_id="f", fs_conn_id="local", filepath="x")
        BashOperator(task_id="b", bash_command="{{ conn.templated.host }} {{ conn.get('asked').login }}")
        PostgresOperator(task_id="c", postgres_conn_id="{{ params.db }}")
        """
    )
    assert mentions.connections == {
        *("in_arguments", "got", "native", "first", "http_api", "by_constant", "templated", "asked"),
    }


def test_packages_are_told_apart_by_when_they_are_imported() -> None:
    mentions = found(
        """
        import os, pandas as pd
        import yaml.loader
        from . import beside
        from google.cloud import storage
        from typing import TYPE_CHECKING
        if TYPE_CHECKING:
            import only_for_types
        try:
            import optional
        except ImportError:
            optional = None
        try:
            import wanted
        finally:
            pass
        def work():
            import late, pandas
        @task.virtualenv(requirements=["funny"])
        def elsewhere():
            import funny
        """
    )
    assert mentions.packages == {"pandas", "yaml", "google", "wanted"}
    assert mentions.late_packages == {"late"}


@pytest.mark.parametrize("source", ["def (", "\0", "(" * 5000, "-" * 200_000 + "1"])
def test_a_text_that_cannot_be_read_asks_for_nothing(source: str) -> None:
    assert mentions_of(source) == Mentions()
