"""``xcom_pull`` with all its filters: which questions go to the desk, and how the answers are put together."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, overload

from jupyter_couture.authoring.context import RETURN_VALUE
from jupyter_couture.model.codec import from_json, to_json
from jupyter_couture.model.dag import Json
from jupyter_couture.model.ids import NOT_MAPPED, DagId, RunId, RunKey
from jupyter_couture.model.xcom import XCom, XComPage, XComQuery

PAGE = 100

Ask = Callable[..., Any]
Open = Callable[[XCom], Any]


class LazyValues(Sequence[Any]):  # noqa: PLW1641  # as a list, it has no hash
    """The values of a mapped task, fetched page by page and opened when looked at. Behaves as a list that cannot grow.

    Equal to any sequence of equal values. Slices are lists.
    """

    def __init__(self, fetch: Callable[[int], XComPage], open_value: Open) -> None:
        self._fetch = fetch
        self._open = open_value
        self._first = 0
        self._page = fetch(0)

    def __len__(self) -> int:
        return self._page.total

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> list[Any]: ...
    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(len(self)))]
        place = index + len(self) if index < 0 else index
        if not 0 <= place < len(self):
            raise IndexError(f"there are {len(self)} values, not one at {index}")
        if not self._first <= place < self._first + len(self._page.rows):
            self._first = place
            self._page = replace(self._fetch(place), total=len(self))
        try:
            found = self._page.rows[place - self._first]
        except IndexError:
            raise IndexError(f"the value at {index} was removed meanwhile") from None
        return self._open(found)

    def __iter__(self) -> Iterator[Any]:
        return (self[place] for place in range(len(self)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or isinstance(other, str | bytes):
            return NotImplemented
        return len(self) == len(other) and all(mine == theirs for mine, theirs in zip(self, other, strict=True))

    def __reduce__(self) -> tuple[Any, ...]:
        return list, (list(self),)

    def __repr__(self) -> str:
        return f"<{len(self)} values>"


@dataclass(frozen=True, slots=True)
class Puller:
    """Pulls for one attempt. ``ask`` is that of its desk, ``open_value`` opens what comes."""

    run: RunKey
    logical_date: datetime
    ask: Ask
    open_value: Open

    def pull(
        self,
        task_ids: str | Sequence[str] | None,
        key: str | None = RETURN_VALUE,
        *,
        dag_id: str | None = None,
        run_id: str | None = None,
        include_prior_dates: bool = False,
        map_indexes: int | Sequence[int] | None = None,
        default: Any = None,
    ) -> Any:
        """See ``AttemptServices.pull``."""
        base = XComQuery(
            dag_id=DagId(dag_id or self.run.dag_id),
            own_run=self.run,
            logical_date=self.logical_date,
            run_id=None if run_id is None else RunId(run_id),
            key=key,
            is_prior_wanted=include_prior_dates,
        )
        if map_indexes is not None and not isinstance(map_indexes, int):
            return self._several(base, task_ids, map_indexes, default)
        if isinstance(map_indexes, int):
            base = replace(base, map_indexes=(map_indexes,))
        if task_ids is None or isinstance(task_ids, str):
            return self._newest(replace(base, task_id=task_ids), default)
        found = self._pages([replace(base, task_id=task_id) for task_id in task_ids])
        values: list[Any] = []
        for task_id, page in zip(task_ids, found, strict=True):
            value = self._of_page(replace(base, task_id=task_id), page, default)
            values += value if isinstance(value, LazyValues) else [value]
        return values

    def _newest(self, query: XComQuery, default: Any) -> Any:
        return self._of_page(query, self._pages([query])[0], default)

    def _of_page(self, query: XComQuery, page: XComPage, default: Any) -> Any:
        """The value of a page that was asked for the newest one; all of a mapped task's."""
        if not page.rows:
            return default
        newest = page.rows[0]
        if newest.task_key.map_index == NOT_MAPPED or query.map_indexes is not None:
            return self.open_value(newest)
        return self._mapped(
            replace(
                query,
                run_id=newest.run_key.run_id,
                is_prior_wanted=False,
                task_id=newest.task_key.task_id,
                key=newest.key,
            )
        )

    def _mapped(self, query: XComQuery) -> LazyValues:
        def fetch(offset: int) -> XComPage:
            return self._pages([replace(query, is_by_index=True, limit=PAGE, offset=offset)])[0]

        return LazyValues(fetch, self.open_value)

    def _several(
        self, base: XComQuery, task_ids: str | Sequence[str] | None, indexes: Sequence[int], default: Any
    ) -> list[Any]:
        """The values of the given instances: for each task in turn, in the order of ``indexes``."""
        names = [task_ids] if task_ids is None or isinstance(task_ids, str) else list(task_ids)
        queries = [
            replace(base, task_id=task_id, map_indexes=(index,)) for task_id in names for index in map(int, indexes)
        ]
        return [self.open_value(page.rows[0]) if page.rows else default for page in self._pages(queries)]

    def _pages(self, queries: Sequence[XComQuery]) -> list[XComPage]:
        found: list[XComPage] = []
        for at in range(0, len(queries), PAGE):
            documents: list[Json] = [to_json(query) for query in queries[at : at + PAGE]]
            found += [from_json(XComPage, page) for page in self.ask("pull", queries=documents)]
        return found
