"""Two texts side by side."""

from hypothesis import given
from hypothesis import strategies as st

from jupyter_couture.model.linediff import LineKind, line_diff

LINES = st.lists(st.sampled_from(["a", "b", "c", "d", "e"]), max_size=30)


def test_a_changed_line_stands_among_its_neighbours() -> None:
    older = [f"line {number}" for number in range(20)]
    newer = [*older[:9], "another", *older[10:]]
    (hunk,) = line_diff(older, newer)
    assert (hunk.older_start, hunk.newer_start) == (7, 7)
    assert [pair.kind for pair in hunk.lines] == [LineKind.SAME] * 3 + [LineKind.CHANGED] + [LineKind.SAME] * 3
    assert (hunk.lines[3].older, hunk.lines[3].newer) == ("line 9", "another")


def test_changes_far_from_each_other_are_apart() -> None:
    older = [str(number) for number in range(40)]
    newer = ["first", *older[1:39], "last"]
    first, last = line_diff(older, newer)
    assert (first.older_start, last.older_start) == (1, 37)


def test_the_same_texts_have_no_hunks() -> None:
    assert line_diff(["a"], ["a"]) == []


@given(older=LINES, newer=LINES)
def test_hunks_put_into_the_older_text_give_the_newer(older: list[str], newer: list[str]) -> None:
    made: list[str] = []
    at = 0
    for hunk in line_diff(older, newer):
        made += older[at : hunk.older_start - 1]
        assert len(made) == hunk.newer_start - 1
        left = [pair.older for pair in hunk.lines if pair.older is not None]
        assert left == older[hunk.older_start - 1 :][: len(left)]
        made += [pair.newer for pair in hunk.lines if pair.newer is not None]
        at = hunk.older_start - 1 + len(left)
    assert made + older[at:] == newer


def test_very_different_long_texts_are_one_change() -> None:
    older = [f"old {number}" for number in range(3000)]
    newer = [f"new {number}" for number in range(3000)]
    (hunk,) = line_diff(["same", *older], ["same", *newer])
    assert {pair.kind for pair in hunk.lines[1:]} == {LineKind.CHANGED}
