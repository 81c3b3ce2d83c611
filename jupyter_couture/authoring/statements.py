"""SQL statements as texts: cutting a script into them, and named placeholders in the way of the driver."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

Parameters = Mapping[str, Any] | Sequence[Any] | None

_QUOTED = r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`"""
_QUOTED_WITH_BACKSLASH = r"""'(?:[^'\\]|''|\\.)*'|"(?:[^"\\]|""|\\.)*"|`[^`]*`"""
_REST = (
    r"|(?P<dollar>\$(?P<tag>[A-Za-z_]\w*|)\$.*?\$(?P=tag)\$)"
    r"|(?P<line>--[^\n]*)"
    r"|(?P<block>/\*.*?\*/)"
)
_ESCAPED = r"(?P<escaped>\b[eE]'(?:[^'\\]|''|\\.)*')|"
_WORDS = (
    r"|(?P<end>;)"
    r"|(?P<close>\bEND\b(?:\s+(?:IF|LOOP|WHILE|REPEAT|FOR|CASE)\b)?)"
    r"|(?P<open>\b(?:BEGIN|CASE)\b)"
)
_HASH = r"|(?P<hash>\#[^\n]*)"

_FLAGS = re.DOTALL | re.IGNORECASE
_PIECE = re.compile(f"{_ESCAPED}(?P<text>{_QUOTED}){_REST}{_WORDS}", _FLAGS)
_PIECE_OF_MYSQL = re.compile(f"(?P<text>{_QUOTED_WITH_BACKSLASH}){_REST}{_HASH}{_WORDS}", _FLAGS)
_NAME = r"|(?<![\w:\])]):(?P<name>[A-Za-z_]\w*)|(?P<percent>%)"
_NAMED = re.compile(f"{_ESCAPED}(?P<text>{_QUOTED}){_REST}{_NAME}", _FLAGS)

_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_ROUTINE = re.compile(
    r"CREATE\s+(?:OR\s+(?:REPLACE|ALTER)\s+)?(?:\S+\s+){0,4}?(?:PROCEDURE|FUNCTION|TRIGGER|EVENT|PACKAGE)\b"
    r"|DECLARE\b"
    r"|BEGIN\s+(?!(?:TRAN|TRANSACTION|WORK|ISOLATION|READ|DEFERRED|IMMEDIATE|EXCLUSIVE)\b)\w",
    re.IGNORECASE,
)


def split_statements(text: str, *, is_mysql: bool = False) -> list[str]:
    """The statements of a text, cut at semicolons that stand in no quotes, comment, ``$$`` or ``BEGIN ... END`` body.

    A body belongs to ``CREATE PROCEDURE``, ``FUNCTION``, ``TRIGGER`` and so on, or is an anonymous block; such a
    statement keeps its last semicolon. ``is_mysql``: a backslash escapes in quotes, and ``#`` begins a comment.
    """
    statements, begin, depth, has_body = [], 0, 0, False
    for match in (_PIECE_OF_MYSQL if is_mysql else _PIECE).finditer(text):
        kind = match.lastgroup
        if match["open"]:
            depth, has_body = depth + 1, True
        elif match["close"] and match["close"].upper().split()[-1] in ("END", "CASE"):
            depth = max(0, depth - 1)
        elif kind == "end":
            is_whole = has_body and _is_routine(text[begin : match.start()])
            if depth and is_whole:
                continue
            statements.append(text[begin : match.end() if is_whole else match.start()])
            begin, depth, has_body = match.end(), 0, False
    statements.append(text[begin:])
    return [kept for statement in statements if (kept := statement.strip()) and _says_something(kept)]


def with_named_placeholders(statement: str, parameters: Parameters, placeholder: str) -> tuple[str, Parameters]:
    """The statement and its parameters as a driver whose placeholder is ``placeholder`` takes them.

    ``:name`` of a mapping becomes ``%(name)s`` where the driver wants that; a statement that holds ``%(`` is left as
    it is, and so is one with a sequence of parameters. A statement that names none of them gets none.
    """
    if not isinstance(parameters, Mapping) or placeholder != "%s" or "%(" in statement:
        return statement, parameters
    used: dict[str, Any] = {}

    def replaced(match: re.Match[str]) -> str:
        name = match["name"]
        if name is not None and name in parameters:
            used[name] = parameters[name]
            return f"%({name})s"
        return match[0].replace("%", "%%")

    made = _NAMED.sub(replaced, statement)
    return (made, used) if used else (statement, None)


def _is_routine(statement: str) -> bool:
    return _ROUTINE.match(_COMMENT.sub(" ", statement).strip()) is not None


def _says_something(statement: str) -> bool:
    return bool(_COMMENT.sub("", statement).strip(" \t\r\n;"))
