"""Which rows of a long chart are shown, and how much of each."""

from collections.abc import Collection, Iterable

from jupyter_couture.model.charts import RowRange


def page_of(sizes: Iterable[tuple[str, int]], offset: int, limit: int) -> list[RowRange]:
    """The rows from ``offset`` on, ``limit`` at most, of tasks that have so many rows each, in their order."""
    found: list[RowRange] = []
    begin = 0
    for task_id, size in sizes:
        first, end = max(offset - begin, 0), min(offset + limit - begin, size)
        if first < end:
            found.append(RowRange(task_id) if (first, end) == (0, size) else RowRange(task_id, first, end))
        begin += size
    return found


def fair_share(counts: Collection[int], most: int) -> int:
    """The most that each may have so that all together have no more than ``most``; at least 1.

    Who needs less than the share leaves the rest to the others.
    """
    rest = most
    for place, count in enumerate(sorted(counts)):
        share = rest // (len(counts) - place)
        if count > share:
            return max(share, 1)
        rest -= count
    return max(most, 1)
