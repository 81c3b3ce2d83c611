"""Every row this version claims of the contract, and of the catalogue of tests, is claimed by a test of its own."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]

CLAIMED = [
    *("S034", "S035", "S055", "S075"),
    *("S037", "S038", "S054", "S170", "S175", "S176", "S178", "S179", "S180"),
    *(f"S{number:03}" for number in (*range(76, 82), 83, *range(134, 145), 158)),
    *("S032", "S033", "S040", "S041", "S042", "S043", "S044", "S045", "S046", "S047", "S048"),
    *("S049", "S050", "S051", "S052", "S053"),
    *(f"S{number:03}" for number in (*range(65, 75), 82, *range(84, 110))),
    *(f"S{number}" for number in (*range(124, 133), 171, 172, 173, 174, 177)),
    *(f"S{number}" for number in range(145, 158)),
    *("S036", "S039", "S161", "S162", "S163", "S164", "S165"),
]

TIMES = [f"T{number:02}" for number in range(1, 11)]
"""The catalogue's rows of time and concurrency, and with R42 the machine of random orders."""


def _claims(path: Path) -> Iterator[str]:
    """Names and docstrings of the tests of a file."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            yield f"{node.name} {ast.get_docstring(node) or ''}".upper().replace("_", " ")


def _named() -> set[str]:
    """Rows that tests claim; ``S049 to S051`` claims all three. What else a module says claims nothing."""
    rows: set[str] = set()
    for text in (claim for path in TESTS.rglob("test_*.py") for claim in _claims(path)):
        rows.update(re.findall(r"\b[RST]\d{2,3}\b", text))
        for first, last in re.findall(r"\bS(\d{3}) TO S(\d{3})\b", text):
            rows.update(f"S{number:03}" for number in range(int(first), int(last) + 1))
    return rows


NAMED = _named()


@pytest.mark.parametrize("row", [*CLAIMED, *TIMES, "R42"])
def test_a_claimed_contract_row_is_named_by_a_test(row: str) -> None:
    assert row in NAMED
