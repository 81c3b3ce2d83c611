"""Two texts side by side: which lines are the same, which were taken away, which came."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import zip_longest

CONTEXT = 3
"""How many unchanged lines stand around a change."""

_MOST_PAIRS = 4_000_000


class LineKind(StrEnum):
    """What became of a line."""

    SAME = "same"
    CHANGED = "changed"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class LinePair:
    """A line of the older text and its counterpart in the newer one; None where there is none."""

    kind: LineKind
    older: str | None
    newer: str | None


@dataclass(frozen=True, slots=True)
class Hunk:
    """Lines around changes; the number of the first one in each text, from 1."""

    older_start: int
    newer_start: int
    lines: Sequence[LinePair]


def line_diff(older: Sequence[str], newer: Sequence[str], context: int = CONTEXT) -> list[Hunk]:
    """The changes from ``older`` to ``newer`` with some lines around them; none if the texts are the same.

    Equal lines at both ends are set aside first. Where so much differs that comparing all of it would take long, the
    whole middle counts as changed.
    """
    head = _equal_ends(older, newer)
    tail = min(_equal_ends(older[::-1], newer[::-1]), len(older) - head, len(newer) - head)
    left, right = older[head : len(older) - tail], newer[head : len(newer) - tail]
    if not left and not right:
        return []
    blocks = [("equal", 0, head, 0, head)] if head else []
    if len(left) * len(right) > _MOST_PAIRS:
        blocks.append(("replace", head, head + len(left), head, head + len(right)))
    else:
        found = SequenceMatcher(None, left, right, autojunk=True).get_opcodes()
        blocks += [(tag, a + head, b + head, c + head, d + head) for tag, a, b, c, d in found]
    if tail:
        blocks.append(("equal", len(older) - tail, len(older), len(newer) - tail, len(newer)))
    return [_hunk(group, older, newer) for group in _grouped(blocks, context)]


def _equal_ends(older: Sequence[str], newer: Sequence[str]) -> int:
    number = 0
    for one, other in zip(older, newer, strict=False):
        if one != other:
            break
        number += 1
    return number


_Block = tuple[str, int, int, int, int]


def _grouped(blocks: Sequence[_Block], context: int) -> Iterator[list[_Block]]:
    """Changes that lie near each other, with ``context`` equal lines before, between and after them."""
    group: list[_Block] = []
    for place, (tag, a, b, c, d) in enumerate(blocks):
        if tag != "equal":
            group.append((tag, a, b, c, d))
            continue
        is_last = place == len(blocks) - 1
        if group and not is_last and b - a <= 2 * context:
            group.append((tag, a, b, c, d))
            continue
        if group:
            keep = min(context, b - a)
            yield [*group, (tag, a, a + keep, c, c + keep)]
        keep = min(context, b - a)
        group = [] if is_last else [(tag, b - keep, b, d - keep, d)]
    if group:
        yield group


def _hunk(blocks: Sequence[_Block], older: Sequence[str], newer: Sequence[str]) -> Hunk:
    lines: list[LinePair] = []
    for tag, a, b, c, d in blocks:
        if tag == "equal":
            lines.extend(LinePair(LineKind.SAME, line, line) for line in older[a:b])
        else:
            for left, right in zip_longest(older[a:b], newer[c:d]):
                kind = LineKind.ADDED if left is None else LineKind.REMOVED if right is None else LineKind.CHANGED
                lines.append(LinePair(kind, left, right))
    first = blocks[0]
    return Hunk(first[1] + 1, first[3] + 1, lines)
