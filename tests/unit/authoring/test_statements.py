"""Cutting texts of SQL into statements, and named placeholders in the way of a driver."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_couture.authoring.statements import split_statements, with_named_placeholders

TRIGGER = "CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET n = CASE WHEN n THEN 1 END; DELETE FROM b; END;"
PROCEDURE = """CREATE OR REPLACE DEFINER=`a`@`b` PROCEDURE p() BEGIN
    IF 1 THEN SELECT 1; END IF;
    WHILE 0 DO SELECT 2; END WHILE;
    CASE 1 WHEN 1 THEN SELECT 3; END CASE;
END;"""


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        ("SELECT E'a\\';b'; SELECT 2", ["SELECT E'a\\';b'", "SELECT 2"]),
        ("SELECT 'C:\\'; SELECT 2", ["SELECT 'C:\\'", "SELECT 2"]),
        (f"{TRIGGER} SELECT 1", [TRIGGER, "SELECT 1"]),
        (f"{PROCEDURE}\nCALL p()", [PROCEDURE, "CALL p()"]),
        ("BEGIN; DELETE FROM a; COMMIT; END;", ["BEGIN", "DELETE FROM a", "COMMIT", "END"]),
        ("BEGIN TRANSACTION; DELETE FROM a; END", ["BEGIN TRANSACTION", "DELETE FROM a", "END"]),
        ("BEGIN first; second; END; SELECT 1", ["BEGIN first; second; END;", "SELECT 1"]),
        ("SELECT CASE WHEN a THEN b END; SELECT `a;b`", ["SELECT CASE WHEN a THEN b END", "SELECT `a;b`"]),
        ("CREATE TABLE begin_case (a INTEGER); SELECT 1", ["CREATE TABLE begin_case (a INTEGER)", "SELECT 1"]),
        ("-- only; a comment\n;;", []),
    ],
)
def test_bodies_and_quotes_are_not_cut(text: str, statements: list[str]) -> None:
    assert split_statements(text) == statements


def test_mysql_has_its_own_quotes_and_comments() -> None:
    text = "SELECT 'it\\'s;'; # one; more\nSELECT 2"
    assert split_statements(text, is_mysql=True) == ["SELECT 'it\\'s;'", "# one; more\nSELECT 2"]


@given(st.lists(st.sampled_from(["SELECT 1", "SELECT 'a;b'", TRIGGER, "DELETE FROM a -- x;y\n"]), max_size=6))
def test_statements_put_together_are_cut_apart_again(statements: list[str]) -> None:
    joined = " ".join(text if text.endswith(";") else f"{text};" for text in statements)
    assert split_statements(joined) == [text.strip() for text in statements]


@pytest.mark.parametrize(
    ("statement", "parameters", "made"),
    [
        ("SELECT :a::int, ':a', x[1:a], y LIKE 'z%'", {"a": 1}, "SELECT %(a)s::int, ':a', x[1:a], y LIKE 'z%%'"),
        ("SELECT :a -- :a 5%", {"a": 1, "b": 2}, "SELECT %(a)s -- :a 5%%"),
        ("SELECT n % 2 WHERE a = :a", {"a": 1}, "SELECT n %% 2 WHERE a = %(a)s"),
    ],
)
def test_named_placeholders_become_those_of_the_driver(statement: str, parameters: dict[str, int], made: str) -> None:
    assert with_named_placeholders(statement, parameters, "%s") == (made, {"a": 1})


def test_statements_that_need_no_change_keep_their_text() -> None:
    assert with_named_placeholders("SELECT '5%'", {"a": 1}, "%s") == ("SELECT '5%'", None)
    assert with_named_placeholders("SELECT %(a)s, ':a'", {"a": 1}, "%s") == ("SELECT %(a)s, ':a'", {"a": 1})
    assert with_named_placeholders("SELECT :a", {"a": 1}, "?") == ("SELECT :a", {"a": 1})
    assert with_named_placeholders("SELECT %s", (1,), "%s") == ("SELECT %s", (1,))
