"""Which rows of a long chart are shown."""

from hypothesis import given
from hypothesis import strategies as st

from jupyter_couture.charts.rows import fair_share, page_of
from jupyter_couture.model.charts import RowRange


def test_a_page_begins_and_ends_within_tasks() -> None:
    sizes = [("a", 2), ("b", 1), ("c", 10), ("d", 4)]
    assert page_of(sizes, 0, 3) == [RowRange("a"), RowRange("b")]
    assert page_of(sizes, 1, 4) == [RowRange("a", 1, 2), RowRange("b"), RowRange("c", 0, 2)]
    assert page_of(sizes, 5, 3) == [RowRange("c", 2, 5)]
    assert page_of(sizes, 17, 3) == []


def test_who_needs_little_leaves_the_rest_to_the_others() -> None:
    assert fair_share([1, 2, 10_000], 103) == 100
    assert fair_share([1, 2, 3], 100) == 100
    assert fair_share([5, 5, 5], 2) == 1


@given(st.lists(st.integers(1, 5000), max_size=50), st.integers(50, 3000))
def test_the_shares_together_are_no_more_than_there_is(counts: list[int], most: int) -> None:
    share = fair_share(counts, most)
    assert sum(min(count, share) for count in counts) <= most
    if any(count > share for count in counts):
        assert sum(min(count, share + 1) for count in counts) > most
