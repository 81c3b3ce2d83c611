"""The client that waits for its answers: for notebooks, scripts and the command line."""

import ssl
from collections.abc import Iterator, Mapping
from datetime import datetime
from types import TracebackType
from typing import Any

from jupyter_couture.client import calls, wire
from jupyter_couture.client.discovery import find_server
from jupyter_couture.client.errors import NotFound
from jupyter_couture.client.faces import NEXT_RUNS, DagFace, Schedule, dag_picture
from jupyter_couture.client.feed import Feed
from jupyter_couture.client.link import Link
from jupyter_couture.client.runs import Run, Task
from jupyter_couture.client.wire import Event

TIMEOUT_SECONDS = 30.0
PATIENCE_SECONDS = 10.0
STREAM_PATIENCE_SECONDS = 300.0


class Dag(DagFace):
    """A DAG that the server knows."""

    def __init__(self, link: Link, info: wire.DagInfo) -> None:
        self._link = link
        self.info = info

    def update(self) -> "Dag":
        """Ask the server how it stands; itself."""
        self.info = self._link.do(calls.dag(self.dag_id))
        return self

    def trigger(
        self,
        conf: Mapping[str, Any] | None = None,
        *,
        logical_date: datetime | str | None = None,
        run_id: str | None = None,
        idempotency_key: str | None = None,
    ) -> Run:
        """Make a run. ``conf`` may override the DAG's params.

        Calls with one ``idempotency_key`` make one run, however often they are made. Raises ``Conflict`` if the run id
        or the logical date is taken, ``Invalid`` if ``conf`` does not fit the params.
        """
        call = calls.trigger(self.dag_id, conf, logical_date, run_id, idempotency_key)
        return Run(self._link, self._link.do(call))

    def runs(self, *, state: str | None = None, run_type: str | None = None) -> Iterator[Run]:
        """Its runs, newest first, page by page as they are asked for."""
        return _runs(self._link, dag_id=self.dag_id, state=state, run_type=run_type)

    def run(self, run_id: str) -> Run:
        """One run; raises ``NotFound``."""
        return Run(self._link, self._link.do(calls.run(self.dag_id, run_id)))

    def newest_run(self) -> Run:
        """The run that was made last; raises ``NotFound`` if there is none."""
        found = self._link.do(calls.newest_run(self.dag_id)).runs
        if not found:
            raise NotFound(message=f"DAG {self.dag_id!r} has not run yet", hint="dag.trigger() makes a run.")
        return Run(self._link, found[0])

    def task(self, task_id: str, map_index: int = -1) -> Task:
        """A task instance of the newest run; raises ``NotFound``."""
        return self.newest_run().task(task_id, map_index)

    def pause(self) -> "Dag":
        """Turn it off: its schedule is not followed, and new runs wait. Itself."""
        return self._set_paused(True)

    def unpause(self) -> "Dag":
        """Turn it on. Itself."""
        return self._set_paused(False)

    def refresh(self) -> "Dag":
        """Have its file read again now. Itself."""
        self._link.do(calls.refresh(self.dag_id))
        return self.update()

    def details(self) -> wire.DagDetails:
        """Everything its file says about it."""
        return self._link.do(calls.details(self.dag_id))

    def graph(self, version: str | None = None) -> wire.Graph:
        """Its tasks and their dependencies."""
        return self._link.do(calls.graph(self.dag_id, version))

    def source(self, version: str | None = None) -> str:
        """The text of its file."""
        return self._link.do(calls.source(self.dag_id, version)).source

    @property
    def schedule(self) -> Schedule:
        """When it is due, with the next runs."""
        return self.next_runs()

    def next_runs(self, count: int = NEXT_RUNS) -> Schedule:
        """When it is due, with up to 100 runs to come."""
        return Schedule.of(self._link.do(calls.next_runs(self.dag_id, count)))

    def _set_paused(self, is_paused: bool) -> "Dag":
        self.info = self._link.do(calls.set_paused(self.dag_id, is_paused))
        return self

    def _repr_html_(self) -> str:
        following = self._link.do(calls.next_runs(self.dag_id, NEXT_RUNS))
        return dag_picture(self.update().info, self.graph(), following)


