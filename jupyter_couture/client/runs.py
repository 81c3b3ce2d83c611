"""Runs and task instances of the blocking client."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing

from jupyter_couture.client import board, calls, wire
from jupyter_couture.client.errors import ClientError, NotFound
from jupyter_couture.client.faces import Outcome, RunFace, TaskFace, outcome_of, run_picture
from jupyter_couture.client.follower import OVER, Change, RunFollower
from jupyter_couture.client.link import Link
from jupyter_couture.display.cells import is_notebook

PAUSED_NOTE = "The DAG is off: the run waits until it is turned on."
TAIL_BYTES = 64 * 1024
GOES_ON_NOTE = "No longer watched; the run goes on. run.watch() shows it again."


def next_offset(part: wire.LogPart, offset: int, *, waits: bool) -> int | None:
    """Where to read on in a log; None if this was all, or all that there is now."""
    is_all = part.complete if waits else part.next_offset >= part.size or part.next_offset == offset
    return None if is_all else part.next_offset


def newest_of(attempts: Sequence[wire.Attempt], number: int | None) -> wire.Attempt | None:
    """The newest attempt of a number, or of all; None if there is none."""
    return next((each for each in reversed(attempts) if number is None or each.try_number == number), None)


def whole_lines(text: str, begin: int) -> str:
    """A text that was read from byte ``begin`` on, without the line that began before."""
    return text.partition("\n")[2] if begin else text


class Task(TaskFace):
    """A task instance of a run."""

    def __init__(self, link: Link, info: wire.TaskInfo) -> None:
        self._link = link
        self.info = info

    def update(self) -> "Task":
        """Ask the server how it stands; itself."""
        info = self.info
        self.info = self._link.do(calls.task(info.dag_id, info.run_id, info.task_id, info.map_index))
        return self

    def attempts(self) -> list[wire.Attempt]:
        """Its attempts, oldest first, each with its error if it failed."""
        return self._link.do(calls.attempts(self.info)).attempts

    def log(self, attempt: int | None = None) -> str:
        """The whole log of an attempt, counted from 1; without a number of the latest."""
        return "".join(self._log(attempt, waits=False))

    def follow(self, attempt: int | None = None) -> Iterator[str]:
        """The log in pieces as it grows, until the attempt has ended."""
        return self._log(attempt, waits=True)

    def tail(self, attempt: int | None = None, size: int = TAIL_BYTES) -> str:
        """The end of the log of an attempt, as of ``log``: whole lines, at most ``size`` bytes of them."""
        found = newest_of(self.attempts(), attempt)
        if found is None:
            return ""
        begin = max(found.log_size - size, 0)
        return whole_lines("".join(self._log(found.try_number, waits=False, begin=begin)), begin)

    def _log(self, attempt: int | None, *, waits: bool, begin: int = 0) -> Iterator[str]:
        number = attempt or max(self.update().try_number, 1)
        offset: int | None = begin
        while offset is not None:
            part = self._link.do(calls.log(self.info, number, offset, waits=waits))
            if part.text:
                yield part.text
            offset = next_offset(part, offset, waits=waits)

    def why(self) -> list[wire.Reason]:
        """Everything that keeps it from running; nothing: it runs, has run, or is about to."""
        return self._link.do(calls.why(self.info)).reasons

    def clear(
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
        return self._link.done(order)

    def mark(
        self, state: str, *, past: bool = False, future: bool = False, upstream: bool = False, downstream: bool = False
    ) -> wire.Command:
        """Say that it is ``success`` or ``failed``; a running one is stopped."""
        order = calls.task_order(
            self.info, "mark", state=state, past=past, future=future, upstream=upstream, downstream=downstream
        )
        return self._link.done(order)

    def run_now(self, *, ignore_all_dependencies: bool = False) -> wire.Command:
        """Run it now."""
        return self._link.done(calls.task_order(self.info, "run", ignore_all_dependencies=ignore_all_dependencies))


class Run(RunFace):
    """A run of a DAG."""

    def __init__(self, link: Link, info: wire.RunInfo) -> None:
        self._link = link
        self.info = info

    def update(self) -> "Run":
        """Ask the server how it stands; itself."""
        self.info = self._link.do(calls.run(self.dag_id, self.run_id))
        return self

    def tasks(self, *, state: str | None = None) -> list[Task]:
        """Its task instances in the order of the file; ``state`` may name several with commas."""
        return [Task(self._link, info) for info in self._tasks(state=state).tasks]

    def task(self, task_id: str, map_index: int = -1) -> Task:
        """One task instance; raises ``NotFound``."""
        return Task(self._link, self._link.do(calls.task(self.dag_id, self.run_id, task_id, map_index)))

    def graph(self) -> wire.Graph:
        """Tasks and dependencies of the version of the DAG that this run runs."""
        return self._link.do(calls.graph(self.dag_id, self.info.version))

    def changes(self, *, timeout: float | None = None) -> Generator[Change, None, None]:
        """What happens to the run and its tasks as it happens, from how they stand now to the end of the run."""
        follower = RunFollower(self.info)
        with closing(self._link.follow(follower, timeout)) as told:
            for changes in told:
                self.info = follower.run
                yield from changes

    def wait(self, timeout: float | None = None) -> "Run":
        """Return once it has ended, well or not: itself. ``TimedOut`` after ``timeout`` seconds; the run goes on."""
        with closing(self.changes(timeout=timeout)) as changes:
            for _ in changes:
                pass
        return self

    def watch(self, timeout: float | None = None) -> Outcome:
        """Show how it goes until it has ended: in a notebook as a picture, elsewhere in lines of text.

        Ctrl-C (in a notebook: interrupt) ends the watching and leaves the run alone.
        """
        follower = RunFollower(self.info)
        shown = board.board_of(self._graph_or_none() if is_notebook() else None)
        try:
            with closing(self._link.follow(follower, timeout)) as told:
                note = self._note()
                for changes in told:
                    self.info = follower.run
                    shown.show(follower, changes, note if self.info.state == "queued" else "")
        except KeyboardInterrupt:
            shown.finish(follower, GOES_ON_NOTE)
            raise KeyboardInterrupt from None  # where it struck is of no interest
        except ClientError as error:
            shown.finish(follower, f"{error.message}. {error.hint}")
            raise
        shown.finish(follower)
        return outcome_of(follower)

    def cancel(self) -> "Run":
        """Ask for its end: what runs is stopped, the rest does not start. Itself."""
        self._link.do(calls.cancel(self.dag_id, self.run_id))
        return self.update()

    def mark(self, state: str) -> wire.Command:
        """Say that it is ``success`` or ``failed``, ``queued`` or ``running``."""
        return self._link.done(calls.mark_run(self.dag_id, self.run_id, state))

    def clear(self, *, only_failed: bool = False, latest_version: bool = False) -> wire.Command:
        """Let it be done again, or only what failed in it."""
        order = calls.clear_run(self.dag_id, self.run_id, only_failed=only_failed, latest_version=latest_version)
        return self._link.done(order)

    def delete(self) -> wire.Command:
        """Stop and forget it."""
        return self._link.done(calls.delete_run(self.dag_id, self.run_id))

    def _tasks(self, **options: object) -> wire.TaskList:
        return self._link.do(calls.tasks(self.dag_id, self.run_id, **options))

    def _graph_or_none(self) -> wire.Graph | None:
        """None where the version is no more."""
        try:
            return self.graph()
        except NotFound:
            return None

    def _note(self) -> str:
        is_waiting = self.info.state not in OVER and self._link.do(calls.dag(self.dag_id)).is_paused
        return PAUSED_NOTE if is_waiting else ""

    def _repr_html_(self) -> str:
        return run_picture(self.info, self._tasks().tasks, self._graph_or_none())
