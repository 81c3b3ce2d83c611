"""Runs and task instances of the asynchronous client: as in ``runs``, with awaits."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

from jupyter_couture.client import board, calls, wire
from jupyter_couture.client.async_link import AsyncLink
from jupyter_couture.client.errors import ClientError, NotFound
from jupyter_couture.client.faces import Outcome, RunFace, TaskFace, outcome_of, run_picture
from jupyter_couture.client.follower import OVER, Change, RunFollower
from jupyter_couture.client.runs import GOES_ON_NOTE, PAUSED_NOTE, TAIL_BYTES, newest_of, next_offset, whole_lines
from jupyter_couture.display.cells import is_notebook


class AsyncTask(TaskFace):
    """A task instance of a run."""

    def __init__(self, link: AsyncLink, info: wire.TaskInfo) -> None:
        self._link = link
        self.info = info

    async def update(self) -> "AsyncTask":
        """Ask the server how it stands; itself."""
        info = self.info
        self.info = await self._link.do(calls.task(info.dag_id, info.run_id, info.task_id, info.map_index))
        return self

    async def attempts(self) -> list[wire.Attempt]:
        """Its attempts, oldest first, each with its error if it failed."""
        return (await self._link.do(calls.attempts(self.info))).attempts

    async def log(self, attempt: int | None = None) -> str:
        """The whole log of an attempt, counted from 1; without a number of the latest."""
        return "".join([text async for text in self._log(attempt, waits=False)])

    def follow(self, attempt: int | None = None) -> AsyncIterator[str]:
        """The log in pieces as it grows, until the attempt has ended."""
        return self._log(attempt, waits=True)

    async def tail(self, attempt: int | None = None, size: int = TAIL_BYTES) -> str:
        """The end of the log of an attempt, as of ``log``: whole lines, at most ``size`` bytes of them."""
        found = newest_of(await self.attempts(), attempt)
        if found is None:
            return ""
        begin = max(found.log_size - size, 0)
        parts = [text async for text in self._log(found.try_number, waits=False, begin=begin)]
        return whole_lines("".join(parts), begin)

    async def _log(self, attempt: int | None, *, waits: bool, begin: int = 0) -> AsyncGenerator[str, None]:
        number = attempt or max((await self.update()).try_number, 1)
        offset: int | None = begin
        while offset is not None:
            part = await self._link.do(calls.log(self.info, number, offset, waits=waits))
            if part.text:
                yield part.text
            offset = next_offset(part, offset, waits=waits)

    async def why(self) -> list[wire.Reason]:
        """Everything that keeps it from running; nothing: it runs, has run, or is about to."""
        return (await self._link.do(calls.why(self.info))).reasons

    async def clear(
        self,
        *,
        past: bool = False,
        future: bool = False,
        upstream: bool = False,
        downstream: bool = False,
        recursive: bool = False,
        only_failed: bool = False,
        latest_version: bool = False,
    ) -> wire.Command:
        """Let it run again, and what the directions say with it (see Actions in the documentation)."""
        order = calls.task_order(
            self.info, "clear", past=past, future=future, upstream=upstream, downstream=downstream,
            recursive=recursive, only_failed=only_failed, latest_version=latest_version,
        )  # fmt: skip
        return await self._link.done(order)

    async def mark(
        self, state: str, *, past: bool = False, future: bool = False, upstream: bool = False, downstream: bool = False
    ) -> wire.Command:
        """Say that it is ``success`` or ``failed``; a running one is stopped."""
        order = calls.task_order(
            self.info, "mark", state=state, past=past, future=future, upstream=upstream, downstream=downstream
        )
        return await self._link.done(order)

    async def run_now(self, *, ignore_all_dependencies: bool = False) -> wire.Command:
        """Run it now."""
        order = calls.task_order(self.info, "run", ignore_all_dependencies=ignore_all_dependencies)
        return await self._link.done(order)


class AsyncRun(RunFace):
    """A run of a DAG."""

    def __init__(self, link: AsyncLink, info: wire.RunInfo) -> None:
        self._link = link
        self.info = info

    async def update(self) -> "AsyncRun":
        """Ask the server how it stands; itself."""
        self.info = await self._link.do(calls.run(self.dag_id, self.run_id))
        return self

    async def tasks(self, *, state: str | None = None) -> list[AsyncTask]:
        """Its task instances in the order of the file; ``state`` may name several with commas."""
        found = await self._link.do(calls.tasks(self.dag_id, self.run_id, state=state))
        return [AsyncTask(self._link, info) for info in found.tasks]

    async def task(self, task_id: str, map_index: int = -1) -> AsyncTask:
        """One task instance; raises ``NotFound``."""
        return AsyncTask(self._link, await self._link.do(calls.task(self.dag_id, self.run_id, task_id, map_index)))

    async def graph(self) -> wire.Graph:
        """Tasks and dependencies of the version of the DAG that this run runs."""
        return await self._link.do(calls.graph(self.dag_id, self.info.version))

    async def changes(self, *, timeout: float | None = None) -> AsyncGenerator[Change, None]:  # noqa: ASYNC109
        """What happens to the run and its tasks as it happens, from how they stand now to the end of the run."""
        follower = RunFollower(self.info)
        async with aclosing(self._link.follow(follower, timeout)) as told:
            async for changes in told:
                self.info = follower.run
                for change in changes:
                    yield change

    async def wait(self, timeout: float | None = None) -> "AsyncRun":  # noqa: ASYNC109 - a run that is late goes on
        """Return once it has ended, well or not: itself. ``TimedOut`` after ``timeout`` seconds; the run goes on."""
        async with aclosing(self.changes(timeout=timeout)) as changes:
            async for _ in changes:
                pass
        return self

    async def watch(self, timeout: float | None = None) -> Outcome:  # noqa: ASYNC109
        """Show how it goes until it has ended: in a notebook as a picture, elsewhere in lines of text.

        Cancelling ends the watching and leaves the run alone.
        """
        follower = RunFollower(self.info)
        shown = board.board_of(await self._graph_or_none() if is_notebook() else None)
        is_told = False
        try:
            note = await self._note()
            async with aclosing(self._link.follow(follower, timeout)) as told:
                async for changes in told:
                    self.info = follower.run
                    shown.show(follower, changes, note if self.info.state == "queued" else "")
            is_told = True
        except ClientError as error:
            shown.finish(follower, f"{error.message}. {error.hint}")
            is_told = True
            raise
        finally:
            if not is_told:
                shown.finish(follower, GOES_ON_NOTE)
        shown.finish(follower)
        return outcome_of(follower)

    async def cancel(self) -> "AsyncRun":
        """Ask for its end: what runs is stopped, the rest does not start. Itself."""
        await self._link.do(calls.cancel(self.dag_id, self.run_id))
        return await self.update()

    async def mark(self, state: str) -> wire.Command:
        """Say that it is ``success`` or ``failed``, ``queued`` or ``running``."""
        return await self._link.done(calls.mark_run(self.dag_id, self.run_id, state))

    async def clear(self, *, only_failed: bool = False, latest_version: bool = False) -> wire.Command:
        """Let it be done again, or only what failed in it."""
        order = calls.clear_run(self.dag_id, self.run_id, only_failed=only_failed, latest_version=latest_version)
        return await self._link.done(order)

    async def delete(self) -> wire.Command:
        """Stop and forget it."""
        return await self._link.done(calls.delete_run(self.dag_id, self.run_id))

    async def _graph_or_none(self) -> wire.Graph | None:
        """None where the version is no more."""
        try:
            return await self.graph()
        except NotFound:
            return None

    async def _note(self) -> str:
        is_waiting = self.info.state not in OVER and (await self._link.do(calls.dag(self.dag_id))).is_paused
        return PAUSED_NOTE if is_waiting else ""

    def _repr_html_(self) -> str:
        return run_picture(self.info, [], None)