class Client:
    """One Jupyter Couture, spoken to over its REST API and live stream.

    Without arguments the server and the token are found (docs/client.md says how); elsewhere give ``url`` and
    ``token``. ``timeout``: seconds that an answer may take. ``patience``: how long the server may be away, as in a
    restart, before that is an error, and ``stream_patience`` the same while something is watched. ``verify``: False,
    or an SSL context, for servers with a certificate of one's own.

    May be used from several threads. Use ``with``, or ``close``, to close its connections at a time of your choice.
    """

    def __init__(
        self,
        url: str | None = None,
        token: str | None = None,
        *,
        timeout: float = TIMEOUT_SECONDS,
        patience: float = PATIENCE_SECONDS,
        stream_patience: float = STREAM_PATIENCE_SECONDS,
        verify: ssl.SSLContext | bool = True,
    ) -> None:
        self._link = Link(
            find_server(url, token),
            timeout_seconds=timeout,
            patience_seconds=patience,
            stream_patience_seconds=stream_patience,
            verify=verify,
        )

    @property
    def url(self) -> str:
        """The server's base address."""
        return self._link.server.url

    def __repr__(self) -> str:
        return f"<Client of {self.url}>"

    def __enter__(self) -> "Client":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections; runs go on."""
        self._link.close()

    def health(self) -> wire.Health:
        """Is everything there? Answers without a token too."""
        return self._link.do(calls.health())

    def me(self) -> wire.Me:
        """Who the server takes us for, and what we may do."""
        return self._link.do(calls.read(wire.Me, "me"))

    def dags(
        self,
        *,
        search: str = "",
        tag: str = "",
        owner: str = "",
        paused: bool | None = None,
        state: str | None = None,
    ) -> Iterator[Dag]:
        """DAGs by id, page by page as they are asked for. ``state`` is that of the newest run."""
        offset: int | None = 0
        while offset is not None:
            call = calls.dags(offset, search=search, tag=tag, owner=owner, paused=paused, state=state)
            page = self._link.do(call).dags
            yield from (Dag(self._link, info) for info in page)
            offset = calls.next_page(offset, len(page))

    def dag(self, dag_id: str) -> Dag:
        """One DAG; raises ``NotFound``."""
        return Dag(self._link, self._link.do(calls.dag(dag_id)))

    def runs(
        self, *, dag_id: str | None = None, state: str | None = None, run_type: str | None = None
    ) -> Iterator[Run]:
        """Runs of all DAGs, newest first, page by page as they are asked for."""
        return _runs(self._link, dag_id=dag_id, state=state, run_type=run_type)

    def run(self, dag_id: str, run_id: str) -> Run:
        """One run; raises ``NotFound``."""
        return Run(self._link, self._link.do(calls.run(dag_id, run_id)))

    def trigger(
        self,
        dag_id: str,
        conf: Mapping[str, Any] | None = None,
        *,
        logical_date: datetime | str | None = None,
        run_id: str | None = None,
        idempotency_key: str | None = None,
    ) -> Run:
        """The same as ``client.dag(dag_id).trigger(...)`` in one request."""
        return Run(self._link, self._link.do(calls.trigger(dag_id, conf, logical_date, run_id, idempotency_key)))

    def import_errors(self) -> list[wire.ImportProblem]:
        """Why files could not be loaded."""
        return self._link.do(calls.read(wire.ImportProblems, "import-errors")).errors

    def events(self, cursor: int | None = None) -> Iterator[Event]:
        """The live stream from event ``cursor`` on, or from now on: for ever, through broken connections.

        Go on with the ``seq`` of the last event later, and nothing is missed unless it is too old to be kept.
        """
        for notice in self._link.listen(Feed(cursor, self._link.stream_patience_seconds)):
            if isinstance(notice, Event):
                yield notice

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Any call of the REST API below ``couture/api/``, as plain JSON, for what has no method here."""
        return self._link.do(calls.plain(method, path, body))


def _runs(link: Link, **options: object) -> Iterator[Run]:
    offset: int | None = 0
    while offset is not None:
        page = link.do(calls.runs(offset, **options)).runs
        yield from (Run(link, info) for info in page)
        offset = calls.next_page(offset, len(page))
